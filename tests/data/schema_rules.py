"""The rules that let one schema run unchanged on SQLite, PostgreSQL and a PostgreSQL distributed by centre."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import (
    BigInteger,
    Enum,
    ForeignKeyConstraint,
    Identity,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    UniqueConstraint,
)

CENTRE = "centre_id"


def faults(metadata: MetaData) -> list[str]:
    """Each break of a rule as "table: what"."""
    tables = list(metadata.tables.values())
    found = [f"{table.name}: {fault}" for table in tables for fault in _table(table)]
    names = Counter(str(index.name) for table in tables for index in table.indexes)
    names.update(str(c.name) for table in tables for c in table.constraints if c.name and not c.name.startswith("fk_"))
    return found + [f"{name}: the name of {count} indexes" for name, count in names.items() if count > 1]


def _table(table: Table) -> Iterator[str]:
    kind = table.info.get("citus")
    if kind not in (CENTRE, "reference"):
        yield "does not say how it is distributed"
    yield from _columns(table)
    yield from _foreign_keys(table, kind)
    for name in ("before_create", "after_create"):
        if list(getattr(table.dispatch, name)):
            yield f"has a {name} hook (a trigger?)"
    if kind != CENTRE:
        return
    key = [column.name for column in table.primary_key.columns]
    if key[:1] != [CENTRE]:
        yield f"the primary key starts with {key[:1]}"
    uniques = [list(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
    uniques += [list(index.columns) for index in table.indexes if index.unique]
    for columns in uniques:
        if columns[0].name != CENTRE:
            yield f"unique without {CENTRE} in front: {[column.name for column in columns]}"
    for index in table.indexes:
        if next(iter(index.columns)).name != CENTRE:
            yield f"index {index.name} without {CENTRE} in front"
        if _text(index, "sqlite") != _text(index, "postgresql"):
            yield f"index {index.name} is partial on one database only"


def _text(index: object, dialect: str) -> str:
    return str(index.dialect_options[dialect].get("where"))  # type: ignore[attr-defined]


def _is_constant(default: object) -> bool:
    """No default of the server, or the literal that a column needs which is added to a table full of rows."""
    return default is None or str(getattr(default, "arg", None)) in ("0", "false", "")


def _columns(table: Table) -> Iterator[str]:
    for column in table.columns:
        kind = column.type
        if isinstance(kind, SmallInteger):
            yield f"{column.name} is a SmallInteger"
        if isinstance(kind, Enum):
            yield f"{column.name} is a native enum"
        is_key = column.primary_key or column.name in ("id", CENTRE) or column.name.endswith(("_id", "_at"))
        if is_key and isinstance(kind, Integer) and not isinstance(kind, BigInteger) and column.name != "no":
            yield f"{column.name} must be a BigInteger"
        if not _is_constant(column.server_default) or column.server_onupdate is not None or column.computed is not None:
            yield f"{column.name} is filled by the server"
        if isinstance(column.identity, Identity) or (column.default is not None and column.default.is_sequence):
            yield f"{column.name} counts by a sequence"
    if table.autoincrement_column is not None:
        yield f"{table.autoincrement_column.name} increments by itself"


def _foreign_keys(table: Table, kind: object) -> Iterator[str]:
    for link in table.constraints:
        if not isinstance(link, ForeignKeyConstraint):
            continue
        columns = [element.parent.name for element in link.elements]
        parent = link.referred_table
        if kind != CENTRE:
            yield f"a reference table points to {parent.name}"
            continue
        if not link.name or not link.use_alter:
            yield f"the foreign key on {columns} needs a name and use_alter"
        if parent.info.get("citus") == CENTRE:
            targets = [element.column.name for element in link.elements]
            if columns[0] != CENTRE or targets[0] != CENTRE:
                yield f"the foreign key on {columns} without {CENTRE} in front"
        if link.ondelete or link.onupdate:
            yield f"the foreign key on {columns} deletes or changes rows by itself"
