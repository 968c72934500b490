"""The schema lint, and that it sees each kind of fault."""

from __future__ import annotations

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Sequence,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlmodel import SQLModel

import data.tables  # noqa: F401 - registers the tables
from data.pinning import TENANT_TABLES
from tests.data.schema_rules import faults

TENANT = {"citus": "centre_id"}


def test_every_table_keeps_the_rules() -> None:
    assert faults(SQLModel.metadata) == []


def test_readers_know_the_tenant_tables() -> None:
    tables = SQLModel.metadata.tables.values()
    assert {table.name for table in tables if table.info["citus"] == "centre_id"} == TENANT_TABLES


def key(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def base(metadata: MetaData, *more: object, name: str = "thing", info: object = TENANT) -> None:
    Table(name, metadata, key("centre_id"), key("id"), *more, info=info)  # type: ignore[arg-type]


BAD = {
    "does not say how it is distributed": lambda m: base(m, info={}),
    "the primary key starts with": lambda m: Table("t", m, key("id"), key("centre_id"), info=TENANT),
    "increments by itself": lambda m: Table(
        "t", m, Column("id", BigInteger, primary_key=True), info={"citus": "reference"}
    ),
    "unique without centre_id": lambda m: base(m, Column("code", Text), UniqueConstraint("code", name="u")),
    "unique without": lambda m: base(m, Column("code", Text), Index("u", "code", unique=True)),
    "index i without": lambda m: base(m, Column("code", Text), Index("i", "code")),
    "partial on one database": lambda m: base(m, Index("i", "centre_id", sqlite_where=text("id > 1"))),
    "SmallInteger": lambda m: base(m, Column("n", SmallInteger)),
    "must be a BigInteger": lambda m: base(m, Column("unit_id", Integer)),
    "native enum": lambda m: base(m, Column("kind", Enum("a", "b"))),
    "filled by the server": lambda m: base(m, Column("n", BigInteger, server_default="1")),
    "counts by a sequence": lambda m: base(m, Column("n", BigInteger, Sequence("s"))),
    "by a sequence": lambda m: base(m, Column("n", BigInteger, Identity())),
    "needs a name and use_alter": lambda m: linked(
        m, ForeignKeyConstraint(["centre_id", "n"], ["p.centre_id", "p.id"])
    ),
    "foreign key on ['n', 'centre_id']": lambda m: linked(
        m, ForeignKeyConstraint(["n", "centre_id"], ["p.id", "p.centre_id"], name="fk_x", use_alter=True)
    ),
    "by itself": lambda m: linked(
        m,
        ForeignKeyConstraint(
            ["centre_id", "n"], ["p.centre_id", "p.id"], name="fk", use_alter=True, ondelete="CASCADE"
        ),
    ),
    "a reference table points to": lambda m: (
        base(m, name="p"),
        Table("r", m, key("id"), Column("n", BigInteger, ForeignKey("p.id")), info={"citus": "reference"}),
    ),
    "before_create hook": lambda m: (base(m), event.listen(m.tables["thing"], "before_create", print)),
    "the name of 2 indexes": lambda m: (
        base(m, Index("i", "centre_id"), name="a"),
        base(m, Index("i", "centre_id"), name="b"),
    ),
}


def linked(metadata: MetaData, link: ForeignKeyConstraint) -> None:
    base(metadata, name="p")
    base(metadata, Column("n", BigInteger), link, name="child")


@pytest.mark.parametrize("words", BAD)
def test_a_bad_table_is_found(words: str) -> None:
    metadata = MetaData()
    BAD[words](metadata)
    found = faults(metadata)
    assert any(words in fault for fault in found), found


def test_a_good_table_passes() -> None:
    metadata = MetaData()
    base(metadata, name="p")
    link = ForeignKeyConstraint(["centre_id", "n"], ["p.centre_id", "p.id"], name="fk_child_p", use_alter=True)
    where = text("n > 1")
    index = Index("i", "centre_id", "n", sqlite_where=where, postgresql_where=where)
    base(metadata, Column("n", BigInteger), Column("facts", JSON), link, index, name="child")
    assert faults(metadata) == []
