"""Reading with plain SQL: queue pages, lists, reports. Light on purpose: scripts call it in loops.

A reader never writes: on SQLite the connection is `query_only`, on PostgreSQL the session is read-only. Every
statement names its centre (`centre_id = :centre`) or says that it fans out over all centres; this keeps the same
statements right on a database distributed by centre.
"""

from __future__ import annotations

import os

from data.errors import StoreTrouble
from data.location import is_sqlite, sqlite_path
from data.sqlite import WHEELS, driver

# Names for the type checker only: the modules behind them cost a script a tenth of its time.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

APPLICATION_ID = 0x5A48_4855
"""Marks a SQLite file as a store of this product (the letters ZHHU)."""


class Reader:
    """One read connection. Not for sharing between threads."""

    def __init__(self, url: str) -> None:
        """Open the store for reading. Raises StoreTrouble when it is missing or is something else."""
        self.url = url
        self.sqlite = is_sqlite(url)
        self._connection: Any = _open_sqlite(sqlite_path(url)) if self.sqlite else _open_postgres(url)

    def rows(self, sql: str, fanout: bool = False, **values: Any) -> list[tuple[Any, ...]]:
        """All rows of a SELECT with `:name` parameters. Raises StoreTrouble when the store fails."""
        if not fanout and "centre" not in values:
            raise ValueError(f"a statement must be pinned to a centre: {sql[:80]}")
        return self._fetch(sql, values)

    def one(self, sql: str, fanout: bool = False, **values: Any) -> tuple[Any, ...] | None:
        """The first row of a SELECT, or None."""
        found = self.rows(sql, fanout, **values)
        return found[0] if found else None

    def change_mark(self) -> int:
        """A number that differs after another connection has written (SQLite); always 0 on PostgreSQL."""
        if not self.sqlite:
            return 0
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def columns(self, sql: str, fanout: bool = False, **values: Any) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of a SELECT."""
        if not fanout and "centre" not in values:
            raise ValueError(f"a statement must be pinned to a centre: {sql[:80]}")
        cursor = self._execute(sql, values)
        return [item[0] for item in cursor.description], cursor.fetchall()

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _fetch(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._execute(sql, values).fetchall()
        return found

    def _execute(self, sql: str, values: Mapping[str, Any]) -> Any:
        try:
            return self._connection.execute(sql if self.sqlite else _psycopg_style(sql), values)
        except Exception as error:
            if type(error).__module__.split(".")[0] in ("sqlite3", *WHEELS, "psycopg"):
                raise StoreTrouble(
                    "store-read", f"读取数据失败：{error}", f"Reading the store failed: {error}"
                ) from error
            raise


def expand(name: str, items: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """The text `:name0, :name1 …` for an IN list with its values; `NULL` for an empty list."""
    values = {f"{name}{number}": item for number, item in enumerate(items)}
    return ", ".join(f":{key}" for key in values) or "NULL", values


def _psycopg_style(sql: str) -> str:
    """`:name` → `%(name)s`; a literal per cent sign is doubled and `::type` casts are left alone."""
    import re

    return re.sub(r"(?<!:):([a-z_][a-z0-9_]*)", r"%(\1)s", sql.replace("%", "%%"))


def _open_sqlite(path: str) -> Any:
    module = driver()
    if os.path.isdir(path):
        raise StoreTrouble("store-directory", f"{path} 是目录，不是数据库文件。", f"{path} is a folder, not a store.")
    if not os.path.exists(path):
        raise missing(path)
    try:
        connection = module.connect(
            f"file:{_quoted(path)}?mode=rw", uri=True, isolation_level=None, timeout=10, check_same_thread=False
        )
        connection.execute("PRAGMA query_only = ON")
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            connection.close()
            raise foreign(path)
    except module.OperationalError:
        return _open_sqlite_readonly(module, path)
    except module.DatabaseError as error:
        raise foreign(path) from error
    return connection


def _open_sqlite_readonly(module: Any, path: str) -> Any:
    """A file that may not be written can still be read."""
    try:
        connection = module.connect(f"file:{_quoted(path)}?mode=ro", uri=True, isolation_level=None, timeout=10)
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise foreign(path)
    except module.Error as error:
        raise StoreTrouble(
            "store-open", f"无法打开 {path}：{error}", f"Cannot open {path}: {error}", path=path
        ) from error
    return connection


def _open_postgres(url: str) -> Any:
    import psycopg

    try:
        connection = psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)
        connection.execute("SET default_transaction_read_only = on")
    except psycopg.Error as error:
        raise StoreTrouble("store-open", f"无法连接数据库：{error}", f"Cannot connect: {error}") from error
    return connection


def missing(path: str) -> StoreTrouble:
    """The trouble of a store that is not there."""
    return StoreTrouble(
        "store-missing",
        f"数据文件 {path} 不存在。请先运行 zhihui org init（新建街道）或 zhihui demo（示范街道）。",
        f"There is no store at {path}. Run zhihui org init (a new street) or zhihui demo (a demo street) first.",
        path=path,
    )


def foreign(path: str) -> StoreTrouble:
    """The trouble of a file that is something else."""
    return StoreTrouble(
        "store-foreign",
        f"{path} 不是 zhihui 的数据文件。",
        f"{path} is not a store of zhihui.",
        path=path,
    )


def _quoted(path: str) -> str:
    """A path inside a `file:` address; everything but these signs may stand as it is."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
