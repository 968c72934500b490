"""A terminal at the far end of a slow line: 64 kbit/s, 300 ms there and back, as a modem or a bad mobile link.

A program runs on a real pty; what it writes reaches an emulated terminal as an SSH session would bring it: read at
once by the near end, which keeps up to two megabytes as sshd does, then sent in segments, each with the headers of
SSH, TCP and IP, at the rate of the line and half a round trip later. Keys and the terminal's answers go back the same
way. Everything happens in real time in one thread.
"""

from __future__ import annotations

import contextlib
import fcntl
import heapq
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import pyte

RATE = 8_000
"""Bytes per second, headers included: 64 kbit/s."""
HALF_TRIP = 0.15
SEGMENT = 1_400
OVERHEAD = 52 + 36
"""Bytes of TCP and IP with timestamps, and of a packet of SSH, around each piece."""
BUFFER = 2 * 1024 * 1024
"""What sshd keeps for a client before it stops reading the program."""
LOOK = 0.02


class Line(NamedTuple):
    """What a line carries."""

    rate: float = RATE
    half_trip: float = HALF_TRIP


class _Way:
    """One direction of the line: when what is sent now will arrive."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._free_at = 0.0

    def send(self, size: int, now: float) -> float:
        self._free_at = max(self._free_at, now) + (size + OVERHEAD) / self._line.rate
        return self._free_at + self._line.half_trip


class _Emulator(pyte.Screen):
    """A terminal that answers where its cursor stands, unless it is `mute`."""

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__(columns, lines)
        self.mute = False
        self.answers: list[bytes] = []

    def write_process_input(self, data: str) -> None:
        if not self.mute:
            self.answers.append(data.encode())


class SlowTerminal:
    """A program at the near end, its screen at the far end. Use as a context manager: the program ends with it."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        size: tuple[int, int] = (80, 24),
        line: Line | None = None,
    ) -> None:
        columns, rows = size
        self.screen = _Emulator(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._down, self._up = _Way(line or Line()), _Way(line or Line())
        self._waiting = bytearray()
        self._coming: list[tuple[float, int, bytes]] = []
        self._going: list[tuple[float, int, bytes]] = []
        self._number = 0
        self.began = self.changed_at = time.perf_counter()
        self.first_at = 0.0
        self.arrived = 0
        self.left = False
        """Whether the program gave the terminal back."""
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
            _become(command, environment)
        fcntl.ioctl(self.handle, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.set_blocking(self.handle, False)

    def __enter__(self) -> SlowTerminal:
        return self

    def __exit__(self, *exception: object) -> None:
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.waitpid(self.pid, 0)
        os.close(self.handle)

    def press(self, keys: bytes) -> None:
        """Type something at the far end."""
        self._go_back(keys)

    @property
    def text(self) -> str:
        """What the far end shows."""
        rows = (self.screen.buffer[y] for y in range(self.screen.lines))
        return "\n".join("".join(row[x].data for x in range(self.screen.columns)) for row in rows)

    def until(self, condition: Callable[[], bool], seconds: float) -> float:
        """Let time pass until a condition holds; the seconds it took, `seconds` when it did not come true."""
        began = time.perf_counter()
        while not condition():
            if time.perf_counter() - began > seconds:
                return seconds
            self._pass_by()
        return time.perf_counter() - began

    def still(self, quiet: float, seconds: float) -> float:
        """Let time pass until nothing has come for `quiet` seconds; when the last of it came."""
        self.changed_at = max(self.changed_at, time.perf_counter() - quiet / 2)
        self.until(lambda: time.perf_counter() - self.changed_at > quiet, seconds)
        return self.changed_at

    def _pass_by(self) -> None:
        """Carry what is due in both directions, reading the program as sshd would."""
        readable = [self.handle] if len(self._waiting) < BUFFER else []
        ready, _, _ = select.select(readable, [], [], LOOK)
        now = time.perf_counter()
        if ready:
            with contextlib.suppress(OSError):
                self._waiting += os.read(self.handle, 1 << 16)
        while self._waiting and self._down._free_at <= now + LOOK:
            piece = bytes(self._waiting[:SEGMENT])
            del self._waiting[:SEGMENT]
            self._number += 1
            heapq.heappush(self._coming, (self._down.send(len(piece), now), self._number, piece))
        while self._coming and self._coming[0][0] <= now:
            self._show(heapq.heappop(self._coming)[2], now)
        while self._going and self._going[0][0] <= now:
            with contextlib.suppress(OSError):
                os.write(self.handle, heapq.heappop(self._going)[2])

    def _show(self, piece: bytes, now: float) -> None:
        """Bytes reach the far end, which answers what it is asked."""
        self.first_at = self.first_at or now
        self.changed_at = now
        self.arrived += len(piece)
        self.left = self.left or b"\x1b[?1049l" in piece
        self._stream.feed(piece)
        for answer in self.screen.answers:
            self._go_back(answer)
        self.screen.answers.clear()

    def _go_back(self, data: bytes) -> None:
        self._number += 1
        heapq.heappush(self._going, (self._up.send(len(data), time.perf_counter()), self._number, data))


def _become(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """In the child: become the program, whatever happens."""
    try:
        os.execve(command[0], list(command), dict(environment))
    finally:
        os._exit(127)
