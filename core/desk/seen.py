"""Notes that a notice of the console was seen, and by whom: in its row, and on record."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from core.accountability.access_log import note_access
from core.desk.actor import Actor
from core.desk.desk import Desk
from core.desk.seals import target_of
from data.access_terms import AccessKind
from data.tables import Notice, Officer, table


def mark_seen(desk: Desk, notice_id: int, officer: str) -> None:
    """Mark a notice as seen now by an officer's code; a second look changes nothing.

    The entry of the access log says from where. Raises StoreTrouble, and then it is not seen.
    """
    notice = table(Notice)
    with desk.store.write() as connection:
        now = desk.now()
        done = connection.execute(
            update(notice)
            .where(notice.c.centre_id == desk.centre_id, notice.c.id == notice_id, notice.c.seen_at.is_(None))
            .values(seen_at=now, seen_by=officer)
        )
        if done.rowcount:
            actor = Actor(officer, "", _id_of(connection, desk.centre_id, officer), origin=desk.origin)
            note_access(connection, desk.centre_id, now, actor, AccessKind.NOTICE_SEEN, target_of(notice_id))


def _id_of(connection: Connection, centre_id: int, code: str) -> int | None:
    officers = table(Officer).c
    found = connection.execute(
        select(officers.id).where(officers.centre_id == centre_id, officers.code == code)
    ).scalar()
    return None if found is None else int(found)
