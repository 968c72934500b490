"""Plain text for people: tables, results, times in the centre's zone. Everything printed here is cleaned."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from datetime import datetime
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from console import output
from console.cli import words
from console.cli.verb_table import BY_VERB
from console.exit_codes import OK, PARTLY, of_refusal
from console.terminal.width import cells, cut, pad, wrap
from data.clean import clean
from data.instants import FAR, from_seconds
from data.terms import Stage

if TYPE_CHECKING:
    from console.cli.acting import Outcome

OTHER_EVENTS = {
    "engine_step": ("升级链", "ladder"),
    "import": ("转入", "taken over"),
    "take_over": ("B岗接手", "post B takes over"),
    "mode": ("平战切换", "pace of the ladder"),
    "meeting_step": ("会议提醒", "reminder of a meeting"),
}
"""Kinds of events that are no verb of an officer."""
GAP = "  "
NARROWEST = 12
"""Cells that a column of text keeps."""
LAST = 20
"""Cells of a last column of text, for whose sake others are left out."""
FIRM = 18
"""Cells of the widest code or time."""


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[Any]],
    right: Collection[int] = (),
    drop: Sequence[int] = (),
    flow: bool = False,
) -> None:
    """A table, each column as wide as its widest cell. Only a terminal has an edge, and no line goes beyond it.

    Columns are counted from 0. On a terminal that is too narrow first the columns in `drop` are left out, in that
    order, as far as needed, then the widest columns of text are cut; with `flow` the last one goes on below itself.
    Columns in `right` are figures: they stand at the right and are never cut, nor are columns of codes and times.
    """
    shown = [[clean(shown_value(value)) for value in row] for row in rows]
    lines = [list(header), *shown]
    widths = [max(cells(row[place]) for row in lines) for place in range(len(header))]
    places = list(range(len(header)))
    if not sys.stdout.isatty():
        _print_lines(lines, widths, places, right)
        return
    columns = get_terminal_size().columns
    texts = [place for place in places if place not in right and not _firm(shown, place, widths[place])]
    least = [min(width, NARROWEST) if place in texts else width for place, width in enumerate(widths)]
    if places[-1] in texts:
        least[-1] = min(widths[-1], LAST)
    for place in drop:
        if sum(least[kept] for kept in places) + len(GAP) * (len(places) - 1) <= columns:
            break
        places.remove(place)
    _narrow(widths, places, texts, columns - len(GAP) * (len(places) - 1))
    _print_lines(lines, widths, places, right, columns, flow)


def _print_lines(
    lines: Sequence[Sequence[str]],
    widths: Sequence[int],
    places: Sequence[int],
    right: Collection[int],
    columns: int = 0,
    flow: bool = False,
) -> None:
    """The lines of a table; none is wider than `columns` where that is not 0."""
    for row in lines:
        *first, last = (pad(row[place], widths[place], place in right) for place in places)
        head = GAP.join([*first, ""])
        following: list[str] = []
        room = columns - cells(head)
        if flow and room >= NARROWEST:
            last, *following = wrap(row[places[-1]], room)
        line = (head + last).rstrip()
        output.say_line(cut(line, columns) if columns else line)
        for part in following:
            output.write(" " * cells(head) + part + "\n")


def _firm(rows: Sequence[Sequence[str]], place: int, width: int) -> bool:
    """Whether a column holds codes or times: half of one says nothing."""
    return width <= FIRM and all(row[place].isascii() for row in rows)


def _narrow(widths: list[int], places: Sequence[int], texts: Collection[int], room: int) -> None:
    """Take from the widest columns of text until all columns fit."""
    able = [place for place in places if place in texts]
    while able and sum(widths[place] for place in places) > room:
        widest = max(able, key=lambda place: widths[place])
        if widths[widest] <= NARROWEST:
            return
        widths[widest] -= 1


def shown_value(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return words.say("是", "yes") if value else words.say("否", "no")
    return str(value)


def moment(seconds: int | None, zone: str) -> str:
    """An instant in the centre's zone, to the minute; empty where there is none."""
    if seconds is None or seconds >= FAR:
        return ""
    return from_seconds(seconds).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def moment_of(stamp: str | None, zone: str) -> str:
    """The same for an instant in ISO 8601."""
    return moment(int(datetime.fromisoformat(stamp).timestamp()), zone) if stamp else ""


def limit_label(text: str) -> str:
    """A limit as policies write it, in words."""
    from core.rules.budgets import Budget

    return Budget.parse(text, zero=True).label("en" if words.chosen() == "en" else "zh") if text else ""


def stage_label(stage: str | None) -> str:
    """A stage in the language of the run."""
    return words.label(Stage(stage)) if stage else ""


def verb_label(verb: str) -> str:
    """A verb in the language of the run."""
    row = BY_VERB.get(verb)
    if row is None:
        return words.say(*OTHER_EVENTS[verb]) if verb in OTHER_EVENTS else verb
    return words.say(row.title, row.command)


def outcomes(found: Sequence[Outcome], form: str, zone: str) -> int:
    """Print results and give the exit code: the refusal's for a single one, PARTLY when some of many were refused."""
    from console.cli.acting import RESULT_FIELDS

    if form:
        output.write_records([outcome.record for outcome in found], RESULT_FIELDS, form)
    elif len(found) == 1 and found[0].refusal is not None:
        raise found[0].refusal
    else:
        for outcome in found:
            output.say_line(result_line(outcome, zone))
    refused = [outcome.refusal for outcome in found if outcome.refusal is not None]
    if len(found) != 1:
        output.remark(summary(len(found), len(refused), any(outcome.record["dry_run"] for outcome in found)))
    if not refused:
        return OK
    return of_refusal(refused[0]) if len(found) == 1 else PARTLY


def result_line(outcome: Outcome, zone: str) -> str:
    """One result in a line."""
    record = outcome.record
    head = f"{record['ticket'] or '-'}{GAP}{verb_label(record['verb'])}"
    if outcome.refusal is not None:
        why = words.say(outcome.refusal.zh, outcome.refusal.en)
        return f"{head}{GAP}{words.say('未办：', 'refused: ')}{why} [{outcome.refusal.code}]"
    parts = [head, stage_label(record["stage"])]
    if record["unit"]:
        parts.append(record["unit"])
    if record["due_at"]:
        parts.append(words.say("时限 ", "due ") + moment_of(record["due_at"], zone))
    if record["replayed"]:
        parts.append(words.say("（已办过，未重复）", "(done before, not again)"))
    if record["dry_run"]:
        parts.append(words.say("（预演，未保存）", "(dry run, not saved)"))
    return GAP.join(parts)


def summary(total: int, refused: int, dry_run: bool) -> str:
    """How many were done and refused."""
    zh = f"共 {total} 件，{'可办' if dry_run else '已办'} {total - refused} 件，未办 {refused} 件。"
    en = f"{total} in all, {total - refused} {'possible' if dry_run else 'done'}, {refused} refused."
    return words.say(zh, en)
