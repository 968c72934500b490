"""Engines that are killed, doubled, frozen and thawed: each step exactly once, in order, and the log stays whole."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select

from core.desk.desk import open_desk
from core.desk.orders import Accept, GradeIncident, Report
from core.engine.auditor import audit
from core.rules.handover import CLIMBS
from data.location import locate
from data.store import Store
from data.tables import ClockRow, Duty, LadderStep, TicketEvent, table
from data.terms import UPWARD_CLOCKS, Grade, Role
from tests.core.engine.rig import judge
from tests.faults.engine_process import FastClock
from tests.faults.rig import engines, freeze, lease_of, naive_engines, storm, thaw, wait_for
from tests.street import START, small_street

SPEED = 480.0
"""An hour passes in seven and a half seconds."""
STEPS = 7
"""Steps of a ticket that nobody accepts."""


@pytest.fixture
def dice(seed: int) -> random.Random:
    print(f"seed: {seed}")
    return random.Random(seed)


def _street(url: str, tickets: int, spread: float) -> tuple[Store, FastClock, list[str]]:
    """A street whose tickets fall due over `spread` minutes, and a clock that starts now."""
    store = Store(locate(url), create=True)
    desk = small_street(store)
    duty = desk.actor("zhang")
    codes = []
    for number in range(tickets):
        desk.clock.set(START + timedelta(minutes=spread * number / tickets))  # type: ignore[attr-defined]
        codes.append(desk.do(Report(title=f"第 {number} 件", source="phone", community="C01"), duty).ticket)
    return store, FastClock(START, time.time(), SPEED), codes


def _finish(store: Store, clock: FastClock, size: int = 2) -> int:
    """Let engines work in peace until every accept ladder is done, and all else that was due by then; returns when."""
    with engines(store.url, clock, size):
        wait_for(lambda: _done(store), 60)
        now = _now(clock)
        wait_for(lambda: not _owed(store, now), 60)
        return now


def _now(clock: FastClock) -> int:
    return int(clock.now().timestamp())


def _done(store: Store) -> bool:
    with store.reader() as reader:
        row = reader.one(
            "SELECT count(*) FROM clock_due k JOIN clock c ON c.centre_id = k.centre_id AND c.id = k.clock_id"
            " WHERE k.centre_id = :centre AND c.kind = 'accept'",
            centre=1,
        )
    return bool(row and row[0] == 0)


def _owed(store: Store, now: int) -> int:
    """Clocks whose next step was due by an instant and is not done."""
    with store.reader() as reader:
        row = reader.one(
            "SELECT count(*) FROM clock_due WHERE centre_id = :centre AND next_at <= :now", centre=1, now=now
        )
    return int(row[0]) if row else 0


def _once_each(store: Store, untouched: int, now: int) -> None:
    """Every step that the rules ask for by `now` was done once, and tickets that nobody touched went all the way."""
    found = judge(store)
    proofs = table(LadderStep)
    with store.read() as connection:
        findings = audit(connection, 1, now, grace=0)
        rows = connection.execute(select(proofs.c.ticket_id).where(proofs.c.centre_id == 1))
        steps = Counter(row.ticket_id for row in rows)
    assert findings.clean, findings
    assert sum(1 for count in steps.values() if count == STEPS) >= untouched
    assert found["steps"] == sum(steps.values())


@pytest.mark.slow
def test_killed_at_any_moment_each_step_happens_once(sqlite_database: str, dice: random.Random) -> None:
    """Two engines at all times, one of them killed with SIGKILL every few tenths of a second, an officer at work."""
    store, clock, codes = _street(sqlite_database, tickets=120, spread=40)
    desk = open_desk(store, clock)
    duty = desk.actor("zhang")
    accepted = dice.sample(codes, 20)
    todo = list(accepted)

    def officer() -> None:
        if todo and dice.random() < 0.5:
            desk.do(Accept(ticket=todo.pop()), duty)

    with engines(store.url, clock, 2) as crowd:
        storm(crowd, dice, 30, officer)
    _once_each(store, len(codes) - len(accepted), _finish(store, clock))
    store.close()


@pytest.mark.slow
def test_killed_between_what_is_owed_upward_is_pressed_once(sqlite_database: str, dice: random.Random) -> None:
    """Reports upward that nobody makes: warned of, then late, then before the commander, once each, over the kills.

    So with a shift that changes meanwhile without a handover: noted once, each leader told once.
    """
    store, clock, codes = _street(sqlite_database, tickets=8, spread=4)
    _change_of_shift(store, START + timedelta(minutes=5))
    desk = open_desk(store, clock)
    leader = desk.actor("wang")
    for code in codes:
        desk.do(GradeIncident(ticket=code, grade=Grade.II), leader)
    with engines(store.url, clock, 2) as crowd:
        storm(crowd, dice, 8)
        wait_for(lambda: _upward_steps(store) >= 6 * len(codes) and _handover_step(store) == len(CLIMBS), 60)
    with store.read() as connection:
        steps, clocks = table(LadderStep).c, table(ClockRow).c
        rows = connection.execute(
            select(steps.clock_id, steps.step)
            .join_from(table(LadderStep), table(ClockRow), steps.clock_id == clocks.id)
            .where(steps.centre_id == 1, clocks.centre_id == 1, clocks.kind.in_([str(kind) for kind in UPWARD_CLOCKS]))
        ).all()
    assert max(Counter(tuple(row) for row in rows).values()) == 1
    assert Counter(step for _, step in rows) == dict.fromkeys(("warn#0", "leader#0", "commander#0"), 2 * len(codes))
    with store.read() as connection:
        events = table(TicketEvent).c
        query = select(events.body).where(events.centre_id == 1, events.kind == "handover_due").order_by(events.id)
        bodies = [body for (body,) in connection.execute(query)]
    assert [body["state"] for body in bodies] == ["owed"] * len(bodies)
    assert [role for body in bodies for role in body.get("roles", ())] == [role.value for role in CLIMBS]
    assert sum("roles" not in body for body in bodies) == 1
    assert judge(store)["steps"] > len(rows)
    store.close()


def _change_of_shift(store: Store, at: datetime) -> None:
    change = int(at.timestamp())
    hours = {1: (change - 28_800, change), 5: (change, change + 28_800)}
    with store.write() as connection:
        connection.execute(
            insert(table(Duty)),
            [
                {"centre_id": 1, "id": officer, "officer_id": officer, "kind": "shift", "role": Role.DUTY_OFFICER.value,
                 "from_at": begin, "to_at": end, "note": ""}
                for officer, (begin, end) in hours.items()
            ],
        )  # fmt: skip


def _handover_step(store: Store) -> int:
    with store.reader() as reader:
        row = reader.one("SELECT max(step) FROM handover WHERE centre_id = :centre", centre=1)
    return int(row[0] or 0) if row else 0


def _upward_steps(store: Store) -> int:
    with store.reader() as reader:
        row = reader.one(
            "SELECT count(*) FROM ladder_step s JOIN clock k ON k.centre_id = s.centre_id AND k.id = s.clock_id"
            " WHERE s.centre_id = :centre AND k.kind IN ('up_phone', 'up_written')",
            centre=1,
        )
    return int(row[0]) if row else 0


@pytest.mark.slow
@pytest.mark.pg
def test_killed_at_any_moment_on_a_server_too(postgres_database: str, dice: random.Random) -> None:
    store, clock, codes = _street(postgres_database, tickets=40, spread=10)
    with engines(store.url, clock, 3) as crowd:
        storm(crowd, dice, 15)
        print(f"{crowd.kills} kills")
    _once_each(store, len(codes), _finish(store, clock))
    store.close()


@pytest.mark.slow
def test_the_rig_sees_a_naive_engine_double(sqlite_database: str, dice: random.Random) -> None:
    """The canary: without claim and key, the same storm must do steps twice, or the rig proves nothing."""
    store, clock, _ = _street(sqlite_database, tickets=120, spread=20)
    with store.write() as connection:
        connection.exec_driver_sql("CREATE TABLE naive_step (clock_id BIGINT, at BIGINT)")
    with naive_engines(store.url, clock, 2) as crowd:
        storm(crowd, dice, 12)
    with store.read() as connection:
        steps = Counter(connection.exec_driver_sql("SELECT clock_id, at FROM naive_step").all())
    doubled = sum(1 for count in steps.values() if count > 1)
    print(f"{doubled} of {len(steps)} doubled")
    assert doubled > 0
    store.close()


@pytest.mark.slow
def test_a_frozen_leader_wakes_with_an_old_fence_and_does_nothing_wrong(
    sqlite_database: str, dice: random.Random
) -> None:
    store, clock, codes = _street(sqlite_database, tickets=60, spread=40)
    with engines(store.url, clock, 2) as crowd:
        for _ in range(4):
            before = wait_for(lambda: (found := lease_of(store)) and found.holder and found)
            leader = next(p for p in crowd.alive if f":{p.pid}:" in before.holder)
            freeze(leader, store)
            after = wait_for(lambda b=before: (found := lease_of(store)) and found.fence > b.fence and found)
            assert f":{leader.pid}:" not in after.holder
            time.sleep(dice.uniform(0.1, 0.6))
            thaw(leader)
            time.sleep(dice.uniform(0.1, 0.4))
            assert lease_of(store).fence == after.fence  # type: ignore[union-attr]
        wait_for(lambda: _done(store), 60)
        now = _now(clock)
    _once_each(store, len(codes), now)
    store.close()


def test_three_engines_at_once_share_the_work_without_doubling_it(store_url: str) -> None:
    store, clock, codes = _street(store_url, tickets=25, spread=2)
    clock.began -= 40 * 60 / SPEED  # everything is due at once
    _once_each(store, len(codes), _finish(store, clock, size=3))
    store.close()
