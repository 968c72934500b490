"""Who held what for how long: sums to the second, whatever the report adds up by."""

from __future__ import annotations

from itertools import pairwise

import pytest

from core.accountability.custody import By, CustodyFilter, custody_report, ticket_custody
from core.accountability.period import Period, read_period
from core.desk.orders import Accept, Acknowledge, Dispatch, HandUp, Pause, Resume, Return
from core.engine.loop import Engine
from data.errors import NotFound
from data.queries.filters import parse
from data.terms import PauseReason, ReturnReason, Source, Stage, Tier
from tests.core.desk.scene import Scene


@pytest.fixture
def told(any_scene: Scene) -> tuple[Scene, str]:
    """A ticket through grid, community, centre, post, citizen, queue, post again: ten minutes in each."""
    scene = any_scene
    code = scene.new("楼上漏水", "zhao", source=Source.GRID, tier=Tier.GRID, grid="G01")
    for order, who in [
        (HandUp(ticket=code, reason="调解不成"), "zhao"),
        (HandUp(ticket=code, reason="办不了"), "zhou"),
        (Accept(ticket=code), "zhang"),
        (Dispatch(ticket=code, to="CSGX"), "zhang"),
        (Acknowledge(ticket=code), "li"),
        (Pause(ticket=code, code=PauseReason.CITIZEN, reason="等业主"), "zhang"),
        (Resume(ticket=code), "zhang"),
        (Return(ticket=code, code=ReturnReason.NOT_OURS, reason="属安全"), "li"),
        (Dispatch(ticket=code, to="AJ"), "zhang"),
        (Acknowledge(ticket=code), "ma"),
    ]:
        scene.wait(minutes=10)
        scene.do(order, who)
    scene.wait(minutes=10)
    return scene, code


def totals(scene: Scene, by: By, **more: object) -> dict[str, int]:
    with scene.reader() as reader:
        return {line.own or line.key: line.seconds for line in custody_report(reader, 1, by, scene.desk.now(), **more)}  # type: ignore[arg-type]


def test_one_ticket_in_order(told: tuple[Scene, str]) -> None:
    scene, code = told
    with scene.reader() as reader:
        found = ticket_custody(reader, 1, code, scene.desk.now())
        with pytest.raises(NotFound):
            ticket_custody(reader, 1, "20260101-0001", 0)
    assert found.seconds == 11 * 600 == sum(held.seconds for held in found.segments)
    assert all(before.to_at == after.from_at for before, after in pairwise(found.segments))
    assert [(held.unit, held.officer) for held in found.segments] == [
        ("第一网格", "赵磊"),
        ("一社区", ""),
        ("", ""),
        ("", ""),
        ("城市更新岗", ""),
        ("城市更新岗", "李强"),
        ("城市更新岗", "张明"),
        ("城市更新岗", "李强"),
        ("", ""),
        ("应急管理岗", ""),
        ("应急管理岗", "马安"),
    ]
    assert found.segments[6].holder == "citizen"


@pytest.mark.parametrize(
    ("by", "wanted"),
    [
        (By.TIER, {"grid": 600, "community": 600, "centre": 4800, "citizen": 600}),
        (By.SECTION, {"grid": 600, "community": 600, "queue": 1800, "economy": 1800, "safety": 1200, "citizen": 600}),
        (By.UNIT, {"G01": 600, "C01": 600, "queue": 1800, "CSGX": 1800, "AJ": 1200, "citizen": 600}),
        (By.PERSON, {"zhao": 600, "": 1800, "queue": 1800, "li": 1200, "ma": 600, "citizen": 600}),
        (By.COMMUNITY, {"C01": 6000, "citizen": 600}),
        (By.HOLDER, {"unit": 4200, "queue": 1800, "citizen": 600}),
        (By.STAGE, {"handling": 600, "dispatched": 1800, "reported": 600, "accepted": 600, "acknowledged": 1800,
                    "assessed": 600, "citizen": 600}),
    ],
)  # fmt: skip
def test_totals_are_the_whole_life(told: tuple[Scene, str], by: By, wanted: dict[str, int]) -> None:
    found = totals(told[0], by)
    assert found == wanted
    assert sum(found.values()) == 11 * 600


