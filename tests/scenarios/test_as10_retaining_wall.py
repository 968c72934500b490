"""AS-10 [3-19]: a crack in a retaining wall, "urgent": accepted within five minutes, made safe, repaired in three days.

Report → desk of the routing post → urban renewal post on site → section leader A, or B when A is away → district
department and property firm → made safe → fifteen metres repaired within three days. Two deadlines on one ticket.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.street_centre import StreetCentre


@pytest.fixture
def street(tmp_path: Path) -> StreetCentre:
    return StreetCentre(tmp_path, "2026-11-20 16:00:00")


def wall(street: StreetCentre) -> str:
    return street.report(
        *("--title", "小区挡土墙开裂约 15 米", "--source", "resident", "--urgency", "urgent"),
        who=street.on_duty("duty_officer"),
    )


def test_two_deadlines_and_everybody_who_has_a_part(street: StreetCentre) -> None:
    desk, post = street.on_duty("duty_officer"), street.officer("CSGX", "post_member", "a")
    leaders = [street.officer("economy", "section_leader", rank) for rank in "ab"]
    code = wall(street)
    street.at("2026-11-20 16:04:40")
    street.ticket("accept", code, who=desk)
    assert street.clock_of(code, "accept")[:2] == ("met", "5 minute")
    street.ticket("dispatch", code, "--to", "CSGX", "--matter", "AQ0301", "--limit-no", "0", who=desk)
    assert street.clock_of(code, "make_safe") == ("running", "2 urgent_hour", "2026-11-20 18:04:40")
    assert street.clock_of(code, "final") == ("running", "3 natural_day", "2026-11-23 16:04:40")

    street.at("2026-11-20 16:10:00")
    street.ticket("ack", code, who=post)
    assert street.clock_of(code, "arrive") == ("running", "30 minute", "2026-11-20 16:40:00")
    street.at("2026-11-20 16:32:00")
    street.ticket("arrive", code, "--people", "3", who=post)

    # A is asked; with A away, B is, and it is on record that A was passed over.
    street.ticket("ask", code, "--note", "是否疏散墙下住户", who=post)
    street.run("duty", "leave", leaders[0], "--until", "2026-11-20 22:00", "--note", "外出开会", who=leaders[0])
    street.ticket("ask", code, "--note", "请派区级专家", who=post)
    asked = [entry["facts"] for entry in street.log(code) if entry["verb"] == "ask"]
    assert [facts["asked"] for facts in asked] == [[leaders[0]], [leaders[1]]]
    assert asked[1]["skipped"] == [{"officer": leaders[0], "why": "外出开会"}]

    # The leader of the section brings in the district's department and the property firm.
    street.ticket("add", code, "--to", "QZJW", "--to", "WY01", "--instruction", "会商加固", who=leaders[1])
    street.at("2026-11-20 17:30:00")
    street.ticket("handle", code, "--made-safe", "--note", "疏散三户，围护监测", who=post)
    assert street.clock_of(code, "make_safe")[0] == "met"
    assert street.clock_of(code, "final")[0] == "running"
    assert street.show(code)["due_kind"] != "make_safe"

    street.at("2026-11-23 15:00:00")
    desk = street.on_duty("duty_officer")
    for unit in ("QZJW", "WY01"):
        street.ticket("finish", code, "--unit", unit, "--result", "修复复测", "--people", "6", who=desk)
    street.ticket("complete", code, "--outcome", "15 米墙体修复，无人员伤亡", "--people", "3", who=post)
    street.ticket("check", code, "--passed", who=desk)
    street.ticket("call-back", code, "--result", "satisfied", who=desk)
    street.ticket("archive", code, who=desk)
    ticket = street.show(code)
    assert (ticket["on_time"], ticket["stage"]) == (True, "archived")
    assert {task["unit_code"]: task["people"] for task in ticket["tasks"]} == {"CSGX": 3, "QZJW": 6, "WY01": 6}
    explained = street.run("ticket", "explain", code)
    assert "2紧急工作时，事项 AQ0301 堡坎挡墙险情" in explained
    assert "3自然日，事项 AQ0301 堡坎挡墙险情" in explained
    looked_back(street, code)
    street.run("audit", "verify")


def looked_back(street: StreetCentre, code: str) -> None:
    """Replayed from the log, and reviewed: how it stood when the wall was safe, and when it was repaired."""

    def at(moment: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(street.run("ticket", "replay", code, "--at", moment, "--json"))
        return found

    first, safe, end = (at(f"2026-11-{moment}") for moment in ("20T16:04", "20T17:30", "23T15:00"))
    assert (first["stage"], first["hands"]) == ("reported", [])
    assert (safe["stage"], safe["unit"], len(safe["hands"]), safe["minutes"]) == ("handling", "CSGX", 3, 90)
    assert (end["stage"], end["people"], end["minutes"]) == ("archived", 15, 71 * 60)
    review = json.loads(street.run("review", "show", code, "--json"))
    assert (review["minutes"], review["people"]) == (71 * 60, 15)
    assert sum(line["seconds"] for line in review["held"]) == 71 * 3600


def test_not_accepted_in_five_minutes_the_shift_leader_hears_of_it(street: StreetCentre) -> None:
    code = wall(street)
    street.at("2026-11-20 16:05:00")
    street.engine()
    told = street.rows(
        "SELECT DISTINCT o.code FROM notice n JOIN officer o ON o.centre_id = n.centre_id AND o.id = n.officer_id"
        " WHERE n.centre_id = :centre AND n.severity = 'alarm'"
    )
    assert (street.on_duty("shift_leader"),) in told
    street.at("2026-11-20 16:05:01")
    street.ticket("accept", code, who=street.on_duty("duty_officer"))
    assert street.clock_of(code, "accept")[0] == "missed"
