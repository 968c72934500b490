"""Searching two characters through the index, against LIKE over the same texts; filters, orders and counts by size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from data.queries import queue
from data.queries.filters import parse
from data.queries.orders import order_named
from data.reader import Reader
from data.sqlite import driver
from tests.bench.figures import Figure, Rounds
from tests.bench.run import Run

CENTRE = 1
PAGE = 128
NOW = 0
RARE, COMMON = "新华路390号", "井盖"
LIKE = (
    "SELECT id FROM ticket WHERE centre_id = 1 AND open = 1"
    " AND (code LIKE :word OR title LIKE :word OR address LIKE :word OR body LIKE :word) ORDER BY due_at, id LIMIT 128"
)
Ask = Callable[[Reader], object]


def measure(run: Run) -> Iterator[Figure]:
    """Words against LIKE on the large store; then everything that must stay flat, large against small."""
    rounds = Rounds()
    stores = {size: run.store(size) for size in run.sizes}
    for _ in range(run.rounds):
        for size, store in stores.items():
            _time_all(rounds, size, store)
    large = run.large
    for name, word in (("rare", RARE), ("common", COMMON)):
        yield Figure(
            f"searching.{name}",
            f"first page of a {name} word ({word}), {large:,} tickets",
            "LIKE over the same texts",
            rounds.ratios(f"words {name} {large}", f"like {name} {large}"),
            goal=0.001 if name == "rare" else None,
            note=rounds.amounts("ms", f"words {name} {large}", f"like {name} {large}", scale=1000),
        )
    if len(run.sizes) < 2:
        return
    for name in FLAT:
        yield Figure(
            f"searching.{name.replace(' ', '-')}",
            f"{name}, {large:,} tickets",
            f"itself on {run.small:,}",
            rounds.ratios(f"{name} {large}", f"{name} {run.small}"),
            note=rounds.amounts("ms", f"{name} {large}", f"{name} {run.small}", scale=1000),
        )


def _page(text: str = "", order: str = "due", last: bool = False) -> Ask:
    def ask(reader: Reader) -> object:
        condition = parse(text, NOW) if text else queue.EVERYTHING
        walk = queue.page_before if last else queue.page_after
        return walk(reader, CENTRE, None, PAGE, 0, condition, order_named(reader, CENTRE, order))

    return ask


def _count(text: str) -> Ask:
    return lambda reader: queue.count(reader, CENTRE, parse(text, NOW))


FLAT: dict[str, Ask] = {
    "count of a rare word": _count(RARE),
    "count of a common word": _count(COMMON),
    "last page of a common word": _page(COMMON, last=True),
    "page of a stage": _page("stage:handling"),
    "last page of a stage": _page("stage:handling", last=True),
    "count of a stage": _count("stage:handling"),
    "page of supervised": _page("supervised"),
    "page by urgency": _page(order="urgency"),
    "last page by urgency": _page(order="urgency", last=True),
    "page by age": _page(order="age"),
    "page by unit": _page(order="unit"),
    "last page by unit": _page(order="unit", last=True),
}


def _time_all(rounds: Rounds, size: int, store: Path) -> None:
    with Reader(f"sqlite:///{store}") as reader:
        raw = driver().connect(str(store), isolation_level=None)
        for name, word in (("rare", RARE), ("common", COMMON)):
            took, lines = _time(lambda word=word: _page(word)(reader))
            rounds.add(f"words {name} {size}", took)
            took, rows = _time(lambda word=word: raw.execute(LIKE, {"word": f"%{word}%"}).fetchall())
            rounds.add(f"like {name} {size}", took)
            if [line.id for line in lines] != [row[0] for row in rows]:
                raise AssertionError(f"the two ways found different tickets for {word}")
        for name, ask in FLAT.items():
            rounds.add(f"{name} {size}", _time(lambda ask=ask: ask(reader))[0])
        raw.close()


def _time(work: Callable[[], Any]) -> tuple[float, Any]:
    """The better of two: the first one finds a cold cache."""
    best, found = 1e9, None
    for _ in range(2):
        began = perf_counter()
        found = work()
        best = min(best, perf_counter() - began)
    return best, found
