"""The on-time rate, counted by hand beside it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, text

from core.accountability.ontime import Dimension, OnTimeLine, OnTimeReport, on_time_report, percentage
from core.accountability.period import Period, read_period
from core.accountability.sources import sources_of_all_time, sources_report
from core.desk.orders import Accept, Acknowledge, Complete, Dispatch, Refuse, Report, Void
from data.tables import Unit, UnitSuccession, table
from data.terms import Source
from tests.core.desk.scene import C01, C02, CENTRE, G01, G02, Scene


def finished(scene: Scene, seconds: int, **facts: Any) -> str:
    """A ticket with a limit of two hours, completed so many seconds after its dispatch."""
    code = out(scene, **facts)
    scene.wait(seconds=seconds)
    scene.do(Complete(ticket=code, outcome="好了"), "li")
    return code


def out(scene: Scene, **facts: Any) -> str:
    code = scene.do(Report(title="井盖缺失", **facts)).ticket
    scene.do(Accept(ticket=code))
    scene.do(Dispatch(ticket=code, to="CSGX", matter="BJ0101", limit_no=0))
    scene.do(Acknowledge(ticket=code), "li")
    return code


def report(scene: Scene, by: Dimension = Dimension.ALL, period: Period | None = None, **more: Any) -> OnTimeReport:
    with scene.reader() as reader:
        return on_time_report(reader, 1, by, scene.desk.now(), period, **more)


def line(scene: Scene, by: Dimension, key: str, **more: Any) -> OnTimeLine:
    return next(found for found in report(scene, by, **more).lines if found.key == key)


def test_rate_late_open_and_multiple(any_scene: Scene) -> None:
    """Two on time, one late by half its limit, one open and overdue by its whole limit, one open in time."""
    scene = any_scene
    overdue = out(scene)
    finished(scene, 7200)
    finished(scene, 10)
    finished(scene, 10_800)
    out(scene)
    scene.wait(seconds=14_400 - (scene.desk.now() - scene.ticket(overdue)["dispatched_at"]))
    refused = scene.new("不受理")
    scene.do(Refuse(ticket=refused, reason="x"))
    void = out(scene)
    scene.do(Void(ticket=void, reason="误报"), "gao")
    total = report(scene).total
    assert (total.on_time, total.late, total.open_overdue, total.open_in_time) == (2, 1, 1, 1)
    assert total.rate == Decimal("66.66")
    assert total.strict_rate == Decimal("50.00")
    used = scene.desk.now() - scene.ticket(overdue)["dispatched_at"] - 7200
    assert total.overdue_multiple == Decimal((0.5 + used / 7200) / 2).quantize(Decimal("0.01"))


@pytest.mark.parametrize(
    ("part", "whole", "wanted"),
    [(9_999, 10_000, "99.99"), (99_999, 100_000, "99.99"), (1, 1, "100.00"), (2, 3, "66.66"), (0, 7, "0.00")],
)
def test_a_rate_is_cut_and_never_better_than_it_is(part: int, whole: int, wanted: str) -> None:
    assert str(percentage(part, whole)) == wanted
    assert percentage(0, 0) is None


def test_a_ticket_counts_in_the_period_of_its_deadline(scene: Scene) -> None:
    """Reported and dispatched on the last evening of November, due an hour into December."""
    scene.wait(days=10, hours=14)
    finished(scene, 60)
    assert report(scene, period=read_period("2026-11", "Asia/Shanghai")).total.completed == 0
    assert report(scene, period=read_period("2026-12", "Asia/Shanghai")).total.on_time == 1
    assert report(scene, period=read_period("2026Q4", "Asia/Shanghai")).total.on_time == 1


def test_the_official_deadline_stands_over_our_own(any_scene: Scene) -> None:
    scene = any_scene
    code = finished(scene, 3 * 3600)
    ticket = scene.ticket(code)
    with scene.store.write() as connection:
        connection.execute(
            text(
                "UPDATE ticket SET official_due_at = :due, on_time = :met WHERE centre_id = :centre AND code = :code"
            ),
            {"due": ticket["completed_at"] - ticket["reported_at"] + ticket["completed_at"], "met": True, "code": code,
             "centre": 1},
        )  # fmt: skip
    assert report(scene).total.on_time == 1


def test_completed_without_any_deadline_is_undated(any_scene: Scene) -> None:
    scene = any_scene
    code = finished(scene, 60)
    with scene.store.write() as connection:
        connection.execute(
            text("UPDATE ticket SET final_due_at = NULL, on_time = NULL WHERE centre_id = :centre AND code = :code"),
            {"code": code, "centre": 1},
        )
    total = report(scene, period=read_period("2026-11", "Asia/Shanghai")).total
    assert (total.completed, total.undated, total.rate) == (0, 1, None)


def test_every_dimension_adds_up_to_the_whole(any_scene: Scene) -> None:
    scene = any_scene
    finished(scene, 60, grid="G01", source=Source.HOTLINE)
    finished(scene, 8000, community="C02")
    out(scene)
    whole = report(scene).total
    for by in Dimension:
        for current in (False, True):
            found = report(scene, by, current_division=current)
            assert (found.total.on_time, found.total.late, found.total.open_in_time) == (1, 1, 1), by
            assert found.total.overdue_multiple == whole.overdue_multiple
    assert line(scene, Dimension.SOURCE, "hotline").rate == Decimal("100.00")
    assert line(scene, Dimension.COMMUNITY, "C02").late == 1
    assert line(scene, Dimension.GRID, "G01").on_time == 1
    assert line(scene, Dimension.LEAD, "CSGX").completed == 2
    assert line(scene, Dimension.MATTER, "BJ0101").zh == "给排水井盖"
    assert line(scene, Dimension.URGENCY, "urgent").completed == 2
    assert line(scene, Dimension.SECTION, "economy").zh == "经济发展"
    assert line(scene, Dimension.COMMUNITY, "").zh == "未填"


def test_by_the_division_then_or_now(any_scene: Scene) -> None:
    """C01 was split: its grid G01 went to C03, what names no grid follows C02, the main successor."""
    scene = any_scene
    finished(scene, 60, grid="G01")
    finished(scene, 60, community="C01")
    finished(scene, 60, grid="G02")
    now = scene.desk.now()
    with scene.store.write() as connection:
        connection.execute(
            insert(table(Unit)),
            {"centre_id": 1, "id": 30, "code": "C03", "kind": "community", "name": "三社区", "name_en": "",
             "aliases": [], "parent_id": CENTRE, "section": "", "post_kind": "", "households": 0, "people": 0,
             "facts": {}, "sort_no": 30, "opened_at": now, "closed_at": None},
        )  # fmt: skip
        connection.execute(
            insert(table(UnitSuccession)),
            [
                {"centre_id": 1, "id": 1, "from_unit_id": C01, "to_unit_id": C02, "kind": "split", "main": True,
                 "at": now, "reason": "", "actor": ""},
                {"centre_id": 1, "id": 2, "from_unit_id": C01, "to_unit_id": 30, "kind": "split", "main": False,
                 "at": now, "reason": "", "actor": ""},
            ],
        )  # fmt: skip
        for grid, parent in ((G01, 30), (G02, C02)):
            connection.execute(
                text("UPDATE unit SET parent_id = :parent WHERE centre_id = :centre AND id = :grid"),
                {"parent": parent, "grid": grid, "centre": 1},
            )
    then = {found.key: found.on_time for found in report(scene, Dimension.COMMUNITY).lines}
    today = {found.key: found.on_time for found in report(scene, Dimension.COMMUNITY, current_division=True).lines}
    assert then == {"C01": 3}
    assert today == {"C02": 2, "C03": 1}


def test_reports_by_source(any_scene: Scene) -> None:
    scene = any_scene
    finished(scene, 60, source=Source.HOTLINE)
    scene.new(source=Source.HOTLINE)
    refused = scene.new(source=Source.SENSOR)
    scene.do(Refuse(ticket=refused, reason="x"))
    with scene.reader() as reader:
        found = sources_report(reader, 1, read_period("2026-11", "Asia/Shanghai"))
        assert [tuple(row)[:1] + tuple(row)[3:] for row in found] == [("hotline", 2, 0, 1, 2), ("sensor", 1, 1, 0, 0)]
        assert sources_report(reader, 1, read_period("2026-10", "Asia/Shanghai")) == []
        assert sources_of_all_time(reader, 1) == {"hotline": 2, "sensor": 1}


def test_a_late_ticket_is_not_struck_out_of_the_rate(any_scene: Scene) -> None:
    """Made void after its deadline it stays late; made void in time it counts nowhere."""
    scene = any_scene
    late, mistaken = out(scene), out(scene)
    scene.do(Void(ticket=mistaken, reason="误报"), "gao")
    scene.wait(seconds=7201)
    scene.do(Void(ticket=late, reason="误报"), "gao")
    total = report(scene).total
    assert (total.on_time, total.late, total.open_overdue) == (0, 1, 0)
    scene.wait(days=9)
    assert report(scene).total.overdue_multiple == Decimal("0.00")
