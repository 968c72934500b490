"""A street of the shipped template in a new store, on both kinds of store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from core.desk.actor import Actor
from core.organisation.init import NewCentre, init_centre
from core.organisation.template import read_template
from data.location import locate
from data.schema import create_tables
from data.store import Store
from data.terms import Role

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
COMMANDER = Actor("admin", "指挥长", roles=frozenset({Role.COMMANDER}))


@dataclass
class Street:
    store: Store
    centre: NewCentre

    def rows(self, sql: str, **values: object) -> list[tuple[object, ...]]:
        with self.store.reader() as reader:
            return reader.rows(sql, centre=self.centre.centre_id, **values)

    def one(self, sql: str, **values: object) -> object:
        return self.rows(sql, **values)[0][0]


@pytest.fixture
def empty_store(store_url: str) -> Iterator[Store]:
    store = Store(locate(store_url), create=True)
    create_tables(store)
    yield store
    store.close()


@pytest.fixture
def street(empty_store: Store) -> Street:
    return Street(empty_store, init_centre(empty_store, read_template("s3"), NOW, roster_days=3))
