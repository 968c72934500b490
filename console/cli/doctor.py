"""`zhihui doctor`: whether this machine and this store are fit to run a centre."""

from __future__ import annotations

from typing import Any

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


def doctor_command(context: typer.Context, json: Json = False) -> int:
    """Program, SQLite, disk, store, terminal, clock. Changes nothing; works without a store too."""
    from core.doctor import examine

    session = session_of(context)
    return show_findings(examine(session.url(), session.clock.now()), json)
