"""A street of the shipped template in a new store, on both kinds of store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.desk.actor import Actor
from core.organisation.init import NewCentre, init_centre
from core.organisation.template import read_template
from data.location import locate
from data.schema import create_tables
from data.store import Store
from data.terms import Role
from tests.made_stores import MadeStores

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


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_store(engine: str, made_stores: MadeStores, tmp_path: Path) -> Iterator[Store]:
    with made_stores.copy(create_tables, engine, tmp_path / "store.sqlite") as (url, _nothing):
        store = Store(locate(url))
        yield store
        store.close()


@pytest.fixture
def street(engine: str, made_stores: MadeStores, tmp_path: Path) -> Iterator[Street]:
    with made_stores.copy(s3_street, engine, tmp_path / "street.sqlite") as (url, centre):
        store = Store(locate(url))
        yield Street(store, centre)
        store.close()


def s3_street(store: Store) -> NewCentre:
    """The shipped template in a new store."""
    create_tables(store)
    return init_centre(store, read_template("s3"), NOW, roster_days=3)
