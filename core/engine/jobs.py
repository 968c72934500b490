"""The jobs of the calendar: each works out from tables and files what it owes, and does that."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, delete, select

from core.clock import Clock
from core.desk.actor import ENGINE
from core.desk.desk import Desk
from core.desk.orders import Recompute
from core.desk.references import References
from data.backup import backup
from data.daily_copies import PREFIX, copies_in, folder_of
from data.errors import Refusal
from data.instants import to_seconds
from data.store import Store
from data.tables import ClockRow, DeviceSignal, Notice, Ticket, table
from data.terms import ClockState

KEEP_BACKUPS = 14
KEEP_NOTICES_DAYS = 184
"""Six calendar months at their longest."""
KEEP_SIGNALS_DAYS = 92
"""Longer than the history that a person's baseline is made of."""
AT_ONCE = 500


def take_backup(store: Store, clock: Clock, centre_id: int) -> Path | None:
    """One verified copy of an embedded store per day of the centre, in `backups` beside it; the newest are kept.

    None where the day's copy is there, or the store is a server (whose copies its administrator takes).
    """
    if not store.sqlite:
        return None
    with store.read() as connection:
        zone = ZoneInfo(References(connection, centre_id).centre().zone)
    today = clock.now().astimezone(zone).strftime("%Y%m%d")
    folder = folder_of(store.path)
    target = folder / f"{PREFIX}{today}.db"
    if target.exists():
        return None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = backup(store.url, str(target))
    _forget_old(folder)
    return made


def _forget_old(folder: Path) -> None:
    """Keep the newest daily copies, each with the files that lie beside it; other files are not ours."""
    for copy in copies_in(folder)[:-KEEP_BACKUPS]:
        for file in folder.glob(f"{copy.stem}.*"):
            file.unlink()


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
    """Drop notices that are half a year old and have arrived or failed; the log keeps what happened."""
    notice = table(Notice)
    before = to_seconds(clock.now()) - KEEP_NOTICES_DAYS * 86_400
    old = (notice.c.created_at < before) & notice.c.state.in_(("sent", "failed", "seen"))
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
