"""Hazards that are due to be looked at again: whoever answers for the place is told, and told again each day.

What is due is found by a query, as everything that the engine does; a look that somebody records puts the file to its
next date and so takes it out of the query.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, select

from core.clock import Clock
from core.desk.actor import ENGINE
from core.desk.deeds.deed import Deed
from core.desk.desk import Desk
from core.desk.ledger import Ledger
from core.desk.work import Message
from core.engine.lease import LeaseKeeper
from core.rules.hazards import TOLD_AGAIN
from data.store import Store
from data.tables import Hazard, table
from data.terms import Role, Severity

EVENT = "hazard_due"
"""The kind of the event in the centre's log."""
BATCH = 200

_HAZARD = table(Hazard)


def raise_looks(store: Store, clock: Clock, lease: LeaseKeeper, now: int) -> int:
    """Tell of every look that is due; gives of how many. Raises LeaseLost, and StoreTrouble; done batches stay done."""
    desk, told = Desk(store, clock, lease.centre_id), 0
    with store.read() as connection:
        if not _due(connection, lease.centre_id, now, 1):
            return 0
    while True:
        with store.write() as connection:
            ledger = Ledger(connection, lease.centre_id, now)
            lease.beat(connection, now)
            count = _raise(connection, Deed(desk, ledger, ENGINE), now)
        lease.kept(now)
        told += count
        if count < BATCH:
            return told


def _due(connection: Connection, centre_id: int, now: int, size: int) -> list[tuple[int, int, int]]:
    """(hazard, unit, when the look was due), the oldest first."""
    rows = connection.execute(
        select(_HAZARD.c.id, _HAZARD.c.unit_id, _HAZARD.c.check_at)
        .where(_HAZARD.c.centre_id == centre_id, _HAZARD.c.raise_at.is_not(None), _HAZARD.c.raise_at <= now)
        .order_by(_HAZARD.c.raise_at, _HAZARD.c.id)
        .limit(size)
    )
    return [(row.id, row.unit_id, row.check_at) for row in rows]


def _raise(connection: Connection, deed: Deed, now: int) -> int:
    due = _due(connection, deed.centre_id, now, BATCH)
    if not due:
        return 0
    late = [number for number, _, check_at in due if now - check_at >= TOLD_AGAIN]
    for unit, amount in Counter(unit for _, unit, _ in due).items():
        zh, en = f"有 {amount} 处隐患到期应复查", f"{amount} hazards are due to be looked at"
        deed.tell(Message("hazard", Severity.WARNING, zh, en, unit_id=unit))
    if late:
        zh, en = f"{len(late)} 处隐患复查超期", f"The look at {len(late)} hazards is overdue"
        deed.tell(Message("hazard", Severity.WARNING, zh, en, role=Role.SHIFT_LEADER.value))
    rows = [{"id": number, "raise_at": now + TOLD_AGAIN} for number, _, _ in due]
    deed.append(EVENT, {"hazards": len(due), "late": len(late), "effects": {"hazard": rows}})
    deed.ledger.flush()
    return len(due)
