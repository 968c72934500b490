"""Opens the console on a store and sees it to its end: signals, log file, engine, exit code."""

from __future__ import annotations

import gc
import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from console import i18n
from console.closed import MOUSE, is_closed
from console.incidents import log_path
from console.keyboard.keymap import follow, keymap_path
from console.log_lines import LogLines
from console.session_beat import SessionBeat
from console.terminal.hangup import Hangup
from console.terminal.line import choose
from console.terminal.opening import Opening
from data.errors import BadInput

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from core.clock import Clock
    from core.desk.actor import Origin

LOG_BYTES = 1_000_000
THEME = "ZHIHUI_THEME"


def run_console(
    url: str,
    centre: str | None,
    officer: str | None,
    language: str,
    clock: Clock,
    observe: bool = False,
    line: str = "",
    theme: str | None = None,
    origin: Origin | None = None,
    sign_in: bool = False,
) -> int:
    """Run the console on a located URL until the officer leaves; gives the exit code.

    `centre` and `officer` are codes; without an officer the console asks, unless it only observes. `line` is one of
    `console.terminal.line.CHOICES`, or empty for what the environment says. Raises StoreTrouble, NotFound or, for a
    line or a theme that there is not, BadInput before anything is drawn. `origin` is how the officer came in from
    elsewhere. With `sign_in` nothing is shown until somebody, `officer` or another one, has proved who they are. A
    keymap that cannot be followed is said in the banner, and the usual keys are in use.
    """
    hangup = Hangup()  # first of all: it blocks signals, and threads inherit that
    i18n.set_language(language)
    trouble = follow(keymap_path())
    chosen_line = choose(line, os.environ)
    chosen_theme = theme_asked_for(theme)
    log_to_file()
    with Opening(chosen_line.paced) as opening:  # asks the terminal; it answers while the modules are loaded
        gc.disable()  # start-up makes many objects and no garbage
        from console.app import SignInApp, ZhihuiApp
        from console.backend.observer import ObserverBackend
        from console.backend.store import StoreBackend

        def seconds() -> int:
            return int(clock.now().timestamp())

        backend = (
            ObserverBackend(url, clock, seconds, centre)
            if observe
            else StoreBackend(url, clock, seconds, centre, None if sign_in else officer)
        )
        backend.origin, backend.signed_out = origin, sign_in
        decision = opening.decide()
    app = (SignInApp if sign_in else ZhihuiApp)(backend, seconds, decision.theme(chosen_theme), chosen_line)
    app.locking.named = officer or ""
    _tell(app, opening, decision.warning, trouble)
    gc.freeze()
    gc.enable()
    app.hang_up, hangup.parting = hangup.hang_up, backend.part
    hangup.watch(app.leave_from_outside, sys.stdin.fileno())
    beat = SessionBeat(url, backend.centre.id, lambda: backend.origin, seconds)
    beat.start()
    try:
        app.run(mouse=not is_closed(MOUSE, remote=chosen_line.paced))
    finally:
        beat.stop()
        backend.close()
        hangup.finished()
    return app.return_code or 0


def _tell(app: ZhihuiApp, opening: Opening, warning: str, trouble: BadInput | None) -> None:
    """What the terminal answered and what was typed before the first screen, and what is to be said on it."""
    app.typed_ahead = opening.typed_ahead
    app.believe_terminal(opening.answered)
    app.themes.say_too(warning)
    app.troubles += [trouble] if trouble is not None else []


def theme_asked_for(given: str | None) -> str:
    """The theme of `--theme`, else of ZHIHUI_THEME, else none. Raises BadInput when `--theme` names none at all."""
    if given:
        from console.theming.shelf import fill, own_folder

        shelf = fill(own_folder())
        if given not in shelf.recipes and f"{given}.toml" not in shelf.readings:
            names = ", ".join(shelf.recipes)
            raise BadInput("theme-unknown", f"没有主题“{given}”，可用：{names}", f"No theme {given}; there are {names}")
    return given or os.environ.get(THEME, "")


def log_to_file() -> None:
    """Nothing may write to the terminal besides the screen: logs go to a file, or nowhere."""
    root = logging.getLogger()
    try:
        folder = os.path.dirname(log_path())
        os.makedirs(folder, mode=0o700, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            os.path.join(folder, "console.log"), maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(LogLines())
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
