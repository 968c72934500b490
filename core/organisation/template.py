"""Organisation templates: a street described by counts and names, filled in by a seed, always the same for one seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.catalogue.fields import Fields, Problems
from core.catalogue.sources import SHIPPED, read_toml
from core.organisation.frame import read_frame, read_shifts
from core.organisation.model import Organisation, UnitEntry
from core.organisation.names import Names
from core.organisation.places import CommunityPlan, places
from core.organisation.staff import Staff, staff_desk, staff_outside, staff_places, staff_posts
from data.errors import NotFound
from data.terms import PostKind, Rank, Role, UnitKind

DEFAULT_TEMPLATE = "s3"
CENTRE_SECTION = "centre"
"""The section code of the centre's own posts, which stand under the centre itself."""

MAX_UNITS = 20_000
_KEYS = (
    *("code", "title", "title_en", "seed", "centre", "tiers", "sizes", "district", "department", "section", "post"),
    *("leader", "desk", "force", "community", "villages", "households", "routes"),
)


def templates() -> dict[str, Path]:
    """The templates that come with the product, by code."""
    found = {}
    for file in sorted((SHIPPED / "templates").glob("*.toml")):
        found[str(read_toml(file).get("code", file.stem))] = file
    return found


def read_template(name: str = DEFAULT_TEMPLATE) -> Organisation:
    """The organisation of a template: a code that comes with the product, or the path of a TOML file.

    Raises NotFound for an unknown name, BadInput whose details list every mistake with its place.
    """
    known = templates()
    file = known.get(name) or Path(name)
    if not file.is_file():
        shown = name if name.isprintable() else ascii(name)
        raise NotFound(
            "template-unknown",
            f"没有模板 {shown}，可用：{'、'.join(known)}，或 TOML 文件路径。",
            f"There is no template {shown}; known: {', '.join(known)}, or the path of a TOML file.",
        )
    return build_template(read_toml(file), file.name)


def build_template(values: Mapping[str, Any], name: str) -> Organisation:
    """The organisation that a template's table describes. Raises BadInput with every mistake."""
    problems = Problems()
    row = Fields(values, name, problems, _KEYS)
    centre = {**row.table("centre"), **{key: row.table(key) for key in ("tiers", "sizes", "routes")}}
    frame = read_frame(centre, name, problems)
    draw = random.Random(row.text("seed", "zhihui", longest=60))  # noqa: S311 - made-up data, not a secret
    units = _top_units(row, frame)
    posts = [unit for unit in units if unit.kind == UnitKind.POST]
    village = bool(row.row.get("villages"))
    plans = _villages(row) if village else _communities(row)
    if sum(1 + plan.grids + plan.micro for plan in plans) > MAX_UNITS:
        row.wrong(f"单位超过 {MAX_UNITS} 个", f"more than {MAX_UNITS} units")
    problems.raise_any("template-content")
    fixed = _households(row)
    land = [unit for plan in plans for unit in places(plan, frame.code, fixed, draw)]
    staff = Staff(Names(draw))
    leaders = _leaders(row, staff, {unit.code for unit in units})
    vacant, only_a = (_flagged(row, flag) for flag in ("vacant", "only_a"))
    staff_posts(staff, posts, vacant, only_a)
    desk = Fields(row.table("desk"), f"{name}: desk", problems, ("post", "teams", "officers", "shifts"))
    turns = staff_desk(
        staff, desk.text("post"), read_shifts(desk), desk.whole("teams", 4, 9), desk.whole("officers", 2, 9), leaders
    )
    if desk.row.get("post") not in {post.code for post in posts}:
        desk.wrong("没有这个岗位", "there is no such post")
    problems.raise_any("template-content")
    staff_outside(staff, units)
    staff_places(staff, land, village)
    return replace(
        frame,
        desk=turns,
        units=(*units, *land),
        officers=tuple(staff.officers),
        appointments=tuple(staff.appointments),
    )


