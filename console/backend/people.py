"""Posts with who is on, and leaders with what climbed to them, for the dispatch and leaders screens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from console.backend.lists import TicketList
from console.backend.words import holder_text, on_now
from console.i18n import _, language
from console.leader_ports import LeaderView, TakenOver, ToDecide
from console.ports import PostNode, QueueRow
from console.widgets.columns import term
from data.pinyin import found_by
from data.queries.organisation import HolderLine, UnitLine, covered
from data.reader import Reader
from data.terms import CoverReason, Rank, Role, UnitKind

TREE_KINDS = (
    UnitKind.SECTION,
    UnitKind.POST,
    UnitKind.COMMUNITY,
    UnitKind.FORCE,
    UnitKind.DEPARTMENT,
    UnitKind.DISTRICT,
)
LEADER_ROLES = (Role.COMMANDER, Role.DUTY_LEADER, Role.SECTION_LEADER)
NAMES_SHOWN = 3


def post_tree(units: Sequence[UnitLine], holders: Sequence[HolderLine]) -> list[PostNode]:
    """Sections with their posts, then communities, linked forces and the district, depth first."""
    people: dict[int, list[HolderLine]] = {}
    for holder in holders:
        people.setdefault(holder.unit_id, []).append(holder)
    nodes: list[PostNode] = []
    sections = [unit for unit in units if unit.kind == UnitKind.SECTION]
    posts = [unit for unit in units if unit.kind == UnitKind.POST]
    placed: set[int] = set()
    for section in sections:
        nodes.append(_heading(section.id, section.code, unit_name(section)))
        for post in posts:
            if post.parent_id == section.id or (post.parent_id is None and post.section == section.code):
                nodes.append(_node(post, people.get(post.id, [])))
                placed.add(post.id)
    groups = (
        (_("Centre"), [post for post in posts if post.id not in placed]),
        (_("Communities"), [unit for unit in units if unit.kind == UnitKind.COMMUNITY]),
        (_("Linked forces"), [unit for unit in units if unit.kind == UnitKind.FORCE]),
        (_("District"), [unit for unit in units if unit.kind in (UnitKind.DEPARTMENT, UnitKind.DISTRICT)]),
    )
    for number, (title, members) in enumerate(groups):
        if members:
            nodes.append(_heading(-1 - number, f"-{number}", title))
            nodes += [_node(unit, people.get(unit.id, [])) for unit in members]
    return nodes


def unit_name(unit: UnitLine) -> str:
    """A unit's name in the user's language."""
    return unit.name_en if language() == "en" and unit.name_en else unit.name


def _heading(number: int, code: str, name: str) -> PostNode:
    return PostNode(number, code, name, 0, False)


def _node(unit: UnitLine, holders: Sequence[HolderLine]) -> PostNode:
    """A unit that can be sent to; the A holder first, whoever is away left out."""
    present = [holder for holder in holders if holder.away is None]
    names = list(dict.fromkeys(_with_rank(holder) for holder in sorted(present, key=lambda item: item.rank or "z")))
    shown = names_shown(names)
    known = found_by(unit.code, unit.name, unit.name_en, *unit.aliases)
    return PostNode(unit.id, unit.code, unit_name(unit), 1, True, shown, bool(present), unit.load, unit.late, known)


def names_shown(names: Sequence[str]) -> str:
    """The first names, and how many there are besides."""
    return " ".join(names[:NAMES_SHOWN]) + (f" +{len(names) - NAMES_SHOWN}" if len(names) > NAMES_SHOWN else "")


def _with_rank(holder: HolderLine) -> str:
    return f"{on_now(holder)}({holder.rank.upper()})" if holder.rank else on_now(holder)


def leader_views(
    holders: Sequence[HolderLine],
    units: Sequence[UnitLine],
    climbed: Mapping[int, int],
    nearest: Callable[[Sequence[int]], Sequence[QueueRow]],
    asked: Callable[[int], Sequence[QueueRow]],
    taken: Callable[[Collection[int]], Sequence[TakenOver]],
    decides: Callable[[int], tuple[ToDecide, ...]],
) -> list[LeaderView]:
    """The leaders in the organisation's order.

    `nearest` reads the nearest deadlines of units, of the whole centre without any; `asked` what climbed to an officer;
    `taken` what B holders of units took over; `decides` the requests that an officer may decide.
    """
    leaders = [holder for holder in holders if holder.role in LEADER_ROLES]
    of_unit: dict[int, list[HolderLine]] = {}
    for holder in leaders:
        of_unit.setdefault(holder.unit_id, []).append(holder)
    by_id = {unit.id: unit for unit in units}
    read: dict[str, Sequence[QueueRow]] = {}
    views = []
    for holder in _one_each(leaders):
        unit = by_id.get(holder.unit_id)
        section = unit.code if unit is not None and unit.kind == UnitKind.SECTION else ""
        held = [one for one in units if not section or one.section == section or one.id == holder.unit_id]
        if section not in read:
            read[section] = nearest([one.id for one in held] if section else ())
        others = [other for other in of_unit[holder.unit_id] if other.officer_id != holder.officer_id]
        views.append(
            LeaderView(
                id=holder.officer_id,
                name=holder.name,
                title=holder.title or Role(holder.role).label(language()),
                rank=holder.rank,
                section=_place(unit, holder),
                present=holder.away is None,
                kept=bool(holder.kept),
                covers=_covered(holder, others),
                covered_by=_cover(holder, others),
                climbed=climbed.get(holder.officer_id, 0),
                holding=sum(one.load for one in held),
                late=sum(one.late for one in held),
                nearest=tuple(read[section]),
                asked=tuple(asked(holder.officer_id)) if climbed.get(holder.officer_id) else (),
                taken=tuple(taken({one.id for one in held})),
                decides=decides(holder.officer_id),
            )
        )
    return views


def takeover_words(facts: Mapping[str, Any]) -> str:
    """Why B took over."""
    why = term(CoverReason, str(facts.get("why", "")), language())
    minutes = facts.get("minutes")
    return _("{why} ({minutes} min)").format(why=why, minutes=minutes) if minutes else why


def _one_each(leaders: Sequence[HolderLine]) -> list[HolderLine]:
    """One role per leader: the section's before the centre's, A before B; the commander first, then by section."""
    best: dict[int, HolderLine] = {}
    for holder in sorted(leaders, key=lambda item: (item.role != Role.SECTION_LEADER, item.rank or "z")):
        best.setdefault(holder.officer_id, holder)
    for holder in leaders:
        if holder.role == Role.COMMANDER and holder.rank in ("", Rank.A):
            best[holder.officer_id] = holder
    order = {holder.unit_id: number for number, holder in enumerate(leaders)}
    return sorted(best.values(), key=lambda item: (LEADER_ROLES.index(Role(item.role)), order[item.unit_id], item.rank))


def _place(unit: UnitLine | None, holder: HolderLine) -> str:
    """The section's name, or what the leader is in the centre."""
    if unit is not None and unit.kind == UnitKind.SECTION:
        return unit_name(unit)
    return Role(holder.role).label(language())


