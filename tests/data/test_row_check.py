"""Every row of an embedded store has its checksum, whatever wrote it; rot is found, also when it is written over."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from core.clock import SetClock
from core.desk.desk import open_desk
from core.desk.orders import Note, Report
from data.errors import Refusal, StoreTrouble
from data.location import locate
from data.maintenance import check
from data.row_check import Rotten, rotten_rows
from data.row_sums import part_of, row_sum, summed_tables
from data.schema import create_tables, migrate, upgrade
from data.search_index import empty_index, fill
from data.snapshot import opened
from data.sqlite import driver
from data.store import Store
from tests.data import flips
from tests.street import START, small_street

SEED = 20261129


@pytest.fixture
def url(sqlite_database: str) -> str:
    """A street on SQLite, with one ticket."""
    desk = small_street(Store(locate(sqlite_database), create=True))
    desk.do(Report(title="井盖缺失", source="phone", community="C01"), desk.actor("zhang"))
    desk.store.close()
    return locate(sqlite_database)


def found(url: str) -> list[Rotten]:
    with opened(url.removeprefix("sqlite:///")) as connection:
        return list(rotten_rows(connection))


def rot(url: str, statement: str) -> None:
    """Change rows behind the store's back, as a flipped bit does."""
    with opened(url.removeprefix("sqlite:///")) as connection:
        assert connection.execute(statement).rowcount


# ------------------------------------------------------------------------------------------------ flipped bits


def test_every_flipped_bit_that_changes_an_answer_is_reported(tmp_path: Path) -> None:
    source = tmp_path / "store.db"
    flips.make(source)
    print(f"seed {SEED}")
    tally = flips.try_flips(source, tmp_path, 400, SEED)
    assert tally.silent == []
    assert tally.unnamed == []
    assert tally.outcomes["changed, reported"] > 20, "the flips hit something"


def test_a_text_whose_type_rots_is_found_though_its_bytes_are_the_same(url: str) -> None:
    rot(url, "UPDATE ticket SET title = CAST(title AS BLOB)")
    assert [(row.table, row.how) for row in found(url)] == [("ticket", "changed")]


def test_the_check_names_the_rows(url: str) -> None:
    rot(url, "UPDATE ticket SET title = title || '!'")
    rot(url, "UPDATE setting SET name = '\x1b[2J' WHERE name IN (SELECT name FROM setting LIMIT 1)")
    [finding] = [one for one in check(url) if one.level == "bad"]
    assert finding.code == "rows"
    assert "ticket 1/" in finding.en
    assert "setting 1/" in finding.en
    assert "\x1b" not in finding.en
    assert "2 " in finding.todo_en


def test_rows_that_come_and_go_behind_the_store_are_found(url: str) -> None:
    rot(url, "DELETE FROM ticket_text")
    rot(url, "INSERT INTO setting SELECT centre_id, 'other', value FROM setting LIMIT 1")
    assert sorted((row.table, row.how) for row in found(url)) == [("setting", "unknown"), ("ticket_text", "missing")]


def test_a_description_of_a_table_that_rots_is_found(url: str) -> None:
    with opened(url.removeprefix("sqlite:///")) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = replace(sql, 'bounces > 0', 'bounces > 8')")
    assert {row.table for row in found(url)} == {"sqlite_schema"}


def test_a_search_index_that_finds_other_tickets_is_found(url: str) -> None:
    """A ticket is taken out of the index behind its mark; `db index --rebuild` makes it whole."""
    store = Store(url)
    assert fill(store, 1) == 1
    assert "search" not in [one.code for one in check(url) if one.level == "bad"]
    with opened(store.path) as connection:
        connection.execute("DELETE FROM search_fts")
    assert [one.code for one in check(url) if one.level == "bad"] == ["search"]
    with store.write() as connection:
        empty_index(connection)
    fill(store, 1)
    assert {one.level for one in check(url)} == {"ok"}
    store.close()


# ------------------------------------------------------------------------------------------------ writing over rot


def test_rot_that_is_written_over_stays_found(url: str) -> None:
    """The officer's write goes through; what he did not write stays as wrong as it was, and is not sealed."""
    rot(url, "UPDATE ticket SET title = title || '!'")
    store = Store(url)
    desk = open_desk(store, SetClock(START))
    with store.read() as connection:
        code = connection.execute(text("SELECT code FROM ticket WHERE centre_id = 1")).scalar_one()
    for words in ("first", "second"):
        desk.do(Note(ticket=code, text=words), desk.actor("zhang"))
        assert [(row.table, row.how) for row in found(url)] == [("ticket", "overwritten")]
    store.close()


