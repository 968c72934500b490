"""What the panels of the overview say, as lines. Each line that can be chosen has as its key where Enter leads.

Keys: `queue:` with a filter, `ticket:` with an id, `post:` with a code. Text from outside is cleaned here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from console import plotting
from console.i18n import _, language
from console.overview_ports import Area, Bucket, OverviewView, Share
from console.ports import QueueRow
from console.terminal.legible import clean
from console.terminal.width import cells, cut, pad
from console.widgets import countdown
from console.widgets.columns import stage_width, term
from console.widgets.lines import Line, Part, text_line
from data.terms import Stage

QUEUE, TICKET, POST = "queue:", "ticket:", "post:"
NUMBER = 7
"""Cells of a column of figures."""


def amount(number: int, more: bool = False) -> str:
    """A number; with a plus when there are more than were counted."""
    return f"{number}+" if more else str(number)


# ------------------------------------------------------------------------------------------------ figures


def figure_lines(view: OverviewView, width: int) -> list[Line]:
    """Open, late and lately reported tickets by source, section and urgency."""
    name = max(width - 3 * NUMBER - 1, 8)
    titles = f"{'':{name}}" + "".join(pad(title, NUMBER, right=True) for title in (_("open"), _("late"), _("24 h")))
    lines = [text_line(titles, "label")]
    whole = Share(_("All"), "", view.open, view.late, view.intake)
    lines.append(_share_line(whole, name, view))
    groups = ((_("By source"), view.sources), (_("By section"), view.sections), (_("By urgency"), view.urgencies))
    for title, shares in groups:
        lines.append(text_line(title, "title"))
        lines += [_share_line(share, name, view) for share in shares]
    return lines


def _share_line(share: Share, name: int, view: OverviewView) -> Line:
    intake = pad(amount(share.intake, view.intake_is_more), NUMBER, right=True)
    return Line(
        (
            (" " + pad(clean(share.name, 60), name - 1), ""),
            *_figures(share.open, share.late, view.late_is_more),
            (intake, "" if share.intake else "muted"),
        ),
        QUEUE + share.words,
    )


def _figures(opened: int, late: int, more: bool = False) -> tuple[Part, Part]:
    """Two columns: open, and late ones with their sign."""
    return (
        (pad(str(opened), NUMBER, right=True), "" if opened else "muted"),
        (pad(f"!{amount(late, more)}" if late else "0", NUMBER, right=True), "late" if late else "muted"),
    )


# ------------------------------------------------------------------------------------------------ deadlines


def deadline_lines(view: OverviewView, width: int, now: int) -> list[Line]:
    """What is late, the longest first, and what is due next."""
    late = _("Late: {n}").format(n=amount(view.late, view.late_is_more))
    overdue, nearest = split_by_deadline(view, now)
    lines = [text_line(late, "late" if view.late else "title")]
    lines += [_deadline_line(row, width, now) for row in overdue]
    lines.append(text_line(_("Due next"), "title"))
    lines += [_deadline_line(row, width, now) for row in nearest]
    return lines


def split_by_deadline(view: OverviewView, now: int) -> tuple[Sequence[QueueRow], Sequence[QueueRow]]:
    """Late and coming ones; of the late ones as many as leave half of the lines to the others."""
    passed = [row for row in view.nearest if row.due <= now]
    return [*view.overdue[: SHOWN_LATE - len(passed)], *passed], [row for row in view.nearest if row.due > now]


SHOWN_LATE = 8


def _deadline_line(row: QueueRow, width: int, now: int) -> Line:
    timer = countdown.label(row.due, now, row.warn, row.paused)
    stage = stage_width()
    room = max(width - countdown.WIDTH - stage - 2, 8)
    return Line(
        (
            (countdown.cell(timer) + " ", "" if timer.band == "none" else timer.band),
            (pad(term(Stage, row.stage, language()), stage) + " ", "muted"),
            (pad(clean(row.title, 200), room), ""),
        ),
        f"{TICKET}{row.ticket}",
    )


# ------------------------------------------------------------------------------------------------ places


def area_lines(view: OverviewView, width: int) -> list[Line]:
    """Communities, the heaviest first: a bar of `#` for late and `=` for other open tickets, and the figures."""
    communities = sorted((area for area in view.areas if not area.depth), key=lambda area: (-area.late, -area.open))
    name = min(max((cells(clean(area.name, 40)) for area in communities), default=8) + 1, width // 2)
    most = max((area.open for area in communities), default=0) or 1
    room = max(width - name - 2 * NUMBER - 1, 4)
    titles = pad("", name + room) + pad(_("open"), NUMBER, right=True) + pad(_("late"), NUMBER, right=True)
    return [
        text_line(titles, "label"),
        *[_area_line(area, name, room, most, view.late_is_more) for area in communities],
    ]


def _area_line(area: Area, name: int, room: int, most: int, more: bool) -> Line:
    late = -(-area.late * room // most) if area.late else 0
    whole = max(-(-area.open * room // most), late)
    return Line(
        (
            (pad(clean(area.name, 40), name), ""),
            ("#" * late, "late"),
            ("=" * (whole - late), "soon"),
            (" " * (room - whole), ""),
            *_figures(area.open, area.late, more),
        ),
        QUEUE + area.words,
    )


def tree_lines(view: OverviewView, width: int) -> list[Line]:
    """Communities with their grids, in the order of the organisation: where there is no map."""
    name = max(width - 2 * NUMBER - 1, 10)
    titles = pad("", name) + pad(_("open"), NUMBER, right=True) + pad(_("late"), NUMBER, right=True)
    lines = [text_line(titles, "label")]
    for area in view.areas:
        text = ("  - " if area.depth else "") + clean(area.name, 40)
        lines.append(
            Line(((pad(text, name), ""), *_figures(area.open, area.late, view.late_is_more)), QUEUE + area.words)
        )
    return lines


# ------------------------------------------------------------------------------------------------ people


def people_lines(view: OverviewView, width: int) -> list[Line]:
    """Who is on duty, and the posts where nobody is."""
    lines = [text_line(_("On duty"), "title")]
    for one in view.on_duty:
        lines.append(
            Line(
                (
                    (pad(" " + clean(one.role, 20), 14), "muted"),
                    (pad(clean(one.name, 20), 9), ""),
                    (_("not signed") + " " if one.kept else "", "soon"),
                    (clean(one.posts, 40), "muted"),
                )
            )
        )
    if not view.on_duty:
        lines.append(text_line(_("! nobody on duty"), "late"))
    heading = _("Posts without staff: {n}").format(n=len(view.unstaffed))
    lines.append(text_line(heading, "late" if view.unstaffed else "title"))
    room = max(width - 2 * NUMBER - 4, 8)
    for post in view.unstaffed:
        named = ((" ! ", "late"), (pad(clean(post.name, 40), room), ""))
        lines.append(Line((*named, *_figures(post.load, post.late)), POST + post.code))
    return lines


# ------------------------------------------------------------------------------------------------ trends


def bucket_lines(view: OverviewView, width: int, zone: str) -> list[Line]:
    """The hours and days of the trends, the newest first."""
    place = ZoneInfo(zone)
    titles = (
        pad("", max(width - 2 * NUMBER - 4, 8))
        + pad(_("in"), NUMBER, right=True)
        + pad(_("closed"), NUMBER + 2, right=True)
    )
    lines = [text_line(titles, "label")]
    lines += _buckets(reversed(view.hours), "%H:%M", width, place)
    lines.append(text_line(_("By day"), "title"))
    lines += _buckets(reversed(view.days), "%m-%d", width, place)
    return lines


def _buckets(buckets: Iterable[Bucket], form: str, width: int, zone: ZoneInfo) -> Iterable[Line]:
    for bucket in buckets:
        name = " " + datetime.fromtimestamp(bucket.start, zone).strftime(form)
        yield Line(
            (
                (pad(name, max(width - 2 * NUMBER - 4, 8)), ""),
                (pad(str(bucket.reported), NUMBER, right=True), "" if bucket.reported else "muted"),
                (pad(str(bucket.closed), NUMBER + 2, right=True), "" if bucket.closed else "muted"),
            ),
            QUEUE + bucket_words(bucket, zone),
        )


def bucket_words(bucket: Bucket, zone: ZoneInfo) -> str:
    """The filter for what was reported in a bucket."""
    first, last = (datetime.fromtimestamp(at, zone).strftime("%Y-%m-%dT%H:%M") for at in (bucket.start, bucket.end))
    return f"reported>={first} reported<{last}"


def axis(buckets: Sequence[Bucket], form: str, zone: str) -> list[str]:
    """The names of buckets below a plot."""
    place = ZoneInfo(zone)
    return [datetime.fromtimestamp(bucket.start, place).strftime(form) for bucket in buckets]


# ------------------------------------------------------------------------------------------------ plots

PLOT_LEAST, PLOT_BOTH = 15, 20
"""Lines of a panel from which it has room for a plot, and for both."""
PLOT_HEIGHT = 7


def plot_room(height: int) -> int:
    """Lines for plots in a panel of some height; its list needs the rest."""
    if height < PLOT_LEAST:
        return 0
    return 2 * PLOT_HEIGHT if height >= PLOT_BOTH else PLOT_HEIGHT


def plot_lines(view: OverviewView, width: int, height: int, zone: str, braille: bool) -> list[Line]:
    """The trends as bars, as many as there is room for. Takes a while: not for the event loop."""
    lines: list[Line] = []
    trends = ((_("24 h"), view.hours, "%H"), (_("30 days"), view.days, "%d"))
    for title, buckets, form in trends[: max(height // PLOT_HEIGHT, 1)]:
        reported, closed = [bucket.reported for bucket in buckets], [bucket.closed for bucket in buckets]
        legend = _("{span}: {n} in {bar}, {m} closed o").format(
            span=title, n=sum(reported), m=sum(closed), bar=plotting.BAR[braille]
        )
        lines.append(text_line(cut(legend, width), "label"))
        drawn = plotting.bars(reported, closed, axis(buckets, form, zone), width, PLOT_HEIGHT - 1, braille)
        lines += [text_line(line) for line in drawn]
    return lines[:height]
