"""A ticket as lines: the summary beside a list, and the history, custody and clocks of the full view."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from console.i18n import _, language
from console.keyboard.table import action, key_name
from console.ports import ClockLine, CustodyLine, HistoryLine, TaskLine, TicketView
from console.terminal.legible import clean
from console.terminal.width import pad, wrap
from console.tie_ports import Alike
from console.widgets import countdown
from console.widgets.columns import by_language, term
from console.widgets.lines import Line, Part, text_line
from data.terms import ClockKind, ClockState, Source, Stage, TaskRole, TaskState, Urgency

LABEL = 10
HISTORY_SHOWN = 6


def when(at: int | None, zone: str, seconds: bool = False) -> str:
    """An instant in the centre's zone: 07-20 09:16, with seconds where they matter."""
    if at is None or at >= countdown.FAR:
        return "--"
    moment = datetime.fromtimestamp(at, ZoneInfo(zone))
    return moment.strftime("%m-%d %H:%M:%S" if seconds else "%m-%d %H:%M")


def exact(seconds: int) -> str:
    """A length of time to the second: 0:07:03, and days in front where there are any."""
    days, rest = divmod(max(seconds, 0), 86400)
    clock = f"{rest // 3600}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    return _("{d} d {clock}").format(d=days, clock=clock) if days else clock


def labelled(label: str, text: str, width: int, part: str = "") -> list[Line]:
    """A value after its label, wrapped under itself."""
    rows = wrap(text, max(width - LABEL, 8))
    first = Line(((pad(label, LABEL), "label"), (rows[0], part)))
    return [first, *[Line(((" " * LABEL, ""), (row, part))) for row in rows[1:]]]


def heading(text: str) -> list[Line]:
    """A blank line and a heading."""
    return [text_line(), text_line(text, "title")]


def summary_lines(view: TicketView | None, width: int, now: int, zone: str) -> list[Line]:
    """What one needs to know of a ticket at a glance: what, where, until when, in whose hands, the latest steps."""
    if view is None:
        return [text_line(_("No ticket."), "muted")]
    lines = [text_line(row, "title") for row in wrap(clean(view.row.title, 400), width)]
    lines += fact_lines(view, width)
    if view.clocks:
        lines += heading(_("Clocks"))
        lines += [
            line for clock in view.clocks if clock.state == ClockState.RUNNING for line in clock_lines(clock, now, zone)
        ]
    if view.tasks:
        lines += heading(_("Tasks"))
        lines += [task_line(task, zone) for task in view.tasks]
    if view.history:
        lines += heading(_("Latest"))
        for item in _latest(view.history):
            lines += history_lines(item, width, zone)
    return lines


def alike_lines(alike: Sequence[Alike], width: int) -> list[Line]:
    """What the ticket is likely a duplicate of, best first, and the key that joins; nothing where it is not."""
    if not alike:
        return []
    first = alike[0]
    key = key_name(action("join").keys[0])
    said = _("likely the same as {code} {title} ({key})").format(
        code=clean(first.row.code, 40), title=clean(first.row.title, 60), key=key
    )
    more = _(", {n} more").format(n=len(alike) - 1) if len(alike) > 1 else ""
    return [text_line(row, "soon") for row in wrap(f"~ {said}{more}", width)]


def _latest(history: Sequence[HistoryLine]) -> list[HistoryLine]:
    """The newest first; of steps of the ladder in a row only the newest, so that people's deeds stay in sight."""
    shown: list[HistoryLine] = []
    for item in reversed(history):
        if item.by_engine and shown and shown[-1].by_engine:
            continue
        shown.append(item)
        if len(shown) == HISTORY_SHOWN:
            break
    return shown


def fact_lines(view: TicketView, width: int) -> list[Line]:
    """Code, stage, urgency, source and the facts that the backend chose."""
    row, spoken = view.row, language()
    stage = term(Stage, row.stage, spoken)
    urgency = term(Urgency, row.urgency, spoken)
    source = term(Source, row.source, spoken) if row.source else ""
    head: list[Part] = [
        (pad(clean(row.code, 40), LABEL + 8), "label"),
        (f"{stage}  ", ""),
        (urgency, _urgency_part(row.urgency)),
    ]
    if row.supervised:
        head.append((_("  supervised"), "urgent"))
    if source:
        head.append((f"  {source}", "muted"))
    lines = [Line(tuple(head))]
    for label, text in view.facts:
        lines += labelled(clean(label, 20), clean(text, 2000, lines=True), width)
    if view.body:
        lines += labelled(_("Report"), clean(view.body, 4000, lines=True), width)
    return lines


def _urgency_part(urgency: str) -> str:
    return "urgent" if urgency in (Urgency.EMERGENCY, Urgency.URGENT) else ""


