"""The overview of a centre from its store: figures with names and filters, people, places and the map."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from console.backend.lists import TicketList
from console.backend.words import holder_text
from console.i18n import _, language
from console.overview_ports import Area, Bucket, Dot, OnDuty, Outline, OverviewView, Share, Unstaffed
from console.ports import QueueRow
from core.desk.who_is_on import holders_now
from data.counting import keeps_all
from data.errors import StoreTrouble
from data.instants import FAR
from data.queries import organisation, overview, tickets
from data.queries.area_map import areas_with_places, placed_tickets, stored_grid
from data.queries.filters import Condition
from data.queries.organisation import CentreLine, HolderLine, UnitLine
from data.queries.overview import Figure, Figures, Place
from data.reader import Reader
from data.terms import Role, Source, Term, UnitKind, Urgency

SHOWN = 12
"""Deadlines shown of each kind."""


class OverviewReader:
    """Reads the overview; places and map only when the organisation's number has moved."""

    def __init__(self, reader: Callable[[], Reader], centre: CentreLine) -> None:
        self._reader = reader
        self._centre = centre
        self._number = -1
        self._counted = False
        self._places: list[Place] = []
        self._outlines: tuple[Outline, ...] = ()
        self._grid: dict[str, float] = {}

    def read(self, now: int) -> OverviewView:
        """Everything at an instant. Raises StoreTrouble while an older store's counters wait to be counted anew."""
        reader, centre = self._reader(), self._centre.id
        self._counted = self._counted or keeps_all(reader, centre)
        if not self._counted:
            raise StoreTrouble(
                "counters-old", "数字正在重新统计，请稍候。", "The figures are being counted anew: wait a moment."
            )
        self._refresh(reader)
        found = overview.figures(reader, centre, now, self._centre.zone)
        units = organisation.units(reader, centre, now, (str(UnitKind.SECTION), str(UnitKind.POST)))
        holders = holders_now(reader, centre, now)
        sections = {unit.code: _name(unit) for unit in units if unit.kind == UnitKind.SECTION}
        return OverviewView(
            at=now,
            open=found.whole.open,
            late=found.whole.late,
            intake=found.whole.intake,
            late_is_more=found.late_is_more,
            intake_is_more=found.intake_is_more,
            sources=tuple(_shares(found.sources, "source", _labels(Source))),
            sections=tuple(_shares(found.sections, "section", sections)),
            urgencies=tuple(_shares(found.urgencies, "urgency", _labels(Urgency))),
            overdue=self._deadlines("t.due_at <= :now", now),
            nearest=self._deadlines("t.due_at > :now", now),
            on_duty=tuple(_on_duty(holders)),
            unstaffed=tuple(_unstaffed(units, holders)),
            hours=tuple(Bucket(*bucket) for bucket in found.hours),
            days=tuple(Bucket(*bucket) for bucket in found.days),
            areas=tuple(_areas(self._places, found)),
            outlines=self._outlines,
            dots=self._dots(reader, now),
        )

    def _refresh(self, reader: Reader) -> None:
        number = tickets.change_numbers(reader, self._centre.id)[2]
        if number == self._number:
            return
        self._places = overview.places(reader, self._centre.id)
        self._outlines = tuple(_outlines(areas_with_places(reader, self._centre.id, self._places)))
        self._grid = stored_grid(reader, self._centre.id)
        self._number = number

    def _dots(self, reader: Reader, now: int) -> tuple[Dot, ...]:
        """Where tickets are that came with coordinates; a map without a grid knows no places."""
        if not self._grid:
            return ()
        return tuple(Dot(one.x, one.y, one.due <= now) for one in placed_tickets(reader, self._centre.id, self._grid))

    def _deadlines(self, condition: str, now: int) -> tuple[QueueRow, ...]:
        """The first tickets by deadline that fit; those without a deadline are left out."""
        fits = Condition(condition, {"now": now})
        rows = TicketList(self._reader, self._centre.id, holder_text, fits).after(
            (now, FAR) if condition.endswith("> :now") else None, SHOWN
        )
        return tuple(row for row in rows if row.due < FAR)


# ------------------------------------------------------------------------------------------------ figures


def _labels(kind: type[Term]) -> dict[str, str]:
    return {str(word.value): word.label(language()) for word in kind}


