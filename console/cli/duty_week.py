"""`zhihui duty week`: the roster of a week, day by day: who is on, who is away, what is wrong."""

from __future__ import annotations

import sys
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import command, session_of
from console.cli.options import Csv, Json, Jsonl, form_of, option, show_records
from console.exit_codes import OK
from data.queries.listing import iso

if TYPE_CHECKING:
    from core.organisation.duty_week import Entry, Place, Week, WeekDay

FIELDS = ("day", "kind", "code", "place", "what", "from_at", "to_at", "officer", "name", "wrong")
PAPER = 120
"""Cells of a line where there is no terminal."""


def add_to(app: typer.Typer) -> None:
    """Put the command into the noun."""
    command(
        app, "week", "一周值班：谁在岗、谁请假、缺口与冲突", "the roster of a week: who is on, away, what is wrong"
    )(week)


def week(
    context: typer.Context,
    first: Annotated[str, option("--from", zh="从哪天，缺省今天", en="first day, by default today")] = "",
    days: Annotated[int, option("--days", zh="几天，缺省 7", en="how many days, by default 7", min=1, max=31)] = 7,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """A grid for people, a record for each entry of each day for scripts."""
    from zoneinfo import ZoneInfo

    from core.organisation.duty_week import week_of
    from core.rules.local_time import read_instant
    from data.instants import from_seconds

    session, form = session_of(context), form_of(json, jsonl, csv)
    zone, now = session.zone(), session.now()
    begin = from_seconds(read_instant(first, zone) if first else now).astimezone(ZoneInfo(zone)).date()
    found = week_of(session.reader(), session.centre_id(), zone, begin, now, days)
    if form:
        records = [
            _record(place, day, entry)
            for number, day in enumerate(found.days)
            for place in found.places
            for entry in place.days[number]
        ]
        show_records(records, FIELDS, form)
    else:
        _print(found, zone, now)
    return OK


def _record(place: Place, day: WeekDay, entry: Entry) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "kind": place.kind,
        "code": place.code,
        "place": words.say(place.name, place.name_en),
        "what": entry.what,
        "from_at": iso(entry.from_at),
        "to_at": iso(entry.to_at),
        "officer": entry.officer or None,
        "name": entry.name or None,
        "wrong": [gap.value for gap in entry.gaps],
    }


def _print(found: Week, zone: str, now: int) -> None:
    """As many days side by side as the terminal has room for, then the others; what the signs mean; what is wrong."""
    from console.terminal.width import wrap
    from console.week_grid import gap_line, grid, legend

    width = get_terminal_size().columns if sys.stdout.isatty() else PAPER
    language = "en" if words.chosen() == "en" else "zh"
    at = 0
    while at < len(found.days):
        part = grid(found, width, zone, language, now, at)
        lines = [part.header, *(line for row in part.rows for line in row.lines)]
        for pieces in lines:
            output.say_line("".join(text for text, _look in pieces).rstrip())
        output.write("\n")
        at += part.shown
    for line in wrap(legend(language), width):
        output.say_line(line)
    for gap in found.wrong:
        for line in wrap(f"! {gap_line(gap, zone, language)}", width):
            output.say_line(line)
