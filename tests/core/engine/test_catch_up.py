"""After a time without engine: every missed step is booked, nobody is flooded, the time is the engine's."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from core.desk.orders import Report
from core.engine import loop, sweep
from data.tables import Custody, EngineOutage, LadderStep, Ticket, TicketEvent
from tests.core.engine.rig import Rig

MISSED = ["shift#0", "leader#0", "leader#1", "leader#2", "commander#0", "leader#3"]


def _stop_and_start(rig: Rig, **span: float) -> None:
    first = rig.engine()
    first.once()
    first.close()
    rig.away(**span)


def test_missed_steps_are_booked_in_order_with_the_time_they_were_for(rig: Rig) -> None:
    rig.report()
    reported = rig.now()
    engine = rig.engine()
    engine.once()
    rig.later(minutes=4)
    engine.once()
    engine.close()
    stopped = rig.now()
    rig.away(hours=3)
    cycle = rig.engine().once()
    assert cycle.outage == (stopped, rig.now())
    assert (cycle.swept.fired, cycle.swept.late, cycle.swept.batches) == (6, 6, 1)
    proofs = [row for row in rig.rows(LadderStep) if row["caught_up"]]
    assert [row["step"] for row in proofs] == MISSED
    minutes = [(row["nominal_at"] - reported) // 60 for row in proofs]
    assert minutes == [5, 10, 20, 30, 35, 40]
    assert {row["fired_at"] for row in proofs} == {rig.now()}


def test_people_get_one_summary_per_ticket(rig: Rig) -> None:
    rig.report("一")
    rig.report("二")
    _stop_and_start(rig, hours=3)
    rig.engine().once()
    notices = rig.notices()
    # Per ticket: the duty officer's warning, one for the leader (5 steps), one for the commander.
    assert sorted((row["ticket_id"], row["officer_id"]) for row in notices) == sorted(
        (row["id"], officer) for row in rig.rows(Ticket) for officer in (1, 3, 5)
    )
    leader = next(row for row in notices if row["officer_id"] == 3)
    assert "已超期 2 小时 55 分" in leader["title"]
    assert "含此前 4 次未及时的提醒" in leader["title"]
    assert "stands for 4 earlier ones" in leader["title_en"]


def test_missed_repeats_make_one_event_unless_something_lay_between(rig: Rig) -> None:
    rig.report()
    _stop_and_start(rig, hours=3)
    rig.engine().once()
    events = [row["body"] for row in rig.rows(TicketEvent) if row["kind"] == "engine_step"]
    assert [(body["step"], len(body.get("folded", []))) for body in events] == [
        ("warn#0", 0), ("shift#0", 0), ("leader#0", 2), ("commander#0", 0), ("leader#3", 0),
    ]  # fmt: skip
    assert len(rig.rows(LadderStep)) == 7, "each of them is proven all the same"


def test_repeats_of_several_clocks_keep_the_order_of_the_ticket(rig: Rig) -> None:
    """Two clocks of one ticket whose repeats fall between each other: the judge sees every one in its place."""
    rig.dispatched()
    _stop_and_start(rig, days=3)
    rig.engine().once()
    steps = rig.rows(LadderStep)
    assert len({step["clock_id"] for step in steps}) > 1
    assert [step["nominal_at"] for step in steps] == sorted(step["nominal_at"] for step in steps)
    assert any(step["step"] == "leader#3" for step in steps)


def test_the_time_is_charged_to_the_engine_and_to_nobody_else(rig: Rig) -> None:
    rig.dispatched()
    start = rig.now()
    engine = rig.engine()
    engine.once()
    engine.close()
    rig.away(hours=5)
    rig.engine().once()
    now = rig.now()
    segments = rig.rows(Custody, "no")
    first = rig.rows(LadderStep)[0]["nominal_at"]
    assert [(row["holder"], row["unit_id"], row["from_at"], row["to_at"]) for row in segments[-3:]] == [
        ("unit", 3, start, first),
        ("engine", 3, first, now),
        ("unit", 3, now, None),
    ]
    charged = [event["body"]["effects"].get("engine") for event in rig.rows(TicketEvent)]
    assert [span for span in charged if span] == [{"from": first, "to": now}], "once, however many steps were missed"
    rig.later(hours=1)
    assert sum((row["to_at"] or rig.now()) - row["from_at"] for row in segments) == rig.now() - segments[0]["from_at"]


def test_an_outage_in_which_nothing_was_due_is_noted_and_charges_nobody(rig: Rig) -> None:
    rig.report()
    _stop_and_start(rig, minutes=2)
    cycle = rig.engine().once()
    assert (cycle.outage is not None, cycle.swept.fired) == (True, 0)
    assert len(rig.rows(EngineOutage)) == 1
    assert {row["holder"] for row in rig.rows(Custody, "no")} == {"queue"}


def test_a_short_change_of_leader_is_no_outage(rig: Rig) -> None:
    rig.report()
    _stop_and_start(rig, seconds=3)
    assert rig.engine().once().outage is None
    assert not rig.rows(EngineOutage)


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_two_outages_in_a_row_are_one_delay(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine comes back, dies before it gets to the step, and comes back again."""
    rig.report()
    start = rig.now()
    _stop_and_start(rig, minutes=30)
    second, third = rig.engine(), rig.engine()
    monkeypatch.setattr(second.sweep, "run", _die)
    with pytest.raises(KeyboardInterrupt):
        second.once()
    assert third.once().leading is False
    rig.away(minutes=30)
    third.once()
    engine = [row for row in rig.rows(Custody, "no") if row["holder"] == "engine"]
    assert [(row["from_at"], row["to_at"]) for row in engine] == [(start + 225, rig.now())]


