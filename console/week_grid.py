"""The roster of some days as a grid of text: places down, days across, for the screen and for the command.

What is not as it should be has a sign of its own: `!` nobody, `=` two places, `<` too little rest, `~` away, `*` not
signed, (B) for A. A time without hours lasts all day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from console.terminal.legible import clean
from console.terminal.width import cells, cut, pad
from core.organisation.duty_ahead import GapLine
from core.organisation.duty_week import LEAVE, UNSIGNED, WRONG, B, Entry, Place, Week, WeekDay
from core.rules.local_time import local_span
from data.duty_terms import GapKind

LABEL = {"zh": 14, "en": 20}
"""Cells of the names of places at least: the English ones are longer."""
COLUMN, WIDEST = 14, 20
"""Cells of a day at least and at most."""
WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
SIGNS = {GapKind.TWO_PLACES: "=", GapKind.REST: "<", GapKind.LEAVE: "!"}
MARKS = "!=<~*"
"""Everything that says that something is not as it should be."""

Piece = tuple[str, str]
"""A text and its look: late, soon, muted or none."""


class Row(NamedTuple):
    """A place, in as many lines as its fullest day needs."""

    place: Place
    lines: tuple[tuple[Piece, ...], ...]


class Grid(NamedTuple):
    """Days from `at` on, `shown` of them: as many as there is room for."""

    at: int
    shown: int
    header: tuple[Piece, ...]
    rows: tuple[Row, ...]


def grid(week: Week, width: int, zone: str, language: str, now: int, at: int = 0) -> Grid:
    """The grid in `width` cells, from the day number `at` on."""
    least = LABEL[language]
    shown = max(min(len(week.days) - at, (width - least) // COLUMN), 1)
    column = max(min((width - least) // shown, WIDEST), 4)
    label = min(width - shown * column, 2 * least)
    days = week.days[at : at + shown]
    header: list[Piece] = [(" " * label, "")]
    for day in days:
        today = day.begin <= now < day.end
        header.append((pad(day_name(day, language, today), column), "title" if today else "label"))
    rows = tuple(_row(place, days, at, label, column, zone, language) for place in week.places)
    return Grid(at, shown, tuple(header), rows)


def day_name(day: WeekDay, language: str, today: bool) -> str:
    """A day of the header; today stands in brackets."""
    name = WEEKDAYS[language][day.day.weekday()]
    text = f"{day.day:%m-%d} {name}" if language == "en" else f"{day.day:%m-%d} 周{name}"
    return f"[{text}]" if today else text


def legend(language: str) -> str:
    """What the signs mean."""
    if language == "en":
        return "! none  = two places  < no rest  ~ away  * not signed  (B) for A"
    return "! 无人  = 一人两处  < 休息不足  ~ 请假  * 交接未签收  (B) B岗顶岗"


def gap_line(line: GapLine, zone: str, language: str) -> str:
    """Something wrong with its times, in one line."""
    span = local_span(line.gap.from_at, line.gap.to_at, zone)
    return f"{span}  {clean(line.en if language == 'en' else line.zh, 80)}"


def _row(place: Place, days: Sequence[WeekDay], at: int, label: int, column: int, zone: str, language: str) -> Row:
    name = place.name_en if language == "en" else place.name
    indent = "  " if place.kind == "post" else ""
    filled = [
        _cell(entries, day, column - 1, zone, language)
        for entries, day in zip(place.days[at : at + len(days)], days, strict=True)
    ]
    height = max(1, *(len(lines) for lines in filled))
    made = []
    for number in range(height):
        first = pad(f"{indent}{clean(name, 60)}", label - 1) + " " if number == 0 else " " * label
        pieces: list[Piece] = [(first, "" if place.kind == "post" else "title")]
        for lines in filled:
            text, look = lines[number] if number < len(lines) else ("", "")
            pieces.append((pad(text, column), look))
        made.append(tuple(pieces))
    return Row(place, tuple(made))


def _cell(entries: Sequence[Entry], day: WeekDay, width: int, zone: str, language: str) -> list[Piece]:
    """The lines of a day: those of one time together, one after the other in order of time."""
    groups: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        hours = hours_of(entry, day, zone)
        groups.setdefault((hours, _look(entry)), []).append(entry_words(entry, language))
    return [
        # Colour goes with a sign: hours that stand on a line of their own have neither.
        (line, look if any(sign in line for sign in MARKS) else "")
        for (hours, look), names in groups.items()
        for line in _wrapped([hours, *names], width)
        if line
    ]


def entry_words(entry: Entry, language: str) -> str:
    """Who it is, with the signs; of a gap what is wrong."""
    if entry.what == WRONG:
        return "! none" if language == "en" else "! 无人"
    signs = "".join(dict.fromkeys(SIGNS[gap] for gap in entry.gaps if gap in SIGNS))
    name = clean(entry.name, 20)
    if entry.what == B:
        name += "(B)"
    return name + {LEAVE: "~", UNSIGNED: "*"}.get(entry.what, "") + signs


def hours_of(entry: Entry, day: WeekDay, zone: str) -> str:
    """The hours of a day: `08-20`, `20-08`, `-08` of what began before, `09:30-` of what goes on; empty for all day."""
    length = day.end - day.begin
    since = "" if entry.from_at < day.begin else _hour(entry.from_at, zone)
    until = "" if entry.to_at is None or entry.to_at >= day.end + length else _hour(entry.to_at, zone)
    if entry.from_at <= day.begin and (entry.to_at is None or entry.to_at >= day.end):
        return ""
    return f"{since}-{'24' if until == '00' else until}"


def _hour(at: int, zone: str) -> str:
    return datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%H:%M").removesuffix(":00")


def _look(entry: Entry) -> str:
    if entry.what == WRONG:
        return "late"
    if entry.gaps or entry.what == UNSIGNED:
        return "soon"
    return "muted" if entry.what == LEAVE else ""


def _wrapped(words: Sequence[str], width: int) -> list[str]:
    """Words in lines of at most `width` cells, the following ones indented."""
    lines = [""]
    for word in words:
        if not word:
            continue
        longer = f"{lines[-1]} {word}" if lines[-1].strip() else lines[-1] + word
        if lines[-1].strip() and cells(longer) > width:
            lines.append(cut(f" {word}", width))
        else:
            lines[-1] = cut(longer, width)
    return lines
