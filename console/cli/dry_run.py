"""Work in one write transaction that a dry run undoes at its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from console import output
from console.cli import words
from console.cli.session import Session


class _Undo(Exception):
    """Rolls a dry run back."""


def write_or_try(session: Session, dry_run: bool, work: Callable[[Any], Any]) -> Any:
    """What the work gives, done or only tried."""
    done: list[Any] = []
    try:
        with session.store().write() as connection:
            done.append(work(connection))
            if dry_run:
                raise _Undo
    except _Undo:
        output.remark(words.say("（预演，未保存）", "(dry run, not saved)"))
    return done[0]