def clock_lines(clock: ClockLine, now: int, zone: str) -> list[Line]:
    """A clock: what it measures, how long is left, until when, and what the ladder does next."""
    spoken = language()
    running = clock.state == ClockState.RUNNING
    paused = clock.state == ClockState.PAUSED
    shown = (
        countdown.label(clock.due, now, clock.warn, paused) if running or paused else countdown.Countdown("", "none")
    )
    state = "" if running else term(ClockState, clock.state, spoken)
    parts: list[Part] = [
        (countdown.cell(shown) + " ", "" if shown.band == "none" else shown.band),
        (pad(term(ClockKind, clock.kind, spoken), by_language(8, 12)) + " ", ""),
        (when(clock.due, zone) + " ", "" if running else "muted"),
        (clean(clock.budget, 40), "muted"),
    ]
    if clock.provisional:
        parts.append((_(" provisional"), "soon"))
    if state:
        parts.append((f" {state}", "late" if clock.state == ClockState.MISSED else "muted"))
    if clock.unit:
        parts.append((f" {clean(clock.unit, 40)}", "muted"))
    lines = [Line(tuple(parts))]
    if clock.next_step and running:
        step = _("next: {step} at {at}").format(step=clean(clock.next_step, 80), at=when(clock.next_at, zone))
        lines.append(Line(((" " * LABEL, ""), (step, "muted"))))
    return lines


def task_line(task: TaskLine, zone: str) -> Line:
    """A task: role, unit, how far it is."""
    spoken = language()
    return Line(
        (
            (pad(term(TaskRole, task.role, spoken), 9), "label"),
            (pad(clean(task.unit, 60), 20) + " ", ""),
            (term(TaskState, task.state, spoken), ""),
            (f"  {when(task.done_at or task.arrived_at or task.acknowledged_at or task.sent_at, zone)}", "muted"),
        )
    )


def hand_lines(task: TaskLine, width: int, now: int, zone: str) -> list[Line]:
    """A hand whole: who, how far, how many people, its own times and clock, what it was asked and what came of it."""
    spoken = language()
    head: list[Part] = [
        (pad(term(TaskRole, task.role, spoken), LABEL), "label"),
        (pad(clean(task.unit, 60), 30) + " ", ""),
        (pad(term(TaskState, task.state, spoken), by_language(8, 14)), ""),
    ]
    if task.people:
        head.append((_(" {n} people").format(n=task.people), "title"))
    if task.due_kind and task.due is not None:
        shown = countdown.label(task.due, now, None, False)
        clock = f"  {countdown.cell(shown)} {term(ClockKind, task.due_kind, spoken)}"
        head.append((clock, "" if shown.band == "none" else shown.band))
    steps = (
        (_("sent"), task.sent_at),
        (_("acknowledged"), task.acknowledged_at),
        (_("arrived"), task.arrived_at),
        (_("ended"), task.done_at),
    )
    times = "  ".join(f"{name} {when(at, zone)}" for name, at in steps if at is not None)
    lines = [Line(tuple(head))]
    asked, said = clean(task.asked, 2000, lines=True), clean(task.text, 2000, lines=True)
    for text, part in ((times, "muted"), (asked, ""), (said, "muted")):
        rows = wrap(text, max(width - LABEL, 10)) if text else []
        lines += [Line(((" " * LABEL, ""), (row, part))) for row in rows]
    return lines


def history_lines(item: HistoryLine, width: int, zone: str, seconds: bool = False) -> list[Line]:
    """A step: when, what, who; its words below."""
    stamp = when(item.at, zone, seconds)
    head = Line(((stamp + " ", "label"), (clean(item.what, 40) + " ", ""), (clean(item.who, 40), "muted")))
    if not item.text:
        return [head]
    indent = len(stamp) + 1
    return [head] + [
        Line(((" " * indent, ""), (row, "muted")))
        for row in wrap(clean(item.text, 2000, lines=True), max(width - indent, 8))
    ]


def custody_lines(items: tuple[CustodyLine, ...], now: int, zone: str, closed: bool = False) -> list[Line]:
    """Who held it from when to when, and how long; the last line is the sum."""
    if not items:
        return [text_line(_("No custody yet."), "muted")]
    lines = []
    total = 0
    for item in items:
        length = (item.to_at if item.to_at is not None else item.from_at if closed else now) - item.from_at
        total += length
        lines.append(
            Line(
                (
                    (f"{when(item.from_at, zone, True)} ", "label"),
                    (pad(clean(item.holder, 60), 24) + " ", ""),
                    (pad(term(Stage, item.stage, language()), by_language(10, 12)) + " ", "muted"),
                    (exact(length), ""),
                    ("" if item.to_at is not None or closed else _(" until now"), "muted"),
                )
            )
        )
    return [*lines, text_line(), text_line(_("In all: {span}").format(span=exact(total)), "title")]