@pytest.mark.parametrize(
    ("chosen", "wanted"),
    [
        (CustodyFilter(tier="community"), {"C01": 600}),
        (CustodyFilter(section="economy"), {"CSGX": 1800, "citizen": 600}),
        (CustodyFilter(section="平安法治"), {"AJ": 1200}),
        (CustodyFilter(unit="应急管理岗"), {"AJ": 1200}),
        (CustodyFilter(officer="li"), {"CSGX": 1200}),
        (CustodyFilter(officer="马安", stage="acknowledged"), {"AJ": 600}),
        (CustodyFilter(community="C02"), {}),
        (CustodyFilter(holder="citizen"), {"citizen": 600}),
        (CustodyFilter(stage="dispatched", unit="CSGX"), {"CSGX": 600}),
    ],
)
def test_filters(told: tuple[Scene, str], chosen: CustodyFilter, wanted: dict[str, int]) -> None:
    assert totals(told[0], By.UNIT, chosen=chosen) == wanted


def test_the_ordinary_filter_grammar_chooses_tickets(told: tuple[Scene, str]) -> None:
    scene, code = told
    other = scene.new("另一件")
    scene.wait(minutes=1)
    now = scene.desk.now()
    assert totals(scene, By.UNIT, where=parse(f"code:{other}", now)) == {"queue": 60}
    assert totals(scene, By.UNIT, where=parse("source:grid", now))["CSGX"] == 1800
    assert code != other


def test_segments_are_cut_to_the_period(told: tuple[Scene, str]) -> None:
    scene, code = told
    with scene.reader() as reader:
        start = ticket_custody(reader, 1, code, scene.desk.now()).from_at
    assert totals(scene, By.UNIT, period=Period(start + 300, start + 900, "x")) == {"G01": 300, "C01": 300}
    assert totals(scene, By.UNIT, period=Period(start - 900, start, "x")) == {}
    pieces = [
        sum(totals(scene, By.UNIT, period=Period(start + 70 * n, start + 70 * (n + 1), "x")).values())
        for n in range(100)
    ]
    assert sum(pieces) == 11 * 600
    assert sum(totals(scene, By.UNIT, period=read_period("2026-11", "Asia/Shanghai")).values()) == 11 * 600


def test_turns_and_the_longest(told: tuple[Scene, str]) -> None:
    scene, _ = told
    with scene.reader() as reader:
        lines = custody_report(reader, 1, By.UNIT, scene.desk.now())
    post = next(line for line in lines if line.key == "CSGX")
    assert (post.tickets, post.turns, post.longest, post.average) == (1, 3, 600, 600)
    assert (post.zh, lines[-1].own) == ("城市更新岗", "citizen")


def test_time_without_engine_is_the_engine_s(scene: Scene) -> None:
    """Down for an hour while a deadline passed: that hour is nobody's in the field."""
    steady = [0.0]
    engine = Engine(scene.store, scene.clock, 1, steady_clock=lambda: steady[0], holder="one")
    code = scene.at_stage(Stage.DISPATCHED)
    engine.once(send=False)
    engine.close()
    scene.wait(hours=1, minutes=10)
    Engine(scene.store, scene.clock, 1, steady_clock=lambda: 1.0, holder="two").once(send=False)
    scene.wait(minutes=5)
    found = totals(scene, By.UNIT)
    assert found["engine"] > 3000
    assert sum(found.values()) == 75 * 60
    assert scene.custody(code)[-1]["unit_id"] == 3


def test_a_clock_set_back_gives_no_negative_time(scene: Scene) -> None:
    code = scene.new()
    scene.wait(hours=-1)
    with scene.reader() as reader:
        assert ticket_custody(reader, 1, code, scene.desk.now()).seconds == 0
        assert custody_report(reader, 1, By.UNIT, scene.desk.now()) == []
