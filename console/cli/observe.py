"""`zhihui observe`: the console for somebody who looks on and must not change anything."""

from __future__ import annotations

from typing import Any

import typer

from console.cli.frame import session_of, single

ZH = "打开只读控制台：只能查看，不能办理，不运行引擎"
EN = "open the console read-only: it shows everything, changes nothing, runs no engine"


def build() -> Any:
    """The command."""
    return single(observe_command, "observe", ZH, EN)


def observe_command(context: typer.Context) -> int:
    """Open the console without an officer. Raises BadInput where there is no terminal."""
    session = session_of(context)
    session.observe = True
    return session.open_console()
