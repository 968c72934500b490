"""The console at the far end of a slow line, against Textual's own output: what a person waits for.

Both are the console on the same store, whose deadlines all lie within the hour; the baseline sends what Textual
sends (ZHIHUI_PAINT=stock) and takes the line for a short one. The time that SSH itself takes to log in is not part.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.beside import engine_beside
from tests.bench.figures import Figure, Rounds
from tests.bench.run import TITLES, Run, program
from tests.bench.slow_line import HALF_TRIP, RATE, SlowTerminal
from tests.bench.stores import remove, store_of
from tests.bench.weaving import Span

TICKETS = 400
SPAN = Span(1_200, 1_500)
SIZES = ((80, 24), (160, 50))
LIMIT = 60.0
"""Seconds after which something counts as never happening."""
QUIET = 0.8
TYPED = "abc"
FRAME = "-" * 40
CONTENDERS = {
    "console": {"ZHIHUI_LINE": "slow"},
    "stock": {"ZHIHUI_LINE": "fast", "ZHIHUI_PAINT": "stock"},
}
WHAT = {
    "first": "start to the first byte",
    "complete": "start to the whole first screen",
    "down": "cursor down to its line",
    "page": "page down to its lines",
    "drawer": "drawer opened (F7)",
    "close": "drawer closed (Escape)",
    "form": "another screen (F6)",
    "echo": "a character typed into a field, to its echo",
    "quit": "Ctrl+Q to the shell",
    "idle": "bytes per second while nothing happens",
}


def measure(run: Run) -> Iterator[Figure]:
    """Every wait at two sizes; in a quick run at one."""
    folder = run.work / "line"
    for old in folder.glob("soon-*.db"):
        remove(old)
    path = store_of(folder, TICKETS, SPAN, "soon")
    for size in SIZES if run.keys > 3 else SIZES[:1]:
        rounds = Rounds()
        with engine_beside(path):
            for _ in range(max(run.rounds // 2, 1)):
                for name, settings in CONTENDERS.items():
                    for what, value in _sitting(run, path, settings, size).items():
                        rounds.add(f"{name} {what}", value)
        for what, words in WHAT.items():
            ours, stock = f"console {what}", f"stock {what}"
            yield Figure(
                f"line.{what}.{size[0]}x{size[1]}",
                f"{words}, {RATE * 8 // 1000} kbit/s, {HALF_TRIP * 2000:.0f} ms, {size[0]}x{size[1]}",
                "the same console with Textual's own output",
                rounds.ratios(ours, stock),
                note=rounds.amounts("B/s" if what == "idle" else "s", ours, stock),
            )


def _sitting(run: Run, path: Path, settings: dict[str, str], size: tuple[int, int]) -> dict[str, float]:
    """One sitting of an officer who left no drafts."""
    with TemporaryDirectory() as state:
        environment = {**run.environment(path), "COLORTERM": "", "XDG_STATE_HOME": state, **settings}
        with SlowTerminal(program(), environment, size) as terminal:
            return _session(terminal, run.seconds)


def _session(terminal: SlowTerminal, seconds: float) -> dict[str, float]:
    """What each step took, in seconds."""
    found: dict[str, float] = {}
    terminal.until(lambda: _list_is_there(terminal) and "F10" in terminal.text, LIMIT)
    terminal.still(QUIET, LIMIT / 4)
    found["first"] = terminal.first_at - terminal.began
    found["complete"] = terminal.changed_at - terminal.began
    arrived, began = terminal.arrived, time.perf_counter()
    terminal.until(lambda: False, seconds)
    found["idle"] = (terminal.arrived - arrived) / (time.perf_counter() - began)
    found["down"] = _press(terminal, b"\x1b[B", lambda: " 2/" in terminal.text)
    found["page"] = _press(terminal, b"\x1b[6~", lambda: " 2/" not in terminal.text)
    found["drawer"] = _press(terminal, b"\x1b[18~", lambda: FRAME in terminal.text)
    found["close"] = _press(terminal, b"\x1b", lambda: FRAME not in terminal.text)
    found["form"] = _press(terminal, b"\x1b[17~", lambda: not _list_is_there(terminal))
    echoes = []
    for end in range(1, len(TYPED) + 1):
        echoes.append(_press(terminal, TYPED[end - 1].encode(), lambda end=end: TYPED[:end] in terminal.text))  # type: ignore[misc]
    found["echo"] = sorted(echoes)[len(echoes) // 2]
    found["quit"] = _press(terminal, b"\x11", lambda: terminal.left)
    return found


def _press(terminal: SlowTerminal, key: bytes, shown: object) -> float:
    """Press a key a second after whatever was before; seconds until it shows."""
    terminal.until(lambda: False, 1.0)
    terminal.press(key)
    assert callable(shown)
    return max(terminal.until(shown, LIMIT), 1e-3)


def _list_is_there(terminal: SlowTerminal) -> bool:
    return any(title[:4] in terminal.text for title in TITLES)
