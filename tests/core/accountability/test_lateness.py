"""Whose the time past a deadline is: the hand's, the holder's, the desk's, or nobody's; to the second."""

from __future__ import annotations

from typing import Any

import pytest

from core.accountability.lateness import Late, lateness

CUSTODY = [
    {"holder": "queue", "unit_name": "", "from_at": 0, "to_at": 100},
    {"holder": "unit", "unit_name": "甲岗", "from_at": 100, "to_at": 300},
    {"holder": "engine", "unit_name": "", "from_at": 300, "to_at": 340},
    {"holder": "unit", "unit_name": "甲岗", "from_at": 340, "to_at": 400},
    {"holder": "citizen", "unit_name": "", "from_at": 400, "to_at": 450},
    {"holder": "unit", "unit_name": "乙岗", "from_at": 450, "to_at": None},
]


def clock(kind: str, due: int, stopped: int | None, state: str = "missed", **more: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "due_at": due,
        "stopped_at": stopped,
        "state": state,
        "task_id": None,
        "unit_name": None,
        **more,
    }


def judged(*clocks: dict[str, Any], now: int = 1000, waived: bool = False) -> list[Late]:
    return lateness({"waived": waived}, clocks, CUSTODY, {7: "丙岗"}, now)


def test_the_ticket_s_deadline_is_shared_by_whoever_held_it_after_it() -> None:
    (late,) = judged(clock("final", 280, 500))
    assert late.seconds == 220
    assert [tuple(share) for share in late.shares] == [
        ("unit", "甲岗", 80),
        ("unit", "乙岗", 50),
        ("citizen", "", 50),
        ("engine", "", 40),
    ]
    assert sum(share.seconds for share in late.shares) == late.seconds


@pytest.mark.parametrize("kind", ["acknowledge", "arrive", "part"])
def test_a_hand_s_clock_is_the_hand_s_without_the_engine_s_time(kind: str) -> None:
    (late,) = judged(clock(kind, 250, 350, task_id=7))
    assert (late.hand, [tuple(share) for share in late.shares]) == ("丙岗", [("hand", "丙岗", 60), ("engine", "", 40)])


def test_the_desk_has_what_is_in_its_queue_and_what_is_owed_upward() -> None:
    accept, phone, request = judged(clock("accept", 40, 90), clock("up_phone", 290, 310), clock("request", 300, 310))
    assert [tuple(share) for share in accept.shares] == [("queue", "", 50)]
    assert [tuple(share) for share in phone.shares] == [("desk", "", 20)]
    assert [tuple(share) for share in request.shares] == [("deciders", "", 10)]


def test_what_was_kept_or_undone_is_not_late_and_what_runs_is_late_until_now() -> None:
    kept = (
        clock("final", 300, 300, "met"),
        clock("part", 300, 400, "withdrawn"),
        clock("arrive", 900, None, "running"),
    )
    assert judged(*kept, now=900) == []
    (late,) = judged(clock("arrive", 900, None, "running", unit_name="丁岗"), now=901)
    assert (late.seconds, late.ended_at, late.hand) == (1, None, "丁岗")
    assert judged(clock("final", 280, 500), waived=True)[0].waived
