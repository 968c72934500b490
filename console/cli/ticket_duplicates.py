"""`zhihui ticket duplicates`: open tickets that are likely the same matter, with the reasons; never joins by itself."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import session_of
from console.cli.options import Csv, Json, Jsonl, argument, form_of, option
from console.cli.session import Session
from console.exit_codes import OK
from core.desk.duplicates import Duplicate, duplicates_of, traits_of_ticket
from core.rules.likeness import Traits, pairs_of
from data.errors import BadInput
from data.masking import mask_text
from data.queries import tickets
from data.queries.listing import iso
from data.terms import Source

FIELDS = ("code", "points", "reasons", "stage", "source", "reported_at", "title", "address")
"""Names of the fields of a proposal, in order."""
REMARKED = 3


def duplicates_command(
    context: typer.Context,
    code: Annotated[str, argument("事件编号或其结尾", "code of the ticket, or its ending")] = "",
    title: Annotated[str, option("--title", zh="代替编号：标题", en="instead of a code: what happened")] = "",
    address: Annotated[str, option("--address", zh="代替编号：地址", en="instead of a code: where")] = "",
    limit: Annotated[int, option("--limit", zh="最多几件，缺省 5", en="how many at most, by default 5")] = 5,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Tickets that are likely duplicates of one, or of what is about to be reported."""
    from console.cli.ticket_codes import whole_code

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    if bool(code) == bool(title or address):
        raise BadInput(
            "which-text",
            "请给出事件编号，或 --title、--address。",
            "Name a ticket by code, or give --title and --address.",
        )
    found = (
        _of_ticket(session, tickets.ticket_id(session.reader(), session.centre_id(), whole_code(session, code)), limit)
        if code
        else duplicates_of(
            session.reader(),
            session.centre_id(),
            Traits(pairs_of(title, address), pairs_of(address), at=session.now()),
            limit=limit,
        )
    )
    records = [_record(one) for one in found]
    if form:
        output.write_records(records, FIELDS, form)
    else:
        _print(records)
    return OK


def remark_duplicates(session: Session, record: dict[str, Any]) -> None:
    """After a report by command: what it may be a duplicate of, beside the output."""
    if not record["ok"]:
        return
    number = tickets.ticket_id(session.reader(), session.centre_id(), record["ticket"])
    for one in _of_ticket(session, number, REMARKED):
        reasons = one.likeness.reasons("en" if words.chosen() == "en" else "zh")
        joining = f"zhihui ticket join {record['ticket']} --into {one.ticket.code}"
        output.remark(
            words.say(
                f"疑似重复 {one.ticket.code}（{reasons}）：{joining}",
                f"Likely a duplicate of {one.ticket.code} ({reasons}): {joining}",
            )
        )


def _of_ticket(session: Session, number: int, limit: int) -> list[Duplicate]:
    traits = traits_of_ticket(session.reader(), session.centre_id(), number)
    if traits is None:
        return []
    return duplicates_of(session.reader(), session.centre_id(), traits, frozenset({number}), limit)


def _record(one: Duplicate) -> dict[str, Any]:
    row = one.ticket
    return {
        "code": row.code,
        "points": one.likeness.points,
        "reasons": one.likeness.reasons("en" if words.chosen() == "en" else "zh"),
        "stage": row.stage,
        "source": row.source,
        "reported_at": iso(row.reported_at),
        "title": "" if row.confidential else mask_text(row.title),
        "address": "" if row.confidential else mask_text(row.address),
    }


def _print(records: list[dict[str, Any]]) -> None:
    from console.cli.printing import stage_label, table

    if not records:
        output.remark(words.say("没有疑似重复的事件。", "No ticket is likely a duplicate."))
        return
    table(
        words.say("分值,编号,环节,来源,标题,理由", "Points,Code,Stage,Source,Title,Reasons").split(","),
        [
            (
                str(row["points"]),
                row["code"],
                stage_label(row["stage"]),
                words.label(Source(row["source"])),
                row["title"],
                row["reasons"],
            )
            for row in records
        ],
        flow=True,
    )
