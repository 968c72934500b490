"""A clock's life: pauses, returns, re-basing, and the explanation of its deadline."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from core.rules import clocks
from core.rules.budgets import Budget
from core.rules.clocks import ClockFacts
from core.rules.pieces import Piece, explain
from core.rules.worktime import WorkCalendar
from data.errors import BadInput, NotAllowed
from data.terms import ClockKind, ClockState

CN = timezone(timedelta(hours=8))
OFFICER, LEADER = 7, 9


def calendar(version="1", holidays=(), hours=(("09:00", "12:00"), ("14:00", "18:00")), **more):
    week = {str(day): [list(pair) for pair in hours] for day in range(5)}
    return WorkCalendar.from_dict(
        {"tz": "Asia/Shanghai", "week": week, "holidays": list(holidays), "version": version, **more}
    )


CALENDAR = calendar()


def at(day, hour, minute=0, second=0):
    """November 2026: the 20th is a Friday."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=CN)


def begun(limit="4 work_hour", when=None, warn_share=0.75, on=CALENDAR):
    return clocks.start(ClockKind.FINAL, Budget.parse(limit), when or at(20, 10), on, warn_share=warn_share, by=OFFICER)


def test_a_clock_that_starts():
    facts = begun()
    assert facts.due_at == at(20, 16)
    assert facts.warn_at == at(20, 15)
    assert facts.state is ClockState.RUNNING
    assert (facts.generation, facts.calendar_version, facts.provisional) == (1, "1", False)
    assert clocks.remaining(facts, at(20, 11), CALENDAR) == 3 * 3600
    assert clocks.remaining(facts, at(20, 17), CALENDAR) == -3600


def test_a_pause_moves_deadline_and_warning():
    paused = clocks.pause(begun(), at(20, 11), CALENDAR, reason="citizen", by=LEADER)
    assert (paused.state, paused.due_at, paused.warn_at) == (ClockState.PAUSED, None, None)
    assert clocks.remaining(paused, at(23, 17), CALENDAR) == 3 * 3600
    resumed = clocks.resume(paused, at(23, 10), CALENDAR)
    assert (resumed.state, resumed.due_at, resumed.warn_at) == (ClockState.RUNNING, at(23, 15), at(23, 12))
    assert resumed.generation == 1


def test_a_warning_that_has_passed_stays_where_it_was():
    paused = clocks.pause(begun(), at(20, 15, 30), CALENDAR, reason="weather")
    assert (paused.due_at, paused.warn_at) == (None, at(20, 15))
    resumed = clocks.resume(paused, at(24, 9), CALENDAR)
    assert (resumed.due_at, resumed.warn_at) == (at(24, 9, 30), at(20, 15))


def test_a_pause_after_the_deadline_comes_too_late():
    paused = clocks.pause(begun(), at(20, 17), CALENDAR, reason="approved")
    assert (paused.state, paused.due_at) == (ClockState.PAUSED, at(20, 16))
    assert clocks.resume(paused, at(23, 9), CALENDAR).due_at == at(20, 16)


@pytest.mark.parametrize(
    ("when", "state"),
    [(at(20, 16), ClockState.MET), (at(20, 16, 0, 1), ClockState.MISSED), (at(20, 10), ClockState.MET)],
)
def test_the_deadline_itself_is_still_on_time(when, state):
    stopped = clocks.stop(begun(), when, CALENDAR)
    assert (stopped.state, stopped.ended_at, stopped.due_at) == (state, when, at(20, 16))


def test_stopping_while_paused_is_on_time_when_the_pause_came_in_time():
    paused = clocks.pause(begun(), at(20, 11), CALENDAR, reason="citizen")
    stopped = clocks.stop(paused, at(27, 11), CALENDAR)
    assert (stopped.state, stopped.due_at) == (ClockState.MET, at(27, 16))
    late = clocks.pause(begun(), at(20, 17), CALENDAR, reason="citizen")
    assert clocks.stop(late, at(27, 11), CALENDAR).state is ClockState.MISSED


