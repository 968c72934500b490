"""That a centre keeps a security administrator who can act: the last one's role, unit or account is not ended."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from core.identity.policy import has_administrator, policy_of
from data.errors import Conflict
from data.queries.identity import REQUIRED
from data.store import lock_centre


def can_administer(connection: Connection, centre_id: int, at: int, without: Collection[int] = ()) -> bool:
    """Whether the centre has a security administrator, with an account where one signs in.

    `without`: ids of appointments that are looked away from, as if they had ended.
    """
    required = policy_of(connection, centre_id).sign_in == REQUIRED
    return has_administrator(connection, centre_id, at, with_account=required, without=without)


def require_administrator(connection: Connection, centre_id: int, at: int, without: Collection[int] = ()) -> None:
    """Raises Conflict where a change that is under way leaves no security administrator who can act."""
    if can_administer(connection, centre_id, at, without):
        return
    raise Conflict(
        "no-administrator-left",
        "这样将没有可履职的安全管理员，未作更改；请先用 zhihui grant 另设一名。",
        "No security administrator who can act would be left: nothing was changed. First give another one the role"
        " with zhihui grant.",
    )


def require_another(connection: Connection, centre_id: int, at: int, appointments: Collection[int]) -> None:
    """Raises Conflict where these appointments are of the centre's last security administrator who can act."""
    lock_centre(connection, centre_id)
    if can_administer(connection, centre_id, at):
        require_administrator(connection, centre_id, at, appointments)


@contextmanager
def administrator_kept(connection: Connection, centre_id: int, at: int) -> Iterator[None]:
    """Round a change inside an open write transaction that may end roles or accounts.

    Raises Conflict, which undoes the transaction, where the centre had a security administrator before and has none
    afterwards. A centre that never had one may go without. Two who end each other wait for one another.
    """
    lock_centre(connection, centre_id)
    had = can_administer(connection, centre_id, at)
    yield
    if had:
        require_administrator(connection, centre_id, at)
