"""From a commit in one process to the change on another console's screen."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from core.clock import SystemClock
from core.desk.desk import Desk, open_desk
from core.desk.orders import Amend
from data.store import Store
from tests.bench.beside import engine_beside
from tests.bench.figures import Figure, percentile, short
from tests.bench.run import OFFICER, ROWS_SHOWN, Run, program
from tests.bench.stores import copy_of
from tests.bench.terminal import Terminal

LIMIT = 5.0
"""Seconds after which a change counts as never seen."""
SETTLED = 5.0
"""Seconds until a console has loaded what it loads behind its first screen."""
FIRST_SIGN = 0x5600
"""Each change writes another rare character, which nothing else on the screen has."""


def measure(run: Run) -> Iterator[Figure]:
    """The time until the other console has painted, over commits at odd moments; and what it costs to wait for one."""
    chance = run.random("spreading")
    seen: list[list[float]] = []
    idle: list[float] = []
    with contextlib.ExitStack() as stack:
        path = stack.enter_context(copy_of(run.store(run.small), "spreading"))
        stack.enter_context(engine_beside(path))
        terminal = stack.enter_context(Terminal(program(), run.environment(path)))
        terminal.read_until(ROWS_SHOWN, 60)
        _watch(terminal, SETTLED)
        store = Store(f"sqlite:///{path}")
        desk = open_desk(store, SystemClock())
        code = _first_code(store)
        for turn in range(max(run.rounds // 2, 1)):
            before, began = terminal.cpu(), time.perf_counter()
            _watch(terminal, run.seconds)
            idle.append((terminal.cpu() - before) / (time.perf_counter() - began) * 100)
            signs = [chr(FIRST_SIGN + turn * run.keys + number) for number in range(run.keys)]
            seen.append([_spread(desk, code, sign, terminal, chance.uniform(0.3, 1.3)) for sign in signs])
        store.close()
    everything = [took for times in seen for took in times]
    note = f"{len(everything)} commits, shortest {short(min(everything) * 1000)} ms,"
    note += f" longest {short(max(everything) * 1000)} ms"
    for share, goal in ((0.5, 10.0), (0.99, 50.0)):
        name, what = f"p{round(share * 100)}", "commit to painted on another console"
        values = tuple(percentile(times, share) * 1000 for times in seen)
        yield Figure(f"spreading.{name}", f"{what}, {name}", "–", values, "ms", goal, note)
    yield Figure(
        "spreading.idle",
        "a console that waits for a change, processor time of one core",
        "–",
        tuple(idle),
        "%",
        0.5,
        f"watched {len(idle)} times for {short(run.seconds)} s, its engine in another process",
    )


def _first_code(store: Store) -> str:
    with store.reader() as reader:
        found = reader.one("SELECT code FROM ticket WHERE open = 1 ORDER BY due_at, id LIMIT 1", fanout=True)
    return str((found or ("",))[0])


def _spread(desk: Desk, code: str, sign: str, terminal: Terminal, pause: float) -> float:
    """Seconds from a commit to its sign on the screen."""
    _watch(terminal, pause)
    desk.do(Amend(ticket=code, title=f"{sign}{sign}改"), desk.actor(OFFICER))
    committed = time.perf_counter()
    terminal.read_until(sign.encode(), LIMIT)
    return time.perf_counter() - committed


def _watch(terminal: Terminal, seconds: float) -> None:
    """Read on without waiting for anything."""
    deadline = time.perf_counter() + seconds
    while (left := deadline - time.perf_counter()) > 0:
        terminal.read(left)
