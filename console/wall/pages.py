"""The pages of the wall, each as a title and the lines it shows at an instant in a given room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from console.i18n import _, language
from console.overview_ports import OnDuty, Unstaffed
from console.ports import Status
from console.terminal.legible import clean
from console.terminal.width import cells, pad
from console.wall import glyphs
from console.wall.layout import Figure, Row, Rows, beside, big, centred, fitted, grid, spaced
from console.wall.view import WallTicket, WallView
from console.widgets.bars import engine_text
from console.widgets.columns import term
from console.widgets.mode_bar import grade_words
from data.instants import FAR
from data.terms import Stage, Urgency

CLOSE = 600
"""Seconds below which the time left is shown to the second; farther off only minutes change the wall."""
SECTIONS_ON_A_PAGE = 9


class Page(NamedTuple):
    """A page: what it is called and what it shows at an instant."""

    title: str
    draw: Callable[[int], Rows]


def plan(view: WallView, width: int, height: int) -> list[Page]:
    """All pages for a room of `width` cells and `height` lines; long lists go over several."""
    zone = view.status.zone
    pages = [
        Page(_("At a glance"), lambda _now: figures(view, width, height)),
        *_tickets(_("Nearest deadlines"), view.nearest, width, height, deadline),
        *_tickets(_("Latest reports"), view.newest, width, height, partial(arrival, zone=zone)),
    ]
    for start in range(0, len(view.sections), SECTIONS_ON_A_PAGE):
        shown = [
            Figure(
                clean(share.name, 20),
                f"{share.open}",
                "late" if share.late else "",
                _("!late {n}").format(n=share.late) if share.late else "",
            )
            for share in view.sections[start : start + SECTIONS_ON_A_PAGE]
        ]
        pages.append(Page(_("Open by section"), lambda _now, shown=shown: grid(shown, width, height)))  # type: ignore[misc]
    pages += _people(view, width, height)
    return [*pages, Page(_("Time and engine"), lambda now: clock(view.status, now, width, height))]


def figures(view: WallView, width: int, height: int) -> Rows:
    """How many tickets are open, late and soon, and how many came in."""
    counts = view.status.counts
    return grid(
        [
            Figure(_("Open tickets"), f"{counts.open}"),
            Figure(_("Late tickets"), f"{counts.late}", "late" if counts.late else "", "!" if counts.late else ""),
            Figure(_("Due soon"), f"{counts.soon}", "soon" if counts.soon else "", "~" if counts.soon else ""),
            Figure(_("Reported in 24 h"), f"{view.intake}"),
        ],
        width,
        height,
    )


# ------------------------------------------------------------------------------------------------ tickets

Described = Callable[[WallTicket, int], tuple[str, str, str]]
"""A ticket at an instant: its large text, the part of its style, and what the large text means."""


def _tickets(title: str, tickets: Sequence[WallTicket], width: int, height: int, describe: Described) -> list[Page]:
    """Pages of tickets, each with a large text and lines beside it."""
    scale = 2 if width >= 120 and height >= 40 else 1
    block = glyphs.HEIGHT * scale + 1
    fit = max(height // block, 1)
    pages = []
    for start in range(0, min(len(tickets), 2 * fit), fit):
        shown = tickets[start : start + fit]

        def draw(now: int, shown: Sequence[WallTicket] = shown) -> Rows:
            rows: Rows = []
            for ticket in shown:
                rows += ticket_rows(ticket, now, width, scale, describe)
            return rows

        pages.append(Page(title, draw))
    return pages or [Page(title, lambda _now: [(), centred(spaced(_("No tickets.")), width, "muted")])]


def ticket_rows(ticket: WallTicket, now: int, width: int, scale: int, describe: Described) -> Rows:
    """A ticket: the large text at the left, who and where at the right, a blank line below."""
    large, part, meaning = describe(ticket, now)
    left = glyphs.width("+00:00", scale) + 4
    lines = big(large, scale, part) if glyphs.width(large, scale) < left and left + 16 <= width else []
    words: Rows = [
        ((clean(ticket.code, 24), "title"), ("  " + _urgency(ticket), "urgent")),
        ((meaning if lines else f"{large} {meaning}", part),),
        ((spaced(_place(ticket)), ""),),
        ((spaced(clean(ticket.holder, 40)), ""), ("  " + term(Stage, ticket.stage, language()), "muted")),
    ]
    if scale > 1:
        words = [row for line in words for row in (line, ())]
    height = glyphs.HEIGHT * scale
    return [*beside([(("  ", ""), *row) for row in lines], left if lines else 2, words, height), ()]


def deadline(ticket: WallTicket, now: int) -> tuple[str, str, str]:
    """The time left, or by how much it is exceeded."""
    if ticket.paused or ticket.due >= FAR:
        return "--", "muted", _("clock stands still")
    left = ticket.due - now
    if left < 0:
        return "+" + _span(-left), "late", "! " + _("LATE by {unit}").format(unit=_unit(-left, seconds=False))
    soon = left <= CLOSE if ticket.warn is None else now >= ticket.warn
    meaning = _("left, {unit}").format(unit=_unit(left, seconds=True))
    return _span(left, seconds=True), "soon" if soon else "", ("~ " if soon else "") + meaning


def arrival(ticket: WallTicket, _now: int, zone: str) -> tuple[str, str, str]:
    """When it was reported."""
    moment = datetime.fromtimestamp(ticket.at, ZoneInfo(zone))
    return moment.strftime("%H:%M"), "", _("reported {day}").format(day=moment.strftime("%m-%d"))


def _span(length: int, seconds: bool = False) -> str:
    """A length of time in at most five characters; `_unit` says which units they are."""
    if seconds and length < CLOSE:
        return f"{length // 60}:{length % 60:02d}"
    if length < 100 * 3600:
        return f"{length // 3600}:{length % 3600 // 60:02d}"
    return f"{min(length // 86400, 9999)}D"


def _unit(length: int, seconds: bool) -> str:
    if seconds and length < CLOSE:
        return _("minutes:seconds")
    return _("hours:minutes") if length < 100 * 3600 else _("days")


def _urgency(ticket: WallTicket) -> str:
    ordinary = ticket.urgency in (Urgency.NORMAL, Urgency.ROUTINE)
    return "" if ordinary else spaced(term(Urgency, ticket.urgency, language()))


def _place(ticket: WallTicket) -> str:
    if ticket.confidential:
        return _("confidential")
    return clean(ticket.place, 40) or _("place not known")


# ------------------------------------------------------------------------------------------------ people


def _people(view: WallView, width: int, height: int) -> list[Page]:
    """Who is on shift, then posts without anybody."""
    rows: Rows = [row for person in view.on_duty for row in (_person(person), ())]
    if not rows:
        rows = [(("  ! " + spaced(_("nobody is on shift")), "late"),), ()]
    rows += [row for post in view.unstaffed for row in (_missing(post), ())]
    fit = max(height - height % 2, 2)
    return [
        Page(_("On duty"), lambda _now, at=at: rows[at : at + fit])  # type: ignore[misc]
        for at in range(0, min(len(rows), 3 * fit), fit)
    ]


def _person(person: OnDuty) -> Row:
    return (
        ("  " + pad(spaced(clean(person.role, 20)), 18) + " ", "title"),
        (pad(spaced(clean(person.name, 20)), 18) + " ", ""),
        (_("not signed") + " " if person.kept else "", "late"),
        (clean(person.posts, 40), "muted"),
    )


def _missing(post: Unstaffed) -> Row:
    late = _("!late {n}").format(n=post.late) if post.late else ""
    return (("  ! " + pad(spaced(clean(post.name, 20)), 30) + " ", "late"), (_("nobody on duty ") + late, "late"))


# ------------------------------------------------------------------------------------------------ time, engine, alarm


def clock(status: Status, now: int, width: int, height: int) -> Rows:
    """The time in the largest type that fits, and how the engine does."""
    moment = datetime.fromtimestamp(now, ZoneInfo(status.zone))
    text = moment.strftime("%H:%M")
    scale = glyphs.fitting(text, width - 4, height - 8)
    indent = (" " * max((width - glyphs.width(text, scale or 1)) // 2, 0), "")
    large = [(indent, *row) for row in big(text, scale)] if scale else [centred(text, width, "title")]
    above = max((height - len(large) - 6) // 2, 0)
    day = spaced(_("{y}-{m}-{d}").format(y=moment.year, m=f"{moment.month:02d}", d=f"{moment.day:02d}"))
    engine = spaced(engine_text(status.heartbeat).strip())
    part = "ok" if status.heartbeat.well else "late"
    return [*[()] * above, *large, (), centred(day, width, "title"), (), centred(engine, width, part)]


def alarm(ticket: WallTicket, now: int, width: int, height: int) -> Rows:
    """The page that comes between the others when an alarm rings."""
    number = ticket.code.rpartition("-")[2][-5:]
    scale = max(glyphs.fitting(number, width - 4, (height - 10)), 0)
    indent = (" " * max((width - glyphs.width(number, scale or 1)) // 2, 0), "")
    large = [(indent, *row) for row in big(number, scale)] if scale else []
    _text, _part, meaning = deadline(ticket, now)
    lines = [
        centred("! " + spaced(_("ALARM")) + " !", width, "title"),
        (),
        *large,
        (),
        centred(f"{clean(ticket.code, 24)}  {_urgency(ticket)}", width, "title"),
        (),
        centred(f"{spaced(_place(ticket))}   {spaced(clean(ticket.holder, 40))}", width),
        (),
        centred(f"{_text}  {meaning}", width, "title"),
    ]
    above = max((height - len(lines)) // 2, 0)
    return [*[()] * above, *lines][:height]


def head(view: WallView, title: str, place: str, now: int, width: int) -> Row:
    """The first line: centre, page, time."""
    moment = datetime.fromtimestamp(now, ZoneInfo(view.status.zone)).strftime("%m-%d %H:%M")
    right = f" {place}  {moment} "
    mode = f"!! {grade_words(view.status.mode.grade)}   " if view.status.mode is not None else ""
    shown = ((f" {mode}{clean(view.status.centre, 40)}   ", ""), (spaced(title), ""))
    left = fitted(shown, max(width - cells(right), 0))
    return (*left, (right, ""))
