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
from console.width import cells, pad
from data.clean import clean
from data.instants import FAR, from_seconds
from data.terms import Stage

if TYPE_CHECKING:
    from console.cli.acting import Outcome

OTHER_EVENTS = {"engine_step": ("升级链", "ladder"), "import": ("转入", "taken over")}
"""Kinds of events that are no verb of an officer."""
GAP = "  "
WIDEST = 60
NARROWEST = 12


def table(header: Sequence[str], rows: Sequence[Sequence[Any]], right: Collection[int] = ()) -> None:
    """A table, each column as wide as its widest cell; a last column is cut at nothing.

    Columns in `right`, counted from 0, are figures: they stand at the right and are never cut. On a terminal that is
    too narrow the widest of the others give way.
    """
    shown = [[clean(shown_value(value)) for value in row] for row in rows]
    lines = [list(header), *shown]
    widths = [min(WIDEST, max(cells(row[place]) for row in lines)) for place in range(len(header))]
    last = len(widths) - 1
    texts = [place for place in range(len(widths)) if place not in right]
    if last in texts:
        widths[last] = min(widths[last], NARROWEST)
    if sys.stdout.isatty():
        _narrow(widths, texts, get_terminal_size().columns - len(GAP) * last)
    for row in lines:
        parts = [
            value if place == last and place in texts else pad(value, width, place in right)
            for place, (value, width) in enumerate(zip(row, widths, strict=True))
        ]
        output.say_line(GAP.join(parts).rstrip())


def _narrow(widths: list[int], texts: Sequence[int], room: int) -> None:
    """Take from the widest columns of text until all columns fit."""
    while texts and sum(widths) > room:
        widest = max(texts, key=lambda place: widths[place])
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
