"""`zhihui doctor`: whether this machine and this store are fit to run a centre."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from console.cli.findings import show_findings
from console.cli.frame import session_of, single
from console.cli.options import Json


def build() -> Any:
    """The command."""
    return single(
        doctor_command,
        "doctor",
        "检查本机与数据库是否适合运行；不适合时退出码 8",
        "whether this machine and store are fit; exit code 8 when not",
    )


def doctor_command(
    context: typer.Context,
    json: Json = False,
    keys: Annotated[
        bool, typer.Option("--keys", help="逐个显示按键收到的内容 / show what arrives for each key pressed")
    ] = False,
) -> int:
    """Program, SQLite, disk, store, terminal, clock. Changes nothing; works without a store too."""
    if keys:
        from console.cli.key_echo import echo_keys

        return echo_keys(sys.stdin.fileno())
    from core.doctor import examine

    session = session_of(context)
    return show_findings(examine(session.url(), session.clock.now()), json)
