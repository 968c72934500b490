"""What a screen costs while only its timers tick: all below an hour, so that each changes every second."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator

import pyte

from tests.bench.beside import engine_beside
from tests.bench.figures import Figure, Rounds
from tests.bench.run import ROWS_SHOWN, Run, module, program
from tests.bench.stores import copy_of, remove, store_of
from tests.bench.terminal import COLUMNS, ROWS, Terminal
from tests.bench.weaving import Span

TICKETS = 400
SPAN = Span(900, 1_500)
"""The first deadlines lie 20 to 45 minutes ahead: every countdown on the screen shows seconds."""
SETTLED = 5.0
"""Seconds until a console has loaded what it loads behind its first screen."""


def measure(run: Run) -> Iterator[Figure]:
    """Bytes and processor time per second of three programs that run side by side."""
    store = run.work / "ticking"
    for old in store.glob("soon-*.db"):
        remove(old)
    path = store_of(store, TICKETS, SPAN, "soon")
    rounds = Rounds()
    with contextlib.ExitStack() as stack, copy_of(path, "own-engine") as alone:
        stack.enter_context(engine_beside(path))
        terminals = {"console": stack.enter_context(Terminal(program(), run.environment(path)))}
        visible = str(_tickets_on(terminals["console"]))
        others = {
            "own engine": (program(), run.environment(alone), ROWS_SHOWN),
            "table": (module("table_app", visible, "--tick"), run.environment(), ROWS_SHOWN),
            "digits": (module("digits", str(path), visible), run.environment(), rb"\d\d:\d\d"),
        }
        for name, (command, environment, sign) in others.items():
            terminals[name] = stack.enter_context(Terminal(command, environment))
            terminals[name].read_until(sign, 60)
        _watch(terminals, SETTLED)
        for _ in range(max(run.rounds // 2, 1)):
            for name, (sent, cpu) in _watch(terminals, run.seconds).items():
                rounds.add(f"{name} bytes", sent / run.seconds)
                rounds.add(f"{name} cpu", cpu / run.seconds)
    yield _figure(rounds, visible, "bytes", "digits", "raw ANSI, only the digits", 1.25)
    yield _figure(rounds, visible, "bytes", "table", "DataTable updating its cells", None)
    yield _figure(rounds, visible, "cpu", "table", "DataTable updating its cells", 1 / 10)
    yield Figure(
        "ticking.engine",
        "the same console with its own engine at work, processor time per second",
        "itself with the engine in another process",
        rounds.ratios("own engine cpu", "console cpu"),
        note=rounds.amounts("% of a core", "own engine cpu", "console cpu", scale=100),
    )


def _tickets_on(terminal: Terminal) -> int:
    """How many tickets a program shows, read from the screen as a person would."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    stream.feed(terminal.read_until(ROWS_SHOWN, 60) + terminal.settle(0.5))
    return sum(1 for line in screen.display if re.match(r".{0,4}\d\d:\d\d ", line))


def _figure(rounds: Rounds, visible: str, kind: str, baseline: str, words: str, goal: float | None) -> Figure:
    names = f"console {kind}", f"{baseline} {kind}"
    note = rounds.amounts("B/s", *names) if kind == "bytes" else rounds.amounts("% of a core", *names, scale=100)
    return Figure(
        f"ticking.{kind}",
        f"{visible} timers tick and nothing else, {'bytes' if kind == 'bytes' else 'processor time'} per second",
        words,
        rounds.ratios(*names),
        goal=goal,
        note=note,
    )


def _watch(terminals: dict[str, Terminal], seconds: float) -> dict[str, tuple[int, float]]:
    """What each program sends and burns in the same seconds."""
    before = {name: (terminal.total, terminal.cpu()) for name, terminal in terminals.items()}
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        for terminal in terminals.values():
            terminal.read(0)
        time.sleep(0.01)
    return {
        name: (terminal.total - before[name][0], terminal.cpu() - before[name][1])
        for name, terminal in terminals.items()
    }