def _top_units(row: Fields, frame: Organisation) -> list[UnitEntry]:
    """District, departments, centre, sections, posts and linked forces."""
    above = Fields(row.table("district"), f"{row.place}: district", row.problems, ("code", "name", "name_en"))
    district = _named(above, UnitKind.DISTRICT, "")
    found = [district]
    found += [_named(item, UnitKind.DEPARTMENT, district.code) for item in _items(row, "department")]
    found.append(UnitEntry(frame.code, str(UnitKind.CENTRE), frame.name, frame.name_en, frame.aliases, district.code))
    sections = [_named(item, UnitKind.SECTION, frame.code) for item in _items(row, "section", "aliases")]
    posts = [_post(item, frame.code) for item in _items(row, "post", *_POST_KEYS)]
    found += sections + posts
    found += [_named(item, UnitKind.FORCE, frame.code) for item in _items(row, "force", "aliases")]
    known = {section.code for section in sections} | {CENTRE_SECTION}
    for post in posts:
        if post.section not in known:
            row.wrong(f"岗位 {post.code} 的板块 {post.section} 不存在", f"post {post.code}: no section {post.section}")
    return found


_POST_KEYS = ("section", "kind", "competence", "aliases", "vacant", "only_a")


def _items(row: Fields, key: str, *more: str) -> list[Fields]:
    return [
        Fields(values, f"{row.place}: {key} {number}", row.problems, ("code", "name", "name_en", *more))
        for number, values in row.rows(key, 1_000)
    ]


def _named(item: Fields, kind: UnitKind, parent: str) -> UnitEntry:
    aliases = item.texts("aliases")
    return UnitEntry(
        item.text("code", longest=40),
        str(kind),
        item.text("name", longest=80),
        item.text("name_en", ""),
        aliases,
        parent,
    )


def _post(item: Fields, centre: str) -> UnitEntry:
    section = item.text("section", longest=20)
    return replace(
        _named(item, UnitKind.POST, centre if section == CENTRE_SECTION else section),
        section=section,
        post_kind=item.word("kind", PostKind),
        facts={"competence": item.text("competence", "")},
    )


def _flagged(row: Fields, flag: str) -> list[str]:
    return [str(values.get("code")) for _, values in row.rows("post", 1_000) if values.get(flag) is True]


def _leaders(row: Fields, staff: Staff, known: set[str]) -> list[str]:
    """Engage the leaders; returns those who take turns as duty leader."""
    turns: list[str] = []
    centre = str(row.table("centre").get("code", ""))
    for number, values in row.rows("leader", 200):
        item = Fields(values, f"{row.place}: leader {number}", row.problems, ("code", "title", "roles"))
        officer = staff.engage(item.text("code", longest=40), item.text("title"))
        for triple in item.row.get("roles", []):
            unit, role, rank = (*map(str, triple), "", "", "")[:3] if isinstance(triple, list) else ("", "", "")
            unit = centre if unit == CENTRE_SECTION else unit
            if role not in set(Role) or unit not in known or rank not in {"", *Rank}:
                item.wrong(f"职务 {triple!r:.60} 有误", f"role {triple!r:.60} is wrong")
                continue
            staff.appoint(officer, unit, Role(role), rank)
            if role == Role.DUTY_LEADER:
                turns.append(officer)
    return turns


def _communities(row: Fields) -> list[CommunityPlan]:
    found = []
    for item in _items(row, "community", "grids", "micro", "exclusive", "people"):
        pairs = [(*text.split("|", 1), "")[:2] for text in item.texts("exclusive")]
        found.append(
            CommunityPlan(
                item.text("code", longest=20),
                item.text("name", longest=40),
                item.whole("grids", 0, 500),
                item.whole("micro", 0, 5_000),
                tuple((str(name), str(what)) for name, what in pairs),
                item.whole("people", 0, 10_000_000),
            )
        )
    return found


def _villages(row: Fields) -> list[CommunityPlan]:
    """Villages as short rows: code, name, basic grids, micro-grids."""
    table = Fields(row.table("villages"), f"{row.place}: villages", row.problems, ("rows",))
    rows = table.row.get("rows", [])
    found = []
    for number, values in enumerate(rows if isinstance(rows, list) else [], 1):
        cells = values if isinstance(values, list) and len(values) == 4 else [None] * 4
        item = Fields(
            dict(zip(("code", "name", "grids", "micro"), cells, strict=True)),
            f"{table.place} {number}",
            row.problems,
            ("code", "name", "grids", "micro"),
        )
        grids, micro = item.whole("grids", 0, 500), item.whole("micro", 0, 5_000)
        found.append(CommunityPlan(item.text("code", longest=20), item.text("name", longest=40), grids, micro))
    return found


def _households(row: Fields) -> dict[str, int]:
    table = row.table("households")
    fields = Fields(table, f"{row.place}: households", row.problems, [str(key) for key in table])
    return {str(code): fields.whole(code, 0, 100_000) for code in table}