def _shares(found: Mapping[str, Figure], field: str, names: Mapping[str, str]) -> Iterable[Share]:
    """A line for each known item that has tickets, in the order of the names; then what has none or is unknown."""
    rest = [item for item in found if item not in names]
    for item in [*names, *rest]:
        figure = found.get(item, Figure())
        if any(figure):
            name = names.get(item, _("not assigned") if item == "-" else item)
            yield Share(name, _words(field, item, names), *figure)


def _words(field: str, item: str, names: Collection[str]) -> str:
    """The filter for an item; what has no section is what is in none of them."""
    if item != "-":
        return f"{field}:{item}"
    return f"-{field}:{'|'.join(names)}" if names else ""


# ------------------------------------------------------------------------------------------------ people


def _name(unit: UnitLine | Place) -> str:
    return unit.name_en if language() == "en" and unit.name_en else unit.name


def _on_duty(holders: Sequence[HolderLine]) -> Iterable[OnDuty]:
    """Who is on shift now, in the order of roles, leader first; after them who is kept on in the role."""
    order = (Role.DUTY_LEADER, Role.SHIFT_LEADER, Role.DUTY_OFFICER)
    seen: dict[int, HolderLine] = {}
    for holder in holders:
        if (holder.on_shift or holder.kept) and holder.away is None:
            seen.setdefault(holder.officer_id, holder)
    ranks = {str(role): place for place, role in enumerate(order)}
    served = [(holder.on_shift or holder.kept or "", not holder.on_shift, holder) for holder in seen.values()]
    for role, kept, holder in sorted(served, key=lambda one: (ranks.get(one[0], len(ranks)), one[1])):
        known = Role._value2member_map_.get(role)
        yield OnDuty(holder.name, known.label(language()) if isinstance(known, Role) else role, holder.unit_name, kept)


def _unstaffed(units: Sequence[UnitLine], holders: Sequence[HolderLine]) -> Iterable[Unstaffed]:
    """Posts without anybody present, those with work in hand first."""
    present = {holder.unit_id for holder in holders if holder.away is None}
    posts = [unit for unit in units if unit.kind == UnitKind.POST and unit.id not in present]
    for unit in sorted(posts, key=lambda post: (-post.late, -post.load)):
        yield Unstaffed(unit.code, _name(unit), unit.load, unit.late)


# ------------------------------------------------------------------------------------------------ places


def _areas(places: Sequence[Place], found: Figures) -> Iterable[Area]:
    """Communities with their grids: what a smaller grid has counts for the grid under the community."""
    by_id = {place.id: place for place in places}
    grids: dict[int, list[int]] = {}
    for grid, figure in found.grids.items():
        top = _under_community(grid, by_id)
        if top is not None and figure.open:
            grids.setdefault(top, []).append(grid)
    for community in places:
        if community.kind != UnitKind.COMMUNITY:
            continue
        figure = found.communities.get(community.id, Figure())
        yield Area(community.code, _name(community), f"community:{community.code}", figure.open, figure.late)
        for place in places:
            if place.parent_id == community.id and place.id in grids:
                held = [found.grids[grid] for grid in grids[place.id]]
                words = "grid:" + "|".join(by_id[grid].code for grid in grids[place.id])
                opened, late = sum(one.open for one in held), sum(one.late for one in held)
                yield Area(place.code, _name(place), words, opened, late, depth=1)
    listed = {place.id for place in places if place.kind == UnitKind.COMMUNITY}
    other = [figure for number, figure in found.communities.items() if number not in listed]
    if any(figure.open for figure in other):
        codes = "|".join(place.code for place in places if place.id in listed)
        words = f"-community:{codes}" if codes else ""
        yield Area("", _("place not named"), words, sum(one.open for one in other), sum(one.late for one in other))


def _under_community(grid: int, by_id: Mapping[int, Place]) -> int | None:
    """The grid right under a community that a grid is or belongs to."""
    place = by_id.get(grid)
    while place is not None and place.parent_id is not None:
        above = by_id.get(place.parent_id)
        if above is not None and above.kind == UnitKind.COMMUNITY:
            return place.id
        place = above
    return None


def _outlines(areas: Sequence[tuple[Mapping[str, Any], Place | None]]) -> Iterable[Outline]:
    """The areas of the map with the code and filter of what they stand for."""
    for area, place in areas:
        code, words = (place.code, f"{place.kind}:{place.code}") if place is not None else ("", "")
        yield Outline(area["name"], code, words, tuple(tuple((x, y) for x, y in ring) for ring in area["rings"]))
