"""Officers who leave the organisation: whatever they came in with is good no more, and that is on record."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from core.desk.actor import Actor
from core.identity.accounts import AccountBook
from core.identity.policy import has_administrator, policy_of
from core.identity.sessions import end_all
from core.identity.ssh_keys import KeyBook
from data.errors import Conflict
from data.queries.identity import REQUIRED

LEFT = "left"
"""Why sessions and keys ended: their officer left the organisation."""


def can_administer(connection: Connection, centre_id: int, at: int) -> bool:
    """Whether the centre has a security administrator, with an account where one signs in."""
    required = policy_of(connection, centre_id).sign_in == REQUIRED
    return has_administrator(connection, centre_id, at, with_account=required)


def require_administrator(connection: Connection, centre_id: int, at: int) -> None:
    """Raises Conflict where a change that is under way leaves no security administrator who can act."""
    if can_administer(connection, centre_id, at):
        return
    raise Conflict(
        "no-administrator-left",
        "这样将没有可履职的安全管理员，未作更改；请先用 zhihui grant 另设一名。",
        "No security administrator who can act would be left: nothing was changed. First give another one the role"
        " with zhihui grant.",
    )


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
