"""The running log (值班记事)."""

from __future__ import annotations

from sqlalchemy import select

from core.desk.centre_orders import LogEntry
from core.desk.deeds.deed import CentreReceipt, Deed, DeedKind
from data.errors import BadInput
from data.tables import CENTRE_LOG, TicketEvent, table

CORRECTABLE = frozenset({"duty_log"})


def write_log(deed: Deed, order: LogEntry) -> CentreReceipt:
    """A new entry; raises BadInput where it corrects none."""
    if order.corrects is not None:
        _correctable(deed, order.corrects)
    number = deed.append(order.verb, {"text": order.text, "corrects": order.corrects})
    deed.ledger.flush()
    return CentreReceipt(order.verb, number, number, deed.at)


def _correctable(deed: Deed, number: int) -> None:
    events = table(TicketEvent).c
    kind = deed.connection.execute(
        select(events.kind).where(
            events.centre_id == deed.centre_id, events.ticket_id == CENTRE_LOG, events.seq == number
        )
    ).scalar()
    if kind not in CORRECTABLE:
        raise BadInput("no-entry", f"第 {number} 号不是值班记事。", f"Entry {number} is not in the running log.")


DEEDS = (DeedKind(LogEntry, "duty_log", "值班记事", "write into the running log", write_log),)
