"""An incident as a chart in lines of text: one row for each hand, holder, ladder, report upward, call, emergency.

Every state has a sign of its own, so that the chart reads the same without colour and on paper; signs are ASCII, whose
width every terminal agrees on. Names are measured in cells. The screen and the commands draw the same lines, so nothing
of the screen is loaded here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from console.terminal.width import cells, pad
from core.accountability.review import Bar, Mark, ReviewView
from data.clean import clean
from data.terms import ClockKind, Grade, Holder, TaskRole, Term

Part = tuple[str, str]
"""A text and the name of its style."""
Row = tuple[Part, ...]

SENT, ON_THE_WAY, AT_WORK, HELD = ".", "-", "=", "="
LATE, DUE, MANY = "!", "|", "#"
MARKS = {
    "sent": ">",
    "accepted": "a",
    "acknowledged": "+",
    "arrived": "@",
    "finished": "*",
    "off": "x",
    "step": "^",
    "report": "r",
    "call": "o",
}
"""What each thing that happens is drawn as."""
PARTS = {LATE: "late", DUE: "soon", "^": "urgent", "*": "ok"}
"""Signs that have a colour besides."""
LABEL_SHARE, LABEL_LEAST, LABEL_MOST = 0.3, 20, 40
TAIL = 9
"""Cells behind the chart for how late a row was, with the blank before them."""
STEPS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000)
"""Seconds between two ticks of the axis: the first step whose names stand apart is taken."""


GROUPS = {
    "hand": ("承办各方", "Hands"),
    "custody": ("在谁手中", "Custody"),
    "ladder": ("升级链", "Ladder"),
    "upward": ("信息报送", "Reports upward"),
}
LEGEND = (
    "> 派出  + 签收  @ 到场  * 完成  x 取消  a 受理  | 时限  ! 超期  . 未签收  - 途中  = 处置或在手  ~ 不计任何一方  "
    "^ 升级  r 已报送  o 来电  # 几件同时",
    "> sent  + acknowledged  @ arrived  * finished  x called off  a accepted  | deadline  ! late  "
    ". not acknowledged  - on the way  = on scene, in hand  ~ nobody's  ^ ladder  r report made  o call  # several",
)


class Scale(NamedTuple):
    """A stretch of time on a number of cells."""

    begin: int
    end: int
    width: int

    def column(self, at: int) -> int:
        """The cell of an instant; what lies outside is at the edge."""
        place = (at - self.begin) * self.width // max(self.end - self.begin, 1)
        return min(max(place, 0), self.width - 1)


def chart_rows(view: ReviewView, width: int, zone: str, language: str) -> list[Row]:
    """The chart in rows of at most `width` cells, its axis above and what the signs mean below; `zh` or `en`."""
    label = min(max(int(width * LABEL_SHARE), LABEL_LEAST), LABEL_MOST)
    scale = Scale(view.begin, view.end, max(width - label - TAIL - 1, 10))
    rows: list[Row] = [((" " * (label + 1), ""), (part, "muted")) for part in _axis(scale, zone)]
    group = ""
    for bar in view.bars:
        if bar.group != group:
            group = bar.group
            if group in GROUPS:
                rows.append(((_say(GROUPS[group], language), "title"),))
        rows.append(_row(bar, scale, label, view.now, language))
    return [*rows, (("", ""),), *_legend(_say(LEGEND, language), width)]


def plain(rows: Sequence[Row]) -> list[str]:
    """Rows without colours, for a script or a document."""
    return ["".join(text for text, _part in row).rstrip() for row in rows]


def _say(words: tuple[str, str], language: str) -> str:
    return words[language == "en"]


# ------------------------------------------------------------------------------------------------ rows


def _row(bar: Bar, scale: Scale, label: int, now: int, language: str) -> Row:
    canvas = [" "] * scale.width
    for begin, end in bar.spans:
        _draw_span(canvas, bar, scale, begin, now if end is None else end)
    for deadline in bar.deadlines:
        until = deadline.late_until(now)
        if until is not None and deadline.due_at < scale.end:
            for place in range(scale.column(deadline.due_at), scale.column(min(until, scale.end)) + 1):
                canvas[place] = LATE
        if scale.begin <= deadline.due_at <= scale.end and canvas[scale.column(deadline.due_at)] in f" .-={LATE}":
            canvas[scale.column(deadline.due_at)] = DUE
    for place, sign in _marks(bar.marks, scale):
        canvas[place] = sign
    late = bar.late_seconds(now)
    tail = _say((f"超{_short(late)}", f"{_short(late)} late"), language) if late else ""
    parts = [(pad(_label(bar, language), label) + " ", "label"), *_coloured("".join(canvas)), (f" {tail}", "late")]
    return tuple(parts)


def _short(seconds: int) -> str:
    """A length of time in three or four characters: minutes, from two hours on hours, from two days on days."""
    if seconds >= 2 * 86_400:
        return f"{seconds // 86_400}d"
    return f"{seconds // 3600}h" if seconds >= 7200 else f"{-(-seconds // 60)}m"


def _draw_span(canvas: list[str], bar: Bar, scale: Scale, begin: int, end: int) -> None:
    """A stretch; a hand's has another sign before it acknowledged, on its way, and on scene."""
    if end < scale.begin or begin > scale.end:
        return
    known = {mark.kind: mark.at for mark in bar.marks}
    acknowledged, arrived = known.get("acknowledged"), known.get("arrived")
    nobody = bar.word in (Holder.ENGINE, Holder.CITIZEN, Holder.SUSPENSION, Holder.JOINED)
    for place in range(scale.column(begin), scale.column(end) + 1):
        sign = "~" if nobody else HELD
        if bar.group == "hand":
            sign = SENT
            if acknowledged is not None and place >= scale.column(acknowledged):
                sign = ON_THE_WAY
            if arrived is not None and place >= scale.column(arrived):
                sign = AT_WORK
        canvas[place] = sign


