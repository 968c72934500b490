"""Who may lift the lock on a real store: by name without an account, with one by password, and no longer once ended."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from console.backend.store import StoreBackend
from core.desk.actor import Actor, Origin
from core.identity.accounts import AccountBook
from core.identity.sessions import end_session, live_sessions, open_session
from data.errors import NotAllowed, NotFound
from data.tables import Appointment, Officer, table
from data.terms import Role
from tests.console.conftest import StreetCopy
from tests.passwords import fresh

_OFFICER, _HELD = table(Officer), table(Appointment)
PASSWORD = "blue-kettle-71-oak"


def test_a_name_an_account_and_an_ended_session(street_copy: StreetCopy) -> None:
    desk, officer = street_copy()
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    name, now = desk.actor(officer).name, desk.now()
    assert backend.status(now).lock.minutes == 10, "what the shipped policy says"
    assert backend.unlock(officer, "", "").officer == officer
    assert backend.origin is None, "a name proves nothing: no session comes of it"
    with pytest.raises(NotFound):
        backend.unlock("nobody", "", "")
    with pytest.raises(NotAllowed):
        backend.unlock("", "", "")
    with desk.store.read() as connection:
        commander = (
            connection.execute(
                select(_OFFICER.c.code)
                .join(_HELD, (_HELD.c.centre_id == _OFFICER.c.centre_id) & (_HELD.c.officer_id == _OFFICER.c.id))
                .where(_OFFICER.c.centre_id == desk.centre_id, _HELD.c.role == Role.COMMANDER)
            )
            .scalars()
            .first()
            or ""
        )
    with desk.store.write() as connection:
        AccountBook(connection, desk.centre_id, now, desk.actor(commander)).add(officer, fresh(desk, officer, PASSWORD))
    assert backend.asks(officer).password
    own = "green-ladder-52-ash"
    with desk.store.write() as connection:
        AccountBook(connection, desk.centre_id, now, desk.actor(officer)).choose_password(
            fresh(desk, officer, own, own=True)
        )
    with pytest.raises(NotAllowed) as refused:
        backend.unlock(officer, "wrong", "")
    assert "wrong" not in refused.value.zh + refused.value.en
    assert backend.unlock(officer, own, "").officer == officer
    with desk.store.read() as connection:
        (session,) = live_sessions(connection, desk.centre_id, now)
    assert (session.officer, session.how, session.name) == (officer, "password", name)
    assert not backend.lock_state(now).session_over
    with desk.store.write() as connection:
        end_session(connection, desk.centre_id, session.id, now, desk.actor(commander), "ended")
    assert backend.lock_state(now).session_over
    with pytest.raises(NotAllowed):
        backend.actor()
    assert backend.unlock(officer, own, "").officer == officer
    assert not backend.lock_state(now).session_over
    assert backend.actor().code == officer
    backend.close()
    desk.store.close()


def test_over_ssh_nobody_else_goes_on_and_a_session_from_elsewhere_outlives_it(
    street_copy: StreetCopy,
) -> None:
    desk, officer = street_copy()
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    other = next(one.code for one in backend.officers() if one.code != officer)
    with desk.store.write() as connection:
        came = ("ssh-key", "10.0.0.9", "SHA256:x", "console")
        number = open_session(connection, desk.centre_id, desk.actor(officer).id or 0, desk.now(), *came)
        admin = Actor("s", "", 0, frozenset({Role.SECURITY_ADMIN}))
        AccountBook(connection, desk.centre_id, desk.now(), admin).add(other, fresh(desk, other, PASSWORD))
    backend.origin = came_in = Origin(number, "ssh-key", "10.0.0.9", "SHA256:x")
    for name in (other, "nobody-here"):
        with pytest.raises(NotAllowed) as refused:
            backend.unlock(name, PASSWORD, "")
        assert refused.value.code == "lock-own-session"
    assert backend.unlock(officer, "", "").officer == officer
    assert backend.origin == came_in, "the session of the key goes on"
    backend.close()
    with desk.store.read() as connection:
        assert [one.id for one in live_sessions(connection, desk.centre_id, desk.now())] == [number], (
            "not the console's"
        )
    desk.store.close()
