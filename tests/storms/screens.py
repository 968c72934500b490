"""Real consoles on real terminals: when an urgent ticket is painted, and how long a key takes meanwhile."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterable, Mapping
from random import Random

from tests.bench.run import program
from tests.bench.terminal import Terminal

TYPED = [chr(0x3400 + number) for number in range(0x100)]
"""Characters that an officer types who takes a call meanwhile; no ticket has them."""
F6, BACKSPACE = b"\x1b[17~", b"\x7f"
PATIENCE = 30.0
"""Seconds after which a key counts as never painted."""
READY = "示范街道"
"""The centre's name, in the frame of every console."""


class Screen:
    """A console whose bytes are read as they come. Use as a context manager."""

    def __init__(self, environment: Mapping[str, str], wanted: Iterable[str] = ()) -> None:
        self._terminal = Terminal(program(), environment)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._lock = threading.Lock()
        self.seen: dict[str, float] = {}
        """When each of the wanted characters was painted first."""
        self._wanted = set(wanted)
        self.total = 0
        self.ready = threading.Event()
        """Set when it has drawn its frame."""

    def __enter__(self) -> Screen:
        self._terminal.__enter__()
        self._thread.start()
        if not self.ready.wait(120):
            raise TimeoutError("the console did not come up")
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join(10)
        self.total = self._terminal.total
        self._terminal.__exit__(*exception)

    def want(self, signs: Iterable[str]) -> None:
        """Look out for characters from now on."""
        with self._lock:
            self._wanted.update(signs)

    def when(self, sign: str, until: float) -> float | None:
        """When a character was painted; waits for it until a time. None: never."""
        while time.perf_counter() < until:
            if (found := self.seen.get(sign)) is not None:
                return found
            time.sleep(0.002)
        return self.seen.get(sign)

    def cpu(self) -> float:
        """Seconds of processor time of the console so far."""
        return self._terminal.cpu()

    def press(self, key: bytes) -> None:
        """Press a key."""
        os.write(self._terminal.handle, key)

    def _follow(self) -> None:
        rest = b""
        while not self._stop.is_set():
            found = self._terminal.read(0.1)
            if not found:
                continue
            at = time.perf_counter()
            text = (rest + found).decode("utf-8", "ignore")
            rest = found[-3:]
            with self._lock:
                if re.search(READY, text):
                    self.ready.set()
                for sign in self._wanted.intersection(text):
                    self.seen[sign] = at
                    self._wanted.discard(sign)


def type_on(screen: Screen, stop: threading.Event, dice: Random) -> list[float | None]:
    """An officer takes a call down all the while: seconds from each key to its painting, None where it never came."""
    screen.press(F6)
    time.sleep(1.0)
    took: list[float | None] = []
    number = 0
    while not stop.is_set():
        sign = TYPED[number % len(TYPED)]
        number += 1
        screen.seen.pop(sign, None)
        screen.want([sign])
        pressed = time.perf_counter()
        screen.press(sign.encode())
        painted = screen.when(sign, pressed + PATIENCE)
        took.append(None if painted is None else painted - pressed)
        screen.press(BACKSPACE)
        stop.wait(dice.uniform(0.3, 0.6))
    return took
