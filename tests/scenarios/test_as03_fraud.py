"""AS-3 [1-9 … 1-12]: people about to leave for a fraud. 09:16 the call, 09:35 the first on site, 10:10 all stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from tests.console.pilots import screen_text, speaking, until
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


@pytest.fixture(scope="module")
def fraud(tmp_path_factory: pytest.TempPathFactory) -> tuple[StreetCentre, str]:
    """The whole story, once: the street where it happened, and the ticket's code."""
    street = StreetCentre(tmp_path_factory.mktemp("fraud"), "2026-11-20 09:16:00")
    return street, play(street)


def play(street: StreetCentre) -> str:
    """09:16 to 10:10 through the real commands; gives the ticket's code."""
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
    return code


def test_seven_kinds_of_addressees_35_people_54_minutes(fraud: tuple[StreetCentre, str]) -> None:
    street, code = fraud
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


def test_the_replay_says_how_it_stood_at_each_moment(fraud: tuple[StreetCentre, str]) -> None:
    street, code = fraud

    def at(moment: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(street.run("ticket", "replay", code, "--at", moment, "--json"))
        return found

    before, call, sent, on_site, end = (at(moment) for moment in ("09:19", "09:16", "09:20", "09:35", "10:10"))
    assert (call["stage"], call["holder"], call["step"]) == ("reported", "queue", 1)
    assert (before["stage"], before["hands"]) == ("assessed", [])
    assert (sent["stage"], sent["unit"], len(sent["hands"]), sent["people"]) == ("dispatched", "PAZZ", 8, 0)
    assert {hand["due_kind"] for hand in sent["hands"]} == {"acknowledge"}
    assert (on_site["stage"], on_site["people"], on_site["minutes"]) == ("on_scene", 35, 19)
    assert (end["stage"], end["people"], end["minutes"]) == ("completed", 35, 54)
    assert "没有上报" in street.run("ticket", "replay", code, "--at", "2026-11-20T09:15", expect=2)
    steps = json.loads(street.run("ticket", "replay", code, "--json"))
    log = street.log(code)
    assert [(step["step"], step["verb"], step["at"]) for step in steps] == [
        (entry["seq"], entry["verb"], entry["at"]) for entry in log
    ]
    assert [step["minute"] for step in steps if step["verb"] == "complete"] == [54]


def test_its_review_from_the_chart_to_the_follow_up_task(fraud: tuple[StreetCentre, str]) -> None:
    street, code = fraud
    senior = street.on_duty("shift_leader")
    pending = json.loads(street.run("review", "pending", "--json"))
    assert [(line["ticket"], line["state"]) for line in pending] == [(code, "")], "an emergency owes a review"
    street.run("review", "open", code, who=senior)
    attendance = "岗位、社区、网格 12 人，电话 13900001111"
    street.run("review", "hold", code, "--attendance", attendance, who=senior)
    street.run("review", "lesson", code, "--text", "<b>通知</b>家属应与派单同时", who=senior)
    end = "2026-11-30"
    street.run("review", "follow-up", code, "--text", "修订劝阻流程", "--to", "PAZZ", "--due", end, who=senior)
    street.run("review", "conclude", code, "--conclusion", "处置及时", who=senior)
    assert json.loads(street.run("review", "pending", "--json")) == []
    (task,) = json.loads(street.run("review", "follow-ups", "--json"))
    assert (task["incident"], task["owner"], task["late"]) == (code, "PAZZ", False)
    assert street.show(task["ticket"])["stage"] == "dispatched"

    found = json.loads(street.run("review", "show", code, "--json"))
    assert (found["minutes"], found["people"]) == (54, 35)
    (lead, *_others) = [bar for bar in found["bars"] if bar["group"] == "hand"]
    assert [mark for mark, _at in lead["marks"]] == ["sent", "acknowledged", "arrived", "finished"]
    assert sum(line["seconds"] for line in found["held"]) == 54 * 60, "custody is the ticket's life, to the second"
    assert found["late"] == []
    page = street.run("review", "show", code)
    assert all(
        words in page for words in ("平安综治岗 主办 6人", "+--|", "@=", "通知</b>家属", "修订劝阻流程", "已结束")
    )
    for form, safe in (("html", "&lt;b&gt;通知"), ("markdown", r"\<b\>通知"), ("text", "<b>通知")):
        paper = street.run("review", "export", code, "--format", form)
        assert safe in paper
        assert "13900001111" not in paper
        assert all(words in paper for words in ("54 分钟", "调动 35 人", "平安综治岗 主办 6人"))
    assert "<b>通知" not in street.run("review", "export", code, "--format", "html")
    monthly = json.loads(street.run("report", "monthly", "--period", "2026-11", "--json"))
    (line,) = monthly["cross"]
    assert (line["matter"], line["cross_section"], line["rate"], line["places"]) == ("ZA0101", 1, 100.0, ["望江社区 1"])
    street.run("audit", "verify")


async def test_replayed_minute_by_minute_on_the_screen(fraud: tuple[StreetCentre, str]) -> None:
    """09:16 the call, 09:35 the first on site, 10:10 the end: on the screen as it was then, by keys alone."""
    street, _code = fraud
    seconds = [int(street.clock.now().timestamp())]
    backend = StoreBackend(
        f"sqlite:///{street.path}", street.clock, lambda: seconds[0], None, street.on_duty("duty_officer")
    )
    backend.start = lambda: None  # type: ignore[method-assign]  # no engine: the clock stands still
    app = ZhihuiApp(backend, lambda: seconds[0])
    with speaking("zh"):
        async with app.run_test(size=(120, 36)) as pilot:

            async def until_shown(*words: str) -> None:
                await until(pilot, lambda: all(word in screen_text(app) for word in words), " ".join(words))

            await until_shown("宾馆聚集听课")
            await pilot.press("f15")
            await until_shown("[时间轴]", "平安综治岗 主办 6人", "@===")
            await pilot.press("enter")
            await until_shown("暂停中", "11-20 09:16:00", "第 0 分钟", "待受理", "中心待办")
            await pilot.press("left", "up")
            await until_shown("11-20 09:16:00")
            await pilot.press("down", "down")
            await until_shown("11-20 09:20:00", "待签收")
            await pilot.press(*["right"] * 15)
            await until_shown("11-20 09:35:00", "第 19 分钟", "已到场")
            await pilot.press(*["tab"] * 4)
            await until_shown("[承办]", "19 分钟", "调动 35 人")
            await pilot.press("space")
            await until_shown("播放中")
            seconds[0] += 10  # a minute a second
            await until_shown("11-20 09:45:00", "从上报到现在：29 分钟")
            await pilot.press("plus", "plus", "space")
            await until_shown("暂停中", "每秒 900 秒")
            await pilot.press(*["right"] * 24)
            await until_shown("11-20 10:09:00", "已到场")
            await pilot.press("right")
            await until_shown("11-20 10:10:00", "第 54 分钟", "从上报到办结：54 分钟", "调动 35 人")
            await pilot.press("f8")
            await until_shown("本界面没有此操作")
            await pilot.press("escape", "escape")
            await until(pilot, lambda: app.duty_screen is not None and app.duty_screen.NAME == "queue")
    backend.close()


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