def test_a_returned_ticket_that_comes_back_goes_on_where_it_stood():
    returned = clocks.stop(begun(), at(20, 11), CALENDAR, cancelled=True)
    assert returned.state is ClockState.CANCELLED
    back = clocks.continue_(returned, at(24, 17), CALENDAR, reason="sent back", by=LEADER)
    # One hour was used on Friday, three are left: one today, two tomorrow.
    assert (back.state, back.due_at, back.generation) == (ClockState.RUNNING, at(25, 11), 1)
    assert clocks.spent_on(back, at(24, 18), CALENDAR) == 2 * 3600
    assert [segment.kind for segment in back.segments] == ["run", "away", "run"]
    again = clocks.continue_(
        clocks.stop(back, at(25, 9), CALENDAR, cancelled=True), at(26, 9), CALENDAR, reason="sent back"
    )
    assert again.due_at == at(26, 11)


def test_bounces_never_win_time():
    facts = begun("2 work_day")
    for day in (23, 24, 25):
        facts = clocks.stop(facts, at(day, 9, 30), CALENDAR, cancelled=True)
        facts = clocks.continue_(facts, at(day, 9, 30), CALENDAR, reason="sent back")
    assert facts.due_at == begun("2 work_day").due_at


def test_urgent_hours_run_through_the_night_and_pauses_hold_them():
    facts = begun("2 urgent_hour", at(20, 23))
    assert facts.due_at == at(21, 1)
    facts = clocks.resume(clocks.pause(facts, at(20, 23, 30), CALENDAR, reason="safety"), at(21, 6), CALENDAR)
    assert facts.due_at == at(21, 7, 30)


def test_a_clock_set_back_never_makes_a_segment_end_before_it_began():
    facts = begun(when=at(20, 11))
    facts = clocks.pause(facts, at(20, 10), CALENDAR, reason="citizen")
    facts = clocks.resume(facts, at(20, 9), CALENDAR)
    facts = clocks.stop(facts, at(20, 9), CALENDAR)
    assert all(segment.since <= segment.until for segment in facts.segments)
    assert facts.state is ClockState.MET
    assert clocks.continue_(facts, at(20, 8), CALENDAR, reason="rework").due_at == at(20, 17)


