"""`zhihui ticket reveal|find-number`: personal data in full, one field at a time, and tickets by a number."""

from __future__ import annotations

from typing import Annotated

import typer

from console import output
from console.cli import words
from console.cli.frame import session_of
from console.cli.options import Json, argument, option
from console.cli.ticket_codes import whole_code
from console.cli.ticket_views import TicketCode
from console.exit_codes import OK
from data.access_terms import PersonalField

Why = Annotated[str, option("--reason", zh="原因（必填，留痕）", en="the reason (required, on record)")]


def reveal_command(
    context: typer.Context,
    code: TicketCode,
    field: Annotated[
        str,
        argument("name 姓名、phone 电话、address 地址、title 标题、text 内容", "name, phone, address, title or text"),
    ],
    reason: Why = "",
    json: Json = False,
) -> int:
    """One field of one ticket in full. Who saw it, and why, is on record before it is shown."""
    from core.desk.orders import read_order
    from core.desk.personal_orders import ShowField
    from core.desk.revealing import reveal_field

    session = session_of(context)
    chosen = next((one for one in PersonalField if field in (one.value, one.zh)), field)
    ticket = whole_code(session, code)
    order = read_order(ShowField, {"ticket": ticket, "field": chosen, "reason": reason})
    assert isinstance(order, ShowField)
    value = reveal_field(session.desk(), order, session.actor())
    if json:
        output.write_json({"ticket": ticket, "field": str(chosen), "value": value})
    else:
        output.say_line(value)
    return OK


def find_number_command(
    context: typer.Context,
    digits: Annotated[str, argument("完整号码，或末四位", "a whole number, or its last four digits")],
    reason: Why = "",
    json: Json = False,
) -> int:
    """Tickets with a telephone or identity number. The number is neither shown nor kept; the search is on record."""
    from core.desk.orders import read_order
    from core.desk.personal_orders import FindNumber
    from core.desk.revealing import find_number

    session = session_of(context)
    order = read_order(FindNumber, {"digits": digits.replace(" ", "").replace("-", ""), "reason": reason})
    assert isinstance(order, FindNumber)
    codes = find_number(session.desk(), order, session.actor())
    if json:
        output.write_json(codes)
        return OK
    for code in codes:
        output.say_line(code)
    output.remark(words.say(f"找到 {len(codes)} 件。", f"{len(codes)} tickets found."))
    return OK
