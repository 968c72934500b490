"""A sweep over a thousand grids: its one transaction, one hand's part, who is how far, the engine with all due.

Baselines: the same rows written by plain executemany into the same tables; the same on tickets with one hand each.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from core.clock import SetClock
from core.desk.desk import Desk
from core.desk.orders import Acknowledge, FinishTask, Order, Report
from core.desk.sweep_orders import Sweep
from core.engine.loop import Engine
from data.queries.sweeps import by_community, progress
from data.queries.tickets import ticket_id
from data.sqlite import driver
from data.store import Store
from data.tables import ClockDue, ClockRow, Custody, Notice, Task, Ticket, TicketEvent, Unit, table
from data.terms import UnitKind
from tests.bench.figures import Figure, Rounds
from tests.bench.run import Run
from tests.street import START, small_street

CENTRE = 1
UNITS = 1000
FIRST = 10_000
"""Ids of the grids that are added to the small street."""
WRITTEN = (Ticket, TicketEvent, Task, ClockRow, Custody, ClockDue, Notice)
FEW = 20
"""Hands that answer, and sweeps with one hand each to compare them with."""
LINES = (
    ("sweep", "plain", "a sweep over {units:,} grids, in one transaction", "executemany of the same rows"),
    ("acknowledge", "one acknowledges", "one of {units:,} hands acknowledges", "the only hand of a ticket"),
    ("finish", "one finishes", "one of {units:,} hands finishes", "the only hand of a ticket"),
    ("progress", "one progress", "how far each of {units:,} hands is", "the only hand of a ticket"),
    (
        "engine",
        "engine apart",
        "a step of the ladder, {units:,} hands of one ticket due at once",
        "as many tickets, a hand each",
    ),
)


def measure(run: Run) -> Iterator[Figure]:
    """Each beside its baseline, round by round, by processor time."""
    rounds, units = Rounds(), min(UNITS, max(run.sweep // 5, 2))
    with tempfile.TemporaryDirectory(dir=run.work) as folder:
        for turn in range(run.rounds):
            _measure_one_sweep(Path(folder) / f"{turn}.db", units, rounds)
            rounds.add("engine apart", _fire(*_apart(Path(folder) / f"{turn}-apart.db", units)))
    for name, baseline, what, against in LINES:
        values = rounds.ratios(name, baseline)
        note = rounds.amounts("ms", name, baseline, scale=1000)
        yield Figure(f"hands.{name}", what.format(units=units), against, values, note=note)


def _measure_one_sweep(path: Path, units: int, rounds: Rounds) -> None:
    desk, clock = _street(path, units)
    duty, few = desk.actor("zhang"), min(FEW, units)
    codes = [_code(number) for number in range(units)]
    apart = [_sweep(desk, units=[code]) for code in codes[:few]]
    before = {model: _rows(desk.store, model) for model in WRITTEN}
    plain = path.with_suffix(".plain")
    connection = driver().connect(str(path))
    connection.execute("VACUUM INTO ?", (str(plain),))
    connection.close()
    began = time.process_time()
    swept = _sweep(desk, kinds=[UnitKind.GRID], tags=["bench"])
    rounds.add("sweep", time.process_time() - began)
    rounds.add("plain", _write_plainly(plain, _new(desk.store, before)))

    def each(make: Callable[[str, str], Order], tickets: list[str]) -> float:
        orders = [make(ticket, code) for ticket, code in zip(tickets, codes, strict=False)]
        return _timed(lambda: [desk.do(order, duty) for order in orders]) / len(orders)

    rounds.add("acknowledge", each(_acknowledge, [swept] * few))
    rounds.add("one acknowledges", each(_acknowledge, apart))
    rounds.add("finish", each(_finish, [swept] * few))
    rounds.add("one finishes", each(_finish, apart))
    rounds.add("progress", _timed(lambda: _look(desk, swept)))
    rounds.add("one progress", _timed(lambda: _look(desk, apart[0])))
    rounds.add("engine", _fire(desk, clock))


def _apart(path: Path, units: int) -> tuple[Desk, SetClock]:
    """As many sweeps as there are grids, each over one."""
    desk, clock = _street(path, units)
    for number in range(units):
        _sweep(desk, units=[_code(number)])
    return desk, clock


def _street(path: Path, units: int) -> tuple[Desk, SetClock]:
    """The small street with more grids."""
    clock = SetClock(START)
    store = Store(f"sqlite:///{path}", create=True)
    desk, unit = small_street(store, clock), table(Unit)
    with store.write() as connection:
        like = dict(
            connection.execute(select(unit).where(unit.c.centre_id == CENTRE, unit.c.code == "G01")).mappings().one()
        )
        connection.execute(
            insert(unit),
            [
                {
                    **like,
                    "id": FIRST + number,
                    "code": _code(number),
                    "name": f"网格{number}",
                    "facts": {"tags": ["bench"]},
                }
                for number in range(units)
            ],
        )
    return desk, clock


def _code(number: int) -> str:
    return f"T{number:04d}"


def _sweep(desk: Desk, **whom: Any) -> str:
    duty = desk.actor("zhang")
    origin = desk.do(Report(title="外墙瓷砖脱落", matter="BJ0101"), duty).ticket
    return desk.do(Sweep(ticket=origin, title="外墙排查", lead="CSGX", limit="3 work_day", **whom), duty).opened


def _acknowledge(ticket: str, code: str) -> Order:
    return Acknowledge(ticket=ticket, unit=code)


def _finish(ticket: str, code: str) -> Order:
    return FinishTask(ticket=ticket, unit=code, result="已查 40 户")


def _look(desk: Desk, code: str) -> None:
    with desk.store.reader() as reader:
        by_community(progress(reader, CENTRE, ticket_id(reader, CENTRE, code), desk.now()))


def _rows(store: Store, model: Any) -> list[dict[str, Any]]:
    with store.read() as connection:
        found = connection.execute(select(table(model)).where(table(model).c.centre_id == CENTRE)).mappings()
        return [dict(row) for row in found]


def _new(store: Store, before: dict[Any, list[dict[str, Any]]]) -> dict[Any, list[dict[str, Any]]]:
    """The rows that came with the sweep."""
    keys = {model: [column.name for column in table(model).primary_key.columns] for model in WRITTEN}
    new = {}
    for model in WRITTEN:
        known = {tuple(row[name] for name in keys[model]) for row in before[model]}
        new[model] = [row for row in _rows(store, model) if tuple(row[name] for name in keys[model]) not in known]
    return new


def _write_plainly(path: Path, rows: dict[Any, list[dict[str, Any]]]) -> float:
    """The same rows into a store without them, one executemany for each table, in one commit."""
    store = Store(f"sqlite:///{path}")
    with store.read() as connection:
        connection.execute(select(table(Unit).c.id).where(table(Unit).c.centre_id == CENTRE).limit(1))
    began = time.process_time()
    with store.write() as connection:
        for model in WRITTEN:
            connection.execute(insert(table(model)), rows[model])
    took = time.process_time() - began
    store.close()
    return took


def _fire(desk: Desk, clock: SetClock) -> float:
    """Seconds for each step of one cycle, at the instant at which the acknowledge clocks of all hands are due."""
    with desk.store.reader() as reader:
        due = reader.rows(
            "SELECT next_at, count(*) FROM clock_due WHERE centre_id = :centre GROUP BY next_at ORDER BY next_at",
            centre=CENTRE,
        )
    most = max(amount for _, amount in due)
    engine = Engine(desk.store, clock, CENTRE, seed=1)
    engine.once(send=False)
    for at, amount in due:
        clock.set(datetime.fromtimestamp(at + 1, UTC))
        engine.lease.kept(at)
        began = time.process_time()
        swept = engine.once(send=False).swept
        took = time.process_time() - began
        if amount == most:
            break
    engine.close()
    desk.store.close()
    if swept is None or swept.late or swept.fired < most:
        raise AssertionError(f"not {most} steps in time: {swept}")
    return took / swept.fired


def _timed(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
