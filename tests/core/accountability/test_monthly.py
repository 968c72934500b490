"""The monthly list on both engines, counted by hand beside it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.accountability.monthly import MatterLine, month_of, monthly_report
from core.desk.orders import (
    Accept,
    Acknowledge,
    AddTask,
    Archive,
    CallBack,
    Check,
    Complete,
    Dispatch,
    FinishTask,
    Grant,
    Join,
    Redispatch,
    Refuse,
    Report,
    Request,
    Void,
)
from data.errors import BadInput
from data.terms import RequestKind, Satisfaction
from tests.core.desk.scene import Scene

ZONE = "Asia/Shanghai"


def out(scene: Scene, **facts: Any) -> str:
    """A manhole at the urban renewal post, with two hours."""
    code = scene.do(Report(title="井盖缺失", **facts)).ticket
    scene.do(Accept(ticket=code))
    scene.do(Dispatch(ticket=code, to="CSGX", matter="BJ0101", limit_no=0))
    scene.do(Acknowledge(ticket=code), "li")
    return code


def done(scene: Scene, *, late: bool = False, to: tuple[str, ...] = (), **facts: Any) -> str:
    code = out(scene, **facts)
    if to:
        scene.do(AddTask(ticket=code, to=list(to)))
    for unit in to:
        scene.do(FinishTask(ticket=code, unit=unit), {"XF": "feng", "AJ": "ma", "GHJS": "qian"}[unit])
    scene.wait(hours=3 if late else 1)
    scene.do(Complete(ticket=code, outcome="好了"), "li")
    return code


def test_a_month_counted_by_hand(any_scene: Scene) -> None:
    scene = any_scene
    for _ in range(3):
        done(scene, community="C02")
    scene.do(Void(ticket=out(scene), reason="误报"), "gao")
    midnight = month_of("2026-12", ZONE, scene.desk.now())[0].from_at
    scene.wait(seconds=midnight - 1 - scene.desk.now())
    scene.new("十一月最后一秒")
    scene.wait(seconds=1)

    main = out(scene, community="C01")
    scene.do(Join(ticket=scene.new("同一件", matter="BJ0101"), into=main))
    scene.do(Complete(ticket=main, outcome="好了"), "li")
    done(scene, community="C01", to=("XF",))
    done(scene, community="C02", late=True, to=("AJ",))
    done(scene, community="C02", to=("GHJS",))
    waived = done(scene, community="C02", late=True, to=("AJ", "XF"))
    for order in (
        Check(ticket=waived, passed=True),
        CallBack(ticket=waived, result=Satisfaction.SATISFIED),
        Archive(ticket=waived),
    ):
        scene.do(order)
    scene.do(Request(ticket=waived, kind=RequestKind.APPEAL, reason="等配件"), "li")
    for reviewer in ("gao", "wang"):
        scene.do(Grant(ticket=waived), reviewer)
    informed = out(scene, community="C02")
    scene.do(AddTask(ticket=informed, inform=["AJ"]))
    moved = out(scene)
    scene.do(Redispatch(ticket=moved, to="AJ", reason="换"))
    scene.do(Refuse(ticket=scene.new("不归街道", matter="BJ0101"), reason="不属本辖区"))
    scene.do(Void(ticket=out(scene), reason="误报"), "gao")
    scene.new("没有事项")

    wanted = month_of("", ZONE, scene.desk.now())
    assert [period.label for period in wanted] == ["2026-12", "2026-11"]
    with scene.reader() as reader:
        report = monthly_report(reader, 1, *wanted, scene.desk.now(), 10)
        first = monthly_report(reader, 1, *wanted, wanted[0].to_at, 1)
    assert report.partial
    assert not first.partial
    manhole, other = report.frequent
    assert [line.key for line in first.frequent] == ["BJ0101"]
    assert (report.total, report.total_before) == (first.total, first.total_before) == (9, 4)
    assert (other.key, other.count, other.before, other.rate) == ("", 1, 1, None)
    # Eight reports of manholes: three judged on time, one late, one late and waived, two not done, one joined.
    assert (manhole.count, manhole.on_time, manhole.late) == (8, 3, 1)
    assert (manhole.rate, manhole.before, manhole.change) == (Decimal("75.00"), 3, 5)
    assert manhole.change_share == Decimal("166.66")
    assert (manhole.lead, manhole.places) == ("城市更新岗", [("二社区", "二社区", 4), ("一社区", "一社区", 2)])
    # With the force: two; of another section: two, one of them has both. Informed, called off and own hands: none.
    assert (manhole.cross_department, manhole.cross_section, manhole.cross) == (2, 2, 3)
    assert report.cross == [manhole]


def test_fewer_than_before_is_negative_and_a_month_is_written_as_one() -> None:
    assert MatterLine("", "", "", count=1, before=3).change_share == Decimal("-66.66")
    assert MatterLine("", "", "", count=1).change_share is None
    assert [period.label for period in month_of("2026-01", ZONE, 0)] == ["2026-01", "2025-12"]
    for wrong in ("2026", "2026-13", "2026-11-01", "11-2026", "２０２６-11"):
        with pytest.raises(BadInput):
            month_of(wrong, ZONE, 0)
