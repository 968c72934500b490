"""SQLAlchemy engines for the two kinds of store: SQLite with its pragmas, PostgreSQL."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event

from data.errors import StoreTrouble
from data.reader import APPLICATION_ID, postgres_options
from data.row_keeping import begin_sums, keep_sums
from data.sqlite import driver
from data.statement_guard import ENVIRONMENT, watch

STATEMENTS = 512
"""Statements that a connection keeps ready; with the driver's usual 128 an order of the desk compiles some anew."""
PRAGMAS = (
    "synchronous = FULL",
    "secure_delete = ON",
    "foreign_keys = ON",
    "busy_timeout = 10000",
    "wal_autocheckpoint = 0",
    "journal_size_limit = 67108864",
    "cache_size = -16000",
    "recursive_triggers = ON",
)
"""FULL: an acknowledged commit survives a power cut. What is
deleted or written over is overwritten in the file too. No automatic checkpoint: see data.checkpoint. Recursive:
a row that is replaced tells its triggers (data.row_keeping)."""


def sqlite_engine(path: str, reading: bool = False) -> Engine:
    """An engine on a file that exists; a writer's transactions are BEGIN IMMEDIATE, a reader's can change nothing."""
    engine = create_engine(
        "sqlite://",
        module=driver(),
        creator=_opener(path),
        poolclass=_pool(),
        pool_size=2,
        json_serializer=_json,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        _set_up(connection, reading)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
        if not reading:
            begin_sums(connection)

    if not reading:
        keep_sums(engine)
    return _guarded(engine)


def postgres_engine(url: str) -> Engine:
    """An engine on a PostgreSQL database."""
    address, given = postgres_options(url)
    return _guarded(
        create_engine(address, pool_pre_ping=True, json_serializer=_json, connect_args=given, hide_parameters=True)
    )


def _opener(path: str) -> Callable[[], Any]:
    """Opens the file, and never makes one: a store that was taken away must not come back empty."""
    module = driver()
    address = f"file:{quote(path)}?mode=rw"
    return lambda: module.connect(
        address, uri=True, timeout=10, isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS
    )


def _pool() -> Any:
    from sqlalchemy.pool import QueuePool

    return QueuePool


def _set_up(connection: Any, reading: bool) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    if reading:
        cursor.execute("PRAGMA query_only = ON")
        cursor.close()
        return
    mode = cursor.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StoreTrouble(
            "store-no-wal",
            f"此文件系统不支持 WAL（当前 {mode}），不能存放数据。",
            f"This file system cannot hold the store: no WAL mode (it is {mode}).",
        )
    if cursor.execute("PRAGMA application_id").fetchone()[0] == 0:
        cursor.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    cursor.close()


def _guarded(engine: Engine) -> Engine:
    if os.environ.get(ENVIRONMENT):
        watch(engine)
    return engine


def _json(value: object) -> str:
    """JSON as it is stored: compact, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
