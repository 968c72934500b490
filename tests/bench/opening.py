"""From the start of the program to the first ticket on the screen, cold, against a bare Textual table."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from tests.bench.beside import engine_beside
from tests.bench.figures import Figure, Rounds, grown
from tests.bench.run import ROWS_SHOWN, Run, module, program
from tests.bench.table_app import VISIBLE
from tests.bench.terminal import Terminal

LIMIT = 60
"""Seconds after which a program counts as not opening."""


def measure(run: Run) -> Iterator[Figure]:
    """First paint of the console on each store."""
    rounds = Rounds()
    stores = {size: run.store(size) for size in run.sizes}
    with contextlib.ExitStack() as stack:
        for store in stores.values():
            stack.enter_context(engine_beside(store))
        for turn in range(run.rounds + 1):
            readings = {f" {size}": _first_paint(program(), run.environment(store)) for size, store in stores.items()}
            readings[" table"] = _first_paint(module("table_app", str(VISIBLE)), run.environment())
            for name, (wall, cpu) in readings.items():
                if turn:  # the first round only warms the disk
                    rounds.add(f"wall{name}", wall)
                    rounds.add(f"cpu{name}", cpu)
    for kind, what in (("cpu", "processor time"), ("wall", "time")):
        for size in run.sizes:
            names = f"{kind} {size}", f"{kind} table"
            yield Figure(
                f"opening.{kind}",
                f"console, start to first ticket on the screen, {what}",
                f"bare Textual DataTable app, {VISIBLE} rows",
                rounds.ratios(*names),
                goal=1.0 if kind == "cpu" else None,
                note=rounds.amounts("ms", *names, scale=1000),
                tickets=size,
            )
    what = "console, start to first ticket on the screen, processor time"
    yield from grown("opening", what, rounds, run.sizes, "cpu")


def _first_paint(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds, and processor seconds of the whole program, until the first tickets stand on the screen."""
    with Terminal(command, environment) as terminal:
        terminal.read_until(ROWS_SHOWN, LIMIT)
        return time.perf_counter() - terminal.began, terminal.cpu()
