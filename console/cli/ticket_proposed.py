"""`zhihui ticket as-proposed`: accept, assess and dispatch as the catalogue proposes, all of it or nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from console import output
from console.cli import words
from console.cli.frame import session_of
from console.cli.options import Csv, Json, Jsonl, argument, form_of, option


def as_proposed_command(
    context: typer.Context,
    code: Annotated[str, argument("事件编号或其结尾", "code of the ticket, or its ending")],
    dry_run: Annotated[bool, option("--dry-run", zh="只预演，不保存", en="only say what would happen")] = False,
    seen: Annotated[
        int | None,
        option("--seen", zh="所见版本号：已被他人更新则不办", en="the revision you saw: refused when it has changed"),
    ] = None,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Say why on stderr, then do all steps in one transaction, one event each."""
    from console.cli import acting, printing
    from console.cli.ticket_codes import whole_code
    from core.desk.orders import read_order
    from core.desk.proposing import proposed
    from core.desk.verbs.table import VERBS
    from data.errors import NotAllowed

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    ticket = whole_code(session, code)
    found = proposed(session.reader(), session.centre_id(), ticket)
    if not found.steps:
        raise NotAllowed("no-proposal", f"{found.zh}。", f"{found.en}.")
    reasons_zh, reasons_en = (found.found_zh, found.zh, found.duty_zh), (found.found_en, found.en, found.duty_en)
    output.remark(words.say("；".join(filter(None, reasons_zh)), "; ".join(filter(None, reasons_en))))
    orders = [read_order(VERBS[verb].order, {**values, "ticket": ticket}) for verb, values in found.steps]
    return printing.outcomes(
        acting.carry_out_together(session.desk(), orders, session.actor(), seen, dry_run), form, session.zone()
    )
