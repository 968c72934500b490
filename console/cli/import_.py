"""`zhihui import`: tickets of other systems, by maps that say which column is what."""

from __future__ import annotations

from typing import Any

from console.cli.frame import built, new_app

app = new_app("导入其他系统的事件", "import tickets of other systems")


def build() -> Any:
    """The noun."""
    return built(app)
