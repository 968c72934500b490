"""The statements behind operations, the engine and imports find their rows by an index, however many tickets there are.

SQLite plans without statistics, so a small store shows the plans of a large one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from core.clock import SetClock
from core.desk.actor import IMPORT
from core.desk.desk import Desk, open_desk
from core.desk.orders import Accept, Note, Order, Pause, Remind, Report, Resume, Return, Supervise
from core.engine.loop import Engine
from core.exchange.importing import import_tickets
from core.exchange.maps import load_map
from data.sqlite import driver
from data.store import Store
from data.terms import PauseReason, ReturnReason
from tests.bench.cases import life
from tests.bench.reports import MAP, write_reports
from tests.bench.stores import copy_of, store_of

CENTRE = 1
BIG = "ticket|ticket_event|clock|clock_due|custody|task|notice|ladder_step|request"
WALKS = re.compile(rf"SCAN (?:{BIG})\b|SEARCH (?:{BIG})\b.*\(centre_id=\?\)$")
"""A step of a plan that reads a whole table, or all rows of the centre …"""
FIRST_OF_ALL = re.compile(r"WHERE clock_due\.centre_id = \? ORDER BY clock_due\.next_at, clock_due\.clock_id\s+LIMIT")
"""… unless it only takes the first, in the order in which they lie."""


class Listener:
    """Keeps every statement that a store's connections run."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.said: dict[str, Any] = {}
        for engine in {store.engine, store._reading}:
            event.listen(engine, "before_cursor_execute", self._hear)

    def _hear(self, _connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        self.said[statement] = values[0] if many else values

    def walks(self) -> list[str]:
        """The statements whose plan reads too much."""
        connection = driver().connect(self.store.path)
        found = []
        for statement, values in self.said.items():
            if not re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT)", statement) or FIRST_OF_ALL.search(statement):
                continue
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
            if any(WALKS.match(step) for step in plan):
                found.append(f"{plan}\n{statement}")
        connection.close()
        return found


@pytest.fixture(scope="module")
def woven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_of(tmp_path_factory.mktemp("stores"), 200)


@pytest.fixture
def store(woven: Path) -> Iterator[Store]:
    with copy_of(woven, "plans") as path:
        opened = Store(f"sqlite:///{path}")
        yield opened
        opened.close()


@pytest.fixture
def desk(store: Store) -> Desk:
    return open_desk(store, SetClock(datetime.now(UTC)))


def test_a_plan_that_walks_is_seen(store: Store) -> None:
    listener = Listener(store)
    with store.read() as connection:
        clocks = "SELECT id FROM clock WHERE centre_id = 1 AND ticket_id IN (5) ORDER BY ticket_id, id"
        connection.exec_driver_sql(clocks)
    assert len(listener.walks()) == 1


def test_operations(desk: Desk) -> None:
    listener = Listener(desk.store)
    duty, post = desk.actor("zhang"), desk.actor("li")
    code = desk.do(Report(title="路灯不亮", community="C01"), duty, key="one").ticket
    desk.do(Report(title="路灯不亮", community="C01"), duty, key="one")
    for order in life(8, code):
        desk.do(order, post if order.verb in ("acknowledge", "arrive") else duty)
    orders: tuple[tuple[Order, Any], ...] = (
        (Note(ticket=code, text="已联系"), post),
        (Pause(ticket=code, code=PauseReason.THIRD_PARTY, reason="等配件"), desk.actor("wang")),
        (Resume(ticket=code), desk.actor("wang")),
        (Remind(ticket=code), duty),
        (Supervise(ticket=code), desk.actor("wang")),
        (Return(ticket=code, code=ReturnReason.NOT_OURS, reason="不属于本岗"), post),
    )
    done = [desk.do(order, actor).verb for order, actor in orders]
    assert len(done) == len(orders)
    assert desk.possible(code, duty)
    with pytest.raises(Exception, match=code):
        desk.do(Accept(ticket=code), duty, seen=1)
    assert listener.walks() == []


def test_the_engine(desk: Desk) -> None:
    clock = SetClock(datetime.now(UTC))
    engine = Engine(desk.store, clock, CENTRE, seed=1)
    listener = Listener(desk.store)
    engine.once()
    clock.advance(days=3)
    swept = engine.once().swept
    with desk.store.read() as connection:
        engine.outbox._due(connection)
    engine.close()
    assert swept is not None
    assert swept.fired
    assert listener.walks() == []


def test_an_import(desk: Desk, tmp_path: Path) -> None:
    listener = Listener(desk.store)
    file = write_reports(tmp_path / "reports.csv", 30, 1)
    made = import_tickets(desk.store, desk.clock, CENTRE, file, load_map(MAP), IMPORT, chunk=10)
    again = import_tickets(desk.store, desk.clock, CENTRE, file, load_map(MAP), IMPORT, chunk=10)
    assert (made.created, again.unchanged) == (30, 30)
    assert listener.walks() == []
