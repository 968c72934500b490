"""Sessions of processes that were killed: marked, and ended on record; those of commands stay as they are."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select, update

from console.session_beat import SessionBeat
from core.clock import SetClock
from core.desk.actor import Origin
from core.desk.desk import Desk, open_desk
from core.engine.loop import Engine
from core.identity.sessions import GONE_AFTER, LiveSession, live_sessions, open_session
from data.location import locate
from data.store import Store
from data.tables import AccessEvent, OfficerSession, table
from tests.console.cli.conftest import Run, Street
from tests.street import START

HOLD = """
import sys
from core.identity.sessions import open_session
from data.store import Store

store = Store(sys.argv[1])
with store.write() as connection:
    session = open_session(connection, 1, 1, int(sys.argv[2]), "ssh-key", "10.0.0.1", "", "console")
print(session, flush=True)
sys.stdin.read()
"""
SESSION = table(OfficerSession)


@pytest.fixture
def desk(street_url: str) -> Iterator[Desk]:
    store = Store(locate(street_url))
    yield open_desk(store, SetClock(START))
    store.close()


@contextmanager
def killed(desk: Desk) -> Iterator[int]:
    """The session of a process of its own, which is killed at the end."""
    command = [sys.executable, "-c", HOLD, desk.store.url, str(desk.now())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        yield int(child.stdout.readline())
        child.kill()


def standing(desk: Desk, now: int | None = None) -> list[LiveSession]:
    with desk.store.read() as connection:
        return live_sessions(connection, 1, now or desk.now())


def opened(desk: Desk, token: str) -> int:
    with desk.store.write() as connection:
        return open_session(connection, 1, 2, desk.now(), "password", "local:1", "", "", token)


def noted(desk: Desk) -> list[tuple[Any, ...]]:
    log = table(AccessEvent).c
    with desk.store.read() as connection:
        rows = connection.execute(
            select(log.actor, log.body).where(log.centre_id == 1, log.kind == "session_ended").order_by(log.id)
        )
        return [(row.actor, row.body["session"], row.body["what"]) for row in rows]


def test_the_engine_ends_the_session_of_a_process_that_was_killed(desk: Desk) -> None:
    of_command, of_this = opened(desk, "digest"), opened(desk, "")
    with killed(desk) as session:
        assert [(one.id, one.gone) for one in standing(desk)] == [
            (number, False) for number in sorted((of_command, of_this, session))
        ]
    assert {one.id for one in standing(desk) if one.gone} == {session}
    engine = Engine(desk.store, desk.clock, 1)
    assert engine.once().departed == 1
    assert {one.id for one in standing(desk)} == {of_command, of_this}
    assert noted(desk) == [("engine", session, "gone")]
    engine.close()


def test_a_process_elsewhere_is_gone_when_it_is_silent(desk: Desk) -> None:
    """On another machine, or before this one was started anew."""
    of_command, session, start = opened(desk, "digest"), opened(desk, ""), desk.now()
    with desk.store.write() as connection:
        connection.execute(
            update(SESSION)
            .where(SESSION.c.centre_id == 1, SESSION.c.id == session)
            .values(process="other:1:1:elsewher:ab")
        )
    assert not any(one.gone for one in standing(desk, start + GONE_AFTER - 1))
    assert {one.id for one in standing(desk, start + GONE_AFTER) if one.gone} == {session}
    for number in (session, of_command):
        origin = Origin(number, "password", "", "")
        beat = SessionBeat(desk.store.url, 1, lambda origin=origin: origin, lambda: start + 60)  # type: ignore[misc]
        beat.beat(number)
    assert not any(one.gone for one in standing(desk, start + GONE_AFTER))
    with desk.store.read() as connection:
        seen = connection.execute(select(SESSION.c.id, SESSION.c.seen_at).where(SESSION.c.centre_id == 1)).all()
    assert {tuple(row) for row in seen} == {(session, start + 60), (of_command, start)}, "a command's has no process"


def test_the_list_marks_and_ends_them(street: Street, run: Run) -> None:
    street.clock.advance(minutes=1)
    of_command = opened(street.desk, "digest")
    with killed(street.desk) as session:
        assert [one["gone"] for one in run("session", "list", "--json", officer="chen").json] == [False, False]
    listed = run("session", "list", officer="chen")
    assert listed.code == 0
    assert "进程已不在" in listed.out
    assert [(one["id"], one["gone"]) for one in run("session", "list", "--json", officer="chen").json] == [
        (str(of_command), False)
    ]
    assert noted(street.desk) == [("chen", session, "gone")]
