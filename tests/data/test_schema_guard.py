"""Statements are pinned to a centre: the guard on SQLAlchemy's statements and the check on plain SQL."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, delete, func, insert, select, text, update
from sqlmodel import select as select_model

from data.location import locate
from data.pinning import unpinned
from data.reader import Reader
from data.schema import create_tables
from data.statement_guard import ENVIRONMENT, NotPinned, loose_table
from data.store import Store
from data.tables import Centre, Ticket, Unit, table

TICKETS, UNITS, CENTRES = table(Ticket), table(Unit), table(Centre)
OTHER = UNITS.alias("other")
ONE = TICKETS.c.centre_id == 1
JOINED = (UNITS.c.centre_id == TICKETS.c.centre_id) & (UNITS.c.id == TICKETS.c.grid_id)
PINNED_PART = select(UNITS.c.centre_id, UNITS.c.id).where(UNITS.c.centre_id == 1)
LOOSE_PART = select(UNITS.c.centre_id, UNITS.c.id)

PINNED: list[Any] = [
    select(TICKETS).where(ONE),
    select(TICKETS).where(bindparam("centre") == TICKETS.c.centre_id),
    select(TICKETS, UNITS).join(UNITS, JOINED).where(ONE),
    select(TICKETS, OTHER).where(ONE, OTHER.c.centre_id == TICKETS.c.centre_id),
    select(UNITS)
    .join(PINNED_PART.subquery("part"), text("part.centre_id = unit.centre_id"))
    .where(UNITS.c.centre_id == 1),
    select_model(Ticket).where(Ticket.centre_id == 1),
    select(CENTRES),
    update(TICKETS).where(ONE).values(open=0),
    delete(TICKETS).where(ONE),
    insert(TICKETS).values(centre_id=1, id=2),
    insert(TICKETS).values([{"centre_id": 1, "id": 2}]),
    insert(CENTRES).values(id=2),
    insert(TICKETS).from_select(["centre_id", "id"], PINNED_PART),
    text("SELECT * FROM ticket WHERE centre_id = :centre"),
    text("INSERT INTO centre_stat (centre_id, item) VALUES (:centre, :item)"),
    text("SELECT 1"),
    PINNED_PART.union_all(select(TICKETS.c.centre_id, TICKETS.c.id).where(ONE)),
]
LOOSE: list[Any] = [
    select(TICKETS),
    select(func.count()).select_from(TICKETS),
    select(TICKETS).where(TICKETS.c.id == 1),
    select(TICKETS).where(TICKETS.c.centre_id.in_([1, 2])),
    select(TICKETS, UNITS).where(ONE),
    select(TICKETS, OTHER).where(ONE),
    select(TICKETS).where(ONE, TICKETS.c.grid_id.in_(select(UNITS.c.id))),
    select_model(Ticket),
    update(TICKETS).values(open=0),
    delete(TICKETS).where(TICKETS.c.id == 1),
    insert(TICKETS).values(id=2),
    insert(TICKETS).from_select(["centre_id", "id"], LOOSE_PART),
    text("SELECT * FROM ticket"),
    text("SELECT * FROM ticket t JOIN unit u ON u.id = t.grid_id WHERE t.centre_id = :centre"),
    text("UPDATE ticket SET open = 0 WHERE id = :id"),
    LOOSE_PART.union_all(select(TICKETS.c.centre_id, TICKETS.c.id).where(ONE)),
]


@pytest.mark.parametrize("number", range(len(PINNED)))
def test_a_pinned_statement_passes(number: int) -> None:
    assert loose_table(PINNED[number]) == ""


@pytest.mark.parametrize("number", range(len(LOOSE)))
def test_a_loose_statement_is_found(number: int) -> None:
    assert loose_table(LOOSE[number]) != ""


def test_the_guard_stands_on_every_store_of_a_test(sqlite_database: str) -> None:
    assert os.environ[ENVIRONMENT] == "1"
    store = Store(locate(sqlite_database), create=True)
    create_tables(store)
    with pytest.raises(NotPinned, match="ticket"), store.read() as connection:
        connection.execute(select(TICKETS))
    with store.read() as connection:
        connection.execute(select(TICKETS).execution_options(fanout=True))
        connection.execute(select(TICKETS).where(ONE))
    with pytest.raises(NotPinned, match="ticket"), store.write() as connection:
        connection.execute(insert(TICKETS), [{"id": 1}])
    store.close()


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ("SELECT * FROM ticket", {}),
        ("SELECT * FROM ticket WHERE id = :centre", {"centre": 1}),
        ("SELECT * FROM ticket t JOIN unit u ON u.id = t.grid_id WHERE t.centre_id = :centre", {"centre": 1}),
        ("SELECT 'centre_id' FROM ticket WHERE id = :centre", {"centre": 1}),
    ],
)
def test_a_reader_refuses_what_is_not_pinned(sqlite_database: str, sql: str, values: dict[str, int]) -> None:
    store = Store(locate(sqlite_database), create=True)
    create_tables(store)
    store.close()
    with Reader(locate(sqlite_database)) as reader, pytest.raises(ValueError, match="pinned"):
        reader.rows(sql, **values)


def test_a_reader_lets_the_rest_pass(sqlite_database: str, tmp_path: Path) -> None:
    store = Store(locate(sqlite_database), create=True)
    create_tables(store)
    store.close()
    with Reader(locate(sqlite_database)) as reader:
        assert reader.rows("SELECT * FROM ticket", fanout=True) == []
        assert reader.rows("SELECT name FROM centre WHERE id = :centre", centre=1) == []
        assert reader.rows("SELECT * FROM ticket WHERE centre_id = :centre", centre=1) == []


def test_words_in_literals_are_no_tables() -> None:
    assert unpinned("SELECT 'from ticket' AS words FROM centre") == ""
    assert unpinned('SELECT * FROM "ticket"') == "ticket"
