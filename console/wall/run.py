"""Opens the wall on a store and sees it to its end."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from console import i18n
from console.run import log_to_file, theme_asked_for
from console.terminal.hangup import Hangup
from console.terminal.line import choose
from console.terminal.opening import Opening

if TYPE_CHECKING:
    from core.clock import Clock


def run_wall(
    url: str, centre: str | None, language: str, clock: Clock, every: int, theme: str | None = None, line: str = ""
) -> int:
    """Show the wall of a centre until somebody leaves it; gives the exit code. Nobody acts here, and no engine runs.

    Raises StoreTrouble, NotFound or BadInput before anything is drawn.
    """
    hangup = Hangup()
    i18n.set_language(language)
    chosen_line, chosen_theme = choose(line, os.environ), theme_asked_for(theme)
    log_to_file()
    with Opening(chosen_line.paced) as opening:
        from console.backend.wall import WallBackend
        from console.wall.app import WallApp

        def seconds() -> int:
            return int(clock.now().timestamp())

        backend = WallBackend(url, clock, seconds, centre)
        decision = opening.decide()
    app = WallApp(backend, seconds, every, decision.theme(chosen_theme), chosen_line)
    app.typed_ahead = opening.typed_ahead
    app.believe_terminal(opening.answered)
    app.hang_up = hangup.hang_up
    hangup.watch(app.leave_from_outside, sys.stdin.fileno())
    try:
        app.run(mouse=False)
    finally:
        backend.close()
        hangup.finished()
    return app.return_code or 0
