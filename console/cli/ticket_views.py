"""`zhihui ticket list|show|log|explain`: looking at tickets. Personal data is masked."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console import output
from console.cli import hot, words
from console.cli.frame import session_of
from console.cli.session import Session
from console.exit_codes import OK
from data.errors import NotFound

Json = Annotated[bool, typer.Option("--json", help=words.explain("输出 JSON", "print JSON"), show_default=False)]
Jsonl = Annotated[bool, typer.Option("--jsonl", help=words.explain("输出 JSONL", "print JSONL"), show_default=False)]
Csv = Annotated[bool, typer.Option("--csv", help=words.explain("输出 CSV", "print CSV"), show_default=False)]
TicketCode = Annotated[str, typer.Argument(help=words.explain("事件编号", "code of the ticket"), show_default=False)]


def form_of(json: bool, jsonl: bool = False, csv: bool = False) -> str:
    """The one output format that was asked for, or none. Raises BadInput for several."""
    from console.cli.ticket import chosen_form

    return chosen_form({"json": json, "jsonl": jsonl, "csv": csv})


def list_command(
    context: typer.Context,
    where: Annotated[str, typer.Option("--where", help=words.explain("筛选条件", "a filter"), show_default=False)] = "",
    everything: Annotated[
        bool,
        typer.Option(
            "--all", help=words.explain("包括已结，按上报时间倒序", "closed ones too, newest first"), show_default=False
        ),
    ] = False,
    limit: Annotated[int, typer.Option("--limit", help=words.explain("最多几件", "how many at most"))] = 20,
    after: Annotated[
        str,
        typer.Option(
            "--after", help=words.explain("接着某一行的 cursor", "go on behind a row's cursor"), show_default=False
        ),
    ] = "",
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
    )
    if len(rows) == limit:
        cursor = rows[-1]["cursor"]
        output.remark(words.say(f"还有更多：--after {cursor}", f"There may be more: --after {cursor}"))


def show_command(context: typer.Context, code: TicketCode, json: Json = False) -> int:
    """One ticket with all that belongs to it."""
    from console.cli.ticket_record import whole_ticket
    from console.cli.ticket_text import print_ticket

    session = session_of(context)
    record = whole_ticket(session, code)
    if json:
        output.write_json(record)
    else:
        print_ticket(record, session.zone())
    return OK


def log_command(
    context: typer.Context, code: TicketCode, json: Json = False, jsonl: Jsonl = False, csv: Csv = False
) -> int:
    """What happened to a ticket, in order."""
    from console.cli.ticket_record import LOG_FIELDS, log_of
    from console.cli.ticket_text import print_log

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    records = log_of(session, code)
    if form:
        output.write_records(records, LOG_FIELDS, form)
    else:
        print_log(records, session.zone())
    return OK


def explain_command(context: typer.Context, code: TicketCode, json: Json = False) -> int:
    """How the deadlines of a ticket came about."""
    try:
        from core.accountability import explain
    except ImportError as error:
        raise NotFound("no-explain", "此版本没有时限说明。", "This version cannot explain deadlines.") from error
    del explain, context, code, json
    return OK
