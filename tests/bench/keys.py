"""From a key press to the painted screen: time, processor time and bytes, against Textual's own table."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from tests.bench.beside import engine_beside
from tests.bench.figures import Figure, Rounds, grown, percentile
from tests.bench.run import ROWS_SHOWN, Run, module, program
from tests.bench.terminal import KEYS, ROWS, Painted, Terminal

TABLE_KEYS = {**KEYS, "home": b"\x1b[1;5H", "end": b"\x1b[1;5F"}
"""The table goes to its first and last row with Ctrl."""
SETTLED = 0.5
"""Seconds of silence after which a screen has nothing more to say, the ticket beside the list included."""
ACTIONS = ("down", "page_down", "scroll", "end", "home")
GOALS = {("page_down", "cpu"): 1 / 10, ("scroll", "bytes"): 1 / 40}
WORDS = {
    "down": "one line down",
    "page_down": "page down",
    "scroll": "scroll by one line",
    "end": "End",
    "home": "Home",
}


def measure(run: Run) -> Iterator[Figure]:
    """Keys on each store, and on the table."""
    rounds = Rounds()
    walls: dict[str, list[float]] = {}
    for _ in range(max(run.rounds // 2, 1)):
        for size in run.sizes:
            store = run.store(size)
            with engine_beside(store):
                _press_all(Terminal(program(), run.environment(store)), KEYS, run.keys, str(size), rounds, walls)
        table = Terminal(module("table_app", str(run.table_rows)), run.environment())
        _press_all(table, TABLE_KEYS, run.keys, "table", rounds, walls)
    for action in ACTIONS:
        for size in run.sizes:
            for kind, unit, scale in (("cpu", "ms", 1000.0), ("bytes", "B", 1.0)):
                names = f"{action} {kind} {size}", f"{action} {kind} table"
                note = rounds.amounts(unit, *names, scale=scale)
                if kind == "cpu":
                    note += f"; key to paint p50/p99 {_spread(walls[f'{action} {size}'])}"
                    note += f" against {_spread(walls[f'{action} table'])} ms"
                yield Figure(
                    f"keys.{action}.{kind}",
                    f"{WORDS[action]}, {'processor time' if kind == 'cpu' else 'bytes'}",
                    f"DataTable, {run.table_rows:,} rows",
                    rounds.ratios(*names),
                    goal=GOALS.get((action, kind)),
                    note=note,
                    tickets=size,
                )
        what = f"{WORDS[action]}, processor time"
        yield from grown(f"keys.{action}", what, rounds, run.sizes, f"{action} cpu")


def _press_all(
    program: Terminal, keys: dict[str, bytes], times: int, who: str, rounds: Rounds, walls: dict[str, list[float]]
) -> None:
    """Each action some times on one program."""
    with program as terminal:
        terminal.read_until(ROWS_SHOWN, 60)
        terminal.settle(SETTLED)
        for action in ACTIONS:
            painted = press_often(terminal, action, times, keys)
            rounds.add(f"{action} cpu {who}", median(one.cpu for one in painted))
            rounds.add(f"{action} bytes {who}", median(one.sent for one in painted))
            walls.setdefault(f"{action} {who}", []).extend(one.wall for one in painted)


def press_often(terminal: Terminal, action: str, times: int, keys: dict[str, bytes]) -> list[Painted]:
    """Press the action's key some times, each on a quiet screen."""
    _go(terminal, keys["home"])
    if action == "scroll":  # the cursor to the bottom line first: from there each step scrolls
        for _ in range(ROWS + 5):
            terminal.press(keys["down"], 0.01)
    painted = []
    for _ in range(times if action not in ("end", "home") else max(times // 6, 2)):
        if action in ("end", "home"):
            _go(terminal, keys["home" if action == "end" else "end"])
        terminal.settle(0.25)
        painted.append(terminal.press(keys["down" if action == "scroll" else action]))
    return painted


def _go(terminal: Terminal, key: bytes) -> None:
    terminal.press(key)
    terminal.settle(SETTLED)


def _spread(walls: list[float]) -> str:
    return f"{median(walls) * 1000:.1f}/{percentile(walls, 0.99) * 1000:.1f}"
