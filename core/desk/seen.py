"""Notes that a notice of the console was seen, and by whom."""

from __future__ import annotations

from sqlalchemy import update

from data.store import Store
from data.tables import Notice, table


def mark_seen(store: Store, centre_id: int, notice_id: int, officer: str, now: int) -> None:
    """Mark a notice as seen at `now` (epoch seconds) by an officer's code; a second look changes nothing."""
    notice = table(Notice)
    with store.write() as connection:
        connection.execute(
            update(notice)
            .where(notice.c.centre_id == centre_id, notice.c.id == notice_id, notice.c.seen_at.is_(None))
            .values(seen_at=now, seen_by=officer)
        )
