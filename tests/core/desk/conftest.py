"""A scene per test: on SQLite, or on both engines for those tests that ask for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.core.desk.scene import Scene, make_scene


@pytest.fixture
def scene(sqlite_database: str) -> Iterator[Scene]:
    """The street on a SQLite file."""
    made = make_scene(sqlite_database)
    yield made
    made.store.close()


@pytest.fixture
def any_scene(store_url: str) -> Iterator[Scene]:
    """The street on a SQLite file and on PostgreSQL."""
    made = make_scene(store_url)
    yield made
    made.store.close()
