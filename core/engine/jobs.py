"""The jobs of the calendar: each works out from tables and files what it owes, and does that."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, delete, func, select

from core.clock import Clock
from core.desk.actor import ENGINE
from core.desk.deeds.deed import Deed
from core.desk.desk import Desk
from core.desk.ledger import Ledger
from core.desk.orders import Recompute
from core.desk.references import References
from core.rules.centre_log import NOTICES_REMOVED
from data.errors import Refusal
from data.instants import to_seconds
from data.store import Store
from data.tables import CentreSequence, ClockRow, DeviceSignal, Notice, Ticket, table
from data.terms import ClockState

KEEP_NOTICES_DAYS = 184
"""Six calendar months at their longest."""
KEEP_SIGNALS_DAYS = 92
"""Longer than the history that a person's baseline is made of."""
AT_ONCE = 500


def recompute_provisional(store: Store, clock: Clock, centre_id: int) -> int:
    """Set anew the deadlines that were computed without an official calendar, once a newer version is there.

    Returns how many tickets were recomputed.
    """
    desk = Desk(store, clock, centre_id)
    clocks, tickets = table(ClockRow).c, table(Ticket).c
    with store.read() as connection:
        refs = References(connection, centre_id)
        newest = refs.version("calendar", refs.centre().calendar)
        codes = connection.execute(
            select(tickets.code)
            .distinct()
            .join_from(
                table(Ticket),
                table(ClockRow),
                (clocks.centre_id == tickets.centre_id) & (clocks.ticket_id == tickets.id),
            )
            .where(
                tickets.centre_id == centre_id,
                tickets.open == 1,
                tickets.calendar_version < newest,
                clocks.provisional,
                clocks.state.in_((ClockState.RUNNING.value, ClockState.PAUSED.value)),
            )
            .limit(AT_ONCE)
        ).scalars()
        owed = list(codes)
    done = 0
    for code in owed:
        try:
            desk.do(Recompute(ticket=code), ENGINE)
        except Refusal:
            continue
        done += 1
    return done


def prune_notices(store: Store, clock: Clock, centre_id: int) -> int:
    """Drop notices that are half a year old and have arrived or failed; the log keeps what happened.

    An event says up to which event of the log, before any goes: what is missing behind that one was taken out.
    """
    notice = table(Notice)
    now = to_seconds(clock.now())
    before = now - KEEP_NOTICES_DAYS * 86_400
    with store.read() as connection:
        young = connection.execute(
            select(func.min(notice.c.event_no)).where(notice.c.centre_id == centre_id, notice.c.created_at >= before)
        ).scalar()
        sequence = table(CentreSequence).c
        head = connection.execute(select(sequence.chain_no).where(sequence.centre_id == centre_id)).scalar_one()
        up_to = int(head) if young is None else int(young) - 1
        # Those of older releases may name no event.
        behind = (notice.c.event_no <= up_to) | (notice.c.event_no.is_(None) & (notice.c.created_at < before))
        old = behind & notice.c.state.in_(("sent", "failed", "seen"))
        if connection.execute(select(notice.c.id).where(notice.c.centre_id == centre_id, old).limit(1)).first() is None:
            return 0
    with store.write() as connection:
        deed = Deed(Desk(store, clock, centre_id), Ledger(connection, centre_id, now), ENGINE)
        deed.append(NOTICES_REMOVED, {"up_to": up_to, "effects": {}})
        deed.ledger.flush()
    return _prune(store, centre_id, notice, old)


def prune_signals(store: Store, clock: Clock, centre_id: int) -> int:
    """Drop signals of devices that no baseline needs any more; what was made of them are tickets."""
    signal = table(DeviceSignal)
    before = to_seconds(clock.now()) - KEEP_SIGNALS_DAYS * 86_400
    return _prune(store, centre_id, signal, signal.c.heard_at < before)


def _prune(store: Store, centre_id: int, source: Table, old: ColumnElement[bool]) -> int:
    """Drop the rows that are old, few at a time, so that nobody waits long; gives how many."""
    dropped = 0
    while True:
        with store.write() as connection:
            found = connection.execute(
                select(source.c.id).where(source.c.centre_id == centre_id, old).limit(AT_ONCE)
            ).scalars()
            ids = list(found)
            if not ids:
                return dropped
            connection.execute(delete(source).where(source.c.centre_id == centre_id, source.c.id.in_(ids)))
            dropped += len(ids)
