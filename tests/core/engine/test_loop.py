"""The loop in its thread: it beats, survives a store in trouble, and gives the lease back."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import event, text

from core.clock import SystemClock
from core.desk.ledger import Ledger
from core.engine.loop import Cycle, Engine
from data.errors import StoreTrouble
from data.queries.engine import Silence, beat
from data.tables import Lease
from tests.core.engine.rig import Rig, judge


def _until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def _beats(rig: Rig) -> int:
    rows = rig.rows(Lease, "name")
    return int(rows[0]["beat_no"]) if rows else 0


def test_it_beats_fires_and_gives_the_lease_back(rig: Rig) -> None:
    rig.report()
    cycles: list[Cycle] = []
    engine = Engine(rig.url, rig.clock, 1, cycle=0.05, on_cycle=cycles.append)
    engine.start()
    _until(lambda: _beats(rig) > 2)
    rig.clock.advance(minutes=4)
    _until(rig.steps)
    engine.stop()
    assert rig.rows(Lease, "name")[0]["holder"] == ""
    assert not [cycle for cycle in cycles if cycle.error]
    assert sum(cycle.swept.fired for cycle in cycles if cycle.swept) == 1


def test_two_engines_and_the_second_goes_on_when_the_first_stops(rig: Rig) -> None:
    rig.report()
    engines = [Engine(rig.url, rig.clock, 1, cycle=0.05, ttl=5) for _ in range(2)]
    for engine in engines:
        engine.start()
    _until(lambda: _beats(rig) > 2)
    first = next(engine for engine in engines if engine.lease.held)
    second = next(engine for engine in engines if engine is not first)
    first.stop()
    _until(lambda: second.lease.held)
    rig.clock.advance(minutes=4)
    _until(rig.steps)
    second.stop()


def _fill(rig: Rig, title: str) -> None:
    for _ in range(500):
        rig.report(title)


def test_a_full_disk_does_not_end_it(file_rig: Rig) -> None:
    """The store refuses every write for a while; then the steps are done, once, and the time is the engine's."""
    rig = file_rig
    rig.report()
    cycles: list[Cycle] = []
    engine = rig.engine(cycle=0.05)
    engine._on_cycle = cycles.append
    full = threading.Event()

    @event.listens_for(rig.store.engine, "begin")
    def _limit(connection: object) -> None:
        pages = 1 if full.is_set() else 1_000_000
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # type: ignore[attr-defined]

    engine.start()
    _until(lambda: engine.lease.held and cycles)
    full.set()
    for title in ("长" * 200, "短"):  # the last page has room for something small
        with pytest.raises(StoreTrouble):
            _fill(rig, title)
    rig.clock.advance(minutes=4)
    _until(lambda: any("full" in cycle.error for cycle in cycles))
    assert not rig.steps()
    full.clear()
    _until(rig.steps)
    engine.stop()
    assert set(rig.steps()) == {"warn#0"}


def test_a_store_that_is_busy_for_long_does_not_end_it(file_rig: Rig) -> None:
    rig = file_rig
    rig.report()
    engine = Engine(rig.url, rig.clock, 1, cycle=0.05)
    engine.start()
    _until(lambda: _beats(rig) > 1)
    with rig.store.write():
        before = _beats(rig)
        rig.clock.advance(minutes=4)
        time.sleep(0.5)
        assert _beats(rig) == before
    _until(rig.steps)
    engine.stop()


@pytest.mark.pg
def test_a_server_that_drops_every_connection_does_not_end_it(street_database: str) -> None:
    rig = Rig(street_database)
    rig.report()
    engine = Engine(rig.url, rig.clock, 1, cycle=0.05)
    engine.start()
    for _ in range(5):
        before = _beats(rig)
        _until(lambda seen=before: _beats(rig) > seen + 1)
        with rig.store.read() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
    rig.clock.advance(minutes=4)
    _until(rig.steps)
    engine.stop()
    assert rig.steps() == ["warn#0"]
    judge(rig.store)
    rig.close()


@pytest.mark.pg
def test_a_leader_that_freezes_in_a_transaction_is_cut_off_by_the_server(
    street_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.engine.lease.FROZEN_MS", 300)
    rig = Rig(street_database)
    engine = rig.engine()
    engine.once()
    frozen, thaw = threading.Event(), threading.Event()

    def freeze() -> None:
        with contextlib.suppress(StoreTrouble), rig.store.write() as connection:
            Ledger(connection, 1, rig.now())
            engine.lease.beat(connection, rig.now())
            frozen.set()
            thaw.wait(20)

    thread = threading.Thread(target=freeze)
    thread.start()
    frozen.wait(20)
    began = time.monotonic()
    rig.report("锁已放开")
    assert time.monotonic() - began < 10
    thaw.set()
    thread.join()
    rig.close()


def test_an_error_nobody_thought_of_is_reported_and_the_loop_goes_on(
    file_rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycles: list[Cycle] = []
    engine = file_rig.engine(cycle=0.02, on_cycle=cycles.append)
    broken = engine.sweep.run

    def fail(*_: object) -> object:
        if len(cycles) < 3:
            raise ZeroDivisionError("a fault")
        return broken()

    monkeypatch.setattr(engine.sweep, "run", fail)
    engine.start()
    _until(lambda: len(cycles) > 4 and cycles[-1].swept)
    engine.stop()
    assert [cycle.error for cycle in cycles[:3]] == ["ZeroDivisionError"] * 3, "its words may quote what people wrote"


def test_a_watcher_sees_silence_by_its_own_clock(rig: Rig) -> None:
    engine = rig.engine()
    watch = Silence(rig.steady)
    with rig.store.reader() as reader:
        assert watch.seconds(beat(reader, 1), rig.now()) is None
        engine.once()
        rig.clock.advance(hours=5)  # the wall clock is set: the engine is well
        assert Silence(rig.steady).seconds(beat(reader, 1), rig.now()) == 5 * 3600, "seen for the first time"
        watch.seconds(beat(reader, 1), rig.now())
        engine.once()
        assert watch.seconds(beat(reader, 1), rig.now()) == 0
        rig.clock.advance(hours=-5)
        rig.steady.seconds += 12
        assert watch.seconds(beat(reader, 1), rig.now()) == 12


def test_it_runs_on_the_machines_own_clock(file_rig: Rig) -> None:
    engine = Engine(file_rig.store, SystemClock(), 1)
    assert engine.once().leading
    engine.close()
