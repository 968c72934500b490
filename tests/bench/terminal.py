"""A terminal that counts: runs a program on a real pty, presses keys, and tells bytes, time and processor time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.cells import cell_len

COLUMNS, ROWS = 140, 45
QUIET = 0.06
"""Seconds without output after which a frame is over; shorter than the rest before the console reads a ticket."""
QUESTION = re.compile(rb"(?:\r(?:\x1b\[K)?([^\x1b\r]*))?\x1b\[6n")
"""Where the cursor stands, perhaps after a text at the left edge: the console asks so how wide the terminal draws."""


class Painted(NamedTuple):
    """What one key press caused."""

    sent: int
    """Bytes to the terminal."""
    wall: float
    """Seconds from the key to the last byte."""
    cpu: float
    """Seconds of processor time of the whole program, all threads."""


class Terminal:
    """A program on a pty of 140 by 45. Use as a context manager: the program is ended with it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.began = time.perf_counter()
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
            _become(command, environment)
        fcntl.ioctl(self.handle, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.set_blocking(self.handle, False)
        self.total = 0
        self.last_byte = self.began
        self.tail = b""
        self.ended: os.waitid_result | None = None

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *exception: object) -> None:
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGTERM)
        deadline = time.perf_counter() + 5
        while time.perf_counter() < deadline and self._running():
            self.read(0.05)
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.waitpid(self.pid, 0)
        os.close(self.handle)

    def _running(self) -> bool:
        try:
            return os.waitpid(self.pid, os.WNOHANG)[0] == 0
        except ChildProcessError:
            return False

    def read(self, seconds: float) -> bytes:
        """What comes within some seconds; returns with the first of it."""
        ready, _, _ = select.select([self.handle], [], [], max(seconds, 0))
        if not ready:
            return b""
        try:
            found = os.read(self.handle, 1 << 16)
        except OSError:
            return b""
        self.total += len(found)
        self.last_byte = time.perf_counter()
        for answer in answers(found):
            os.write(self.handle, answer)
        return found

    def read_until(self, pattern: bytes, seconds: float) -> bytes:
        """Everything up to a text on the screen (a regular expression). Raises TimeoutError with what was seen."""
        seen, deadline = b"", time.perf_counter() + seconds
        while re.search(pattern, seen) is None:
            if time.perf_counter() > deadline:
                raise TimeoutError(f"{pattern!r} did not appear; the end of the output was {seen[-2000:]!r}")
            seen += self.read(0.25)
        return seen

    def settle(self, quiet: float = QUIET, seconds: float = 30) -> bytes:
        """Read until nothing has come for `quiet` seconds."""
        seen, deadline = b"", time.perf_counter() + seconds
        while time.perf_counter() < deadline:
            found = self.read(quiet)
            if not found:
                return seen
            seen += found
        return seen

    def press(self, key: bytes, quiet: float = QUIET) -> Painted:
        """Press a key on a quiet screen and wait for the whole answer."""
        sent, cpu, began = self.total, self.cpu(), time.perf_counter()
        os.write(self.handle, key)
        found = self.read(2)
        if found:
            self.settle(quiet)
        wall = self.last_byte - began
        return Painted(self.total - sent, max(wall, 0.0), self.cpu() - cpu)

    def cpu(self) -> float:
        """Processor seconds of the program so far: every thread, to the nanosecond where the kernel tells."""
        amount = 0
        for thread in Path(f"/proc/{self.pid}/task").iterdir():
            with contextlib.suppress(OSError):
                amount += int((thread / "schedstat").read_text().split()[0])
        return amount / 1e9


def answers(sent: bytes) -> list[bytes]:
    """What a UTF-8 terminal with narrow ambiguous characters answers, as far as anybody looks at it: the column."""
    texts = (text.decode("utf-8", "replace") for text in QUESTION.findall(sent))
    return [f"\x1b[1;{cell_len(text) + 1}R".encode() for text in texts]


def _become(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """In the child: become the program, whatever happens."""
    try:
        os.execve(command[0], list(command), dict(environment))
    finally:
        os._exit(127)


KEYS = {
    "down": b"\x1b[B",
    "page_down": b"\x1b[6~",
    "page_up": b"\x1b[5~",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
}
