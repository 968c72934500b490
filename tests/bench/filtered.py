"""Keys on a list that is filtered and in another order: on the large store against the small one."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from tests.bench.beside import engine_beside
from tests.bench.figures import Figure, Rounds, percentile
from tests.bench.keys import ACTIONS, SETTLED, WORDS, press_often
from tests.bench.run import ROWS_SHOWN, Run, program
from tests.bench.terminal import KEYS, Terminal

CHANGES = {"order": b"9", "filter": b"/-paused\r"}
CHANGE_WORDS = {"order": "another order (by urgency)", "filter": "a filter typed ahead with Enter"}


def measure(run: Run) -> Iterator[Figure]:
    """The change of order and filter, then the usual keys on that list."""
    rounds = Rounds()
    walls: dict[str, list[float]] = {}
    for _ in range(max(run.rounds // 2, 1)):
        for size in run.sizes:
            store = run.store(size)
            with engine_beside(store), Terminal(program(), run.environment(store)) as terminal:
                terminal.read_until(ROWS_SHOWN, 60)
                terminal.settle(SETTLED)
                for what, typed in CHANGES.items():
                    painted = [terminal.press(typed, SETTLED)]
                    rounds.add(f"{what} {size}", painted[0].cpu)
                    walls.setdefault(f"{what} {size}", []).extend(one.wall for one in painted)
                for what in ACTIONS:
                    painted = press_often(terminal, what, run.keys, KEYS)
                    rounds.add(f"{what} {size}", median(one.cpu for one in painted))
                    walls.setdefault(f"{what} {size}", []).extend(one.wall for one in painted)
    for what, words in {**CHANGE_WORDS, **WORDS}.items():
        names = f"{what} {run.large}", f"{what} {run.small}"
        spreads = [f"{median(walls[name]) * 1000:.1f}/{percentile(walls[name], 0.99) * 1000:.1f}" for name in names]
        yield Figure(
            f"filtered.{what}.flat",
            f"filtered and by urgency: {words} on {run.large:,} tickets, processor time",
            f"itself on {run.small:,}",
            rounds.ratios(*names),
            note=f"{rounds.amounts('ms', *names, scale=1000.0)}; "
            f"key to paint p50/p99 {spreads[0]} against {spreads[1]} ms",
        )
