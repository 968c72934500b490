"""A deadline explained: what is said adds up to what is stored."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from core.accountability.explain import ClockExplained, explain
from core.accountability.wording import explain_lines
from core.desk.orders import Accept, Acknowledge, Dispatch, Pause, Recompute, Report, Resume, Return
from core.engine.loop import Engine
from data.errors import NotFound
from data.terms import PauseReason, ReturnReason, Stage, Urgency
from tests.core.desk.scene import Scene
from tests.core.desk.test_timing import closed_next_week, load


def explained(scene: Scene, code: str, kind: str) -> ClockExplained:
    with scene.reader() as reader:
        return [clock for clock in explain(reader, 1, code).clocks if clock.kind == kind][-1]


def said(scene: Scene, code: str, language: str = "zh") -> str:
    with scene.reader() as reader:
        return "\n".join(explain_lines(explain(reader, 1, code), language))


@pytest.fixture
def story(any_scene: Scene) -> tuple[Scene, str]:
    """A broken cover: four working hours from Friday 16:00, paused over the weekend, returned and sent back."""
    scene = any_scene
    scene.wait(hours=7)
    code = scene.do(Report(title="井盖破损")).ticket
    scene.do(Accept(ticket=code))
    scene.do(Dispatch(ticket=code, to="CSGX", matter="BJ0101", limit_no=1))
    scene.wait(minutes=30)
    scene.do(Pause(ticket=code, code=PauseReason.CITIZEN, reason="等业主[/]\x1b[31m"))
    scene.wait(days=3)
    scene.do(Resume(ticket=code))
    scene.wait(minutes=30)
    scene.do(Return(ticket=code, code=ReturnReason.UNCLEAR, reason="地址不清"), "li")
    scene.wait(minutes=15)
    scene.do(Dispatch(ticket=code, to="CSGX"))
    return scene, code


def test_the_pieces_add_up_to_the_budget(story: tuple[Scene, str]) -> None:
    scene, code = story
    for kind in ("final", "handle"):
        clock = explained(scene, code, kind)
        worked = [piece for piece in clock.pieces if piece.kind == "work"]
        assert sum(piece.seconds for piece in worked) == clock.limit.seconds == 4 * 3600
        assert worked[-1].until == clock.due_at
        assert [piece.total for piece in clock.pieces] == sorted(piece.total for piece in clock.pieces)
    assert [piece.kind for piece in explained(scene, code, "handle").pieces if piece.kind != "work"] == [
        "pause",
        "away",
    ]


def test_whose_limit_it_is(story: tuple[Scene, str]) -> None:
    scene, code = story
    final, accept = explained(scene, code, "final").limit, explained(scene, code, "accept").limit
    assert (final.kind, final.matter, final.condition, final.catalogue_version) == ("matter", "BJ0101", "破损", 1)
    assert (accept.kind, accept.policy_version, accept.urgency) == ("policy", 1, "normal")
    assert explained(scene, code, "acknowledge").limit.urgency == "urgent"


def test_the_words_in_both_languages(story: tuple[Scene, str]) -> None:
    scene, code = story
    zh, en = said(scene, code), said(scene, code, "en")
    for part in (
        "4工作时，事项 BJ0101 给排水井盖，立案条件“破损”，目录第 1 版",
        "按日历 cn_official 第 1 版计算工作时间",
        "暂停：等待群众配合，等业主[/]",
        "（张明）",
        "在他人手中：再次派回",
        "5分钟，政策第 1 版，紧急程度“一般”",
    ):
        assert part in zh
    for part in (
        "4 work hours, matter BJ0101",
        "condition 'broken'",
        "paused: waiting for the citizen",
        "policy version 1",
    ):
        assert part in en
    assert "\x1b" not in zh + en
    due = explained(scene, code, "final").due_at
    assert due is not None
    assert datetime.fromtimestamp(due, ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M:%S") in zh


def test_an_explanation_shows_before_and_after(scene: Scene) -> None:
    code = scene.do(Report(title="绿化补植")).ticket
    scene.do(Accept(ticket=code))
    scene.do(Dispatch(ticket=code, to="CSGX"))
    load(scene.store, "calendar", "cn_official", 2, closed_next_week())
    scene.do(Recompute(ticket=code), "gao")
    with scene.reader() as reader:
        found = explain(reader, 1, code)
    moved = {line.clock: line for line in found.recomputed}
    assert (moved["final"].verb, moved["final"].actor) == ("recompute", "高远")
    assert moved["final"].after is not None
    assert moved["final"].before is not None
    assert moved["final"].after - moved["final"].before == 4 * 86_400
    assert explained(scene, code, "final").calendar_version == 2
    assert explained(scene, code, "accept").calendar_version == 1
    assert "重新计算的时限" in said(scene, code)
    assert "高远 重算时限" in said(scene, code)


def test_what_the_ladder_did_and_will_do(scene: Scene) -> None:
    code = scene.do(Report(title="塌方", urgency=Urgency.EMERGENCY)).ticket
    scene.do(Accept(ticket=code))
    scene.do(Dispatch(ticket=code, to="CSGX"))
    clock = explained(scene, code, "acknowledge")
    assert (clock.fired, clock.next_step, clock.next_at) == ([], "silent#0", scene.desk.now() + 180)
    scene.wait(minutes=3)
    Engine(scene.store, scene.clock, 1, holder="x").once(send=False)
    clock = explained(scene, code, "acknowledge")
    assert [(step.step, step.told) for step in clock.fired] == [("silent#0", ["李强", "孙伟"])]
    assert clock.next_step == "section#0"
    assert "silent#0 → 李强、孙伟" in said(scene, code)


def test_running_through_and_open_ended(scene: Scene) -> None:
    code = scene.at_stage(Stage.SUSPENDED)
    final = explained(scene, code, "final")
    assert (final.due_at, final.calendar, final.pieces[-1].until) == (None, "", None)
    assert "昼夜连续计算" in said(scene, code)
    assert "到期：未定" in said(scene, code)


def test_every_stage_can_be_explained(scene: Scene) -> None:
    for stage in (Stage.REPORTED, Stage.COMPLETED, Stage.ARCHIVED):
        code = scene.at_stage(stage)
        assert said(scene, code)
        assert said(scene, code, "en")
    with scene.reader() as reader, pytest.raises(NotFound):
        explain(reader, 1, "20260101-0001")


def test_an_acknowledged_ticket_names_the_time_it_took(scene: Scene) -> None:
    code = scene.at_stage(Stage.DISPATCHED)
    scene.wait(minutes=4)
    scene.do(Acknowledge(ticket=code), "li")
    clock = explained(scene, code, "acknowledge")
    assert (clock.state, clock.stopped_at) == ("met", clock.started_at + 240)
    assert "计 0:04:00，累计 0:04:00" in said(scene, code)
    assert "剩 0:11:00，累计 0:15:00" in said(scene, code)
