"""Plans in force: the two-report fire of AS-4 [1-25], and the seven addressees of AS-3 [1-10]."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.street_centre import StreetCentre


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> StreetCentre:
    """One morning for all: each has tickets of its own."""
    return StreetCentre(tmp_path_factory.mktemp("street"), "2026-11-28 09:00:00")


def told(street: StreetCentre, *arguments: str) -> Any:
    """What a command says with --json."""
    return json.loads(street.run(*arguments, "--json"))


def test_a_fire_that_two_report_under_a_plan(street: StreetCentre) -> None:
    desk, leader = street.on_duty("duty_officer"), street.on_duty("duty_leader")
    grid, community = street.rows(
        "SELECT g.code, c.code FROM unit g JOIN unit c ON c.centre_id = g.centre_id AND c.id = g.parent_id"
        " WHERE g.centre_id = :centre AND g.kind = 'grid' AND CAST(g.facts AS TEXT) LIKE '%老旧小区%' ORDER BY g.code"
    )[0]
    sensed = street.report(
        *("--title", "肖家湾居民楼烟感报警", "--source", "sensor", "--address", "肖家湾12号", "--grid", grid), who=desk
    )
    street.at("2026-11-28 09:01:00")
    seen = street.report(
        *("--title", "肖家湾老旧居民楼三楼起火", "--source", "grid", "--urgency", "emergency"),
        *("--address", "肖家湾12号", "--grid", grid, "--join", sensed),
        who=desk,
    )
    assert street.show(seen)["stage"] == "merged"

    fits = told(street, "plan", "recommend", sensed)
    assert fits[0]["code"] == "FIRE-OLD"
    kinds = {reason["kind"]: reason["zh"] for reason in fits[0]["reasons"]}
    assert kinds["tags"] == "地点有标签老旧小区"
    assert {"matter", "words", "urgency"} <= kinds.keys()
    assert "fire in an old" in street.run("--lang", "en", "plan", "recommend", sensed).lower()

    refused = street.run("plan", "activate", sensed, "FIRE-OLD", who=street.officer(grid, "grid_head"), expect=4)
    assert "没有“受理”的权限" in refused
    street.run("plan", "activate", sensed, "NO-PLAN", who=desk, expect=3)
    assert [entry["verb"] for entry in street.log(sensed)][-1] != "accept", "a refused activation leaves nothing behind"
    street.run("plan", "activate", sensed, "老旧居民楼火灾", who=desk)
    said = street.run("plan", "activate", sensed, "GAS-LEAK", "--to", "YJGL", who=desk, expect=4)
    assert "不改主办" in said, "a lead that is named for a ticket that is out is not passed over"
    log = street.log(sensed)
    assert [entry["verb"] for entry in log[-3:]] == ["accept", "dispatch", "activate_plan"]
    assert log[-1]["at"] == log[-2]["at"]
    kept = log[-1]["facts"]
    assert (kept["plan"], kept["grade"], kept["inform"]) == ("FIRE-OLD", "3", ["MZFW", "XCWH"])
    assert {"XFZ", "XFJY", "PCS", "WSZX", "GDQY", "RQQY", grid} < set(kept["assist"])
    hands = told(street, "ticket", "hands", sensed)
    asked = {line["hand"]: line["instruction"] for line in hands["hands"]}
    assert asked["YJGL"].startswith("到场统筹")
    assert asked[grid] == "逐户敲门，引导撤离，报告老弱病残住户"
    assert asked["@" + leader] == "到场指挥"
    secretary = next(hand for hand, what in asked.items() if what == "组织疏散，清点居民")
    assert secretary == "@" + street.officer(community, "community_secretary", "a")
    due = {line["hand"]: line["due_at"] for line in hands["hands"] if line["due_kind"] == "acknowledge"}
    assert due["XFZ"] == due["YJGL"] == "2026-11-28T01:04:00Z", "three minutes by the plan"
    assert due["PCS"] == "2026-11-28T01:06:00Z", "five minutes by the plan"
    assert street.clock_of(sensed, "up_phone")[2] == "2026-11-28 09:30:00", "counted from the first report"
    assert street.run("plan", "activate", sensed, "FIRE-OLD", who=desk, expect=4).count("已启动预案") == 1

    street.at("2026-11-28 09:02:00")
    for hand in ("YJGL", "XFJY", grid):
        street.ticket("ack", sensed, "--unit", hand, who=desk)
    assert street.clock_of(sensed, "arrive")[2] == "2026-11-28 09:12:00", "ten minutes for the grid by the plan"
    explained = street.run("ticket", "explain", sensed)
    assert "3分钟，预案 FIRE-OLD 的时限" in explained, "to acknowledge"
    assert "10分钟，预案 FIRE-OLD 的时限" in explained, "to come"
    street.at("2026-11-28 09:13:00")
    status = told(street, "plan", "status", sensed)[0]
    late = {(gap["code"], gap["who"]) for gap in status["shortfalls"]}
    assert {("NO-ACKNOWLEDGEMENT", "XFZ"), ("NOT-ON-SCENE", "grid"), ("NOT-ON-SCENE", "XFJY")} <= late
    assert ("NOT-ON-SCENE", "YJGL") not in late

    street.run("plan", "tick", sensed, "1", who=desk)
    street.run("plan", "tick", sensed, "1", who=desk, expect=2)  # it is ticked
    street.run("plan", "tick", sensed, "9", who=desk, expect=2)  # there are eight
    street.run("plan", "tick", sensed, "x", who=desk, expect=2)
    street.run("plan", "tick", sensed, "3", who=street.officer(grid, "grid_head"))
    stranger = street.officer("CYFZ", "post_member", "a")
    assert "没有事件" in street.run("plan", "tick", sensed, "4", who=stranger, expect=3)
    street.run("plan", "answer", sensed, "1", "三楼厨房，13812345678", who=desk)
    street.run("plan", "tick", sensed, "3", "--off", who=desk)
    status = told(street, "plan", "status", sensed)[0]
    assert [line["number"] for line in status["checks"] if line["done"]] == [1]
    assert status["questions"][0]["answer"] == "三楼厨房，138****5678"
    everywhere = told(street, "plan", "status")
    assert [(one["ticket"], one["plan"]) for one in everywhere] == [(sensed, "FIRE-OLD")]
    page = street.run("--lang", "en", "plan", "status", sensed)
    assert "119 called" in page
    assert "NO-ACKNOWLEDGEMENT XFZ" in page
    assert street.show(sensed)["revision"] == len(street.log(sensed))
    street.run("audit", "verify")


def test_the_plan_of_as_3_tasks_its_seven_addressees(street: StreetCentre) -> None:
    """And an undone activation takes back what it made, and no more."""
    desk = street.on_duty("duty_officer")
    code = street.report("--title", "宾馆聚集听课，疑似诈骗", "--community", "SQ01", who=desk)
    assert told(street, "plan", "recommend", code)[0]["code"] == "FRAUD-CROWD"
    assert told(street, "plan", "recommend", code)[0]["shortfalls"] == [
        {"code": "NO-PLACE", "who": "grid", "zh": "事件未定位到基础网格", "en": "the ticket names no basic grid"}
    ]
    street.run("plan", "activate", code, "FRAUD-CROWD", who=desk)
    secretary = "@" + street.officer("SQ01", "community_secretary", "a")
    leader = "@" + street.on_duty("duty_leader")
    sent = {line["hand"] for line in told(street, "ticket", "hands", code)["hands"] if line["role"] != "inform"}
    assert sent == {"PAZZ", leader, "ZHXT", "ZHZF", "JYWS", "SCJG", secretary}
    assert told(street, "plan", "status", code)[0]["shortfalls"][0]["code"] == "NO-PLACE"
    street.run("plan", "tick", code, "1", who=desk)
    street.ticket("undo", code, who=desk)
    assert told(street, "plan", "status", code) == []
    left = {line["hand"]: line["state"] for line in told(street, "ticket", "hands", code)["hands"]}
    assert left["PAZZ"] == "sent"
    assert {state for hand, state in left.items() if hand != "PAZZ"} <= {"withdrawn"}
    street.run("audit", "verify")


def test_a_streets_own_plan_replaces_the_shipped_one_and_its_needs_are_checked(
    street: StreetCentre, tmp_path: Path
) -> None:
    desk, leader = street.on_duty("duty_officer"), street.on_duty("duty_leader")
    own = tmp_path / "own.toml"
    own.write_text(
        'version = "2026-12"\n[[plan]]\ncode = "lift"\nname = "本街电梯困人"\nbasis = "春晖办发〔2026〕3号"\n'
        'words = ["电梯"]\ngrade = "4"\nhand = [\n'
        '{ post = "ZZZZ", part = "lead" },\n{ force = "XYZ" },\n{ post = "ZSGZ", asked = "到场" },\n'
        '{ place = "secretary", asked = "通知家属" },\n{ place = "community", asked = "开放活动室" },\n'
        '{ role = "commander", part = "inform" },\n]\ncheck = [{ text = "断电" }]\n',
        encoding="utf-8",
    )
    assert "没有要问的话" in street.run("plan", "check", str(own))
    assert "没有“加载预案”的权限" in street.run("plan", "import", str(own), who=desk, expect=4)
    street.run("plan", "import", str(own), "--dry-run", who=leader)
    assert told(street, "plan", "show", "LIFT")["version"] == 0
    street.run("plan", "import", str(own), who=leader)
    assert "无变化" in street.run("plan", "import", str(own), who=leader)
    shown = told(street, "plan", "show", "LIFT")
    assert (shown["version"], shown["label"], shown["name"]) == (1, "2026-12", "本街电梯困人")
    noted = street.rows("SELECT kind, body FROM organisation_event WHERE centre_id = :centre AND kind = 'plan'")
    assert len(noted) == 1

    for rank in ("a", "b"):
        who = street.officer("SQ03", "community_secretary", rank)
        street.run("duty", "leave", who, "--until", "2026-11-29 09:00", who=leader)
    code = street.report("--title", "电梯坏了", "--urgency", "emergency", "--community", "SQ03", who=desk)
    gaps = {gap["code"]: gap["who"] for gap in told(street, "plan", "recommend", code)[0]["shortfalls"]}
    assert gaps == {
        "NO-SUCH-UNIT": "ZZZZ",
        "FORCE-NOT-LINKED": "XYZ",
        "POST-VACANT": "ZSGZ",
        "NOBODY-ON-DUTY": "secretary",
        "NO-LEAD": "",
    }
    street.run("plan", "activate", code, "LIFT", who=desk)
    assert street.show(code)["lead_code"] == "WYGL", "the catalogue's lead, where the plan's is missing"
    asked = {line["hand"]: line["instruction"] for line in told(street, "ticket", "hands", code)["hands"]}
    assert asked["SQ03"] == "通知家属；开放活动室", "with the secretaries away it is the community's, once"
    lacking = {gap["code"] for gap in told(street, "plan", "status", code)[0]["shortfalls"]}
    assert lacking == {"NO-SUCH-UNIT", "FORCE-NOT-LINKED", "POST-VACANT", "NOBODY-ON-DUTY"}

    written = tmp_path / "out.toml"
    street.run("plan", "export", str(written), "--plan", "LIFT")
    assert "无变化" in street.run("plan", "import", str(written), who=leader)
    own.write_text('version = "3"\n[[plan]]\ncode = "LIFT"\nname = "停用"\noff = true\n', encoding="utf-8")
    street.run("plan", "import", str(own), who=leader)
    other = street.report("--title", "电梯困人", who=desk)
    assert "LIFT" not in [fit["code"] for fit in told(street, "plan", "recommend", other)]
    nameless = street.report("--title", "某事", who=desk)
    for ticket in (other, nameless):
        assert "已停用" in street.run("plan", "activate", ticket, "LIFT", who=desk, expect=4)
    refused = street.run("plan", "activate", nameless, "WIND", who=street.officer("YJGL", "post_member", "a"), expect=3)
    assert "没有事件" in refused, "it is in nobody's hands yet: a post does not see it"
    assert told(street, "plan", "status", code)[0]["name"] == "本街电梯困人", "what is active keeps its version"
