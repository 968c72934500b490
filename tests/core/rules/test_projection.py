"""Effects become rows: custody half-open and whole, deadlines of running clocks, forged effects noticed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.case import Case
from core.rules.projection import apply, open_case
from data.instants import FAR

QUEUE = {"holder": "queue", "unit_id": None, "officer_id": None, "tier": "centre"}
POST = {"holder": "unit", "unit_id": 3, "officer_id": None, "tier": "centre"}
CITIZEN = {"holder": "citizen", "unit_id": 3, "officer_id": 9, "tier": "centre"}


def begun(at: int = 100) -> Case:
    case = open_case(1, 7)
    apply(case, 1, at, {"set": {"stage": "reported", "reported_at": at, "code": "T"}, "hold": QUEUE})
    return case


def held(case: Case) -> list[tuple[str, int | None, str, int, int | None]]:
    return [(row.holder, row.unit_id, row.stage, row.from_at, row.to_at) for row in case.custody]


def test_hands_and_stages_open_segments() -> None:
    case = begun()
    apply(case, 2, 110, {"set": {"stage": "accepted"}})
    apply(case, 3, 130, {"set": {"stage": "dispatched"}, "hold": POST})
    apply(case, 4, 150, {"set": {"stage": "acknowledged"}, "hold": {"officer_id": 5}})
    apply(case, 5, 160, {"set": {"reminders": 1}, "hold": {}})
    apply(case, 6, 200, {"set": {"stage": "void", "closed_at": 200}, "hold": None})
    assert held(case) == [
        ("queue", None, "reported", 100, 110),
        ("queue", None, "accepted", 110, 130),
        ("unit", 3, "dispatched", 130, 150),
        ("unit", 3, "acknowledged", 150, 200),
    ]
    assert case.custody[-1].officer_id == 5
    assert (case.ticket.revision, case.ticket.updated_at, case.ticket.open) == (6, 200, 0)


def test_two_changes_in_one_second_are_one_segment() -> None:
    case = begun()
    apply(case, 2, 100, {"set": {"stage": "accepted"}})
    apply(case, 3, 100, {"set": {"stage": "dispatched"}, "hold": POST})
    assert held(case) == [("unit", 3, "dispatched", 100, None)]
    assert case.ticket.holder_unit_id == 3


def test_after_the_end_nothing_is_held() -> None:
    case = begun()
    apply(case, 2, 150, {"set": {"stage": "refused", "closed_at": 150}, "hold": None})
    apply(case, 3, 900, {"set": {}, "hold": {}})
    assert held(case) == [("queue", None, "reported", 100, 150)]


@pytest.mark.parametrize(
    ("outage", "wanted"),
    [
        ((120, 140), [("queue", 100, 120), ("engine", 120, 140), ("queue", 140, None)]),
        ((50, 140), [("engine", 100, 140), ("queue", 140, None)]),
        ((160, 160), [("queue", 100, None)]),
        ((50, 90), [("queue", 100, None)]),
        ((120, 999), [("queue", 100, 120), ("engine", 120, 200), ("queue", 200, None)]),
    ],
)
def test_an_outage_is_cut_out_of_the_open_segment(outage: tuple[int, int], wanted: list[Any]) -> None:
    """Never before it began, and never past the event that books it."""
    case = begun()
    apply(case, 2, 200, {"engine": {"from": outage[0], "to": outage[1]}})
    assert [(row.holder, row.from_at, row.to_at) for row in case.custody] == wanted
    assert case.ticket.holder == "queue"


def test_the_deadline_is_the_earliest_running_clock_but_no_bundle_clock() -> None:
    case = begun()
    clocks = [
        {"id": 1, "kind": "final", "state": "running", "due_at": 500, "warn_at": 400},
        {"id": 2, "kind": "handle", "state": "running", "due_at": 200},
        {"id": 3, "kind": "arrive", "state": "running", "due_at": 300, "warn_at": 250},
        {"id": 4, "kind": "check", "state": "paused", "due_at": None},
        {"id": 5, "kind": "assess", "state": "met", "due_at": 150},
    ]
    apply(case, 2, 110, {"clocks": clocks})
    assert (case.ticket.due_at, case.ticket.due_kind, case.ticket.warn_at) == (300, "arrive", 250)
    apply(case, 3, 120, {"clocks": [{"id": 3, "state": "met"}]})
    assert (case.ticket.due_at, case.ticket.due_kind) == (500, "final")
    apply(case, 4, 130, {"clocks": [{"id": 1, "state": "paused", "due_at": None}]})
    assert (case.ticket.due_at, case.ticket.due_kind, case.ticket.warn_at) == (FAR, "", None)


def test_tasks_are_numbered_and_changed_in_place() -> None:
    case = begun()
    apply(case, 2, 110, {"tasks": [{"id": 1, "unit_id": 3, "role": "lead"}, {"id": 2, "unit_id": 4, "role": "assist"}]})
    apply(case, 3, 120, {"tasks": [{"id": 1, "state": "acknowledged", "acknowledged_at": 120}]})
    assert [(task.no, task.unit_id, task.state) for task in case.tasks] == [(1, 3, "acknowledged"), (2, 4, "sent")]


@pytest.mark.parametrize(
    "effects",
    [
        {"set": {"nosuch": 1}},
        {"tasks": [{"id": 1, "unit_id": 3, "nosuch": 1}]},
        {"clocks": [{"id": 1, "kind": "final", "nosuch": 1}]},
        {"set": {"stage": "nosuch"}},
    ],
)
def test_effects_that_no_event_has_are_noticed(effects: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="nosuch"):
        apply(begun(), 2, 110, effects)


def test_a_change_of_a_forged_field_is_noticed() -> None:
    case = begun()
    apply(case, 2, 110, {"clocks": [{"id": 1, "kind": "final", "state": "running", "due_at": 500}]})
    with pytest.raises(ValueError, match="nosuch"):
        apply(case, 3, 120, {"clocks": [{"id": 1, "nosuch": 1}]})


moves = st.lists(
    st.tuples(
        st.integers(0, 300),
        st.sampled_from([{}, QUEUE, POST, CITIZEN, {"officer_id": 4}]),
        st.sampled_from(["accepted", "dispatched", "handling", "suspended"]),
        st.none() | st.tuples(st.integers(0, 3000), st.integers(0, 3000)),
    ),
    max_size=15,
)


@given(moves)
def test_segments_always_add_up_to_the_life(drawn: list[Any]) -> None:
    """Whatever comes in whatever order: contiguous, half-open, none negative, the sum is the life."""
    case, now = begun(), 100
    for seq, (span, hands, stage, outage) in enumerate(drawn, 2):
        now += span
        effects: dict[str, Any] = {"set": {"stage": stage}, "hold": hands}
        if outage is not None:
            effects["engine"] = {"from": outage[0], "to": outage[1]}
        apply(case, seq, now, effects)
        assert case.custody[-1].to_at is None
        assert case.custody[-1].from_at <= now
    apply(case, len(drawn) + 2, now + 5, {"set": {"stage": "void", "closed_at": now + 5}, "hold": None})
    for before, after in pairwise(case.custody):
        assert before.to_at == after.from_at
        assert before.from_at <= before.to_at
    assert case.custody[0].from_at == 100
    assert sum((row.to_at or 0) - row.from_at for row in case.custody) == now + 5 - 100
    assert [row.no for row in case.custody] == list(range(1, len(case.custody) + 1))