# ------------------------------------------------------------------------------------------------ no false alarms


def insert_row(chance: random.Random) -> str:
    name, amount = f"n{chance.randrange(40)}", chance.random()
    return f"INSERT INTO thing (name, amount) VALUES ('{name}', {amount}) ON CONFLICT DO NOTHING"


STATEMENTS: list[Callable[[random.Random], str]] = [
    insert_row,
    insert_row,
    lambda chance: f"UPDATE thing SET amount = amount + 1 WHERE id % 7 = {chance.randrange(7)}",
    lambda chance: f"UPDATE OR IGNORE thing SET id = id + {chance.randrange(9)} WHERE id % 5 = {chance.randrange(5)}",
    lambda chance: f"DELETE FROM thing WHERE id % 11 = {chance.randrange(11)}",
    lambda chance: f"INSERT OR REPLACE INTO thing (name, amount) VALUES ('n{chance.randrange(40)}', 7)",
    lambda chance: f"REPLACE INTO thing (name, amount) VALUES ('n{chance.randrange(40)}', NULL)",
    lambda chance: (
        f"INSERT INTO thing (name, amount) VALUES ('n{chance.randrange(40)}', 1.0)"
        " ON CONFLICT (name) DO UPDATE SET amount = 9223372036854775807"
    ),
    lambda _chance: "WITH more AS (SELECT 1) UPDATE other SET told = told || '事' WHERE no < (SELECT 3 FROM more)",
    lambda chance: f'INSERT INTO "other" (no, told) VALUES ({chance.randrange(1 << 40)}, NULL) ON CONFLICT DO NOTHING',
    lambda _chance: "DELETE FROM main.other",
]


class Undo(Exception):
    """Rolls back."""


@pytest.mark.parametrize("seed", [SEED, SEED + 1, SEED + 2])
def test_whatever_is_written_or_taken_back_no_row_is_reported(sqlite_database: str, seed: int) -> None:
    """Any statement, in any mix with savepoints and transactions that are rolled back, on two connections."""
    chance = random.Random(seed)
    stores = [Store(locate(sqlite_database), create=True) for _ in range(2)]
    create_tables(stores[0])
    with stores[0].change_schema() as connection:
        connection.exec_driver_sql("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT UNIQUE, amount REAL)")
        connection.exec_driver_sql("CREATE TABLE other (no BIGINT NOT NULL UNIQUE, told TEXT)")
        connection.exec_driver_sql("INSERT INTO other VALUES (1, '一'), (2, '二')")
    for turn in range(60):
        store = chance.choice(stores)
        try:
            with store.write() as connection:
                for _ in range(chance.randrange(1, 5)):
                    write_some(connection, chance)
                if not chance.randrange(4):
                    raise Undo
        except Undo:
            pass
        if not chance.randrange(12):
            with chance.choice(stores).change_schema() as connection:
                connection.exec_driver_sql(f"ALTER TABLE thing ADD COLUMN more{turn} TEXT DEFAULT 'x'")
        assert found(store.url) == [], f"seed {seed} turn {turn}"
    rot(store.url, "INSERT INTO thing (name) VALUES ('behind')")
    assert [row.table for row in found(store.url)] == ["thing"]
    for store in stores:
        store.close()


def write_some(connection: Connection, chance: random.Random) -> None:
    """Some statements, sometimes inside a savepoint that is taken back."""
    if chance.randrange(3):
        connection.exec_driver_sql(chance.choice(STATEMENTS)(chance))
        return
    try:
        with connection.begin_nested():
            for _ in range(2):
                connection.exec_driver_sql(chance.choice(STATEMENTS)(chance))
            if chance.randrange(2):
                raise Undo
    except Undo:
        pass


