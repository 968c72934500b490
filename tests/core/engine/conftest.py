"""A rig on each kind of store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.core.engine.rig import Rig, judge


@pytest.fixture
def rig(street_url: str) -> Iterator[Rig]:
    """A street on a SQLite file and on PostgreSQL; whatever a test does, the store is judged after it."""
    made = Rig(street_url)
    yield made
    judge(made.store)
    made.close()


@pytest.fixture
def file_rig(street_file: str) -> Iterator[Rig]:
    """The same, on SQLite only, for what does not depend on the store."""
    made = Rig(street_file)
    yield made
    judge(made.store)
    made.close()
