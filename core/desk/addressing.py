"""Whom a sweep or a broadcast is for: units by kind, tag, community or name, as they are at this instant."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from sqlalchemy import select

from core.desk.orders import Code, Order
from core.desk.references import References, UnitView, unit_view
from data.errors import BadInput
from data.tables import Unit, table
from data.terms import UnitKind

UNITS_LIMIT = 5000
"""Units of one sweep or broadcast: every grid and micro-grid of a large street."""
GRIDS = (UnitKind.GRID, UnitKind.EXCLUSIVE_GRID)
TAGGED = (UnitKind.COMMUNITY, *GRIDS)
"""What a tag alone chooses from."""
ADDRESSABLE = (UnitKind.COMMUNITY, *GRIDS, UnitKind.MICRO_GRID)
"""Kinds that are chosen by kind, tag or community; others are named one by one."""


class Addressed(Order):
    """Fields of an order that is for many units."""

    kinds: list[UnitKind] = Field(default_factory=list, max_length=len(UnitKind))
    """Kinds of units; by default the grids, with tags the communities that have them as well."""
    tags: list[Code] = Field(default_factory=list, max_length=60)
    """Units with any of these tags."""
    communities: list[Code] = Field(default_factory=list, max_length=500)
    """Only what lies in these communities."""
    units: list[Code] = Field(default_factory=list, max_length=UNITS_LIMIT)
    """Units by name, besides what the others choose."""


def addressed_units(refs: References, order: Addressed) -> list[UnitView]:
    """The open units that are meant, each once, in the organisation's order.

    Raises BadInput where nothing is chosen, nobody fits or a tag is on no unit; NotFound for an unknown name.
    """
    named = [refs.unit_by_code(code) for code in order.units]
    found: list[UnitView] = []
    if order.kinds or order.tags or order.communities:
        found = _chosen(refs, order)
    elif not named:
        raise BadInput(
            "nobody-chosen",
            "没有说明发给谁：请给出标签、类别、社区或单位。",
            "Say who it is for: tags, kinds, communities or units.",
        )
    units = list({unit.id: unit for unit in (*found, *named)}.values())
    for unit in units:
        if unit.kind == UnitKind.CENTRE:
            raise BadInput("not-a-target", f"{unit.name} 不能作为对象。", f"{unit.code} cannot be addressed.")
    if not units:
        raise BadInput("nobody-fits", "没有符合条件的单位。", "No unit fits.")
    if len(units) > UNITS_LIMIT:
        raise BadInput(
            "too-many-units",
            f"一次最多 {UNITS_LIMIT} 个单位，现为 {len(units)} 个。",
            f"At most {UNITS_LIMIT} units at once, these are {len(units)}.",
        )
    return units


def audience_words(order: Addressed) -> dict[str, list[str]]:
    """How the units were chosen, for the log."""
    return {
        "kinds": [kind.value for kind in order.kinds],
        "tags": list(order.tags),
        "communities": list(order.communities),
        "named": list(order.units),
    }


def _chosen(refs: References, order: Addressed) -> list[UnitView]:
    kinds = frozenset(order.kinds) or frozenset(TAGGED if order.tags else GRIDS)
    for kind in kinds:
        if kind not in ADDRESSABLE:
            raise BadInput(
                "kind-not-areal",
                f"{kind.zh} 须逐个写明。",
                f"A {kind.en} is named by itself, not chosen by kind.",
            )
    inside = {_community(refs, code).id for code in order.communities}
    rows = _open_units(refs)
    tagged = [row for row in rows if not order.tags or _tags(row) & set(order.tags)]
    for tag in order.tags:
        if not any(tag in _tags(row) for row in rows):
            shown = tag if tag.isprintable() else ascii(tag)
            raise BadInput("tag-unknown", f"没有单位带标签“{shown}”。", f"No unit has the tag {shown}.", tag=tag)
    above = {row["id"]: row["parent_id"] for row in rows}
    return [
        unit_view(row)
        for row in tagged
        if row["kind"] in kinds and (not inside or inside & {row["id"], *_line(above, row["id"])})
    ]


def _community(refs: References, code: str) -> UnitView:
    unit = refs.unit_by_code(code)
    if unit.kind != UnitKind.COMMUNITY:
        raise BadInput("not-a-community", f"{unit.name} 不是村社区。", f"{unit.code} is not a community.")
    return unit


def _open_units(refs: References) -> list[dict[str, Any]]:
    unit = table(Unit)
    rows = refs.connection.execute(
        select(unit)
        .where(
            unit.c.centre_id == refs.centre_id,
            unit.c.closed_at.is_(None),
            unit.c.kind.in_([kind.value for kind in ADDRESSABLE]),
        )
        .order_by(unit.c.sort_no, unit.c.code)
    ).mappings()
    return [dict(row) for row in rows]


def _tags(row: dict[str, Any]) -> set[str]:
    return set((row["facts"] or {}).get("tags", ()))


def _line(above: dict[int, int | None], unit_id: int) -> list[int]:
    """The units over one, from below; those that are not addressable end the line."""
    found: list[int] = []
    at = above.get(unit_id)
    while at is not None and at not in found:
        found.append(at)
        at = above.get(at)
    return found
