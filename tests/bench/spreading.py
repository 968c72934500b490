"""From a commit in one process to the change on another console's screen."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from statistics import median

from core.clock import SystemClock
from core.desk.desk import open_desk
from core.desk.orders import Amend
from data.store import Store
from tests.bench.beside import engine_beside
from tests.bench.figures import Figure, percentile, short
from tests.bench.run import OFFICER, ROWS_SHOWN, Run, program
from tests.bench.stores import copy_of
from tests.bench.terminal import Terminal

LIMIT = 5.0
"""Seconds after which a change counts as never seen."""
FIRST_SIGN = 0x5600
"""Each change writes another rare character, which nothing else on the screen has."""


def measure(run: Run) -> Iterator[Figure]:
    """The time until the other console has painted, over many commits at odd moments."""
    chance = run.random("spreading")
    seen: list[float] = []
    with contextlib.ExitStack() as stack:
        path = stack.enter_context(copy_of(run.store(run.small), "spreading"))
        stack.enter_context(engine_beside(path))
        terminal = stack.enter_context(Terminal(program(), run.environment(path)))
        terminal.read_until(ROWS_SHOWN, 60)
        terminal.settle(1.0)
        store = Store(f"sqlite:///{path}")
        desk = open_desk(store, SystemClock())
        actor = desk.actor(OFFICER)
        with store.reader() as reader:
            found = reader.one("SELECT code FROM ticket WHERE open = 1 ORDER BY due_at, id LIMIT 1", fanout=True)
        code = str((found or ("",))[0])
        for number in range(run.keys):
            _watch(terminal, chance.uniform(0.3, 1.3))
            sign = chr(FIRST_SIGN + number)
            desk.do(Amend(ticket=code, title=f"{sign}{sign}改"), actor)
            committed = time.perf_counter()
            terminal.read_until(sign.encode(), LIMIT)
            seen.append(time.perf_counter() - committed)
        store.close()
    for share, goal in ((0.5, 10.0), (0.99, 50.0)):
        value = (median(seen) if share == 0.5 else percentile(seen, share)) * 1000
        yield Figure(
            f"spreading.p{round(share * 100)}",
            f"commit to painted on another console, p{round(share * 100)}",
            "–",
            (value,),
            "ms",
            goal,
            f"{len(seen)} commits, shortest {short(min(seen) * 1000)} ms, longest {short(max(seen) * 1000)} ms",
        )


def _watch(terminal: Terminal, seconds: float) -> None:
    """Read on without waiting for anything."""
    deadline = time.perf_counter() + seconds
    while (left := deadline - time.perf_counter()) > 0:
        terminal.read(left)
