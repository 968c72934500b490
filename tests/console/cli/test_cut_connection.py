"""Many orders on a server whose connection is cut in the middle: each is done once, or in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from console.cli.acting import Job, carry_out
from core.clock import SetClock
from core.desk.desk import Desk, open_desk
from core.desk.orders import Note, Report
from data.errors import StoreTrouble
from data.location import locate
from data.store import Store
from tests.street import START

pytestmark = pytest.mark.pg
JOBS = 5


@pytest.fixture
def desk(street_database: str) -> Iterator[Desk]:
    store = Store(locate(street_database))
    yield open_desk(store, SetClock(START))
    store.close()


def _cut(desk: Desk) -> None:
    with psycopg.connect(desk.store.url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _cut_once(desk: Desk, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    usual, calls = Desk.do_in, []

    def do_in(self: Desk, *given: Any) -> Any:
        calls.append(1)
        if len(calls) == at:
            _cut(desk)
        return usual(self, *given)

    monkeypatch.setattr(Desk, "do_in", do_in)


@pytest.mark.parametrize("at", [1, 3])
def test_a_turn_that_is_cut_is_taken_again(desk: Desk, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    actor = desk.actor("zhang")
    code = desk.do(Report(title="井盖缺失", source="phone"), actor).ticket
    _cut_once(desk, monkeypatch, at)
    done = list(carry_out(desk, [Job(Note(ticket=code, text=f"第 {n} 条"), actor) for n in range(JOBS)]))
    assert [outcome.record["ok"] for outcome in done] == [True] * JOBS
    assert [outcome.record["revision"] for outcome in done] == list(range(2, JOBS + 2))
    with desk.store.reader() as reader:
        rows = reader.rows("SELECT seq FROM ticket_event WHERE centre_id = :centre AND kind = 'note'", centre=1)
    assert len(rows) == JOBS


def test_a_commit_that_is_cut_is_called_in_doubt(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = desk.actor("zhang")
    code = desk.do(Report(title="井盖缺失", source="phone"), actor).ticket
    usual = desk.store.engine.dialect.do_commit

    def commit(connection: Any) -> None:
        _cut(desk)
        usual(connection)

    monkeypatch.setattr(desk.store.engine.dialect, "do_commit", commit)
    with pytest.raises(StoreTrouble) as caught:
        list(carry_out(desk, [Job(Note(ticket=code, text="一条"), actor)]))
    assert caught.value.code == "store-in-doubt"


def test_no_words_of_the_driver_for_a_cut_connection(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut while it is being made, as by a server that is stopping."""
    broken = psycopg.OperationalError("consuming input failed: server closed the connection unexpectedly\n\tThis means")

    def connect(*_: Any, **__: Any) -> Any:
        raise broken

    desk.store.engine.dispose()
    monkeypatch.setattr(psycopg, "connect", connect)
    with pytest.raises(StoreTrouble) as caught, desk.store.read():
        pass
    assert caught.value.code == "store-lost"
    assert "server" not in caught.value.en
