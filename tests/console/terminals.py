"""Terminals for tests: a real pseudo-terminal, drawn by an emulator that can be set as people set theirs."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import sys
import termios
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyte
import pytest
from pyte import screens

PATIENCE = 60.0
HOUSE = Path(__file__).parents[2]
_narrow = screens.wcwidth

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
needs_screen = pytest.mark.skipif(shutil.which("screen") is None, reason="GNU screen is not installed")


def _wide(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) == "A" and _narrow(char) == 1 else _narrow(char)


class Emulator(pyte.Screen):
    """Draws like a terminal. `ambiguous` is the cells of ambiguous characters, `mute` one that answers nothing."""

    def __init__(self, columns: int, lines: int, ambiguous: int = 1, encoding: str = "utf-8", mute: bool = False):
        super().__init__(columns, lines)
        self.ambiguous, self.encoding, self.mute = ambiguous, encoding, mute
        self.answers: list[bytes] = []

    def write_process_input(self, data: str) -> None:
        if not self.mute:
            self.answers.append(data.encode())

    def draw(self, data: str) -> None:
        screens.wcwidth = _wide if self.ambiguous == 2 else _narrow
        try:
            super().draw(data)
        finally:
            screens.wcwidth = _narrow

    def report_device_status(self, mode: int, **_private: object) -> None:
        super().report_device_status(mode)

    def rows(self) -> list[str]:
        """What it shows, line by line; a wide character is followed by an empty cell."""
        return ["".join(self.buffer[y][x].data for x in range(self.columns)) for y in range(self.lines)]

    @property
    def text(self) -> str:
        return "\n".join(self.rows())


class Session:
    """A program in a pseudo-terminal."""

    def __init__(
        self,
        command: Sequence[str],
        screen: Emulator,
        environment: Mapping[str, str],
        size: tuple[int, int] | None = None,
    ) -> None:
        """`size` is the columns and lines that the terminal tells, where they are not those that it has."""
        self.screen = screen
        self.ours, self.theirs = pty.openpty()
        columns, lines = size or (screen.columns, screen.lines)
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.modes = termios.tcgetattr(self.theirs)
        self.sent = b""
        self._stream = pyte.ByteStream(screen)
        if screen.encoding != "utf-8":
            self._stream.select_other_charset("@")
            self._stream.use_utf8 = False
        self.process = subprocess.Popen(
            command, stdin=self.theirs, stdout=self.theirs, stderr=self.theirs, cwd=HOUSE, env=dict(environment),
            start_new_session=True,
        )  # fmt: skip

    def read(self, seconds: float = 0.1) -> bytes:
        """Take what comes within a while, draw it, and answer its questions."""
        if not select.select([self.ours], [], [], seconds)[0]:
            return b""
        try:
            piece = os.read(self.ours, 65536)
        except OSError:
            return b""
        self.sent += piece
        if self.screen.encoding == "utf-8":
            self._stream.feed(piece)
        else:
            pyte.Stream.feed(self._stream, piece.decode(self.screen.encoding, "replace"))
        for answer in self.screen.answers:
            os.write(self.ours, answer)
        self.screen.answers.clear()
        return piece

    def until(self, wanted: str | Callable[[str], bool]) -> str:
        """Read until the screen shows a text, or fulfils a condition; gives the screen."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            text = self.screen.text
            if wanted in text if isinstance(wanted, str) else wanted(text):
                return text
            self.read()
        raise AssertionError(f"{wanted!r} did not show:\n{self.screen.text}\n{self.sent[-400:]!r}")

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.ours, keys.encode())

    def ended(self) -> int:
        """Wait for the end; gives the exit code."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < deadline:
            self.read()
        while self.read(0.05):
            pass
        return self.process.wait(1)

    def restored(self) -> bool:
        """Whether the terminal's modes are as they were."""
        return termios.tcgetattr(self.theirs) == self.modes

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.ours)
        os.close(self.theirs)


def environment(**changes: str) -> dict[str, str]:
    """A plain environment for a console: nothing of the tester's own terminal, a locale and a TERM that are said."""
    gone = ("LC_", "LANG", "SSH_", "TMUX", "STY", "ZHIHUI_", "COLORTERM", "NO_COLOR", "TERM", "COLUMNS", "LINES")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(gone) or name == "ZHIHUI_GUARD"}
    return {**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8", **changes}


@contextmanager
def console_on(
    store: str, officer: str, screen: Emulator, options: Sequence[str] = (), **changes: str
) -> Iterator[Session]:
    """The console on a store, on an emulated terminal."""
    command = [sys.executable, "-m", "console", "--store", store, "--as", officer, *options]
    session = Session(command, screen, environment(**changes))
    try:
        yield session
    finally:
        session.close()
