"""An organisation as plain values: the same from a template, from files and from the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from data.terms import UnitKind

PLACES = (UnitKind.COMMUNITY, UnitKind.GRID, UnitKind.EXCLUSIVE_GRID, UnitKind.MICRO_GRID)
"""Units that are a piece of land with people in it."""

PARENTS: Mapping[UnitKind, tuple[UnitKind, ...]] = {
    UnitKind.DISTRICT: (),
    UnitKind.DEPARTMENT: (UnitKind.DISTRICT,),
    UnitKind.CENTRE: (UnitKind.DISTRICT,),
    UnitKind.SECTION: (UnitKind.CENTRE,),
    UnitKind.POST: (UnitKind.SECTION, UnitKind.CENTRE),
    UnitKind.FORCE: (UnitKind.CENTRE,),
    UnitKind.COMMUNITY: (UnitKind.CENTRE,),
    UnitKind.GRID: (UnitKind.COMMUNITY,),
    UnitKind.EXCLUSIVE_GRID: (UnitKind.COMMUNITY,),
    UnitKind.MICRO_GRID: (UnitKind.GRID, UnitKind.EXCLUSIVE_GRID),
}
"""What each kind of unit may stand under; all but the district and the centre must stand under something."""

ROOTS = (UnitKind.DISTRICT, UnitKind.CENTRE)


@dataclass(frozen=True)
class Sizes:
    """The sizes that `check` warns about; 0 switches a bound off. The defaults are those of source S3."""

    grid_most: int = 500
    """Households of a basic grid."""
    micro_least: int = 50
    """Households of a micro-grid."""
    micro_most: int = 80
    community_least: int = 3_000
    """People of a community."""
    community_most: int = 20_000


@dataclass(frozen=True)
class UnitEntry:
    """A unit; `parent` is a unit's code, `households` and `people` are counts."""

    code: str
    kind: str
    name: str
    name_en: str = ""
    aliases: tuple[str, ...] = ()
    parent: str = ""
    section: str = ""
    post_kind: str = ""
    households: int = 0
    people: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OfficerEntry:
    """A person."""

    code: str
    name: str
    title: str = ""
    phone: str = ""


@dataclass(frozen=True)
class AppointmentEntry:
    """A role that a person holds at a unit, as principal (a), substitute (b) or neither."""

    officer: str
    unit: str
    role: str
    rank: str = ""


@dataclass(frozen=True)
class DutyEntry:
    """A time on duty (`shift`) or away (`leave`); instants in ISO 8601 with their offset, the end may be open."""

    officer: str
    kind: str
    role: str
    starts: str
    ends: str = ""
    note: str = ""
    source: str = ""
    """The rotation that it is a turn of."""


@dataclass(frozen=True)
class Desk:
    """How the duty desk takes turns: teams (shift leader first), shifts by the time they begin, leaders day by day."""

    shifts: tuple[str, ...] = ()
    teams: tuple[tuple[str, ...], ...] = ()
    leaders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Organisation:
    """A street centre with everybody in it. `tiers`: the place's own word for each tier, with aliases."""

    code: str
    name: str
    name_en: str = ""
    zone: str = "Asia/Shanghai"
    calendar: str = "cn_official"
    aliases: tuple[str, ...] = ()
    tiers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sizes: Sizes = Sizes()
    routes: Mapping[str, str] = field(default_factory=dict)
    """The catalogue's codes of posts and forces, where they are called otherwise here."""
    desk: Desk = Desk()
    units: tuple[UnitEntry, ...] = ()
    officers: tuple[OfficerEntry, ...] = ()
    appointments: tuple[AppointmentEntry, ...] = ()
    duty: tuple[DutyEntry, ...] = ()

    def of_kind(self, *kinds: UnitKind) -> list[UnitEntry]:
        """The units of some kinds, in order."""
        wanted = {str(kind) for kind in kinds}
        return [unit for unit in self.units if unit.kind in wanted]

    def labels(self) -> dict[str, Any]:
        """What of it is kept with the centre's own row, as plain values."""
        return {
            "aliases": list(self.aliases),
            "tiers": {tier: dict(words) for tier, words in self.tiers.items()},
            "sizes": dict(vars(self.sizes)),
            "routes": dict(self.routes),
            "desk": {
                "shifts": list(self.desk.shifts),
                "teams": [list(team) for team in self.desk.teams],
                "leaders": list(self.desk.leaders),
            },
        }
