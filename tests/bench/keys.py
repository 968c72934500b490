"""From a key press to the painted screen: time, processor time and bytes, against Textual's own table."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from tests.bench.beside import engine_beside
from tests.bench.figures import Figure, Rounds, percentile
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
    """Keys on the largest and the smallest store, and on the table."""
    rounds = Rounds()
    walls: dict[str, list[float]] = {}
    contenders = (
        ("console", program(), run.large),
        ("small", program(), run.small),
        ("table", module("table_app", str(run.table_rows)), run.large),
    )
    for _ in range(max(run.rounds // 2, 1)):
        for who, command, size in contenders:
            store = run.store(size)
            with engine_beside(store), Terminal(command, run.environment(store)) as terminal:
                terminal.read_until(ROWS_SHOWN, 60)
                terminal.settle(SETTLED)
                for action in ACTIONS:
                    painted = press_often(terminal, action, run.keys, TABLE_KEYS if who == "table" else KEYS)
                    rounds.add(f"{who} {action} cpu", median(one.cpu for one in painted))
                    rounds.add(f"{who} {action} bytes", median(one.sent for one in painted))
                    walls.setdefault(f"{who} {action}", []).extend(one.wall for one in painted)
    for action in ACTIONS:
        for kind, unit, scale in (("cpu", "ms", 1000.0), ("bytes", "B", 1.0)):
            names = f"console {action} {kind}", f"table {action} {kind}"
            note = rounds.amounts(unit, *names, scale=scale)
            if kind == "cpu":
                note += f"; key to paint p50/p99 {_spread(walls[f'console {action}'])}"
                note += f" against {_spread(walls[f'table {action}'])} ms"
            yield Figure(
                f"keys.{action}.{kind}",
                f"{WORDS[action]} on {run.large:,} tickets, {'processor time' if kind == 'cpu' else 'bytes'}",
                f"DataTable, {run.table_rows:,} rows",
                rounds.ratios(*names),
                goal=GOALS.get((action, kind)),
                note=note,
            )
        names = f"console {action} cpu", f"small {action} cpu"
        yield Figure(
            f"keys.{action}.flat",
            f"{WORDS[action]} on {run.large:,} tickets, processor time",
            f"itself on {run.small:,}",
            rounds.ratios(*names),
            note=f"{rounds.amounts('ms', *names, scale=1000.0)}; key to paint p50/p99 "
            f"{_spread(walls[f'console {action}'])} against {_spread(walls[f'small {action}'])} ms; "
            f"{rounds.amounts('B', f'console {action} bytes', f'small {action} bytes')}",
        )


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
