"""The monthly list on a store of 100,000 tickets, against the same month counted row by row."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from core.accountability.monthly import month_of, monthly_report
from core.accountability.period import Period
from data.queries import organisation
from data.reader import Reader
from tests.bench.figures import Figure, Rounds
from tests.bench.run import Run
from tests.bench.weaving import DAY

TICKETS = 100_000
A_MONTH_AGO = 40 * DAY
"""Reports of the woven stores lie between three and ninety-three days back."""
READS = 5
ROWS = """
SELECT t.matter_code, t.community_id, t.lead_unit_id, t.on_time, t.bounces FROM ticket t
WHERE t.centre_id = :centre AND t.reported_at >= :begin AND t.reported_at < :end
"""


def measure(run: Run) -> Iterator[Figure]:
    """Both lists of a full month, with the month before."""
    tickets = min(TICKETS, run.large)
    store, small, rounds = run.store(tickets), run.store(run.small), Rounds()
    for _ in range(run.rounds):
        rounds.add("ours", _time(store, _list))
        rounds.add("rows", _time(store, _row_by_row))
        rounds.add("small", _time(small, _list))
    yield Figure(
        "monthly.rows",
        f"the monthly list, {tickets:,} tickets (CPU)",
        "the same driver reading the month's tickets, counted row by row",
        rounds.ratios("ours", "rows"),
        note=rounds.amounts("ms", "ours", "rows", scale=1000),
    )
    yield Figure(
        "monthly.small",
        f"the monthly list, {tickets:,} tickets (CPU)",
        f"itself on {run.small:,}",
        rounds.ratios("ours", "small"),
        note=rounds.amounts("ms", "ours", "small", scale=1000),
    )


def _time(store: Path, read: Callable[[Reader, int, Period, Period, int], object]) -> float:
    """Processor seconds of one reading."""
    now = int(time.time())
    with Reader(f"sqlite:///{store}") as reader:
        centre = organisation.centres(reader)[0]
        month, before = month_of(time.strftime("%Y-%m", time.gmtime(now - A_MONTH_AGO)), centre.zone, now)
        read(reader, centre.id, month, before, now)
        began = time.process_time()
        for _ in range(READS):
            read(reader, centre.id, month, before, now)
        return (time.process_time() - began) / READS


def _list(reader: Reader, centre: int, month: Period, before: Period, now: int) -> object:
    return monthly_report(reader, centre, month, before, now, 20)


def _row_by_row(reader: Reader, centre: int, month: Period, before: Period, now: int) -> object:
    """What a report without aggregates in the store would do: every ticket of both months is read."""
    counted: Counter[tuple[object, ...]] = Counter()
    for period in (month, before):
        for row in reader.rows(ROWS, centre=centre, begin=period.from_at, end=period.to_at):
            counted[row[0], row[1], row[2]] += 1
    return counted
