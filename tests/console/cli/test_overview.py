"""`zhihui report overview` and `zhihui org map` by the real command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.demo_map import demo_map
from tests.console.cli.conftest import Run, Street
from tests.console.cli.test_light import loaded_by


@pytest.fixture
def map_file(tmp_path: Path) -> str:
    path = tmp_path / "street.geojson"
    path.write_text(json.dumps(demo_map([("C01", "一社区"), ("", "别处")], "seed")), encoding="utf-8")
    return str(path)


def test_the_figures_for_scripts(run: Run, street: Street) -> None:
    street.clock.advance(minutes=30)
    found = run("report", "overview", "--json").json
    listed = run("ticket", "list", "--json").json
    assert found["open"] == len(listed) == 4
    assert found["late"] == sum(row["late"] for row in listed) > 0
    assert [(row["filter"], row["open"], row["intake"]) for row in found["by_source"]] == [("source:phone", 4, 4)]
    for group in ("by_source", "by_section", "by_urgency"):
        for row in found[group]:
            assert row["open"] == len(run("ticket", "list", "--json", "--where", row["filter"]).json), row
    assert [(row["code"], row["open"]) for row in found["places"]] == [("C01", 4)]
    assert sum(bucket["reported"] for bucket in found["hours"]) == 4
    assert len(found["days"]) == 30
    assert {row["code"] for row in found["overdue"] + found["nearest"]} == {row["code"] for row in listed}
    assert [post["code"] for post in found["unstaffed"]] == ["GHJS"]


def test_the_figures_for_people(run: Run) -> None:
    assert "未结 4 · 超期 1 · 24 小时上报 4" in run("report", "overview").out
    assert "Open 4 · late 1 · reported in 24 h 4" in run("report", "overview", "--lang", "en").out
    assert "规划建设岗" in run("report", "overview").out


def test_personal_data_stays_masked(run: Run, street: Street) -> None:
    street.clock.advance(hours=30)
    assert "13812345678" not in run("report", "overview", "--json").out


def test_reading_the_figures_loads_neither_desk_nor_screen(street: Street) -> None:
    found = loaded_by("report", "overview", "--json", "--store", street.path)
    assert not found & {"textual", "rich", "sqlalchemy", "sqlmodel", "pydantic", "plotext"}


def test_a_map_is_set_shown_and_cleared(run: Run, map_file: str) -> None:
    assert "2 个区域，1 个对应到单位" in run("org", "map", "set", map_file).out
    shown = run("org", "map", "show", "--json").json
    assert [(row["area"], row["unit"]) for row in shown] == [("一社区", "C01"), ("别处", "")]
    assert "一社区" in run("org", "map", "show").out
    assert run("org", "map", "clear").code == 0
    assert run("org", "map", "show", "--json").json == []
    assert "没有设置地图" in run("org", "map", "show").err
    assert "no-map" in run("org", "map", "clear").err


@pytest.mark.parametrize("content", ["", "{}", '{"type": "FeatureCollection", "features": []}', None])
def test_a_bad_map_changes_nothing(
    run: Run, street: Street, map_file: str, tmp_path: Path, content: str | None
) -> None:
    run("org", "map", "set", map_file)
    before = street.digest()
    bad = tmp_path / "bad\x1b.geojson"
    if content is not None:
        bad.write_text(content, encoding="utf-8")
    ended = run("org", "map", "set", str(bad))
    assert ended.code != 0
    assert "map-file" in ended.err
    assert "\x1b" not in ended.err
    assert street.digest() == before


def test_nobody_of_the_field_may_change_the_map(run: Run, street: Street, map_file: str) -> None:
    before = street.digest()
    ended = run("org", "map", "set", map_file, officer="li")
    assert "not-permitted" in ended.err
    assert street.digest() == before