def test_before_the_first_engine_ever_time_counts_from_the_first_step_missed(rig: Rig) -> None:
    rig.report()
    start = rig.now()
    rig.away(hours=2)
    cycle = rig.engine().once()
    assert cycle.outage == (start + 225, rig.now())
    assert cycle.swept.late == 7


def test_a_frozen_engine_notices_itself_that_it_was_away(rig: Rig) -> None:
    """The machine slept, or the process was stopped: the same engine goes on, and says so."""
    rig.report()
    engine = rig.engine()
    engine.once()
    rig.away(hours=2)
    cycle = engine.once()
    assert cycle.outage == (rig.now() - 7200, rig.now())
    assert (cycle.swept.late, cycle.stepped) == (7, 0)
    assert len(rig.notices()) == 3


@pytest.mark.parametrize("set_by", [-3600, 0, 3600])
def test_a_standby_that_watched_knows_for_how_long_whatever_the_wall_clock_says(rig: Rig, set_by: int) -> None:
    first, second = rig.engine(), rig.engine()
    first.once()
    assert second.once().leading is False
    rig.later(seconds=1)
    first.once()
    assert second.once().leading is False
    rig.away(seconds=20)
    rig.clock.advance(seconds=set_by)
    assert second.once().outage == (rig.now() - 20, rig.now())


def test_hours_of_outage_over_many_tickets(file_rig: Rig) -> None:
    engine = file_rig.engine()
    engine.once()
    for number in range(120):
        file_rig.report(f"第 {number} 件")
    engine.close()
    file_rig.away(hours=8)
    swept = file_rig.engine().once().swept
    assert swept.fired == 120 * 7
    assert len(file_rig.notices()) == 120 * 3
    assert file_rig.engine().once().swept is None, "the lease is held"


# ------------------------------------------------------------------------------------------------ a backlog


def _behind(rig: Rig, **span: float) -> list[int]:
    """Ids of the tickets in the order in which their missed steps are done, when an engine comes after so long."""
    rig.away(**span)
    rig.engine().once()
    tickets = [row["ticket_id"] for row in rig.rows(TicketEvent) if row["kind"] == "engine_step"]
    return list(dict.fromkeys(tickets))


def _id(rig: Rig, code: str) -> int:
    return next(row["id"] for row in rig.rows(Ticket) if row["code"] == code)


@pytest.fixture
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "BATCH", 2)
    monkeypatch.setattr(sweep, "MAX_STEPS", 9)


@pytest.mark.usefixtures("_small_batches")
def test_a_backlog_begins_with_what_is_urgent(rig: Rig) -> None:
    usual = [rig.report(f"第 {number} 件") for number in range(5)]
    rig.away(minutes=1)
    pressing = [
        rig.desk.do(Report(title="起火", source="phone", urgency=urgency), rig.duty).ticket
        for urgency in ("urgent", "emergency", "urgent")
    ]
    rig.away(minutes=1)
    usual += [rig.report("又一件")]
    done = _behind(rig, hours=3)
    fire, emergency, smoke = (_id(rig, code) for code in pressing)
    assert done[:3] == [emergency, fire, smoke]
    assert done[3:] == [_id(rig, code) for code in usual], "the rest as it fell due"


@pytest.mark.usefixtures("_small_batches")
def test_what_falls_due_now_waits_for_no_backlog(rig: Rig) -> None:
    for number in range(5):
        rig.report(f"第 {number} 件")
    rig.desk.do(Report(title="起火", source="phone", urgency="emergency"), rig.duty)
    rig.away(hours=3)
    fresh = rig.report("刚报的")
    assert _behind(rig, seconds=230)[0] == _id(rig, fresh)


@pytest.mark.usefixtures("_small_batches")
def test_one_summary_each_wherever_a_transaction_ends(file_rig: Rig) -> None:
    """Seven steps of a ticket, nine to a transaction: no ticket is cut in two."""
    for number in range(6):
        file_rig.report(f"第 {number} 件")
    _behind(file_rig, hours=3)
    told = Counter((row["ticket_id"], row["officer_id"]) for row in file_rig.notices())
    assert set(told.values()) == {1}
    assert len(told) == 6 * 3


@pytest.mark.usefixtures("_small_batches")
def test_a_backlog_leaves_the_engine_time_for_everything_else(file_rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        file_rig.report(f"第 {number} 件")
    file_rig.away(hours=3)
    monkeypatch.setattr(loop, "SWEEP_SECONDS", 0)
    cycles: list[loop.Cycle] = []
    stop = threading.Event()

    def see(cycle: loop.Cycle) -> None:
        cycles.append(cycle)
        if cycle.next_at is None or cycle.next_at > file_rig.now() or len(cycles) > 50:
            stop.set()

    file_rig.engine(cycle=0.01, on_cycle=see).run(stop)
    batches = [cycle.swept.batches for cycle in cycles if cycle.swept is not None]
    assert set(batches) == {1}
    assert len(batches) > 3
    assert len(file_rig.notices()) == 7 * 3
