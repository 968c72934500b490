"""AS-12 [3-25]: 66 communities become 54. Old tickets keep the unit they had; reports go by either division."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.organisation.files import write_organisation
from core.organisation.model import UnitEntry
from core.organisation.template import read_template
from data.terms import UnitKind
from tests.scenarios.street_centre import StreetCentre

LAND = (UnitKind.COMMUNITY, UnitKind.GRID, UnitKind.EXCLUSIVE_GRID, UnitKind.MICRO_GRID)


@pytest.fixture
def street(tmp_path: Path) -> StreetCentre:
    """The street with 66 communities of two grids each, in place of the template's ten."""
    street = StreetCentre(tmp_path, "2026-11-20 09:00:00")
    template = read_template("s3")
    land = {unit.code for unit in template.units if unit.kind in LAND}
    centre = next(unit.code for unit in template.units if unit.kind == UnitKind.CENTRE)
    communities = [UnitEntry(f"Q{n:02}", "community", f"第{n}社区", parent=centre, people=7000) for n in range(1, 67)]
    grids = [
        UnitEntry(f"{home.code}-{letter}", "grid", f"{home.name}{letter}网格", parent=home.code, people=3500)
        for home in communities
        for letter in "AB"
    ]
    file = tmp_path / "redrawn.toml"
    kept = tuple(unit for unit in template.units if unit.code not in land)
    people = tuple(held for held in template.appointments if held.unit not in land)
    write_organisation(replace(template, units=(*kept, *communities, *grids), appointments=people), file)
    street.run("org", "load", str(file), "--replace", who=street.on_duty("duty_leader"))
    return street


def communities(street: StreetCentre, *more: str) -> dict[str, int]:
    """Open tickets by community."""
    lines = json.loads(street.run("report", "ontime", "--by", "community", "--json", *more))
    return {line["key"]: line["open_in_time"] for line in lines if line["open_in_time"] and line["key"]}


def test_sixty_six_become_fifty_four(street: StreetCentre) -> None:
    desk, leader = street.on_duty("duty_officer"), street.on_duty("duty_leader")

    def report(title: str, *where: str) -> str:
        code = street.report("--title", title, *where, who=desk)
        street.ticket("accept", code, who=desk)
        street.ticket("dispatch", code, "--to", "CSGX", who=desk)
        return code

    old = {grid: report(f"旧{grid}", "--grid", grid) for grid in ("Q01-A", "Q02-B", "Q30-A", "Q40-A", "Q40-B", "Q50-A")}
    loose = report("旧无网格", "--community", "Q40")
    assert len(json.loads(street.run("org", "show", "--kind", "community", "--json"))) == 66
    before = communities(street)

    street.at("2026-11-21 09:00:00")
    for first in range(1, 23, 2):  # eleven pairs become one new community each
        pair = (f"Q{first:02}", f"Q{first + 1:02}")
        street.run("org", "merge", *pair, "--into", f"N{first:02}", "--name", f"新{first}社区", who=leader)
    street.run("org", "merge", "Q30", "Q31", "--into", "Q32", who=leader)
    street.run("org", "split", "Q40", "--part", "Q40A:东社区:Q40-A", "--part", "Q40B:西社区:Q40-B", who=leader)
    street.run("org", "move", "Q50-A", "--to", "Q51", "--reason", "插花地", who=leader)
    assert "没有“调整机构”的权限" in street.run("org", "move", "Q52-A", "--to", "Q51", who=desk, expect=4)
    assert street.run("org", "move", "Q52-A", who=leader, expect=2)
    now = json.loads(street.run("org", "show", "--kind", "community", "--json"))
    assert len(now) == 54
    assert sum(unit["people"] for unit in now) == 66 * 7000

    # Old tickets keep their unit, and can be worked on as before.
    for grid, code in old.items():
        shown = street.show(code)
        home = f"第{int(grid[1:3])}社区"
        assert (shown["grid_name"], shown["community_name"]) == (f"{home}{grid[-1]}网格", home)
    street.ticket("note", loose, "--text", "区划调整后仍在办理", who=desk)

    # New ones belong to the new division; either division can be reported, and nothing is lost in either.
    new = [report("新", "--grid", grid) for grid in ("Q01-A", "Q40-B", "Q50-A")]
    assert [street.show(code)["community_name"] for code in new] == ["新1社区", "西社区", "第51社区"]
    assert before == {"Q01": 1, "Q02": 1, "Q30": 1, "Q40": 3, "Q50": 1}
    assert communities(street) == {**before, "N01": 1, "Q40B": 1, "Q51": 1}
    assert communities(street, "--current-division") == {"N01": 3, "Q32": 1, "Q40A": 2, "Q40B": 2, "Q51": 2}
    assert communities(street, "--division", "2026-11-20T12:00") == {"Q01": 2, "Q02": 1, "Q30": 1, "Q40": 4, "Q50": 2}
    assert "只能用一种" in street.run(
        *("report", "ontime", "--current-division", "--division", "2026-11-20"), who=desk, expect=2
    )
    assert json.loads(street.run("audit", "verify", "--json"))["whole"] is True
