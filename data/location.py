"""Where the store is: `--store` or ZHIHUI_STORE, a path or a database URL; else a file in the XDG data folder."""

from __future__ import annotations

import os

from data.errors import BadInput

ENVIRONMENT = "ZHIHUI_STORE"
POSTGRES = ("postgresql://", "postgresql+psycopg://", "postgres://")


def default_path() -> str:
    """The embedded store's file in the XDG data folder."""
    base = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return os.path.join(base, "zhihui", "zhihui.db")


def training_path() -> str:
    """The file of the street of the training under way, beside the default store; made anew for each play."""
    return os.path.join(os.path.dirname(default_path()), "training.db")


def demo_path() -> str:
    """The file of the demo street, beside the default store."""
    return os.path.join(os.path.dirname(default_path()), "demo.db")


def locate(given: str | None = None) -> str:
    """The store to use, as a URL `sqlite:///…` or `postgresql+psycopg://…`. Raises BadInput for another scheme."""
    chosen = given or os.environ.get(ENVIRONMENT) or default_path()
    for prefix in POSTGRES:
        if chosen.startswith(prefix):
            return "postgresql+psycopg://" + chosen[len(prefix) :]
    if chosen.startswith("sqlite:///"):
        return "sqlite:///" + os.path.abspath(os.path.expanduser(chosen[len("sqlite:///") :]))
    if "://" in chosen:
        scheme = ascii(chosen.split("://", 1)[0])
        raise BadInput(
            "store-scheme",
            f"不支持的数据库类型 {scheme}，请给出文件路径、sqlite:/// 或 postgresql:// 地址。",
            f"Unsupported kind of store {scheme}: give a file path, sqlite:/// or postgresql:// URL.",
        )
    return "sqlite:///" + os.path.abspath(os.path.expanduser(chosen))


def has_password(given: str) -> bool:
    """Whether an address of a database holds a password."""
    _scheme, there, rest = given.partition("://")
    login = rest.partition("/")[0].rpartition("@")[0]
    return bool(there) and (bool(login.partition(":")[2]) or "password=" in rest)


def is_sqlite(url: str) -> bool:
    """Whether a located store is a SQLite file."""
    return url.startswith("sqlite:///")


def sqlite_path(url: str) -> str:
    """The file of a located SQLite store."""
    return url[len("sqlite:///") :]
