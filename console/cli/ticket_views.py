"""`zhihui ticket list|show|log|explain`: looking at tickets. Personal data is masked."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console import output
from console.cli import hot, words
from console.cli.frame import session_of
from console.cli.options import Csv, Json, Jsonl, WhereListed, argument, form_of, option
from console.cli.session import Session
from console.exit_codes import OK

TicketCode = Annotated[str, argument("事件编号或其结尾", "code of the ticket, or its ending")]


def list_command(
    context: typer.Context,
    where: WhereListed = "",
    everything: Annotated[
        bool, option("--all", zh="包括已结，按上报时间倒序", en="closed ones too, newest first")
    ] = False,
    limit: Annotated[int, option("--limit", zh="最多几件，缺省 20", en="how many at most, by default 20")] = 20,
    after: Annotated[str, option("--after", zh="接着某一行的 cursor", en="go on behind a row's cursor")] = "",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """A list of tickets: a table, or records for programs."""
    session = session_of(context)
    form = form_of(json, jsonl, csv)
    if form:
        hot.print_list(session, form, limit, after, where, everything)
        return OK
    _print_table(session, hot.read_list(session, limit, after, where, everything), limit)
    return OK


def _print_table(session: Session, rows: list[dict[str, Any]], limit: int) -> None:
    from console.cli.printing import moment_of, stage_label, table
    from data.terms import Urgency

    zone = session.zone()
    header = words.say("时限 编号 紧急 环节 在手单位 社区 标题", "Due Code Urgency Stage Unit Community Title").split()
    table(
        header,
        [
            (
                ("! " if row["late"] else "  ") + moment_of(row["due_at"], zone),
                row["code"],
                words.label(Urgency(row["urgency"])),
                stage_label(row["stage"]),
                row["unit_name"] or row["unit"],
                row["community_name"],
                row["title"],
            )
            for row in rows
        ],
        drop=(5, 2, 4, 3),
    )
    if len(rows) == limit:
        cursor = rows[-1]["cursor"]
        output.remark(words.say(f"还有更多：--after {cursor}", f"There may be more: --after {cursor}"))


def show_command(context: typer.Context, code: TicketCode, json: Json = False) -> int:
    """One ticket with all that belongs to it."""
    from console.cli.ticket_codes import whole_code
    from console.cli.ticket_record import note_read, whole_ticket
    from console.cli.ticket_text import print_ticket

    session = session_of(context)
    whole = whole_code(session, code)
    note_read(session, whole)
    record = whole_ticket(session, whole)
    if json:
        output.write_json(record)
    else:
        print_ticket(record, session.zone())
    return OK


def log_command(
    context: typer.Context, code: TicketCode, json: Json = False, jsonl: Jsonl = False, csv: Csv = False
) -> int:
    """What happened to a ticket, in order."""
    from console.cli.ticket_codes import whole_code
    from console.cli.ticket_record import LOG_FIELDS, log_of, note_read
    from console.cli.ticket_text import print_log

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    whole = whole_code(session, code)
    note_read(session, whole)
    records = log_of(session, whole)
    if form:
        output.write_records(records, LOG_FIELDS, form)
    else:
        print_log(records, session.zone())
    return OK


def explain_command(context: typer.Context, code: TicketCode, json: Json = False) -> int:
    """How the deadlines of a ticket came about."""
    from dataclasses import asdict

    from console.cli.ticket_codes import whole_code
    from console.cli.ticket_record import note_read
    from core.accountability.explain import explain
    from core.accountability.wording import explain_lines

    session = session_of(context)
    whole = whole_code(session, code)
    note_read(session, whole, "explain")
    found = explain(session.reader(), session.centre_id(), whole)
    if json:
        output.write_json(_with_instants(asdict(found)))
        return OK
    for line in explain_lines(found, "en" if words.chosen() == "en" else "zh"):
        output.say_line(line)
    return OK


def _with_instants(value: Any, name: str = "") -> Any:
    """Instants as ISO 8601."""
    from data.queries.listing import iso

    if isinstance(value, dict):
        return {key: _with_instants(item, key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_instants(item, name) for item in value]
    instant = name.endswith("_at") or name in ("at", "since", "until", "before", "after")
    return iso(value) if instant and isinstance(value, int) else value
