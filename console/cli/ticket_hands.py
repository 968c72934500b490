"""`zhihui ticket hands`: who has a part in a ticket, how far each is, and what was mobilised in all."""

from __future__ import annotations

from typing import Any

import typer

from console import output
from console.cli import words
from console.cli.frame import session_of
from console.cli.options import Csv, Json, Jsonl, form_of
from console.cli.ticket_views import TicketCode
from console.exit_codes import OK
from core.accountability.mobilisation import HandLine, Mobilisation, hand_name, mobilisation, sentences
from data.masking import mask_text
from data.queries import tickets
from data.queries.listing import iso
from data.terms import ClockKind, TaskRole, TaskState

FIELDS = (
    *("no", "role", "hand", "unit", "officer", "state", "instruction", "people", "sent_at", "acknowledged_at"),
    *("arrived_at", "done_at", "due_kind", "due_at", "result"),
)
"""Names of the fields of a hand, in order."""


def hands_command(
    context: typer.Context, code: TicketCode, json: Json = False, jsonl: Jsonl = False, csv: Csv = False
) -> int:
    """The hands of a ticket with their times and head-counts; --json has the sums too."""
    from console.cli.ticket_codes import whole_code
    from console.cli.ticket_record import note_read

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    reader, centre = session.reader(), session.centre_id()
    whole = whole_code(session, code)
    note_read(session, whole, "hands")
    number = tickets.ticket_id(reader, centre, whole)
    found = mobilisation(reader, centre, number, session.now())
    records = [_record(line) for line in found.hands]
    if form == "json":
        output.write_json({**_sums(found), "hands": records})
    elif form:
        output.write_records(records, FIELDS, form)
    else:
        _print(found, session.zone())
    return OK


def _record(line: HandLine) -> dict[str, Any]:
    record = {name: getattr(line, name) for name in FIELDS}
    for name in ("instruction", "result"):
        record[name] = mask_text(record[name])
    return {name: iso(value) if name.endswith("_at") else value for name, value in record.items()}


def _sums(found: Mobilisation) -> dict[str, Any]:
    return {
        "ticket": found.ticket,
        "reported_at": iso(found.reported_at),
        "dispatched_at": iso(found.dispatched_at),
        "first_arrived_at": iso(found.first_arrived_at),
        "completed_at": iso(found.completed_at),
        "minutes_to_arrival": found.minutes_to_arrival,
        "minutes": found.minutes,
        "people": found.people,
        "tasked": found.tasked,
        "informed": found.informed,
        "units": list(found.units),
        "sections": list(found.sections),
        "communities": list(found.communities),
        "grids": list(found.grids),
        "cross_section": found.cross_section,
        "cross_community": found.cross_community,
        "cross_grid": found.cross_grid,
    }


def _print(found: Mobilisation, zone: str) -> None:
    from console.cli.printing import moment_of, table

    if found.hands:
        header = words.say(
            "任务 承办 状态 人数 派出 签收 到场 完成 时限 要求",
            "Task Hand State People Sent Acknowledged Arrived Done Due Asked",
        ).split()
        rows = [
            (
                words.label(TaskRole(line.role)),
                hand_name(line, spoken()),
                words.label(TaskState(line.state)),
                str(line.people or ""),
                *(
                    moment_of(iso(at), zone)
                    for at in (line.sent_at, line.acknowledged_at, line.arrived_at, line.done_at)
                ),
                _due_words(line, zone),
                mask_text(line.instruction),
            )
            for line in found.hands
        ]
        table(header, rows, right=(3,), drop=(4, 8, 9, 5))
        output.write("\n")
    for text in sentences(found, spoken()):
        output.say_line(text)


def _due_words(line: HandLine, zone: str) -> str:
    from console.cli.printing import moment_of

    return f"{words.label(ClockKind(line.due_kind))} {moment_of(iso(line.due_at), zone)}" if line.due_kind else ""


def spoken() -> str:
    """The language of what is printed."""
    return "en" if words.chosen() == "en" else "zh"
