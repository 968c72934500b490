"""Which SQLite driver is safe to use.

SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when several connections write and checkpoint at once; fixed in
3.51.3, with back-ports in 3.44.6 and 3.50.7 (sqlite.org/wal.html#walresetbug). Several processes on one file is how
this product works, so an unfixed library is refused and the `pysqlite3` wheel is taken where the interpreter's own
library is too old.
"""

from __future__ import annotations

from importlib import import_module

from data.errors import StoreTrouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

FIXED_FROM = (3, 51, 3)
BACKPORTS = {(3, 44): 6, (3, 50): 7}
WHEELS = ("pysqlite3", "sqlcipher3")
"""Wheels with a SQLite of their own; the second, used without encryption, also exists for Linux on ARM."""


def is_fixed(version: tuple[int, ...]) -> bool:
    """Whether this SQLite version is free of the WAL-reset bug."""
    if version >= FIXED_FROM:
        return True
    patch = BACKPORTS.get((version[0], version[1]))
    return patch is not None and version[2] >= patch


def driver() -> ModuleType:
    """The DB-API module to use. Raises StoreTrouble when no safe SQLite is installed.

    The wheels come first: they are there for this, and loading the interpreter's own only to see that it is too old
    would cost every script.
    """
    for name in (*(f"{wheel}.dbapi2" for wheel in WHEELS), "sqlite3"):
        try:
            module = import_module(name)
        except ImportError:
            continue
        if is_fixed(module.sqlite_version_info):
            return module
    import sqlite3

    raise StoreTrouble(
        "sqlite-unsafe",
        f"SQLite {sqlite3.sqlite_version} 有已知的数据损坏缺陷，请安装 pysqlite3 0.6.1 或更高版本。",
        f"SQLite {sqlite3.sqlite_version} has a known corruption bug; install pysqlite3 0.6.1 or later.",
        version=sqlite3.sqlite_version,
    )
