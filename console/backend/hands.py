"""Whom a ticket can be given to: who is on duty, posts and forces, several at once, grids, and people by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from console.backend.people import TREE_KINDS, names_shown, post_tree, unit_name
from console.backend.words import not_signed
from console.i18n import _, language
from console.ports import PostNode
from data.pinyin import found_by
from data.queries.organisation import HolderLine, UnitLine
from data.terms import DUTY_ROLES, Role, UnitKind

GRID_KINDS = (UnitKind.GRID, UnitKind.EXCLUSIVE_GRID)
HAND_KINDS = (*TREE_KINDS, *GRID_KINDS)
PERSON = "@"


def hand_nodes(
    units: Sequence[UnitLine], holders: Sequence[HolderLine], tags: Mapping[str, Sequence[str]]
) -> list[PostNode]:
    """The lines of the drawer, as a tree; `tags` are the units that have each tag, by code."""
    nodes = _group("on-duty", _("On duty"), _on_duty(holders))
    nodes += post_tree([unit for unit in units if unit.kind not in GRID_KINDS], holders)
    nodes += _group("several", _("Several at once"), _several(units, holders, tags))
    nodes += _group("grids", _("Grids"), _grids(units, holders))
    return nodes + _group("people", _("People by name"), _people(holders))


def _group(code: str, title: str, nodes: Iterable[PostNode]) -> list[PostNode]:
    found = list(nodes)
    return [PostNode(0, f"-{code}", title, 0, False), *found] if found else []


def _on_duty(holders: Sequence[HolderLine]) -> Iterable[PostNode]:
    """Whoever serves in a role now; those appointed to it where nobody has a shift. Who is kept on stands last."""
    for role in DUTY_ROLES:
        serving = [line for line in holders if line.on_shift == role] or [line for line in holders if line.role == role]
        kept = {line.officer_id for line in holders if line.kept == role}
        names = list(dict.fromkeys(line.name for line in serving if line.away is None and line.officer_id not in kept))
        names += dict.fromkeys(
            line.name + not_signed() for line in holders if line.officer_id in kept and line.away is None
        )
        shown = names_shown(names)
        known = found_by(role.zh, role.en)
        yield PostNode(0, PERSON + role.value, role.label(language()), 1, True, shown, bool(names), found_by=known)


def _several(
    units: Sequence[UnitLine], holders: Sequence[HolderLine], tags: Mapping[str, Sequence[str]]
) -> Iterable[PostNode]:
    communities = [unit for unit in units if unit.kind == UnitKind.COMMUNITY]
    grids = [unit for unit in units if unit.kind in GRID_KINDS]
    secretaries = _one_of_each([line for line in holders if line.role == Role.COMMUNITY_SECRETARY])
    yield from _preset("communities", _("All communities"), "所有社区", [unit.code for unit in communities])
    yield from _preset("grids", _("All grids"), "所有网格", [grid.code for grid in grids])
    yield from _preset("secretaries", _("All community secretaries"), "各社区书记", secretaries)
    for section in units:
        if section.kind == UnitKind.SECTION:
            posts = [unit.code for unit in units if unit.kind == UnitKind.POST and unit.parent_id == section.id]
            title = _("All posts of {name}").format(name=unit_name(section))
            yield from _preset(f"posts-{section.code}", title, f"{section.name}各岗", posts)
    for community in communities:
        own = [grid.code for grid in grids if grid.parent_id == community.id]
        title = _("All grids of {name}").format(name=unit_name(community))
        yield from _preset(f"grids-{community.code}", title, f"{community.name}各网格", own)
    for tag, codes in tags.items():
        yield from _preset(f"tag-{tag}", _("Tagged {tag}").format(tag=tag), tag, list(codes))


def _one_of_each(holders: Sequence[HolderLine]) -> list[str]:
    """One person of each unit: the A holder, while they are away the B holder."""
    chosen: dict[int, HolderLine] = {}
    for line in sorted(holders, key=lambda line: (line.away is not None, line.rank or "z")):
        chosen.setdefault(line.unit_id, line)
    return [PERSON + line.officer_code for line in holders if chosen[line.unit_id] == line]


def _preset(key: str, title: str, spelt: str, codes: Sequence[str]) -> Iterable[PostNode]:
    """A line that stands for several hands; none where there are none."""
    if codes:
        count = _("{n} hands").format(n=len(codes))
        yield PostNode(0, f"*{key}", title, 1, True, count, found_by=found_by(title, spelt), members=tuple(codes))


def _grids(units: Sequence[UnitLine], holders: Sequence[HolderLine]) -> Iterable[PostNode]:
    names = {unit.id: unit_name(unit) for unit in units if unit.kind == UnitKind.COMMUNITY}
    people: dict[int, list[HolderLine]] = {}
    for holder in holders:
        people.setdefault(holder.unit_id, []).append(holder)
    for unit in units:
        if unit.kind in GRID_KINDS:
            here = [line.name for line in people.get(unit.id, ()) if line.away is None]
            over = names.get(unit.parent_id or 0, "")
            name = unit_name(unit)
            title = name if not over or over in name else f"{over} {name}"
            known = found_by(unit.code, unit.name, title, *unit.aliases)
            shown = " ".join(dict.fromkeys(here[:2]))
            yield PostNode(unit.id, unit.code, title, 1, True, shown, bool(here), unit.load, unit.late, known)


def _people(holders: Sequence[HolderLine]) -> Iterable[PostNode]:
    """Everybody in a role, once, with where they work."""
    held: dict[str, list[HolderLine]] = {}
    for line in holders:
        held.setdefault(line.officer_code, []).append(line)
    for code, lines in held.items():
        first = lines[0]
        shown = " ".join(dict.fromkeys(line.unit_name + line.rank.upper() for line in lines))
        roles = [Role(line.role).zh for line in lines]
        known = found_by(code, first.name, *roles)
        yield PostNode(0, PERSON + code, first.name, 1, True, shown, first.away is None, found_by=known)
