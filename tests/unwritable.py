"""Logs that take nothing in, as on a full or a broken disk: what cannot be put on record must not happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select, text
from sqlmodel import SQLModel

from data.errors import StoreTrouble
from data.store import Store

LOGS = ("ticket_event", "organisation_event", "access_event")
"""Every log that is chained."""
Rows = dict[str, list[str]]


@contextmanager
def unwritable(store: Store, *logs: str) -> Iterator[None]:
    """These logs, or all of them, refuse every entry."""
    chosen = logs or LOGS
    _write(store, [_refuse(store, log) for log in chosen])
    try:
        yield
    finally:
        _write(store, [f"DROP TRIGGER no_room_{log}" + ("" if store.sqlite else f" ON {log}") for log in chosen])


def rows_of(store: Store) -> Rows:
    """Every row of every table, in order."""
    with store.read() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table), execution_options={"fanout": True}).all()))
            for table in SQLModel.metadata.sorted_tables
        }


def grown(before: Rows, after: Rows) -> set[str]:
    """The logs that have more entries."""
    return {log for log in LOGS if len(after[log]) > len(before[log])}


def must_be_on_record(store: Store, act: Callable[[], object], logs: set[str]) -> None:
    """An act that is put on these logs: without any one of them it fails and changes nothing; with them it is done."""
    before = rows_of(store)
    for refusing in (LOGS, *((log,) for log in sorted(logs) if len(logs) > 1)):
        with unwritable(store, *refusing):
            with pytest.raises(StoreTrouble) as caught:
                act()
            assert caught.value.zh
            assert caught.value.en
            after = rows_of(store)
            assert [name for name in after if after[name] != before[name]] == [], refusing
    act()
    assert grown(before, rows_of(store)) == logs


def _refuse(store: Store, log: str) -> str:
    if store.sqlite:
        return f"CREATE TRIGGER no_room_{log} BEFORE INSERT ON {log} BEGIN SELECT RAISE(ABORT, 'no room'); END"
    return (
        "CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$;"
        f" CREATE TRIGGER no_room_{log} BEFORE INSERT ON {log} FOR EACH ROW EXECUTE FUNCTION no_room()"
    )


def _write(store: Store, statements: list[str]) -> None:
    with store.write() as connection:
        for statement in statements:
            connection.execution_options(fanout=True).execute(text(statement))
