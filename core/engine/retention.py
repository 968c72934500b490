"""What the engine does each day about data whose time is up: erase as much as the policy lets it, or tell."""

from __future__ import annotations

import logging
from datetime import timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from core.accountability.access_log import remove_old
from core.accountability.retention import due_tickets
from core.clock import Clock
from core.desk.actor import ENGINE
from core.desk.deeds.deed import Deed
from core.desk.deeds.retention import erase_ticket
from core.desk.desk import Desk
from core.desk.ledger import Ledger
from core.desk.references import References
from core.desk.retention_orders import Erase
from core.desk.telling import tell_roles
from core.desk.work import Message
from core.rules.personal import Personal
from core.rules.retention import DAY
from data.errors import Refusal
from data.instants import to_seconds
from data.search_index import fill, forget_deleted
from data.store import Store, lock_centre
from data.tables import Erasure, Notice, table
from data.terms import Role, Severity

DUE = "retention_due"
"""The notice that data is due to be erased."""
TOLD = (Role.SECURITY_ADMIN, Role.COMMANDER)
COUNTED = 1_000
"""More due tickets than these are not counted for the notice."""
ENTRIES_AT_ONCE = 5_000
REASON = "按保存期限删除 / its time is up"

log = logging.getLogger("zhihui.engine")


def erase_due(store: Store, clock: Clock, centre_id: int) -> int:
    """Erase personal data that is due, at most `erase_daily` tickets a day; with 0 tell once a day how many are due.

    Gives how many were erased.
    """
    desk = Desk(store, clock, centre_id)
    with store.read() as connection:
        personal, today = _personal(connection, centre_id), _day_began(connection, desk)
        erased = table(Erasure).c
        done = select(func.count()).where(
            erased.centre_id == centre_id, erased.actor == ENGINE.code, erased.at >= today
        )
        left = personal.erase_daily - int(connection.execute(done).scalar_one())
    with store.reader() as reader:
        most = max(left, 0) if personal.erase_daily else COUNTED
        codes = list(islice(due_tickets(reader, centre_id, desk.now(), personal.keep_days), most))
    if not personal.erase_daily:
        _tell(desk, len(codes), today)
        return 0
    return erase_all(desk, codes)


def erase_all(desk: Desk, codes: list[str]) -> int:
    """Erase these as the engine, each in a transaction of its own; what is refused meanwhile waits for the next day."""
    done = 0
    for code in codes:
        try:
            desk.store.run(lambda connection: _erase(connection, desk, code))  # noqa: B023
        except Refusal as refused:
            log.error("%s is not erased: %s", code, refused.en)
            continue
        done += 1
    if done:
        forget_words(desk.store, desk.centre_id)
    return done


def forget_words(store: Store, centre_id: int) -> None:
    """Take what was erased out of the search index as well."""
    while fill(store, centre_id):
        pass
    forget_deleted(store)


def prune_access(store: Store, clock: Clock, centre_id: int) -> int:
    """Remove entries of the access log that are older than the policy keeps them, 184 days at the least."""
    with store.read() as connection:
        days = _personal(connection, centre_id).keep_access_days
    now = to_seconds(clock.now())
    removed = 0
    while gone := store.run(
        lambda connection: remove_old(connection, centre_id, now, now - days * DAY, ENTRIES_AT_ONCE)
    ):
        removed += gone
    return removed


def _erase(connection: Connection, desk: Desk, code: str) -> None:
    erase_ticket(Deed(desk, Ledger(connection, desk.centre_id, desk.now()), ENGINE), Erase(ticket=code, reason=REASON))


def _personal(connection: Connection, centre_id: int) -> Personal:
    return References(connection, centre_id).policy().personal


def _day_began(connection: Connection, desk: Desk) -> int:
    """When the centre's day began, in epoch seconds."""
    zone = ZoneInfo(References(connection, desk.centre_id).centre().zone)
    here = desk.clock.now().astimezone(zone)
    return to_seconds(here - timedelta(hours=here.hour, minutes=here.minute, seconds=here.second))


def _tell(desk: Desk, due: int, today: int) -> None:
    if not due:
        return
    amount = f"{due}{'+' if due >= COUNTED else ''}"
    message = Message(
        DUE,
        Severity.INFO,
        f"{amount} 件事件的个人信息已到删除期限：zhihui personal due",
        f"Personal data of {amount} tickets is due to be erased: zhihui personal due",
    )

    def work(connection: Connection) -> None:
        lock_centre(connection, desk.centre_id)
        notice = table(Notice).c
        told = select(notice.id).where(
            notice.centre_id == desk.centre_id, notice.kind == DUE, notice.created_at >= today
        )
        if connection.execute(told.limit(1)).first() is None:
            tell_roles(connection, desk, ENGINE, message, TOLD)

    desk.store.run(work)
