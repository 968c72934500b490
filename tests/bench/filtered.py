"""Keys on a list that is filtered and in another order, by the size of the store."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from tests.bench.beside import engine_beside
from tests.bench.figures import Figure, Rounds, grown
from tests.bench.keys import ACTIONS, SETTLED, WORDS, press_often
from tests.bench.run import ROWS_SHOWN, Run, program
from tests.bench.terminal import KEYS, Terminal

CHANGES = {"order": b"9", "filter": b"/-paused\r"}
CHANGE_WORDS = {"order": "another order (by urgency)", "filter": "a filter typed ahead with Enter"}


def measure(run: Run) -> Iterator[Figure]:
    """The change of order and filter, then the usual keys on that list."""
    rounds = Rounds()
    for _ in range(max(run.rounds // 2, 1)):
        for size in run.sizes:
            store = run.store(size)
            with engine_beside(store), Terminal(program(), run.environment(store)) as terminal:
                terminal.read_until(ROWS_SHOWN, 60)
                terminal.settle(SETTLED)
                for what, typed in CHANGES.items():
                    rounds.add(f"{what} {size}", terminal.press(typed, SETTLED).cpu)
                for what in ACTIONS:
                    painted = press_often(terminal, what, run.keys, KEYS)
                    rounds.add(f"{what} {size}", median(one.cpu for one in painted))
    for what, words in {**CHANGE_WORDS, **WORDS}.items():
        title = f"filtered and by urgency: {words}, processor time"
        yield from grown(f"filtered.{what}", title, rounds, run.sizes, what)
