"""PostgreSQL as a store: what can go wrong with a server, and what is tried again."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Connection, make_url, text

import data.store
from core.desk.orders import Report
from data.errors import StoreTrouble
from data.location import locate
from data.reader import Reader
from data.schema import create_tables
from data.store import Store
from tests.street import small_street

pytestmark = pytest.mark.pg

INSERT = text("INSERT INTO setting (centre_id, name, value) VALUES (1, :name, '{}')")


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data.store, "RETRY_SECONDS", (0.001, 0.002, 0.004))


@pytest.fixture
def url(postgres_database: str) -> str:
    return locate(postgres_database)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url, create=True)
    create_tables(store)
    yield store
    store.close()


@pytest.fixture
def admin(url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


def names(store: Store) -> list[str]:
    with store.reader() as reader:
        rows = reader.rows("SELECT name FROM setting WHERE centre_id = :centre ORDER BY name", centre=1)
        return [row[0] for row in rows]


def end_connections(admin: psycopg.Connection[Any]) -> None:
    """As a restart of the server or a change of leader does."""
    admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


# ------------------------------------------------------------------------------------------------ opening


def opened(url: str) -> None:
    Store(url).close()


@pytest.mark.parametrize("opener", [opened, Reader])
def test_a_server_that_does_not_answer(opener: Any, url: str) -> None:
    for address in ("postgresql+psycopg://x@127.0.0.1:1/x", "postgresql+psycopg://x@/y?host=/nonexistent"):
        with pytest.raises(StoreTrouble) as caught:
            opener(address)
        assert caught.value.code == "store-open"


@pytest.mark.parametrize("opener", [opened, Reader])
def test_a_database_that_is_not_there(opener: Any, url: str) -> None:
    address = make_url(url).set(database="no_such_database").render_as_string(hide_password=False)
    with pytest.raises(StoreTrouble) as caught:
        opener(address)
    assert caught.value.code == "store-no-database"


def test_without_prepared_statements(store: Store, url: str) -> None:
    """As PgBouncer before 1.21 needs it."""
    address = url + ("&" if "?" in url else "?") + "prepare_threshold=none"
    plain, reader = Store(address), Reader(address)
    with plain.write() as connection:
        driver_connection = connection.connection.driver_connection
        assert driver_connection is not None
        assert driver_connection.prepare_threshold is None
    assert reader.rows("SELECT 1", fanout=True) == [(1,)]
    reader.close()
    plain.close()


@pytest.mark.parametrize("opener", [opened, Reader])
def test_a_database_without_our_tables(opener: Any, url: str) -> None:
    with pytest.raises(StoreTrouble) as caught:
        opener(url)
    assert caught.value.code == "store-empty"


@pytest.fixture
def guarded_role(admin: psycopg.Connection[Any]) -> Iterator[tuple[str, str]]:
    """A role that the server asks for its password."""
    row = admin.execute("SHOW hba_file").fetchone()
    assert row is not None
    file = Path(row[0])
    if not file.exists():
        pytest.skip("the server's rules of access cannot be changed from here")
    name = f"guarded_{uuid4().hex}"
    rule = f"local all {name} scram-sha-256\nhost all {name} all scram-sha-256\n"
    admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'right'")
    change_rules(file, "", rule)
    admin.execute("SELECT pg_reload_conf()")
    yield name, "right"
    change_rules(file, rule, "")
    admin.execute("SELECT pg_reload_conf()")
    admin.execute(f"DROP ROLE {name}")


def change_rules(file: Path, old: str, new: str) -> None:
    with file.open("r+") as rules:
        fcntl.flock(rules, fcntl.LOCK_EX)
        before = rules.read()
        rules.seek(0)
        rules.truncate()
        rules.write(before.replace(old, "", 1) if old else new + before)


@pytest.mark.parametrize("opener", [opened, Reader])
def test_a_wrong_password(opener: Any, url: str, guarded_role: tuple[str, str]) -> None:
    name, right = guarded_role
    for password in ("wrong-secret", None):
        address = make_url(url).set(username=name, password=password).render_as_string(hide_password=False)
        with pytest.raises(StoreTrouble) as caught:
            until_the_rule_stands(opener, address)
        assert caught.value.code == "store-login"
        assert "secret" not in str(caught.value)
    address = make_url(url).set(username=name, password=right).render_as_string(hide_password=False)
    with pytest.raises(StoreTrouble) as caught:
        opener(address)
    assert caught.value.code == "store-empty", "the login is right; there are no tables"


def until_the_rule_stands(opener: Any, address: str) -> None:
    """Reloading the rules is not awaited by the server: ask until it asks for a password."""
    for _ in range(1000):
        try:
            opener(address)
        except StoreTrouble as trouble:
            if trouble.code != "store-empty":
                raise
    raise AssertionError("the server never asked for a password")


# ------------------------------------------------------------------------------------------------ trying again


def test_a_transaction_whose_connection_breaks_is_run_again(store: Store, admin: psycopg.Connection[Any]) -> None:
    calls: list[int] = []

    def work(connection: Connection) -> str:
        calls.append(1)
        connection.execute(INSERT, {"name": f"try {len(calls)}"})
        if len(calls) == 1:
            end_connections(admin)
        connection.execute(INSERT, {"name": "second row"})
        return "done"

    assert store.run(work) == "done"
    assert names(store) == ["second row", "try 2"]


def test_a_server_that_stays_away_is_given_up(store: Store, admin: psycopg.Connection[Any]) -> None:
    calls: list[int] = []

    def work(connection: Connection) -> None:
        calls.append(1)
        end_connections(admin)
        connection.execute(text("SELECT 1"))

    with pytest.raises(StoreTrouble) as caught:
        store.run(work)
    assert caught.value.code == "store-lost"
    assert len(calls) == len(data.store.RETRY_SECONDS) + 1


@pytest.mark.parametrize("repeatable", [False, True])
def test_a_connection_that_breaks_during_the_commit(
    store: Store, admin: psycopg.Connection[Any], repeatable: bool
) -> None:
    """Nobody knows whether it was kept: only an operation with an idempotency key may be run again."""
    calls: list[int] = []

    def work(connection: Connection) -> None:
        calls.append(1)
        connection.execute(INSERT, {"name": f"try {len(calls)}"})
        if len(calls) == 1:
            end_connections(admin)

    if repeatable:
        store.run(work, repeatable=True)
        assert names(store) == ["try 2"]
        return
    with pytest.raises(StoreTrouble) as caught:
        store.run(work)
    assert caught.value.code == "store-in-doubt"
    assert calls == [1]


def test_an_order_with_a_key_is_done_once_whatever_breaks(
    url: str, admin: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit arrives, its answer does not: the order is run again and finds its key."""
    desk = small_street(Store(url, create=True))
    actor = desk.actor("zhang")
    usual, commits = desk.store.engine.dialect.do_commit, []

    def commit(connection: Any) -> None:
        usual(connection)
        commits.append(1)
        if len(commits) == 1:
            end_connections(admin)
            connection.driver_connection.execute("SELECT 'the answer'")

    monkeypatch.setattr(desk.store.engine.dialect, "do_commit", commit)
    receipt = desk.do(Report(title="井盖", source="phone"), actor, key="key")
    assert receipt.replayed
    assert len(commits) == 2
    with desk.store.reader() as reader:
        assert reader.rows("SELECT code FROM ticket WHERE centre_id = :centre", centre=1) == [(receipt.ticket,)]
    commits.clear()
    with pytest.raises(StoreTrouble) as caught:
        desk.do(Report(title="井盖", source="phone"), actor)
    assert caught.value.code == "store-in-doubt"
    desk.store.close()


