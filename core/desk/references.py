"""What operations look up: units, matters, the policy, the calendar, and who is on duty."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from core.catalogue.lists import lists_of_body
from core.rules.lists import NO_LISTS, Lists
from core.rules.policy import Policy
from core.rules.versions import read_calendar, read_policy
from core.rules.worktime import WorkCalendar
from data.errors import BadInput, NotFound
from data.tables import Catalogue, Centre, Emergency, Matter, Unit, table
from data.terms import UnitKind

UNIT, MATTER, CATALOGUE = table(Unit).c, table(Matter).c, table(Catalogue).c


@dataclass(frozen=True)
class CentreView:
    """A centre as operations see it."""

    id: int
    code: str
    name: str
    zone: str
    calendar: str
    labels: dict[str, Any]


@dataclass(frozen=True)
class UnitView:
    """A unit as operations see it."""

    id: int
    code: str
    kind: str
    name: str
    name_en: str
    parent_id: int | None
    section: str
    closed_at: int | None
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class MatterView:
    """A matter of one catalogue version."""

    code: str
    version: int
    name: str
    name_en: str
    section: str
    lead: str
    assist: tuple[str, ...]
    stages: tuple[str, ...]
    urgency: str
    affair: str
    ladder: str
    confidential: bool
    limits: tuple[dict[str, Any], ...]
    keywords: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    work: str = ""
    category: str = ""

    def limit(self, number: int) -> dict[str, Any]:
        """The limits of a condition; the first one for a number that does not exist."""
        if not self.limits:
            return {}
        return self.limits[number] if 0 <= number < len(self.limits) else self.limits[0]


@dataclass
class References:
    """Looked up on the transaction's own connection, cached for its length."""

    connection: Connection
    centre_id: int
    _units: dict[int, UnitView] = field(default_factory=dict)
    _cache: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def centre(self) -> CentreView:
        """The centre's own row."""
        if ("centre",) not in self._cache:
            row = (
                self.connection.execute(select(table(Centre)).where(table(Centre).c.id == self.centre_id))
                .mappings()
                .first()
            )
            if row is None:
                raise NotFound("centre-unknown", "没有这个中心。", "There is no such centre.")
            self._cache[("centre",)] = CentreView(
                row["id"], row["code"], row["name"], row["zone"], row["calendar"], row["labels"] or {}
            )
        found: CentreView = self._cache[("centre",)]
        return found

    def unit(self, unit_id: int | None) -> UnitView | None:
        """A unit by id, closed ones included."""
        if unit_id is None:
            return None
        if unit_id not in self._units:
            self._remember(UNIT.id == unit_id)
        return self._units.get(unit_id)

    def right_under(self, units: frozenset[int]) -> frozenset[int]:
        """The ids of the units that stand right under some, closed ones included."""
        key = ("under", units)
        if key not in self._cache:
            rows = self.connection.execute(
                select(UNIT.id).where(UNIT.centre_id == self.centre_id, UNIT.parent_id.in_(units))
            )
            self._cache[key] = frozenset(rows.scalars())
        found: frozenset[int] = self._cache[key]
        return found

    def unit_by_code(self, code: str) -> UnitView:
        """An open unit by its code, name or alias. Raises NotFound, or BadInput when several fit."""
        wanted = code.strip()
        found = self._remember((UNIT.code == wanted) & UNIT.closed_at.is_(None))
        if not found:
            found = self._remember((UNIT.name == wanted) & UNIT.closed_at.is_(None))
        if not found:
            found = [unit for unit in self.posts_and_forces() if wanted and wanted in unit.aliases]
        if not found:
            shown = wanted if wanted.isprintable() else ascii(wanted)
            raise NotFound("unit-unknown", f"没有单位“{shown}”。", f"There is no unit {shown}.", unit=wanted)
        if len(found) > 1:
            raise BadInput(
                "unit-ambiguous",
                f"“{wanted}”对应多个单位，请用编号：" + "、".join(unit.code for unit in found[:5]),
                f"{wanted} fits several units, use a code: " + ", ".join(unit.code for unit in found[:5]),
            )
        return found[0]

    def posts_and_forces(self) -> list[UnitView]:
        """Every open unit that a ticket can be dispatched to, except communities and grids."""
        kinds = [UnitKind.POST, UnitKind.FORCE, UnitKind.DEPARTMENT, UnitKind.DISTRICT, UnitKind.SECTION]
        return self._remember(UNIT.kind.in_([str(kind) for kind in kinds]) & UNIT.closed_at.is_(None))

    def first_of_kind(self, kind: UnitKind) -> UnitView | None:
        """The first open unit of a kind, for example the district centre."""
        found = self._remember((UNIT.kind == str(kind)) & UNIT.closed_at.is_(None))
        return min(found, key=lambda unit: unit.code) if found else None

    def matter(self, code: str, version: int | None = None) -> MatterView:
        """A matter of a catalogue version, by default the newest. Raises NotFound."""
        chosen = self.version("matters") if version is None else version
        key = ("matter", code, chosen)
        if key not in self._cache:
            row = (
                self.connection.execute(
                    select(table(Matter)).where(
                        MATTER.centre_id == self.centre_id, MATTER.version == chosen, MATTER.code == code
                    )
                )
                .mappings()
                .first()
            )
            if row is None:
                shown = code if code.isprintable() else ascii(code)
                raise NotFound("matter-unknown", f"事项目录里没有“{shown}”。", f"The catalogue has no matter {shown}.")
            self._cache[key] = matter_view(dict(row))
        found: MatterView = self._cache[key]
        return found

    def version(self, kind: str, name: str = "") -> int:
        """The newest version number of the matters, the policy or a calendar; 0 when none is loaded."""
        key = ("version", kind, name)
        if key not in self._cache:
            row = self.connection.execute(
                select(CATALOGUE.version)
                .where(CATALOGUE.centre_id == self.centre_id, CATALOGUE.kind == kind, CATALOGUE.name == name)
                .order_by(CATALOGUE.version.desc())
                .limit(1)
            ).first()
            self._cache[key] = int(row[0]) if row else 0
        found: int = self._cache[key]
        return found

    def policy(self, version: int | None = None) -> Policy:
        """A policy version, by default the newest, as it presses now: in an emergency faster. Raises NotFound."""
        chosen = self.version("policy") if version is None else version
        key = ("policy", chosen)
        if key not in self._cache:
            stored = read_policy(self._body("policy", "", chosen), chosen)
            self._cache[key] = stored.under(self.emergency_grade())
        found: Policy = self._cache[key]
        return found

    def emergency_grade(self) -> str:
        """The grade of the emergency that lasts; empty in normal times."""
        if ("emergency",) not in self._cache:
            rows = table(Emergency)
            row = self.connection.execute(
                select(rows.c.grade, rows.c.lifted_at)
                .where(rows.c.centre_id == self.centre_id)
                .order_by(rows.c.id.desc())
                .limit(1)
            ).first()
            self._cache[("emergency",)] = "" if row is None or row.lifted_at is not None else row.grade
        found: str = self._cache[("emergency",)]
        return found

    def calendar(self, version: int | None = None) -> WorkCalendar:
        """A version of the centre's calendar, by default the newest."""
        name = self.centre().calendar
        chosen = self.version("calendar", name) if version is None else version
        key = ("calendar", chosen)
        if key not in self._cache:
            self._cache[key] = read_calendar(self._body("calendar", name, chosen), chosen)
        found: WorkCalendar = self._cache[key]
        return found

    def lists(self) -> Lists:
        """The newest lists of who owns what; none where none were loaded."""
        if ("lists",) not in self._cache:
            version = self.version("lists")
            self._cache[("lists",)] = lists_of_body(self._body("lists", "", version)) if version else NO_LISTS
        found: Lists = self._cache[("lists",)]
        return found

    def categories(self, matter: MatterView) -> tuple[str, ...]:
        """The codes of a matter's category and of those above it, from below."""
        key = ("categories", matter.version)
        if key not in self._cache:
            body = self._body("matters", "", matter.version)
            self._cache[key] = {row["code"]: row.get("parent", "") for row in body.get("categories", ())}
        parents, found, code = self._cache[key], list[str](), matter.category
        while code and code not in found:
            found.append(code)
            code = parents.get(code, "")
        return tuple(found)

    def routes(self) -> dict[str, str]:
        """The catalogue's post codes as this centre's post codes, where they differ."""
        found: dict[str, str] = self.centre().labels.get("routes", {})
        return found

    def _body(self, kind: str, name: str, version: int) -> dict[str, Any]:
        row = self.connection.execute(
            select(CATALOGUE.body).where(
                CATALOGUE.centre_id == self.centre_id,
                CATALOGUE.kind == kind,
                CATALOGUE.name == name,
                CATALOGUE.version == version,
            )
        ).first()
        if row is None:
            raise NotFound(
                f"no-{kind}", f"没有加载{kind}，请先运行 zhihui org init。", f"No {kind} loaded: run zhihui org init."
            )
        body: dict[str, Any] = row[0]
        return body

    def _remember(self, condition: Any) -> list[UnitView]:
        rows = self.connection.execute(
            select(table(Unit)).where(UNIT.centre_id == self.centre_id, condition)
        ).mappings()
        views = [unit_view(dict(row)) for row in rows]
        self._units.update({view.id: view for view in views})
        return views


def unit_view(row: dict[str, Any]) -> UnitView:
    """A unit's row as a value."""
    return UnitView(
        id=row["id"],
        code=row["code"],
        kind=row["kind"],
        name=row["name"],
        name_en=row["name_en"],
        parent_id=row["parent_id"],
        section=row["section"],
        closed_at=row["closed_at"],
        aliases=tuple(row["aliases"] or ()),
        tags=tuple((row["facts"] or {}).get("tags", ())),
    )


def matter_view(row: dict[str, Any]) -> MatterView:
    """A matter's row as a value."""
    return MatterView(
        code=row["code"],
        version=row["version"],
        name=row["name"],
        name_en=row["name_en"],
        section=row["section"],
        lead=row["lead"],
        assist=tuple(row["assist"] or ()),
        stages=tuple(row["stages"] or ()),
        urgency=row["urgency"],
        affair=row["affair"],
        ladder=row["ladder"],
        confidential=bool(row["confidential"]),
        limits=tuple(row["limits"] or ()),
        keywords=tuple(row["keywords"] or ()),
        ask=tuple(row["ask"] or ()),
        work=row["work"],
        category=row["category"],
    )