def test_no_row_is_reported_while_officers_write(url: str) -> None:
    """Checks run as long as two officers report and note; a refused order is among theirs."""
    errors: list[Exception] = []

    def work(name: str) -> None:
        store = Store(url)
        desk = open_desk(store, SetClock(START))
        try:
            for number in range(25):
                code = desk.do(Report(title=f"{name} {number}", source="phone"), desk.actor("zhang")).ticket
                desk.do(Note(ticket=code, text="已联系物业"), desk.actor("zhang"))
                with pytest.raises(Refusal):
                    desk.do(Note(ticket="20200101-0001", text="无"), desk.actor("zhang"))
        except Exception as error:  # noqa: BLE001 - told by the test
            errors.append(error)
        finally:
            store.close()

    officers = [threading.Thread(target=work, args=(name,)) for name in ("first", "second")]
    for officer in officers:
        officer.start()
    checks = 0
    while any(officer.is_alive() for officer in officers):
        assert found(url) == []
        checks += 1
    assert errors == []
    assert checks > 1
    assert found(url) == []


# ------------------------------------------------------------------------------------------------ sums and revisions


def test_the_sums_are_the_same_on_every_python() -> None:
    """Written down once: a store is read by many releases of Python."""
    assert row_sum((1, 20_000_000_000, -5, None, "事".encode(), 1.5, b"")) == 0x4DDD_7B44_4277
    assert part_of("ticket") == 2141603
    assert part_of("ticket_event") == 1993004


def test_no_two_tables_share_a_part(url: str) -> None:
    with opened(url.removeprefix("sqlite:///")) as connection:
        names = summed_tables(connection)
    assert len({part_of(name) for name in (*names, "sqlite_schema")}) == len(names) + 1


def test_a_store_of_before_gets_its_sums_with_the_upgrade(sqlite_database: str) -> None:
    store = Store(locate(sqlite_database), create=True)
    with store.change_schema() as connection:
        migrate(connection, "0025")
        connection.exec_driver_sql("INSERT INTO setting (centre_id, name, value) VALUES (1, 'a', '1')")
    store.close()
    assert found(locate(sqlite_database)) == []
    upgrade(locate(sqlite_database))
    assert found(locate(sqlite_database)) == []
    rot(locate(sqlite_database), "UPDATE setting SET value = '2'")
    assert [row.key for row in found(locate(sqlite_database))] == ["1/a"]


def test_a_full_disk_at_the_sums_is_said_as_one(url: str) -> None:
    """The sums are written inside the transaction: it fails as a whole, and by the name that officers know."""
    store = Store(url)
    desk = open_desk(store, SetClock(START))
    with store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        pages = driver.execute("PRAGMA page_count").fetchone()[0]
        driver.execute(f"PRAGMA max_page_count = {pages}")
    codes = set()
    for number in range(60):
        try:
            desk.do(Report(title=f"{number}", source="phone", body="事" * 400), desk.actor("zhang"))
        except StoreTrouble as trouble:
            codes.add(trouble.code)
    assert codes == {"store-full"}
    assert found(url) == []


def test_a_commit_that_fails_takes_back_what_notes_the_rows_and_the_next_write_makes_it_anew(url: str) -> None:
    """SQLAlchemy tells of no rollback then: the pool does it when the connection comes back."""
    store = Store(url)
    insert = "INSERT INTO setting (centre_id, name, value) VALUES (1, '{}', '1')"
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE unit SET name = name || '!'")

    def fail(*_: object) -> None:
        event.remove(store.engine, "commit", fail)
        raise driver().OperationalError("disk I/O error")

    event.listen(store.engine, "commit", fail)
    with pytest.raises(driver().OperationalError), store.write() as connection:
        connection.exec_driver_sql(insert.format("lost"))
    for name in ("kept", "too"):
        with store.write() as connection:
            connection.exec_driver_sql(insert.format(name))
    assert found(url) == []
    store.close()


def test_an_interrupt_in_the_middle_of_a_statement_stays_an_interrupt(url: str) -> None:
    """SQLAlchemy gives the connection up then, and tells of the rollback all the same."""
    store = Store(url)
    statement = "INSERT INTO setting (centre_id, name, value) VALUES (1, '{}', '1')"

    def interrupted(connection: Connection) -> None:
        connection.exec_driver_sql(statement.format("lost"))
        connection.invalidate()
        raise KeyboardInterrupt

    with store.write() as connection:
        connection.exec_driver_sql(statement.format("before"))
    with pytest.raises(KeyboardInterrupt), store.write() as connection:
        interrupted(connection)
    with store.write() as connection:
        connection.exec_driver_sql(statement.format("after"))
        names = connection.execute(text("SELECT name FROM setting WHERE centre_id = 1 ORDER BY name")).scalars().all()
    assert "lost" not in names
    assert {"before", "after"} <= {*names}
    assert found(url) == []
    store.close()
