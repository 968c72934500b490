"""A sweep over a thousand grids: its one transaction, one hand's part, the ticket's pages, the engine with all due.

Baselines: the same rows written by plain executemany into the same tables; the same on tickets with one hand.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from core.clock import SetClock
from core.desk.orders import Acknowledge, FinishTask, Order, Report
from core.desk.sweep_orders import Sweep
from data.store import Store
from data.tables import ClockDue, ClockRow, Custody, Notice, Task, Ticket, TicketEvent
from data.terms import UnitKind
from tests.bench.figures import Figure, Rounds
from tests.bench.run import Run
from tests.street import START, small_street

UNITS = 1000
FIRST = 10_000
"""Ids of the grids that are added to the small street."""
WRITTEN = (Ticket, TicketEvent, Task, ClockRow, Custody, ClockDue, Notice)
FEW = 20
"""Hands that answer, and tickets with one hand each to compare them with."""
LINES = (
    ("sweep", "plain", f"a sweep over {UNITS:,} grids, in one transaction", "executemany of the same rows"),
    ("acknowledge", "one acknowledges", f"one of {UNITS:,} hands acknowledges", "on a ticket with one hand"),
    ("finish", "one finishes", f"one of {UNITS:,} hands finishes", "on a ticket with one hand"),
    ("progress", "one progress", f"who has done what, of {UNITS:,} hands", "of one hand"),
    ("engine", "engine apart", "a step of the ladder, all hands of one ticket due at once", "as many due, each apart"),
)


def measure(run: Run) -> Iterator[Figure]:
    """Each beside its baseline, round by round, by wall time."""
    rounds, units = Rounds(), UNITS if run.sweep >= UNITS else run.sweep
    with tempfile.TemporaryDirectory(dir=run.work) as folder:
        for turn in range(run.rounds):
            _round(Path(folder) / f"{turn}.db", units, rounds)
    for name, baseline, what, against in LINES:
        values = rounds.ratios(name, baseline)
        yield Figure(f"hands.{name}", what, against, values, note=rounds.amounts("ms", name, baseline, scale=1000))


def _round(path: Path, units: int, rounds: Rounds) -> None:
    store, clock = Store(f"sqlite:///{path}", create=True), SetClock(START)
    desk = small_street(store, clock)
    _add_grids(store, units)
    duty = desk.actor("zhang")
    codes = [f"T{number:04d}" for number in range(units)]
    origin = desk.do(Report(title="外墙瓷砖脱落", matter="BJ0101"), duty).ticket
    before = _keys(store)
    order = Sweep(
        ticket=origin, title="外墙排查", kinds=[UnitKind.GRID], tags=["bench"], lead="CSGX", limit="3 work_day"
    )
    swept = ""

    def sweep() -> None:
        nonlocal swept
        swept = desk.do(order, duty).opened

    rounds.add("sweep", _timed(sweep))
    rows = {model: _new_rows(store, model, before[model]) for model in WRITTEN}
    rounds.add("plain", _timed(lambda: _write_plainly(store, rows)))
    apart = [_ticket_with_one_hand(desk, code) for code in codes[:FEW]]

    def each(make: Callable[[str, str], Order], tickets: list[str]) -> float:
        jobs = [make(ticket, code) for ticket, code in zip(tickets, codes, strict=False)]
        return _timed(lambda: [desk.do(job, duty) for job in jobs]) / len(jobs)

    for name, make in (
        ("acknowledge", lambda ticket, code: Acknowledge(ticket=ticket, unit=code)),
        ("finish", lambda ticket, code: FinishTask(ticket=ticket, unit=code, result="已查 40 户")),
    ):
        verb = {"acknowledge": "one acknowledges", "finish": "one finishes"}[name]
        rounds.add(name, each(make, [swept] * min(FEW, units)))
        rounds.add(verb, each(make, apart[: min(FEW, units)]))
    for name, ticket in (("progress", swept), ("one progress", apart[0])):
        rounds.add(name, _timed(lambda ticket=ticket: _progress(store, ticket)))
    rounds.add("engine", _fire(store, clock) / units)
    store.close()


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
