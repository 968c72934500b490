"""A street with an engine on it, and a judge that goes through the whole store and believes nobody."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from core.clock import SetClock
from core.desk.actor import Actor
from core.desk.desk import Desk, open_desk
from core.desk.ledger import Ledger, chain_hash
from core.desk.orders import Accept, Assess, Dispatch, Report
from core.engine.loop import Engine
from core.rules.projection import apply, open_case
from data.location import locate
from data.row_check import rotten_in
from data.store import Store
from data.tables import CENTRE_LOG, ClockDue, LadderStep, Notice, TicketEvent, table
from data.terms import Role
from tests.street import START

CENTRE = 1
ADMIN = Actor("xi", "席统", roles=frozenset({Role.SYSTEM_ADMIN.value}))
"""Who sets where notices go."""


class Steady:
    """A steady clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Rig:
    """A small street, its desk, its clocks, and engines to order."""

    def __init__(self, url: str) -> None:
        """On a store with the small street."""
        self.url = locate(url)
        self.store = Store(self.url)
        self.clock = SetClock(START)
        self.steady = Steady()
        self.desk: Desk = open_desk(self.store, self.clock)
        self.duty = self.desk.actor("zhang")
        self.engines: list[Engine] = []

    def engine(self, **options: Any) -> Engine:
        made = Engine(self.store, self.clock, CENTRE, steady_clock=self.steady, seed=1, **options)
        self.engines.append(made)
        return made

    def report(self, title: str = "井盖缺失") -> str:
        return self.desk.do(Report(title=title, source="phone", community="C01"), self.duty).ticket

    def dispatched(self, title: str = "井盖缺失") -> str:
        code = self.report(title)
        self.desk.do(Accept(ticket=code), self.duty)
        self.desk.do(Assess(ticket=code, matter="BJ0101"), self.duty)
        self.desk.do(Dispatch(ticket=code), self.duty)
        return code

    def later(self, **span: float) -> None:
        """Time passes while the engine beats."""
        self.away(**span)
        for engine in self.engines:
            if engine.lease.held:
                engine.lease.kept(self.now())

    def away(self, **span: float) -> None:
        """Time passes, and no engine beats."""
        before = self.clock.now()
        self.steady.seconds += (self.clock.advance(**span) - before).total_seconds()

    def now(self) -> int:
        return int(self.clock.now().timestamp())

    def rows(self, model: Any, order: str = "id") -> list[dict[str, Any]]:
        source = table(model)
        with self.store.read() as connection:
            query = select(source).where(source.c.centre_id == CENTRE).order_by(source.c[order])
            return [dict(row) for row in connection.execute(query).mappings()]

    def steps(self) -> list[str]:
        """What fired, in the order of the log."""
        return [event["body"]["step"] for event in self.rows(TicketEvent) if event["kind"] == "engine_step"]

    def notices(self) -> list[dict[str, Any]]:
        return self.rows(Notice)

    def due(self) -> list[dict[str, Any]]:
        return self.rows(ClockDue, "next_at")

    def close(self) -> None:
        self.store.close()


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


# ------------------------------------------------------------------------------------------------ the judge


def judge(store: Store, centre: int = CENTRE, per_clock: bool = False) -> dict[str, int]:
    """Hold the store against its own log: chain, projection, custody, due rows, each step once and in order.

    `per_clock`: the order is that of each clock. Over a whole ticket it does not hold where a clock begins overdue
    (what is owed upward counts from the report on) or the wall clock was set. Raises AssertionError; returns how much
    was looked at.
    """
    with store.read() as connection:
        events = _all(connection, TicketEvent, "id")
        steps = _all(connection, LadderStep, "id")
        due = {(row["clock_id"], row["next_at"]) for row in _all(connection, ClockDue, "clock_id")}
        ledger = Ledger(connection, centre, 0, reading=True)
        head = (ledger.chain_no, ledger.chain_hash)
        cases = _replay(events, centre)
        assert head == ((events[-1]["id"], events[-1]["hash"]) if events else (0, ""))
        stored = {case.ticket.id: case for case in ledger.cases(list(cases))}
    assert set(stored) == set(cases)
    for ticket, case in cases.items():
        _same(case, stored[ticket])
        _custody(case)
    waiting = {(c.id, c.next_at) for case in cases.values() for c in case.clocks if c.next_at is not None}
    assert due == waiting, "due rows are the running clocks' next steps, and nothing else"
    _steps_once_and_in_order(events, steps, per_clock)
    if store.sqlite:
        assert rotten_in(store.path, 5) == [], "every row has its checksum"
    return {"events": len(events), "steps": len(steps), "tickets": len(cases)}


def _all(connection: Any, model: Any, order: str) -> list[dict[str, Any]]:
    source = table(model)
    rows = connection.execute(select(source).where(source.c.centre_id == CENTRE).order_by(source.c[order]))
    return [dict(row) for row in rows.mappings()]


def _replay(events: list[dict[str, Any]], centre: int) -> dict[int, Any]:
    cases: dict[int, Any] = {}
    previous = ""
    for number, event in enumerate(events, 1):
        assert event["id"] == number, "the chain has no gaps"
        assert event["hash"] == chain_hash(previous, event), "the chain is whole"
        previous = event["hash"]
        if event["ticket_id"] == CENTRE_LOG:
            continue
        case = cases.setdefault(event["ticket_id"], open_case(centre, event["ticket_id"]))
        assert event["seq"] == case.next_seq
        apply(case, event["seq"], event["at"], event["body"].get("effects", {}))
    return cases


def _same(replayed: Any, stored: Any) -> None:
    for name in ("tasks", "clocks", "custody"):
        left, right = getattr(replayed, name), getattr(stored, name)
        key = "no" if name == "custody" else "id"
        plain = [sorted((_plain(row) for row in rows), key=lambda row: row[key]) for rows in (left, right)]
        assert plain[0] == plain[1], name
    assert _plain(replayed.ticket) == _plain(stored.ticket)


def _plain(row: Any) -> dict[str, Any]:
    return json.loads(json.dumps({name: getattr(row, name) for name in type(row).model_fields}, default=str))


def _custody(case: Any) -> None:
    """Half-open, without gaps, from the first event to the last or to now."""
    segments = case.custody
    for earlier, after in pairwise(segments):
        assert earlier.to_at == after.from_at
        assert earlier.from_at <= earlier.to_at
    assert all(segment.to_at is not None for segment in segments[:-1])


def _steps_once_and_in_order(events: list[dict[str, Any]], steps: list[dict[str, Any]], per_clock: bool) -> None:
    keys = [(step["clock_id"], step["step"], step["generation"]) for step in steps]
    assert len(keys) == len(set(keys)), "no step twice"
    told: dict[Any, list[int]] = defaultdict(list)
    logged = []
    for event in events:
        if event["kind"] != "engine_step" or event["body"].get("double"):
            continue
        body = event["body"]
        doings = [(body["step"], body["nominal_at"]), *map(tuple, body.get("folded", []))]
        for name, nominal in doings:
            logged.append((body["clock"], name, body["generation"]))
            told[logged[-1][::2] if per_clock else event["ticket_id"]].append(nominal)
    assert sorted(logged) == sorted(keys), "the log and the proofs say the same"
    for what, nominals in told.items():
        assert nominals == sorted(nominals), f"steps of {what} in order"