def test_what_is_not_possible_now_is_refused():
    running = begun()
    paused = clocks.pause(running, at(20, 11), CALENDAR, reason="citizen")
    stopped = clocks.stop(running, at(20, 11), CALENDAR)
    for call in (
        lambda: clocks.pause(paused, at(20, 12), CALENDAR, reason="citizen"),
        lambda: clocks.pause(stopped, at(20, 12), CALENDAR, reason="citizen"),
        lambda: clocks.resume(running, at(20, 12), CALENDAR),
        lambda: clocks.resume(stopped, at(20, 12), CALENDAR),
        lambda: clocks.stop(stopped, at(20, 12), CALENDAR),
        lambda: clocks.continue_(running, at(20, 12), CALENDAR, reason="x"),
        lambda: clocks.continue_(paused, at(20, 12), CALENDAR, reason="x"),
        lambda: clocks.rebase(stopped, CALENDAR),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_another_version_of_the_calendar_needs_a_rebase():
    with pytest.raises(NotAllowed, match="calendar version"):
        clocks.pause(begun(), at(20, 11), calendar("2"), reason="citizen")


@pytest.mark.parametrize("share", [0, -0.5, 1.01])
def test_a_share_outside_the_budget_is_refused(share):
    with pytest.raises(BadInput):
        begun(warn_share=share)


# ------------------------------------------------------------------------------------------------- re-basing


def test_a_new_holiday_moves_the_deadline_and_keeps_the_pauses():
    facts = begun("2 work_day", at(19, 9))
    facts = clocks.resume(clocks.pause(facts, at(19, 10), CALENDAR, reason="citizen", by=LEADER), at(19, 11), CALENDAR)
    assert facts.due_at == at(23, 10)
    before, after = rebased = clocks.rebase(facts, calendar("2", ["2026-11-20"]))
    assert rebased.moved
    assert before == facts
    assert (after.due_at, after.calendar_version, after.generation) == (at(24, 10), "2", 2)
    assert after.segments == facts.segments
    assert after.segments[1].by == LEADER


def test_a_new_version_that_changes_nothing_here_starts_no_new_generation():
    rebased = clocks.rebase(begun(), calendar("2", ["2026-12-25"]))
    assert not rebased.moved
    assert (rebased.after.calendar_version, rebased.after.generation) == ("2", 1)


def test_a_working_day_is_as_long_as_the_new_calendar_says():
    facts = begun("1 work_day", at(23, 9), warn_share=None)
    assert (facts.seconds, facts.due_at) == (7 * 3600, at(23, 18))
    after = clocks.rebase(facts, calendar("2", hours=[("08:00", "18:00")])).after
    assert (after.seconds, after.due_at, after.warn_at) == (10 * 3600, at(24, 9), None)


def test_a_longer_limit_is_a_new_generation():
    rebased = clocks.rebase(begun(), CALENDAR, budget=Budget.parse("1 work_day"), policy_version="2026.2")
    assert rebased.moved
    assert (rebased.after.due_at, rebased.after.policy_version) == (at(23, 10), "2026.2")


def test_a_paused_clock_can_be_rebased():
    paused = clocks.pause(begun(), at(20, 11), CALENDAR, reason="citizen")
    rebased = clocks.rebase(paused, CALENDAR, budget=Budget.parse("6 work_hour"))
    assert rebased.moved
    assert rebased.after.due_at is None
    assert clocks.resume(rebased.after, at(23, 9), CALENDAR).due_at == at(23, 16)
    assert clocks.rebase(paused, calendar("2")).moved
    assert not clocks.rebase(paused, CALENDAR).moved


def test_publishing_the_year_makes_a_provisional_deadline_certain():
    old = calendar("2026", official_until="2026-11-22")
    facts = begun("1 work_day", on=old)
    assert (facts.due_at, facts.provisional) == (at(23, 10), True)
    rebased = clocks.rebase(facts, calendar("2027", official_until="2027-12-31"))
    assert (rebased.after.due_at, rebased.after.provisional, rebased.moved) == (at(23, 10), False, False)


# ---------------------------------------------------------------------------------- written down, explained


def test_a_clock_survives_being_written_down():
    facts = begun("2 work_day")
    facts = clocks.pause(facts, at(20, 11), CALENDAR, reason="citizen", by=LEADER)
    for state in (facts, clocks.stop(facts, at(23, 9), CALENDAR)):
        written = json.loads(json.dumps(state.to_dict()))
        assert ClockFacts.from_dict(written) == state
    foreign = clocks.start(ClockKind.OFFICIAL, Budget.between(at(20, 9), at(19, 9)), at(20, 9), CALENDAR)
    assert ClockFacts.from_dict(foreign.to_dict()) == foreign


def test_the_explanation_names_every_piece_and_who_approved_the_pause():
    facts = clocks.pause(begun(), at(20, 11), CALENDAR, reason="citizen", by=LEADER)
    assert explain(facts, CALENDAR) == [
        Piece("work", at(20, 10), at(20, 11), 3600, 3600, "", OFFICER),
        Piece("pause", at(20, 11), None, 0, 3600, "citizen", LEADER),
    ]
    facts = clocks.resume(facts, at(20, 15), CALENDAR, by=OFFICER)
    assert explain(facts, CALENDAR) == [
        Piece("work", at(20, 10), at(20, 11), 3600, 3600, "", OFFICER),
        Piece("pause", at(20, 11), at(20, 15), 0, 3600, "citizen", LEADER),
        Piece("work", at(20, 15), at(20, 18), 3 * 3600, 4 * 3600, "", OFFICER),
    ]
    assert facts.due_at == at(20, 18)


def test_a_clock_stopped_early_is_explained_up_to_its_deadline():
    facts = clocks.stop(begun(), at(20, 11), CALENDAR, cancelled=True)
    assert [(piece.since, piece.until, piece.total) for piece in explain(facts, CALENDAR)] == [
        (at(20, 10), at(20, 11), 3600),
        (at(20, 11), at(20, 12), 2 * 3600),
        (at(20, 14), at(20, 16), 4 * 3600),
    ]


def test_a_pause_after_the_deadline_explains_nothing():
    facts = clocks.pause(begun(), at(20, 17), CALENDAR, reason="approved")
    pieces = explain(facts, CALENDAR)
    assert {piece.kind for piece in pieces} == {"work"}
    assert pieces[-1].until == facts.due_at
