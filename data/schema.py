"""Making the tables of a new store."""

from __future__ import annotations

from sqlmodel import SQLModel

import data.tables  # noqa: F401 - registers the tables
from data.store import Store


def create_tables(store: Store) -> None:
    """Make every table that is missing, in one transaction."""
    with store.write() as connection:
        SQLModel.metadata.create_all(connection)