def test_a_deadlock_is_run_again(store: Store) -> None:
    """Two transactions take two rows in opposite order; the server ends one, and both are done in the end."""
    with store.write() as connection:
        connection.execute(INSERT, [{"name": "a"}, {"name": "b"}])
    meeting = threading.Barrier(2, timeout=30)
    failed: list[BaseException] = []

    def both(first: str, second: str) -> None:
        met: list[int] = []

        def work(connection: Connection) -> None:
            take = text("UPDATE setting SET value = '[]' WHERE centre_id = 1 AND name = :name")
            connection.execute(take, {"name": first})
            if not met:
                met.append(1)
                meeting.wait()
            connection.execute(take, {"name": second})

        try:
            store.run(work)
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failed.append(error)

    threads = [threading.Thread(target=both, args=names) for names in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_reader_asks_again_after_a_restart(store: Store, admin: psycopg.Connection[Any]) -> None:
    with store.reader() as reader:
        assert reader.rows("SELECT 1", fanout=True) == [(1,)]
        end_connections(admin)
        assert reader.rows("SELECT 2", fanout=True) == [(2,)]


def test_a_value_that_does_not_fit_is_no_reason_to_try_again(store: Store) -> None:
    """PostgreSQL minds lengths, SQLite does not; it comes out as a trouble, not as a driver's error."""
    with pytest.raises(StoreTrouble):
        store.run(lambda connection: connection.execute(INSERT, {"name": "x" * 100}))
    assert names(store) == []
