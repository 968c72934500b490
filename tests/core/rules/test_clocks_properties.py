"""Laws of clocks, whatever happens to them."""

import json
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from core.rules import clocks
from core.rules.budgets import Budget
from core.rules.clocks import ClockFacts
from core.rules.pieces import explain
from data.terms import ClockKind, ClockState, TimeUnit
from tests.core.rules.time_strategies import calendars_and_starts

units = st.sampled_from(list(TimeUnit))
hands = st.lists(st.tuples(st.sampled_from(["hold", "return", "rebase"]), st.integers(0, 2 * 86_400)), max_size=6)


def turn(facts, what, at, calendar):
    """The next thing that can happen to a clock in its state."""
    if facts.state is ClockState.PAUSED:
        return clocks.resume(facts, at, calendar)
    if facts.state is not ClockState.RUNNING:
        return clocks.continue_(facts, at, calendar, reason="back")
    if what == "return":
        return clocks.stop(facts, at, calendar, cancelled=True)
    if what == "rebase":
        return clocks.rebase(facts, calendar).after
    return clocks.pause(facts, at, calendar, reason="citizen")


@settings(deadline=None)
@given(calendars_and_starts(), st.integers(1, 3), units, hands)
def test_whatever_happens_the_counted_pieces_add_up_to_the_budget(pair, amount, unit, turns):
    calendar, now = pair
    facts = clocks.start(ClockKind.FINAL, Budget.of(amount, unit), now, calendar, warn_share=0.5)
    for what, later in turns:
        now += timedelta(seconds=later)
        facts = turn(facts, what, now, calendar)
        assert ClockFacts.from_dict(json.loads(json.dumps(facts.to_dict()))) == facts
        assert all(a.until == b.since for a, b in zip(facts.segments, facts.segments[1:], strict=False))
        assert facts.generation == 1
        spent = clocks.spent_on(facts, now, calendar)
        assert spent + clocks.remaining(facts, now, calendar) == facts.seconds
        pieces = explain(facts, calendar)
        counted = sum(piece.seconds for piece in pieces)
        assert [piece.total for piece in pieces] == sorted(piece.total for piece in pieces)
        if facts.due_at is None:
            assert facts.state is ClockState.PAUSED
            assert counted == spent < facts.seconds
        else:
            assert counted == facts.seconds
            assert pieces[-1].until == facts.due_at
            assert (spent >= facts.seconds) == (facts.due_at <= now)
        if facts.warn_at and facts.due_at:
            assert facts.warn_at <= facts.due_at


@settings(deadline=None)
@given(calendars_and_starts(), st.integers(1, 3), units, hands)
def test_a_deadline_that_has_passed_never_moves_by_pauses_and_returns(pair, amount, unit, turns):
    calendar, now = pair
    facts = clocks.start(ClockKind.FINAL, Budget.of(amount, unit), now, calendar)
    due = facts.due_at
    now = due
    for what, later in turns:
        now += timedelta(seconds=later)
        facts = turn(facts, what, now, calendar)
        assert facts.due_at == due
