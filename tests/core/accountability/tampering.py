"""A street whose logs are damaged by hand and put back: once made for a module, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from tests import postgres
from tests.core.desk.scene import Scene, make_scene

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)]
"""The engines, as parameters of a fixture that gives its request to `kept_scene`."""


@contextmanager
def kept_scene(
    request: pytest.FixtureRequest, folder: Path, past: Callable[[Scene], object], tables: Sequence[str]
) -> Iterator[Scene]:
    """A street with a past, and a copy of every row of some tables."""
    server = request.param == "postgresql"
    place = (
        postgres.database(request.getfixturevalue("postgres_url")) if server else nullcontext(f"{folder}/store.sqlite")
    )
    with place as url:
        scene = make_scene(url)
        try:
            past(scene)
            for table in tables:
                change(scene, f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
            yield scene
        finally:
            scene.store.close()


def put_back(scene: Scene, tables: Sequence[str]) -> None:
    """Every row as it was; `tables` in the order in which rows may be put back."""
    for table in reversed(tables):
        change(scene, f"DELETE FROM {table}")
    for table in tables:
        change(scene, f"INSERT INTO {table} SELECT * FROM kept_{table}")


def change(scene: Scene, work: str | Callable[[Connection], object], **values: Any) -> None:
    """Write past the program, as somebody with the database in hand would."""
    with scene.store.write() as connection:
        connection = connection.execution_options(fanout=True)
        if callable(work):
            work(connection)
        else:
            connection.execute(text(work), values)
