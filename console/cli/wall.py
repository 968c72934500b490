"""`zhihui wall`: the centre's figures in large type, page after page, for a screen that everybody sees."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console.cli.frame import session_of, single
from console.cli.options import option
from console.wall.view import EVERY
from data.errors import BadInput

ZH = "大屏：大字轮播未结、时限、来件、板块、值班、引擎；只读"
EN = "the wall: open tickets, deadlines, reports, sections, people and engine in large type; read-only"
SHORTEST, LONGEST = 3, 3600
"""Seconds that may be asked for."""


def build() -> Any:
    """The command."""
    return single(wall_command, "wall", ZH, EN)


def wall_command(
    context: typer.Context,
    every: Annotated[
        int, option("--every", zh="每页停留秒数，缺省 15", en="seconds a page stays, by default 15")
    ] = EVERY,
    theme: Annotated[str | None, option("--theme", zh="主题", en="theme")] = None,
) -> int:
    """Show the wall. Raises BadInput where there is no terminal or for a length that cannot be."""
    if not SHORTEST <= every <= LONGEST:
        zh = f"--every 应在 {SHORTEST} 到 {LONGEST} 秒之间。"
        raise BadInput("wall-every", zh, f"--every must be between {SHORTEST} and {LONGEST} seconds.")
    session = session_of(context)
    session.theme = theme or session.theme
    session.wall = every
    return session.open_console()