def _marks(marks: Sequence[Mark], scale: Scale) -> Iterator[tuple[int, str]]:
    """The sign of each cell in which something happened; several things of one cell are shown as that."""
    found: dict[int, list[str]] = {}
    for mark in marks:
        if scale.begin <= mark.at <= scale.end:
            signs = found.setdefault(scale.column(mark.at), [])
            if MARKS[mark.kind] not in signs or MARKS[mark.kind] in "^ro":
                signs.append(MARKS[mark.kind])
    for place, signs in found.items():
        yield place, signs[0] if len(signs) == 1 else MANY


def _coloured(row: str) -> Iterator[Part]:
    """The row in runs of one colour."""
    start = 0
    for place in range(1, len(row) + 1):
        if place == len(row) or PARTS.get(row[place], "") != PARTS.get(row[start], ""):
            yield row[start:place], PARTS.get(row[start], "")
            start = place


def _label(bar: Bar, language: str) -> str:
    if bar.group == "hand":
        role = "" if bar.word == TaskRole.ASSIST else f" {_term(TaskRole, bar.word, language)}"
        people = _say((f" {bar.people}人", f" {bar.people}p"), language) if bar.people else ""
        return f"{clean(bar.name, 60)}{role}{people}"
    if bar.group == "custody":
        return clean(bar.name, 60) or _term(Holder, bar.word, language)
    if bar.group in ("ladder", "upward"):
        return _term(ClockKind, bar.word, language)
    if bar.group == "emergency":
        return _say(("战时", "Emergency"), language) + f" {Grade(bar.word).numeral}"
    return _say(("来电", "Calls") if bar.group == "call" else ("事件", "The ticket"), language)


def _term(kind: type[Term], value: str, language: str) -> str:
    return next((word.label(language) for word in kind if word == value), clean(value, 20))


# ------------------------------------------------------------------------------------------------ the axis


def _axis(scale: Scale, zone: str) -> list[str]:
    """The names of instants and the ticks below them; names never touch."""
    found = ZoneInfo(zone)
    days = scale.end - scale.begin > 86_400
    form = "%m-%d %H:%M" if days else "%H:%M"
    longest = 11 if days else 5
    span = max(scale.end - scale.begin, 1)
    step = next((step for step in STEPS if step * scale.width // span >= longest + 2), STEPS[-1])
    names, ticks = [" "] * scale.width, [" "] * scale.width
    for at in _ticks(scale, step, found):
        place, name = scale.column(at), datetime.fromtimestamp(at, found).strftime(form)
        if place + len(name) <= scale.width and all(
            sign == " " for sign in names[max(place - 1, 0) : place + len(name)]
        ):
            names[place : place + len(name)] = name
            ticks[place] = "'"
    return ["".join(names).rstrip(), "".join(ticks).rstrip()]


def _ticks(scale: Scale, step: int, zone: ZoneInfo) -> Iterator[int]:
    """Round local times inside the stretch, the beginning in front of them."""
    yield scale.begin
    local = datetime.fromtimestamp(scale.begin, zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    number = int((local - midnight).total_seconds()) // step + 1
    while True:
        at = int((midnight + timedelta(seconds=number * step)).timestamp())
        if at > scale.end:
            return
        yield at
        number += 1


def _legend(text: str, width: int) -> list[Row]:
    """What the signs mean, in lines; a sign and its meaning stay together."""
    lines: list[str] = []
    for pair in text.split("  "):
        if lines and cells(lines[-1]) + 2 + cells(pair) <= width:
            lines[-1] += f"  {pair}"
        else:
            lines.append(pair)
    return [((line, "muted"),) for line in lines]
