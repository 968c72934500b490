"""`zhihui doctor`: whether this machine and this store are fit to run a centre."""

from __future__ import annotations

from typing import Any

from console.cli.frame import built, new_app

app = new_app("检查本机与数据库是否适合运行", "whether this machine and store are fit")


def build() -> Any:
    """The command."""
    return built(app)
