"""Officers who leave the organisation: whatever they came in with is good no more, and that is on record."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from core.desk.actor import Actor
from core.identity.accounts import AccountBook
from core.identity.sessions import end_all
from core.identity.ssh_keys import KeyBook

LEFT = "left"
"""Why sessions and keys ended: their officer left the organisation."""


def shut_out(
    connection: Connection, centre_id: int, officer_ids: Iterable[int], now: int, actor: Actor
) -> dict[str, int]:
    """End sessions (with their tokens), SSH keys and accounts of officers who left; gives how many of each."""
    keys, accounts = KeyBook(connection, centre_id, now, actor), AccountBook(connection, centre_id, now, actor)
    ended = {"session": 0, "key": 0, "account": 0}
    for officer_id in officer_ids:
        ended["session"] += end_all(connection, centre_id, officer_id, now, actor, LEFT)
        ended["key"] += keys.revoke_of(officer_id, LEFT)
        ended["account"] += accounts.disable_of(officer_id)
    return ended
