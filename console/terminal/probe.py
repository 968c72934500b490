"""Asks the terminal, before the first screen, how wide it draws: whether it reads UTF-8, and ambiguous characters.

All questions go out in one write; the answers are read when the modules are loaded, so that they cost no time of
their own. What comes in between and is no answer was typed ahead: it is kept for the app.
"""

from __future__ import annotations

import os
import re
import select
import termios
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

CHINESE = "中中"
"""Twice, so that it is whole characters for a terminal that takes the bytes for GBK: six cells there, four in UTF-8."""
AMBIGUOUS = "±①“─"
"""Four cells where they are narrow. None of their bytes begins a control sequence on an eight-bit terminal."""
QUESTION = "\x1b[6n"
WIPE = "\r\x1b[K"
PATIENCE_NEAR, PATIENCE_FAR = 0.3, 2.0
"""Seconds from the questions to the last answer, here and over a network."""
MOST = 65536
"""Bytes typed ahead that are kept."""

_ANSWER = re.compile(rb"\x1b\[(\d{1,4});(\d{1,4})R")


@dataclass(frozen=True)
class Drawn:
    """What was answered: cells from the edge after each text; None where no answer came."""

    chinese: int | None = None
    ambiguous: int | None = None

    @property
    def answered(self) -> bool:
        """Whether the terminal said how wide it draws; a cursor that never moved is something else's answer."""
        return bool(self.chinese)

    @property
    def utf8(self) -> bool:
        """Whether it draws UTF-8; believed of a terminal that says nothing."""
        return not self.answered or self.chinese == 2 * len(CHINESE)

    @property
    def ambiguous_wide(self) -> bool:
        """Whether it draws some ambiguous character in two cells; only a terminal that says so is believed to."""
        return self.utf8 and self.ambiguous is not None and self.ambiguous > len(AMBIGUOUS)


class Probe:
    """The questions on the way: `ask` sends them, `listen` ends them and gives the terminal back as it was."""

    def __init__(self, keyboard: int, screen: int, clock: Callable[[], float] = monotonic) -> None:
        self._keyboard, self._screen, self._clock = keyboard, screen, clock
        self._before: list[Any] | None = None
        self._asked_at = 0.0
        self.typed_ahead = b""
        """What was read and was no answer."""

    def ask(self) -> None:
        """Send all questions; keys are not echoed from now on. On something that is no terminal nothing happens."""
        try:
            self._before = termios.tcgetattr(self._keyboard)
            mode = termios.tcgetattr(self._keyboard)
            mode[0] &= ~termios.ICRNL  # Enter stays Enter in what is typed ahead
            mode[3] &= ~(termios.ECHO | termios.ICANON)
            termios.tcsetattr(self._keyboard, termios.TCSANOW, mode)
            os.write(self._screen, questions())
        except (termios.error, OSError):
            self._before = None
        self._asked_at = self._clock()

    def listen(self, patience: float = PATIENCE_NEAR) -> Drawn:
        """Read until both answers are there or `patience` seconds since the questions are over; once."""
        before, self._before = self._before, None
        if before is None:
            return Drawn()
        heard = b""
        try:
            while len(_ANSWER.findall(heard)) < 2 and len(heard) < MOST:
                left = max(self._asked_at + patience - self._clock(), 0.0)
                if not select.select([self._keyboard], [], [], left)[0]:
                    break
                piece = os.read(self._keyboard, 4096)
                if not piece:
                    break
                heard += piece
        except OSError:
            pass  # the terminal has gone: whoever reads next finds out
        finally:
            with suppress(termios.error):
                termios.tcsetattr(self._keyboard, termios.TCSANOW, before)
        drawn, self.typed_ahead = taken_out(heard)
        return drawn


def questions() -> bytes:
    """Each text at the left edge, where the cursor stands after it, and the line wiped."""
    return f"\r{CHINESE}{QUESTION}{WIPE}{AMBIGUOUS}{QUESTION}{WIPE}".encode()


def taken_out(heard: bytes) -> tuple[Drawn, bytes]:
    """The answers among what was read, and the rest in its order."""
    columns = [int(column) - 1 for _line, column in _ANSWER.findall(heard)[:2]]
    rest = _ANSWER.sub(b"", heard, count=2)
    return Drawn(*columns), rest
