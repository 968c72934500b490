"""Making the tables of a new store, and bringing an older one up to date."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, text
from sqlmodel import SQLModel

import data.tables  # noqa: F401 - registers the tables
from data.backup import SHOWN_ROWS, copy_before_upgrade
from data.errors import StoreTrouble
from data.reader import Reader
from data.revision import HEAD, REVISIONS, VERSION_TABLE, require_current, require_head, schema_version
from data.row_check import rotten_in
from data.row_keeping import create_sums
from data.search_index import create_index
from data.store import Store

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["Upgraded", "create_tables", "migrate", "require_current", "schema_version", "upgrade"]

_version_table = Table(
    VERSION_TABLE,
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
)
"""As Alembic makes it."""


@dataclass(frozen=True)
class Upgraded:
    """What an upgrade did; `before` equals `after` when there was nothing to do. `copy` is the old state, verified."""

    before: str
    after: str
    copy: Path | None


MADE_LAST = ("ix_ticket_open_supervised", "ix_ticket_open_bounced")
"""Narrow indexes that sort as the list's own does: of two that are equal SQLite takes the one that was made last."""


def create_tables(store: Store) -> None:
    """Make the tables of a new store, in one transaction; a store of this release is left as it is.

    On SQLite straight from the table classes, which is fast and, as a test proves, the same as the migrations. Raises
    StoreTrouble for a store of another release, and for a database in which somebody else has tables of our names.
    """
    with store.change_schema() as connection:
        present = set(inspect(connection).get_table_names())
        if VERSION_TABLE in present:
            require_head(stamped(connection))
            return
        if taken := sorted(present & set(SQLModel.metadata.tables)):
            raise StoreTrouble(
                "store-foreign",
                f"数据库中已有其他程序的同名数据表：{taken[0]}。请使用空的数据库。",
                f"The database has a table {taken[0]} of something else: use an empty database.",
            )
        if store.sqlite:
            SQLModel.metadata.create_all(connection, checkfirst=False)
            for index in SQLModel.metadata.tables["ticket"].indexes:
                if index.name in MADE_LAST:
                    index.drop(connection)
                    index.create(connection)
            create_index(connection)
            create_sums(connection)
            _version_table.create(connection)
            connection.execute(insert(_version_table), {"version_num": HEAD})
        else:
            migrate(connection)


def upgrade(url: str, no_copy: bool = False, accept_rot: bool = False) -> Upgraded:
    """Bring a store to this program's revision, after a verified copy of it; there is no way back but that copy.

    SQLite: the copy lies beside the store. PostgreSQL: `pg_dump` makes it; without one (or where the store is too
    large) take your own and say `no_copy`. All in one transaction: killed at any moment, the store is the old or the
    new one. Raises StoreTrouble, for a newer store too, and for one with rows that rotted unless `accept_rot`: tables
    that are made anew get their checksums anew.
    """
    with Reader(url, any_version=True) as reader:
        before = schema_version(reader)
    if before is None or before not in REVISIONS or before == HEAD:
        require_head(before)
        return Upgraded(HEAD, HEAD, None)
    store = Store(url, any_version=True)
    try:
        with store.change_schema() as connection:
            if not store.sqlite:
                # Whoever writes a ticket locks a row of it first: nothing comes between the copy and the change.
                connection.execute(text("LOCK TABLE centre_seq IN EXCLUSIVE MODE"))
            if store.sqlite and not accept_rot:
                _require_no_rot(store.path)
            copy = None if no_copy else copy_before_upgrade(url, before)
            migrate(connection)
    finally:
        store.close()
    return Upgraded(before, HEAD, copy)


def _require_no_rot(path: str) -> None:
    if rows := "; ".join(map(str, rotten_in(path, SHOWN_ROWS))):
        raise StoreTrouble(
            "upgrade-rot",
            f"有数据行与写入时不同（{rows}），未作更改。请先恢复完好的备份；确要升级请加 --accept-rot。",
            f"Rows are not what was written ({rows}); nothing was changed. Go back to a sound backup first; to upgrade"
            " all the same use --accept-rot.",
        )


def migrate(connection: Connection, revision: str = "head") -> None:
    """Run the revisions up to one, in the transaction that `Store.change_schema` opened."""
    from alembic import command

    command.upgrade(config(connection), revision)


def config(connection: Connection) -> Config:
    """Alembic's configuration, on a connection; there is no alembic.ini."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def stamped(connection: Connection) -> str | None:
    """The revision that the store says it has, inside a transaction."""
    row = connection.execute(_version_table.select()).first()
    return str(row[0]) if row else None
