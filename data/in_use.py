"""Whether somebody has a store open: before it is replaced, consoles and the engine are to be ended."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from urllib.parse import quote

from data.errors import StoreTrouble
from data.location import is_sqlite, sqlite_path
from data.sqlite import driver

NAMED = 5
_OTHERS = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend' ORDER BY pid"
)


def require_unused(url: str) -> None:
    """Raise StoreTrouble while a console, a command or an engine has the store open; the message names processes.

    Exact on SQLite, whose connections hold a lock as long as they are open; of a file that is no database any more
    nothing is known. On PostgreSQL by the server's list of connections.
    """
    used, processes = _sqlite_use(sqlite_path(url)) if is_sqlite(url) else _server_use(url)
    if not used:
        return
    named = ", ".join(map(str, processes[:NAMED])) or "?"
    raise StoreTrouble(
        "store-in-use",
        f"有程序正在使用数据库（进程 {named}）。请先退出控制台并停止引擎；确要在使用中恢复请加 --live。",
        f"The store is in use (process {named}). Close the consoles and stop the engine first; to restore beside them"
        " all the same use --live.",
        processes=named,
    )


def _sqlite_use(path: str) -> tuple[bool, list[int]]:
    if not os.path.exists(path):
        return False, []
    module = driver()
    connection = module.connect(f"file:{quote(path)}?mode=rw", uri=True, timeout=0, isolation_level=None)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")
    except module.OperationalError as error:
        if "locked" in str(error):
            return True, _processes(path)
    except module.DatabaseError:
        pass
    finally:
        connection.close()
    return False, []


def _processes(path: str) -> list[int]:
    """Which other processes of ours have a file open, where the system tells (Linux)."""
    found = set()
    real = os.path.realpath(path)
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if os.readlink(link) == real:
                found.add(int(link.parts[2]))
    return sorted(found - {os.getpid()})


def _server_use(url: str) -> tuple[bool, list[int]]:
    from data.reader import Reader

    with Reader(url, any_version=True) as reader:
        found = [int(row[0]) for row in reader.rows(_OTHERS, fanout=True)]
    return bool(found), found
