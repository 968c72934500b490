"""AS-8 [2-19]: a manhole cover. The limit hangs on the condition: missing, 2 urgent hours; broken, 4 working hours."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.street_centre import StreetCentre


@pytest.fixture
def street(tmp_path: Path) -> StreetCentre:
    """Friday afternoon, twenty minutes before the office closes."""
    return StreetCentre(tmp_path, "2026-11-20 17:40:00")


def dispatched(street: StreetCentre, condition: int) -> str:
    desk = street.on_duty("duty_officer")
    code = street.report("--title", "人行道井盖", "--source", "resident", "--address", "滨江路 8 号", who=desk)
    street.ticket("accept", code, who=desk)
    street.ticket("assess", code, "--matter", "BJ0101", "--limit-no", str(condition), who=desk)
    street.ticket("dispatch", code, "--assist", "PSQY", who=desk)
    return code


def test_missing_two_urgent_hours_through_the_evening(street: StreetCentre) -> None:
    code = dispatched(street, 0)
    ticket = street.show(code)
    assert (ticket["urgency"], ticket["lead_code"]) == ("urgent", "GHJS")
    assert street.clock_of(code, "final") == ("running", "2 urgent_hour", "2026-11-20 19:40:00")
    assert street.clock_of(code, "make_safe") == ("running", "1 urgent_hour", "2026-11-20 18:40:00")
    post = street.officer("GHJS", "post_member", "a")
    street.at("2026-11-20 17:50:00")
    street.ticket("ack", code, who=post)
    street.at("2026-11-20 18:05:00")
    street.ticket("arrive", code, "--people", "2", who=post)
    street.at("2026-11-20 18:20:00")
    street.ticket("handle", code, "--made-safe", "--note", "已围护警示", who=post)
    assert street.clock_of(code, "make_safe")[0] == "met"
    street.at("2026-11-20 19:40:00")
    street.ticket("finish", code, "--unit", "PSQY", "--result", "补装井盖", who=street.on_duty("duty_officer"))
    street.ticket("complete", code, "--outcome", "井盖补装", "--public-reply", "已恢复通行", who=post)
    assert street.show(code)["on_time"] is True
    assert street.clock_of(code, "final")[0] == "met"
    explained = street.run("ticket", "explain", code)
    assert "2紧急工作时，事项 BJ0101" in explained
    assert "昼夜连续计算" in explained


def test_a_second_late_is_late(street: StreetCentre) -> None:
    code = dispatched(street, 0)
    post = street.officer("GHJS", "post_member", "a")
    street.ticket("ack", code, who=post)
    street.at("2026-11-20 19:40:01")
    street.ticket("complete", code, "--outcome", "好了", "--open-assist-reason", "未到", who=post)
    assert street.show(code)["on_time"] is False


def test_nobody_answers_and_the_ladder_climbs(street: StreetCentre) -> None:
    """Silent for ten minutes, the B post takes over; past fifteen, B is told; then the section's leader."""
    code = dispatched(street, 0)
    a, b = street.officer("GHJS", "post_member", "a"), street.officer("GHJS", "post_member", "b")
    told: dict[str, set[str]] = {}
    for moment in ("17:50:00", "17:55:00", "18:25:00"):
        street.at(f"2026-11-20 {moment}")
        street.engine()
        told[moment] = {
            row[0]
            for row in street.rows(
                "SELECT DISTINCT o.code FROM notice n JOIN officer o ON o.centre_id = n.centre_id"
                " AND o.id = n.officer_id JOIN ticket t ON t.centre_id = n.centre_id AND t.id = n.ticket_id"
                " WHERE n.centre_id = :centre AND t.code = :code AND n.created_at = :at",
                code=code,
                at=int(street.clock.now().timestamp()),
            )
        }
    assert {a, b} <= told["17:50:00"]
    assert b in told["17:55:00"]
    assert a not in told["17:55:00"], "B answers for it now"
    assert [entry["facts"]["why"] for entry in street.log(code) if entry["verb"] == "take_over"] == ["silent"]
    assert b in street.run("report", "custody", "--by", "person", "--json")
    leader = street.officer("economy", "section_leader", "a")
    assert leader in told["18:25:00"]
    assert "silent#0" in street.run("ticket", "explain", code)


def test_broken_four_working_hours_over_the_weekend(street: StreetCentre) -> None:
    """Twenty minutes on Friday, the rest on Monday."""
    code = dispatched(street, 1)
    state, limit, due = street.clock_of(code, "final")
    assert (state, limit) == ("running", "4 work_hour")
    assert due.startswith("2026-11-23 ")
    assert "盖板碎裂露洞" in street.run("ticket", "explain", code)
