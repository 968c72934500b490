"""AS-4 [1-25], the part of emergency mode: a fire in an old building, emergency mode on and off, reports upward.

Sensor alarm → the duty leader declares in the commander's name, the incident is graded → ladders are faster → calls
from the scene with follow-ups that say only what is new → reports upward within their limits → out in two hours →
lifted, and everything is as usual.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.street_centre import StreetCentre


@pytest.fixture
def street(tmp_path: Path) -> StreetCentre:
    return StreetCentre(tmp_path, "2026-11-28 09:00:00")


def status(street: StreetCentre) -> dict[str, object]:
    found: dict[str, object] = json.loads(street.run("emergency", "status", "--json"))
    return found


def test_emergency_mode_on_and_off(street: StreetCentre) -> None:
    desk, leader = street.on_duty("duty_officer"), street.on_duty("duty_leader")
    fire = street.report(
        *("--title", "肖家湾老旧居民楼起火", "--source", "sensor", "--urgency", "emergency"),
        *("--address", "肖家湾12号"),
        who=desk,
    )
    other = street.report("--title", "路面积水", who=desk)
    usual = [street.rows("SELECT warn_at, ladder FROM clock WHERE centre_id = :centre ORDER BY id")]

    street.at("2026-11-28 09:02:00")
    refused = street.run("emergency", "declare", "--grade", "II", "--reason", "火灾", who=desk, expect=4)
    assert "没有“平战切换”的权限" in refused
    street.run(
        *("emergency", "declare", "--grade", "重大", "--reason", "x", "--ticket", fire), who=leader, expect=2
    )  # no such grade
    declared = ("emergency", "declare", "--grade", "II级", "--reason", "多户被困", "--ticket", fire, "--for", "L01")
    street.run(*declared, "--key", "k1", who=leader)
    street.run(*declared, "--key", "k1", who=leader)
    mode, owed = status(street)["mode"], status(street)["owed"]
    assert isinstance(mode, dict)
    assert (mode["grade"], mode["colour"], mode["ticket"]) == ("2", "orange", fire)
    assert mode["behalf"]
    assert owed == [
        {"ticket": fire, "kind": "up_phone", "grade": "2", "due_at": "2026-11-28T01:20:00Z"},
        {"ticket": fire, "kind": "up_written", "grade": "2", "due_at": "2026-11-28T01:40:00Z"},
    ]
    street.engine()
    assert "升级链 accept，战时II级加快" in street.run("ticket", "explain", other)

    called = ("--place", "肖家湾12号", "--course", "三楼厨房起火，浓烟上窜", "--unit", "肖家湾社区")
    caller = ("--name", "王大力", "--title", "网格长", "--phone", "13812345678", "--told", "09:01 已报119")
    street.run("phone", "add", *called, *caller, "--ticket", fire, who=desk)
    street.at("2026-11-28 09:15:00")
    assert "与前报相同" in street.run("phone", "follow", "1", called[2], called[3], who=desk, expect=2)
    street.run("phone", "follow", "1", "--measures", "疏散四户十一人", "--trend", "火势受控", who=desk)
    paper = street.run("emergency", "report", fire, "--form", "phone")
    for said in ("接报时间：2026-11-28 09:00", "信息来源：感知设备", "II级（重大） 橙色", "三楼厨房起火", "火势受控"):
        assert said in paper
    assert "肖家湾**号" in paper
    street.ticket("report-up", fire, "--form", "电话", "--text", "已报区中心", who=desk)

    street.at("2026-11-28 09:42:00")
    street.engine()
    assert "书面报送" in street.run("emergency", "status")
    street.ticket("report-up", fire, "--form", "written", who=desk)
    facts = [entry["facts"] for entry in street.log(fire) if entry["verb"] == "report_up"]
    assert [(entry["form"], entry.get("late_seconds")) for entry in facts] == [("phone", None), ("written", 120)]
    assert street.clock_of(fire, "up_written")[0] == "missed"
    steps = [entry["facts"] for entry in street.log(fire) if entry["verb"] == "engine_step"]
    assert [step["step"] for step in steps if step["clock_kind"] == "up_written"] == ["warn#0", "leader#0"]

    street.at("2026-11-28 10:50:00")
    street.run("phone", "follow", "1", "--result", "明火扑灭，无伤亡", who=desk)
    paper = street.run("emergency", "report", fire, "--form", "follow_up", "--format", "markdown")
    assert "续报一" in paper
    assert "明火扑灭" in paper
    assert "浓烟上窜" not in paper
    assert "疏散四户" not in paper
    street.run("emergency", "note", "居民安置于社区活动室", who=desk)
    street.run("emergency", "lift", "--reason", "明火扑灭，居民已安置", who=leader, expect=2)  # which commander?
    street.run("emergency", "lift", "--reason", "明火扑灭，居民已安置", "--for", "L01", who=leader)
    street.engine()
    assert status(street)["mode"] is None
    assert (
        street.rows("SELECT warn_at, ladder FROM clock WHERE centre_id = :centre AND kind = 'accept' ORDER BY id")
        == usual[0]
    )
    log = street.run("emergency", "log")
    for said in ("进入战时", "第 1 号 续报二", "居民安置于社区活动室", "解除战时", "代"):
        assert said in log
    street.run("audit", "verify")


def test_a_sweep_of_all_old_compounds_after_the_fire(street: StreetCentre) -> None:
    """[1-30]: from the closed ticket to every community and grid; found hazards become tickets of their own."""
    desk, leader = street.on_duty("duty_officer"), street.on_duty("duty_leader")
    fire = street.report("--title", "肖家湾老旧居民楼起火", "--matter", "TF0201", who=desk)
    street.ticket("accept", fire, who=desk)
    street.ticket("dispatch", fire, "--to", "YJGL", who=desk)
    street.ticket("ack", fire, who=desk)
    street.ticket("complete", fire, "--outcome", "两小时内扑灭，零伤亡，居民当天安置", who=desk)
    street.ticket("check", fire, "--passed", who=desk)
    street.ticket("call-back", fire, "--result", "not_needed", who=desk)
    street.ticket("archive", fire, who=desk)
    start = ("sweep", "start", fire, "--title", "老旧小区消防排查", "--tag", "老旧小区", "--limit", "2工作日")
    street.run(*start, who=street.officer("YJGL", "post_member", "a"), expect=4)
    street.run(*start[:-1], "马上", who=desk, expect=2)
    street.run(*start[:5], "--tag", "没有的标签", who=desk, expect=2)
    assert json.loads(street.run("sweep", "list", "--json")) == []
    street.run("broadcast", "send", "消防安全提醒", "--everybody", "--type", "宣传", "--ticket", fire, who=desk)
    sweep = json.loads(street.run(*start, "--json", who=leader))["sweep"]
    old = json.loads(street.run("sweep", "show", sweep, "--each", "--json"))
    tagged = street.rows(
        "SELECT count(*) FROM unit WHERE centre_id = :centre AND kind = 'grid' AND facts LIKE '%老旧小区%'"
    )
    assert len(old) == tagged[0][0] > 10
    assert street.show(sweep)["lead_code"] == "YJGL"
    street.run(
        *(
            "hazard",
            "add",
            "--sweep",
            sweep,
            "--unit",
            old[0]["unit"],
            "--place",
            "肖家湾8号",
            "--what",
            "楼道飞线充电",
        ),
        *("--matter", "AQ0103", "--grade", "serious"),
        who=desk,
    )
    found = json.loads(street.run("hazard", "list", "--json"))[0]
    assert street.show(found["ticket"])["matter_code"] == "AQ0103"
    street.ticket("finish", sweep, "--unit", old[0]["unit"], "--result", "已查", who=desk)
    (line,) = json.loads(street.run("sweep", "list", "--json"))
    assert (line["origin"], line["hands"], line["done"], line["found"]) == (fire, len(old), 1, 1)
    street.run("audit", "verify")


def test_papers_are_masked_unless_the_right_is_there(street: StreetCentre) -> None:
    desk, leader = street.on_duty("duty_officer"), street.on_duty("duty_leader")
    street.run(
        *("phone", "add", "--place", "滨江路3号", "--course", "<b>坍塌</b>\x1b[2J", "--name", "李建国"),
        *("--phone", "13912345678"),
        who=desk,
    )
    masked = street.run("phone", "show", "1", "--format", "html")
    assert "李*国" in masked
    assert "139****5678" in masked
    assert "&lt;b&gt;坍塌&lt;/b&gt;" in masked
    assert "\x1b" not in masked
    street.run("phone", "show", "1", "--full", who=leader, expect=2)
    street.run("phone", "show", "1", "--full", "--reason", "送区应急局", who=desk, expect=4)
    assert "13912345678" in street.run("phone", "show", "1", "--full", "--reason", "送区应急局", who=leader)
    assert "送区应急局" in street.run("emergency", "log")
    listed = json.loads(street.run("phone", "list", "--json"))
    assert (listed[0]["caller_phone"], listed[0]["follow_no"]) == ("139****5678", 0)
    assert "13912345678" not in street.run("phone", "list", "--csv")
