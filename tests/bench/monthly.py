"""The monthly list by the size of the store, against the same month counted row by row."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from core.accountability.monthly import month_of, monthly_report
from core.accountability.period import Period
from data.queries import organisation
from data.reader import Reader
from tests.bench.figures import Figure, Rounds, grown
from tests.bench.run import Run
from tests.bench.weaving import DAY

MOST = 1_000_000
"""Tickets of the largest store that is read: its months have a third of them each."""
A_MONTH_AGO = 40 * DAY
"""Reports of the woven stores lie between three and ninety-three days back."""
READS = 5
"""On a large store one is enough: it takes long."""
LARGE = 100_000
ROWS = """
SELECT t.matter_code, t.community_id, t.lead_unit_id, t.on_time, t.bounces FROM ticket t
WHERE t.centre_id = :centre AND t.reported_at >= :begin AND t.reported_at < :end
"""


def measure(run: Run) -> Iterator[Figure]:
    """Both lists of a full month, with the month before."""
    rounds = Rounds()
    sizes = [size for size in run.sizes if size <= MOST] or [run.small]
    for _ in range(run.rounds):
        for size in sizes:
            reads = READS if size <= LARGE else 1
            rounds.add(f"ours {size}", _time(run.store(size), _list, reads))
            rounds.add(f"rows {size}", _time(run.store(size), _row_by_row, reads))
    for size in sizes:
        names = f"ours {size}", f"rows {size}"
        yield Figure(
            "monthly.rows",
            "the monthly list (CPU)",
            "the same driver reading the month's tickets, counted row by row",
            rounds.ratios(*names),
            note=rounds.amounts("ms", *names, scale=1000),
            tickets=size,
        )
    yield from grown("monthly", "the monthly list (CPU)", rounds, sizes, "ours")


def _time(store: Path, read: Callable[[Reader, int, Period, Period, int], object], reads: int) -> float:
    """Processor seconds of one reading."""
    now = int(time.time())
    with Reader(f"sqlite:///{store}") as reader:
        centre = organisation.centres(reader)[0]
        month, before = month_of(time.strftime("%Y-%m", time.gmtime(now - A_MONTH_AGO)), centre.zone, now)
        read(reader, centre.id, month, before, now)
        began = time.process_time()
        for _ in range(reads):
            read(reader, centre.id, month, before, now)
        return (time.process_time() - began) / reads


def _list(reader: Reader, centre: int, month: Period, before: Period, now: int) -> object:
    return monthly_report(reader, centre, month, before, now, 20)


def _row_by_row(reader: Reader, centre: int, month: Period, before: Period, now: int) -> object:
    """What a report without aggregates in the store would do: every ticket of both months is read."""
    counted: Counter[tuple[object, ...]] = Counter()
    for period in (month, before):
        for row in reader.rows(ROWS, centre=centre, begin=period.from_at, end=period.to_at):
            counted[row[0], row[1], row[2]] += 1
    return counted
