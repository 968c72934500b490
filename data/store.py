"""The writer's side of the store: one short transaction at a time, durable when it returns.

SQLite: WAL, `synchronous=FULL`, foreign keys on, `BEGIN IMMEDIATE` behind a fair turnstile. PostgreSQL: an ordinary
transaction; writers of one centre queue at its `centre_seq` row.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from data.bell import ring
from data.errors import StoreTrouble
from data.location import is_sqlite, sqlite_path
from data.reader import APPLICATION_ID, Reader, foreign, missing
from data.sqlite import driver
from data.turnstile import turnstile


class Store:
    """A store that is open for writing. Safe to share between threads; each write opens its own transaction."""

    def __init__(self, url: str, create: bool = False) -> None:
        """Open the store at a located URL.

        With `create`, an absent SQLite file is allowed (its tables are made by data.schema). Raises StoreTrouble for a
        folder, a file of something else, or a file that is not there.
        """
        self.url = url
        self.sqlite = is_sqlite(url)
        self.path = sqlite_path(url) if self.sqlite else ""
        if self.sqlite:
            _check_file(self.path, create)
        self.engine = _sqlite_engine(self.path) if self.sqlite else _postgres_engine(url)
        self._reading = _sqlite_engine(self.path, reading=True) if self.sqlite else self.engine

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """One write transaction: committed at the end, rolled back on any error.

        Raises StoreTrouble when the store refuses (disk full, read-only, unreachable).
        """
        with self._turn():
            try:
                with self.engine.begin() as connection:
                    yield connection
            except DBAPIError as error:
                raise trouble(error) from error
        if self.sqlite:
            ring(self.path)

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A read transaction through SQLAlchemy: a steady view that takes no lock and cannot write."""
        try:
            with self._reading.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise trouble(error) from error

    def reader(self) -> Reader:
        """A new read connection."""
        return Reader(self.url)

    def close(self) -> None:
        """Close all connections."""
        self._reading.dispose()
        self.engine.dispose()

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.sqlite:
            yield
            return
        try:
            with turnstile(self.path):
                yield
        except OSError as error:
            raise StoreTrouble(
                "store-readonly",
                f"无法写入 {self.path}：{error.strerror}。",
                f"Cannot write to {self.path}: {error.strerror}.",
                path=self.path,
            ) from error


def _check_file(path: str, create: bool) -> None:
    if os.path.isdir(path):
        raise StoreTrouble("store-directory", f"{path} 是目录，不是数据库文件。", f"{path} is a folder, not a store.")
    if os.path.exists(path) and os.path.getsize(path) > 0:
        Reader("sqlite:///" + path).close()
        return
    if os.path.exists(path) and not create:
        raise foreign(path)
    if not create:
        raise missing(path)
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreTrouble(
            "store-folder", f"无法创建目录：{error}", f"Cannot make the store's folder: {error}", path=path
        ) from error


def _json(value: object) -> str:
    """JSON as it is stored: compact, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _sqlite_engine(path: str, reading: bool = False) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}", module=driver(), connect_args={"timeout": 10}, pool_size=2, json_serializer=_json
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        mode = cursor.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise StoreTrouble(
                "store-no-wal",
                f"此文件系统不支持 WAL（当前 {mode}），不能存放数据。",
                f"This file system cannot hold the store: no WAL mode (it is {mode}).",
            )
        for pragma in (
            "synchronous = FULL",
            "foreign_keys = ON",
            "busy_timeout = 10000",
            "journal_size_limit = 67108864",
            "cache_size = -16000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        if cursor.execute("PRAGMA application_id").fetchone()[0] == 0:
            cursor.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        if reading:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgres_engine(url: str) -> Engine:
    return create_engine(url, pool_pre_ping=True, json_serializer=_json)


def lock_centre(connection: Connection, centre_id: int) -> None:
    """Queue behind the other writers of a centre (PostgreSQL; SQLite has one writer anyhow)."""
    if connection.dialect.name != "sqlite":
        connection.execute(
            text("SELECT chain_no FROM centre_seq WHERE centre_id = :centre FOR UPDATE"), {"centre": centre_id}
        )


def trouble(error: DBAPIError) -> StoreTrouble:
    """What a database error means to the user."""
    message = str(error.orig)
    lowered = message.lower()
    if "readonly" in lowered or "read-only" in lowered:
        return StoreTrouble("store-readonly", "数据文件只读，无法保存。", "The store is read-only: nothing was saved.")
    if "full" in lowered or "no space" in lowered:
        return StoreTrouble("store-full", "磁盘已满，未保存。", "No room on the disk: nothing was saved.")
    if "disk i/o" in lowered:
        return StoreTrouble("store-io", "磁盘读写错误，未保存。", "The disk failed: nothing was saved.")
    if "locked" in lowered or "busy" in lowered:
        return StoreTrouble(
            "store-busy", "数据库正忙，未保存，请重试。", "The store is busy: nothing was saved; try again."
        )
    if "not a database" in lowered or "malformed" in lowered:
        return StoreTrouble("store-damaged", "数据文件已损坏。", "The store is damaged: run zhihui db check.")
    return StoreTrouble("store-error", f"数据库错误：{message}", f"Database error: {message}")
