"""The queue's pages through the read models, against the same driver running the same SQL; and by the store's size."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from data.queries.queue import QueueLine, count, late_and_soon, page_after
from data.reader import Reader
from data.sqlite import driver
from tests.bench.figures import Figure, Rounds, grown
from tests.bench.run import Run
from tests.bench.spying import Spy

PAGE = 128
"""Lines that the console asks for at once."""
PAGES = 40
"""Pages read per round."""
CENTRE = 1
FIGURES = (
    ("counters", "how many tickets are open: kept, not counted", 3.0),
    ("late", "how many are late and past their pre-warning: counted to a cap", None),
)


def measure(run: Run) -> Iterator[Figure]:
    """First and next pages, and the figures beside them."""
    rounds = Rounds()
    stores = {size: run.store(size) for size in run.sizes}
    for _ in range(run.rounds):
        for size, store in stores.items():
            for what, ours, raw in _page_times(store, run.random(f"queue {size}")):
                rounds.add(f"{what} {size}", ours)
                rounds.add(f"{what} {size} raw", raw)
            for what, took in _figure_times(store):
                rounds.add(f"{what} {size}", took)
    for what in ("first", "next"):
        for size in run.sizes:
            name = f"{what} {size}"
            yield Figure(
                f"queue.{what}",
                f"{what} page of the queue ({PAGE} lines)",
                "raw sqlite3, same SQL",
                rounds.ratios(name, f"{name} raw"),
                goal=3,
                note=rounds.amounts("ms", name, f"{name} raw", scale=1000),
                tickets=size,
            )
        title = f"{what} page of the queue"
        yield from grown(f"queue.{what}", title, rounds, run.sizes, what, goal=3)
    for what, title, goal in FIGURES:
        yield from grown(f"queue.{what}", title, rounds, run.sizes, what, goal=goal)


def _figure_times(store: Path) -> Iterator[tuple[str, float]]:
    """(which figures, seconds), medians."""
    now = int(time.time())
    with Reader(f"sqlite:///{store}") as reader:
        yield "counters", median(_time(lambda: count(reader, CENTRE)) for _ in range(PAGES))
        yield "late", median(_time(lambda: late_and_soon(reader, CENTRE, now)) for _ in range(PAGES))


def _page_times(store: Path, chance: Any) -> Iterator[tuple[str, float, float]]:
    """(which page, seconds through the read models, seconds raw), medians over pages read in turns."""
    with Reader(f"sqlite:///{store}") as reader:
        raw = driver().connect(str(store), isolation_level=None)
        low, high = raw.execute("SELECT min(due_at), max(due_at) FROM ticket WHERE open = 1").fetchone()
        keys: dict[str, list[tuple[int, int] | None]] = {
            "first": [None] * PAGES,
            "next": [(chance.randrange(low, high), 0) for _ in range(PAGES)],
        }
        for what, starts in keys.items():
            yield what, *_in_turns(reader, raw, starts)
        raw.close()


def _in_turns(reader: Reader, raw: Any, starts: Sequence[tuple[int, int] | None]) -> tuple[float, float]:
    """The same pages both ways, each way first every other time, so that neither finds the other's pages warm."""
    spy = Spy(reader)
    page_after(reader, CENTRE, (0, 0), PAGE)
    sql, values = spy.said[-1]
    reader._connection = spy.connection
    ours, plain = [], []
    for number, start in enumerate(starts):
        due, ticket = start or (-1, -1)
        asked = {**values, "at": due, "ticket": ticket}
        lines: list[QueueLine] = []
        rows: list[Any] = []
        ways = [
            (ours, lambda lines=lines, start=start: lines.extend(page_after(reader, CENTRE, start, PAGE))),
            (plain, lambda rows=rows, asked=asked: rows.extend(raw.execute(sql, asked).fetchall())),
        ]
        for times, work in ways if number % 2 else ways[::-1]:
            times.append(_time(work))
        if [line.id for line in lines] != [row[0] for row in rows]:
            raise AssertionError("the two ways found different tickets")
    return median(ours), median(plain)


def _time(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
