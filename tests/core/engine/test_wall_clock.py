"""The wall clock is set an hour forward or back: each step once, no outage, no standstill."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.location import locate
from data.store import Store
from data.tables import EngineOutage, TicketEvent
from tests.core.engine.rig import Rig, judge
from tests.street import small_street

ALL = ["warn#0", "shift#0", "leader#0", "leader#1", "leader#2", "commander#0", "leader#3"]


def test_set_forward_does_once_what_became_due(rig: Rig) -> None:
    rig.report()
    engine = rig.engine()
    engine.once()
    rig.clock.advance(hours=1)
    cycle = engine.once()
    assert (cycle.stepped, cycle.outage, cycle.swept.late) == (3600, None, 0)
    assert rig.steps() == ["warn#0", "shift#0", "leader#0", "commander#0", "leader#3"]
    assert not rig.rows(EngineOutage)
    assert len(rig.notices()) == 3, "one for each person, not a burst"


def test_set_back_does_nothing_twice_and_goes_on_when_time_comes_round(rig: Rig) -> None:
    rig.report()
    engine = rig.engine()
    engine.once()
    rig.later(minutes=4)
    assert engine.once().swept.fired == 1
    rig.clock.advance(hours=-1)
    cycle = engine.once()
    assert (cycle.stepped, cycle.swept.fired, cycle.outage) == (-3600, 0, None)
    rig.later(minutes=59)
    assert engine.once().swept.fired == 0
    rig.later(minutes=2)
    assert engine.once().swept.fired == 1
    assert rig.steps() == ["warn#0", "shift#0"]


def test_events_written_after_a_step_back_do_not_go_back_in_time(rig: Rig) -> None:
    rig.report()
    engine = rig.engine()
    engine.once()
    rig.later(minutes=4)
    engine.once()
    rig.clock.advance(hours=-1)
    rig.report("在拨回后上报")
    rig.later(minutes=65)
    engine.once()
    by_ticket: dict[int, list[int]] = {}
    for event in rig.rows(TicketEvent):
        by_ticket.setdefault(event["ticket_id"], []).append(event["at"])
    assert all(times == sorted(times) for times in by_ticket.values())


def test_a_new_engine_after_a_step_back_sees_no_outage(rig: Rig) -> None:
    rig.report()
    first = rig.engine()
    first.once()
    first.close()
    rig.clock.advance(hours=-1)
    assert rig.engine().once().outage is None


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(["later", "set", "restart", "report"]), st.integers(-3600, 3600)),
        min_size=3,
        max_size=14,
    )
)
def test_whatever_the_clock_does_each_step_happens_once_and_in_order(
    moves: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("clock") / "store.sqlite"
    small_street(Store(locate(str(path)), create=True)).store.close()
    rig = Rig(str(path))
    engine = rig.engine()
    engine.once()
    reported = [rig.report()]
    for kind, seconds in moves:
        if kind == "later":
            rig.later(seconds=abs(seconds))
        elif kind == "set":
            rig.clock.advance(seconds=seconds)
        elif kind == "restart":
            engine.close()
            rig.away(seconds=abs(seconds))
            engine = rig.engine()
        else:
            reported.append(rig.report())
        engine.once()
    rig.later(hours=5)
    engine.once()
    found = judge(rig.store)
    assert found["steps"] == 7 * len(reported)
    rig.close()
