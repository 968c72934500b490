"""A street per test, copied from one that was made once: on SQLite, or on both engines for tests that ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.desk.scene import Scene, copy_scene, fill_scene, make_scene, open_scene
from tests.made_stores import MadeStores


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the street with nothing on it yet."""
    path = tmp_path_factory.mktemp("street") / "street.sqlite"
    make_scene(str(path)).store.close()
    return path


@pytest.fixture
def scene(street: Path, tmp_path: Path) -> Iterator[Scene]:
    """The street on a SQLite file."""
    made = copy_scene(street, tmp_path)
    yield made
    made.store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def any_scene(request: pytest.FixtureRequest, made_stores: MadeStores, tmp_path: Path) -> Iterator[Scene]:
    """The street on a SQLite file and on PostgreSQL."""
    with made_stores.copy(fill_scene, request.param, tmp_path / "store.sqlite") as (url, _desk):
        made = open_scene(url)
        yield made
        made.store.close()
