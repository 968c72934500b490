"""`zhihui demo`: a made street with tickets in every stage, and the console on it."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import session_of, single
from console.cli.options import option, progress_bar
from console.cli.session import Session
from console.exit_codes import OK


def build() -> Any:
    """The command."""
    return single(demo_command, "demo", "建好示范街道并打开控制台", "make the demo street and open the console on it")


def demo_command(
    context: typer.Context,
    fresh: Annotated[bool, option("--fresh", zh="重新生成", en="make it anew")] = False,
    no_console: Annotated[bool, option("--no-console", zh="只生成，不打开控制台", en="only make it")] = False,
) -> int:
    """Make the demo street where there is none; open the console where there is a terminal."""
    session = session_of(context)
    session.demo = True
    make_if_missing(session, fresh)
    if no_console or not (sys.stdin.isatty() and sys.stdout.isatty()):
        output.write(session.url().removeprefix("sqlite:///") + "\n")
        return OK
    return session.open_console()


def make_if_missing(session: Session, fresh: bool = False) -> None:
    """Make the demo street unless it is there; the officer of the run is one of its duty officers."""
    from core.demo import make_demo

    output.remark(words.say("正在准备示范街道 ..", "Preparing the demo street .."))
    with progress_bar() as progress:
        made = make_demo(session.url(), session.clock.now(), fresh=fresh, progress=progress)
    if session.officer is None:
        session.officer = made.officer
