"""Column kinds shared by the tables, so that each rule about types stands once.

No SmallInteger, native enum, sequence or server default: the schema must run unchanged on SQLite, PostgreSQL and a
PostgreSQL distributed by centre.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Text
from sqlmodel import Field

TENANT = {"citus": "centre_id"}
REFERENCE = {"citus": "reference"}


def key_field() -> Any:
    """Half of a primary key (centre_id, id)."""
    return Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})


def big(default: int | None = ...) -> Any:  # type: ignore[assignment]
    """A 64-bit integer: an id, an instant in epoch seconds or a number of seconds."""
    return Field(default=default, sa_type=BigInteger)


def text(default: str | None = "") -> Any:
    """A text of any length."""
    return Field(default=default, sa_type=Text)


def json_list() -> Any:
    """A JSON array."""
    return Field(default_factory=list, sa_type=JSON)


def json_object() -> Any:
    """A JSON object."""
    return Field(default_factory=dict, sa_type=JSON)


def belongs_to(table: str, column: str, name: str) -> ForeignKeyConstraint:
    """A foreign key to another tenant table, inside the same centre."""
    return ForeignKeyConstraint(["centre_id", column], [f"{table}.centre_id", f"{table}.id"], name=name, use_alter=True)