def _covered(holder: HolderLine, others: Sequence[HolderLine]) -> str:
    """Whom a B leader stands in for now."""
    if holder.rank != Rank.B or holder.away is not None:
        return ""
    return ", ".join(other.name for other in others if other.rank == Rank.A and other.away is not None)


def _cover(holder: HolderLine, others: Sequence[HolderLine]) -> str:
    """Who stands in for an A leader who is away."""
    if holder.rank != Rank.A or holder.away is None:
        return ""
    return next((other.name for other in others if other.rank == Rank.B and other.away is None), "")


def taken_over(reader: Callable[[], Reader], centre: int, holders: Sequence[HolderLine]) -> list[tuple[int, TakenOver]]:
    """What B holders have in place of A, with the unit that has it; the oldest takeover first."""
    found = covered(reader(), centre)
    names = {holder.officer_id: holder.name for holder in holders}
    ids = [ticket for ticket, _unit, _facts in found]
    rows = {row.id: row for row in TicketList(reader, centre, holder_text).rows(ids)} if ids else {}
    return [
        (unit, TakenOver(rows[ticket], names.get(told["a"], ""), names.get(told["b"], ""), told["since"], words))
        for ticket, unit, told in found
        if ticket in rows
        for words in (takeover_words(told),)
    ]
