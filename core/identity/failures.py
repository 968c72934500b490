"""Failed attempts to sign in as the store has them, and whether the duty desk can do without who failed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from core.desk.people import people_at
from core.identity.lockout import FORGOTTEN_AFTER, NONE, Failures, free_at
from data.tables import Account, Officer, SignInFailure, table
from data.terms import Role

DESK = (Role.DUTY_OFFICER, Role.SHIFT_LEADER)
_FAILURE, _ACCOUNT, _OFFICER = table(SignInFailure), table(Account).c, table(Officer).c


class Subjects(NamedTuple):
    """What an attempt counts against: digests, since what was typed as a name may have been a password."""

    account: str
    address: str
    pair: str
    """The account, from this address."""


def subjects_of(officer: str, address: str) -> Subjects:
    """Of an attempt on an officer's account from an address."""
    return Subjects(by_account(officer), _digest("address", address), _digest("pair", f"{officer}\n{address}"))


def by_account(officer: str) -> str:
    """The subject of an officer's account."""
    return _digest("account", officer)


def failures_of(connection: Connection, centre_id: int, subjects: Iterable[str]) -> dict[str, Failures]:
    """What is counted against each."""
    rows = connection.execute(
        select(_FAILURE).where(_FAILURE.c.centre_id == centre_id, _FAILURE.c.subject.in_(tuple(subjects)))
    ).all()
    return {row.subject: Failures(row.amount, row.last_at) for row in rows}


def count(connection: Connection, centre_id: int, subject: str, failures: Failures) -> None:
    """Keep what is counted against one."""
    values = {"amount": failures.count, "last_at": failures.last_at}
    done = connection.execute(
        update(_FAILURE).where(_FAILURE.c.centre_id == centre_id, _FAILURE.c.subject == subject).values(values)
    )
    if done.rowcount == 0:
        connection.execute(insert(_FAILURE), {"centre_id": centre_id, "subject": subject, **values})


def forget(connection: Connection, centre_id: int, subjects: Iterable[str], now: int) -> None:
    """Drop what these have failed, and whatever is long past: names that nobody has must not pile up."""
    past = _FAILURE.c.last_at < now - FORGOTTEN_AFTER
    connection.execute(
        delete(_FAILURE).where(_FAILURE.c.centre_id == centre_id, _FAILURE.c.subject.in_(tuple(subjects)) | past)
    )


def desk_depends_on(connection: Connection, centre_id: int, officer_id: int, now: int) -> bool:
    """Whether an officer serves at the duty desk and nobody else there could sign in now.

    Others who serve do not count while they are away, have no account, or wait for failures themselves: whoever brings
    those about for every name of a shift keeps out none of them. Without a roster everybody in the roles serves.
    """
    serving = _serving(connection, centre_id, now)
    if officer_id not in serving:
        return False
    codes = connection.execute(
        select(_OFFICER.code)
        .join_from(
            table(Officer), table(Account), (_ACCOUNT.centre_id == _OFFICER.centre_id) & (_ACCOUNT.id == _OFFICER.id)
        )
        .where(
            _OFFICER.centre_id == centre_id,
            _OFFICER.id.in_(serving - {officer_id}),
            _OFFICER.active,
            ~_ACCOUNT.disabled,
        )
    ).scalars()
    subjects = [by_account(code) for code in codes]
    failed = failures_of(connection, centre_id, subjects)
    return not any(_is_free(failed, subject, now) for subject in subjects)


def _is_free(failed: Mapping[str, Failures], subject: str, now: int) -> bool:
    return free_at(failed.get(subject, NONE), NONE, now) <= now


def _serving(connection: Connection, centre_id: int, now: int) -> set[int]:
    people = people_at(connection, centre_id, now)
    rostered = any(people.shifts.get(role) for role in DESK)
    serving = [one for role in DESK if not rostered or people.shifts.get(role) for one in people.in_role(role)]
    # A shift that nobody has signed for may have gone home: it makes nobody of the one that came dispensable.
    return {one.officer_id for one in serving if one.on_duty and not one.kept}


def _digest(kind: str, name: str) -> str:
    return f"{kind}:{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()}"
