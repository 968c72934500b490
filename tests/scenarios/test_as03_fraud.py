"""AS-3 [1-9 … 1-12]: people about to leave for a fraud. 09:16 the call, 09:35 the first on site, 10:10 all stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.street_centre import StreetCentre

PEOPLE = {"PAZZ": 6, "@值班领导": 1, "ZHXT": 3, "ZHZF": 6, "JYWS": 3, "SCJG": 4}
SECRETARY, GRID = 4, 2


@pytest.fixture
def street(tmp_path: Path) -> StreetCentre:
    """A Friday morning; the call has just come in."""
    return StreetCentre(tmp_path, "2026-11-20 09:16:00")


def hands(street: StreetCentre, code: str) -> dict[str, Any]:
    """`zhihui ticket hands --json`."""
    found: dict[str, Any] = json.loads(street.run("ticket", "hands", code, "--json"))
    return found


def test_seven_kinds_of_addressees_35_people_54_minutes(street: StreetCentre) -> None:
    desk = street.on_duty("duty_officer")
    grids = street.rows(
        "SELECT min(g.code), c.code FROM unit g JOIN unit c ON c.centre_id = g.centre_id AND c.id = g.parent_id"
        " WHERE g.centre_id = :centre AND g.kind = 'grid' AND c.code IN ('SQ01', 'SQ02')"
        " GROUP BY c.code ORDER BY c.code"
    )
    secretaries = ["@" + street.officer(community, "community_secretary") for _grid, community in grids]
    worker = street.officer(grids[0][0], "grid_head")

    code = street.report("--title", "宾馆聚集听课，疑似诈骗", "--source", "grid", "--community", "SQ01", who=worker)
    street.at("2026-11-20 09:18:00")
    street.ticket("accept", code, who=desk)
    street.ticket("assess", code, "--matter", "ZA0101", who=desk)
    street.at("2026-11-20 09:20:00")
    assisting = [
        "@值班领导=到场指挥",
        "ZHXT=减小社会影响",
        "ZHZF",
        "JYWS",
        "SCJG",
        *(f"{s}=通知家属劝返" for s in secretaries),
    ]
    options = [part for hand in assisting for part in ("--assist", hand)]
    street.ticket("dispatch", code, "--to", "PAZZ=核实活动情况", *options, "--instruction", "到场劝返", who=desk)

    dispatched = street.log(code)[-1]
    assert dispatched["verb"] == "dispatch", "one action, one event"
    sent = hands(street, code)
    asked = {(line["hand"], line["instruction"]) for line in sent["hands"]}
    leader = "@" + street.on_duty("duty_leader")
    assert {("PAZZ", "核实活动情况"), (leader, "到场指挥"), ("ZHXT", "减小社会影响"), ("ZHZF", "到场劝返")} <= asked
    assert {(secretary, "通知家属劝返") for secretary in secretaries} <= asked
    assert {line["sent_at"] for line in sent["hands"]} == {dispatched["at"]}
    assert {line["due_kind"] for line in sent["hands"]} == {"acknowledge"}, "each has a clock of its own"

    street.at("2026-11-20 09:22:00")
    for hand in [*PEOPLE, *secretaries]:
        who = street.on_duty("duty_leader") if hand == "@值班领导" else hand[1:] if hand[0] == "@" else desk
        street.ticket("ack", code, "--unit", hand, who=who)
    assert {line["due_kind"] for line in hands(street, code)["hands"]} == {"arrive"}
    street.ticket("add", code, *(part for grid, _ in grids for part in ("--to", f"{grid}=清点人员")), who=desk)
    street.at("2026-11-20 09:24:00")
    for grid, _ in grids:
        street.ticket("ack", code, "--unit", grid, who=street.officer(grid, "grid_head"))

    street.at("2026-11-20 09:35:00")
    brought = {**PEOPLE, **dict.fromkeys(secretaries, SECRETARY), **{grid: GRID for grid, _ in grids}}
    for hand, people in brought.items():
        street.ticket("arrive", code, "--unit", hand, "--people", str(people), who=desk)
    street.at("2026-11-20 10:10:00")
    end = ("--outcome", "全部劝返", "--public-reply", "家属已接走")
    refused = street.ticket("complete", code, *end, who=desk, expect=4)
    assert "协办任务未完成" in refused, "the lead cannot close over open parts without a reason"
    for hand in list(brought)[1:]:
        street.ticket("finish", code, "--unit", hand, "--result", "已劝返", who=desk)
    street.ticket("complete", code, *end, who=desk)

    found = hands(street, code)
    assert (found["minutes_to_arrival"], found["minutes"], found["people"]) == (19, 54, 35)
    assert (found["tasked"], found["cross_section"], found["cross_community"], found["cross_grid"]) == (
        10,
        True,
        True,
        True,
    )
    assert len(found["communities"]) == len(found["grids"]) == 2
    page = street.run("ticket", "hands", code)
    for words in ("54 分钟", "首批到场 19 分钟", "调动 35 人", "跨板块", "跨社区", "跨网格", "通知家属劝返"):
        assert words in page
    assert "54 minutes" in street.run("--lang", "en", "ticket", "hands", code)
    assert street.show(code)["on_time"] is True
    street.run("audit", "verify")


def test_one_hand_can_be_somebody_by_name_as_the_lead(street: StreetCentre) -> None:
    """Colleagues of the same unit leave it alone; the officer does it all."""
    desk = street.on_duty("duty_officer")
    named, other = street.officer("PAZZ", "post_member", "a"), street.officer("PAZZ", "post_member", "b")
    code = street.report("--title", "疑似诈骗", who=desk)
    street.ticket("accept", code, who=desk)
    street.ticket("dispatch", code, "--to", f"@{named}", "--matter", "ZA0101", who=desk)
    ticket = street.show(code)
    assert (ticket["lead_code"], ticket["holder_officer_name"] != "") == ("PAZZ", True)
    assert "不在" in street.ticket("ack", code, who=other, expect=4)
    street.ticket("ack", code, who=named)
    street.ticket("complete", code, "--outcome", "已劝阻", who=named)
    street.ticket("check", code, "--failed", "--note", "家属未到", who=desk)
    assert "不在" in street.ticket("complete", code, "--outcome", "已劝阻", who=other, expect=4), (
        "rework is the officer's too"
    )
    street.ticket("complete", code, "--outcome", "已劝阻", who=named)
    assert hands(street, code)["people"] == 0
    street.run("audit", "verify")
