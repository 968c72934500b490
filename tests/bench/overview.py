"""The overview's reads by the size of the store, now and on a day that is full of reports."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from console.backend.overview import OverviewReader
from data.queries import organisation
from data.reader import Reader
from tests.bench.figures import Figure, Rounds, grown
from tests.bench.run import Run
from tests.bench.weaving import DAY

READS = 10
"""Times that the overview is read per round."""
FULL_DAY = 10 * DAY
"""How long ago: reports of the woven stores lie between three and ninety-three days back."""


def measure(run: Run) -> Iterator[Figure]:
    """Reading everything that the overview shows."""
    rounds = Rounds()
    stores = {size: run.store(size) for size in run.sizes}
    for _ in range(run.rounds):
        for size, store in stores.items():
            for what, back in (("now", 0), ("full", FULL_DAY)):
                rounds.add(f"{what} {size}", _read_time(store, back))
    for what, title in (("now", "the overview, everything on it"), ("full", "the overview on a day full of reports")):
        yield from grown(f"overview.{what}", f"reading {title} (CPU)", rounds, run.sizes, what)


def _read_time(store: Path, back: int) -> float:
    """Processor seconds of one reading, the first one left out: it also reads units and map."""
    now = int(time.time()) - back
    with Reader(f"sqlite:///{store}") as reader:
        overview = OverviewReader(lambda: reader, organisation.centres(reader)[0])
        overview.read(now)
        began = time.process_time()
        for _ in range(READS):
            overview.read(now)
        return (time.process_time() - began) / READS
