"""Broadcasts: to many units at once, with a receipt from each, and reminders to those who owe it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.desk.addressing import ADDRESSABLE, Addressed, addressed_units, audience_words
from core.desk.broadcast_orders import RemindBroadcast, SeenBroadcast, SendBroadcast
from core.desk.deeds.deed import CentreReceipt, Deed, DeedKind
from core.desk.references import References, UnitView
from core.desk.work import Message
from core.rules.roles import DESK_ROLES
from data.errors import BadInput, NotAllowed, NotFound
from data.ids import new_id
from data.tables import Broadcast, BroadcastReceipt, BroadcastRecord, ReceiptRecord, table
from data.terms import BroadcastKind, Severity, UnitKind

_BROADCAST, _RECEIPT = table(Broadcast), table(BroadcastReceipt)
OTHERS = frozenset({UnitKind.POST, UnitKind.FORCE})
"""Who is told beside the places when everybody is."""


def send(deed: Deed, order: SendBroadcast) -> CentreReceipt:
    """Send it: one event, a receipt row and a notice for each unit."""
    refs = References(deed.connection, deed.centre_id)
    units, ticket = recipients(refs, order), deed.ticket(order.ticket)
    number, ticket_id = deed.newest("broadcast") + 1, ticket[0] if ticket else None
    audience = {name: words for name, words in audience_words(order).items() if words}
    fields = {
        "id": number,
        "kind": order.kind.value,
        "title": order.title,
        "body": order.text,
        "audience": {"everybody": True} if order.everybody else audience,
        "ticket_id": ticket_id,
        "sent_by": deed.actor.id,
        "sent_at": deed.at,
        "units": len(units),
    }
    receipts = [{"id": new_id(), "broadcast_id": number, "unit_id": unit.id} for unit in units]
    for unit in units:
        _tell(deed, order.kind, order.title, unit.id, ticket_id, Severity.INFO)
    facts = {"broadcast": number, "kind": order.kind.value, "title": order.title, "units": len(units)}
    effects = {"broadcast": [fields], "receipt": receipts}
    entry = deed.append(order.verb, {**facts, "effects": effects})
    deed.ledger.flush()
    return CentreReceipt(order.verb, entry, number, deed.at, ticket_id)


def recipients(refs: References, order: SendBroadcast) -> list[UnitView]:
    """Whom a broadcast is for. Raises as `addressed_units`."""
    if not order.everybody:
        return addressed_units(refs, order)
    whole = addressed_units(refs, Addressed(kinds=list(ADDRESSABLE), units=list(order.units)))
    known = {unit.id for unit in whole}
    return whole + [unit for unit in refs.posts_and_forces() if unit.kind in OTHERS and unit.id not in known]


def see(deed: Deed, order: SeenBroadcast) -> CentreReceipt:
    """A unit says that it has seen it; the desk may write that down for it."""
    _known(deed, order.broadcast)
    refs = References(deed.connection, deed.centre_id)
    owed = _owed(deed, order.broadcast)
    if order.unit:
        unit = refs.unit_by_code(order.unit)
        if not deed.actor.roles & DESK_ROLES and not deed.actor.answers_for(unit.id, unit.parent_id):
            raise NotAllowed(
                "not-own-unit",
                f"{deed.actor.name} 不能代 {unit.name} 操作。",
                f"{deed.actor.code} may not act for {unit.code}.",
            )
        given = [receipt for receipt in owed if receipt.unit_id == unit.id]
    else:
        given = [receipt for receipt in owed if receipt.unit_id in deed.actor.units]
    if not given:
        raise BadInput("no-receipt", "没有待回执的通知。", "No receipt is owed here.")
    own = {receipt.id: receipt.unit_id in deed.actor.units for receipt in given}
    effects = [
        {
            "id": receipt.id,
            "seen_at": deed.at,
            "seen_by": deed.actor.id if own[receipt.id] else None,
            "note": order.note,
        }
        for receipt in given
    ]
    facts = {"broadcast": order.broadcast, "units": len(given), "by_desk": not all(own.values())}
    entry = deed.append(order.verb, {**facts, "effects": {"receipt": effects}})
    deed.ledger.flush()
    return CentreReceipt(order.verb, entry, order.broadcast, deed.at)


def remind(deed: Deed, order: RemindBroadcast) -> CentreReceipt:
    """Those who owe a receipt hear of it again; the others do not."""
    broadcast, owed = _known(deed, order.broadcast), _owed(deed, order.broadcast)
    if not owed:
        raise BadInput("nobody-owes", "各单位均已回执。", "Every unit has given its receipt.")
    for receipt in owed:
        kind = BroadcastKind(broadcast.kind)
        _tell(deed, kind, broadcast.title, receipt.unit_id, broadcast.ticket_id, Severity.WARNING)
    effects = [{"id": receipt.id, "reminders": receipt.reminders + 1, "reminded_at": deed.at} for receipt in owed]
    facts = {"broadcast": order.broadcast, "reminded": len(owed)}
    entry = deed.append(order.verb, {**facts, "effects": {"receipt": effects}})
    deed.ledger.flush()
    return CentreReceipt(order.verb, entry, order.broadcast, deed.at)


def _tell(deed: Deed, kind: BroadcastKind, title: str, unit: int, ticket: int | None, severity: Severity) -> None:
    again = severity != Severity.INFO
    zh = f"{kind.zh}{'（请回执）' if again else ''}：{title}"
    en = f"{kind.en.capitalize()}{' (receipt, please)' if again else ''}: {title}"
    deed.tell(Message("broadcast", severity, zh, en, unit_id=unit), ticket)


def _known(deed: Deed, number: int) -> BroadcastRecord:
    row: Any = (
        deed.connection.execute(
            select(_BROADCAST).where(_BROADCAST.c.centre_id == deed.centre_id, _BROADCAST.c.id == number)
        )
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound("broadcast-unknown", f"没有第 {number} 号通知。", f"There is no broadcast {number}.")
    return BroadcastRecord.model_construct(**row)


def _owed(deed: Deed, number: int) -> list[ReceiptRecord]:
    rows = deed.connection.execute(
        select(_RECEIPT)
        .where(_RECEIPT.c.centre_id == deed.centre_id, _RECEIPT.c.broadcast_id == number, _RECEIPT.c.seen_at.is_(None))
        .order_by(_RECEIPT.c.id)
    ).mappings()
    return [ReceiptRecord.model_construct(**row) for row in rows]


DEEDS = (
    DeedKind(SendBroadcast, "broadcast", "广播通知", "send a broadcast", send),
    DeedKind(SeenBroadcast, "broadcast_seen", "通知回执", "give a receipt", see),
    DeedKind(RemindBroadcast, "broadcast", "提醒未回执单位", "remind those who owe a receipt", remind),
)
