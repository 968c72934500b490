"""What an import looks up in the centre: matters, communities, grids, and the units that have tickets."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from core.desk.references import MatterView, References
from core.desk.work import tier_of
from core.exchange.maps import UnitRule
from core.exchange.tables import shown
from core.organisation.journal import note_change
from core.organisation.spans import open_span
from data.errors import NotFound
from data.ids import new_id
from data.store import lock_centre
from data.tables import Unit, table
from data.terms import Holder, UnitKind

UNIT = table(Unit)
HANDS = frozenset({UnitKind.POST, UnitKind.SECTION, UnitKind.FORCE, UnitKind.DEPARTMENT, UnitKind.DISTRICT,
                   UnitKind.COMMUNITY, UnitKind.GRID, UnitKind.EXCLUSIVE_GRID})  # fmt: skip
"""Kinds of units that a ticket may be with."""
GRIDS = frozenset({UnitKind.GRID, UnitKind.EXCLUSIVE_GRID, UnitKind.MICRO_GRID})


class UnknownName(Exception):
    """A name in a row that the centre does not have."""

    def __init__(self, field: str, name: str) -> None:
        super().__init__(name)
        self.field = field
        self.name = name


@dataclass(frozen=True)
class UnitPlace:
    """A unit as the import needs it."""

    id: int
    kind: str
    section: str

    def hold(self) -> dict[str, Any]:
        """The hold effect that puts a ticket into its hands."""
        district = self.kind in (UnitKind.DISTRICT, UnitKind.DEPARTMENT)
        return {
            "holder": (Holder.DISTRICT if district else Holder.UNIT).value,
            "unit_id": self.id,
            "officer_id": None,
            "tier": tier_of(self.kind).value,
        }


class Lookups:
    """Matters, communities and grids by code or name, each looked up once."""

    def __init__(self, connection: Connection, centre_id: int) -> None:
        """Read the centre's open units; matters are read when they come up."""
        self.refs = References(connection, centre_id)
        rows = connection.execute(
            select(UNIT.c.id, UNIT.c.code, UNIT.c.kind, UNIT.c.name, UNIT.c.parent_id).where(
                UNIT.c.centre_id == centre_id, UNIT.c.closed_at.is_(None)
            )
        ).all()
        self._parents = {row.id: row.parent_id for row in rows}
        self._kinds = {row.id: row.kind for row in rows}
        self._places: dict[str, dict[str, int]] = {"community": {}, "grid": {}}
        for row in rows:
            kind = "community" if row.kind == UnitKind.COMMUNITY else "grid" if row.kind in GRIDS else ""
            if kind:
                self._places[kind].setdefault(row.name, row.id)
        for row in rows:
            kind = "community" if row.kind == UnitKind.COMMUNITY else "grid" if row.kind in GRIDS else ""
            if kind:
                self._places[kind][row.code] = row.id
        self._found: dict[tuple[str, str], dict[str, Any]] = {}
        self.matters: dict[str, MatterView] = {}

    def find(self, field: str, name: str) -> dict[str, Any]:
        """The ticket's fields for a matter, community or grid. Raises UnknownName."""
        if not name:
            return {}
        key = (field, name)
        if key not in self._found:
            self._found[key] = self._matter(name) if field == "matter" else self._place(field, name)
        return self._found[key]

    def _matter(self, code: str) -> dict[str, Any]:
        try:
            matter = self.refs.matter(code)
        except NotFound as error:
            raise UnknownName("matter", code) from error
        self.matters[code] = matter
        return {
            "matter_code": matter.code,
            "matter_version": matter.version,
            "section": matter.section,
            "affair": matter.affair,
            "urgency": matter.urgency,
            **({"confidential": True} if matter.confidential else {}),
        }

    def _place(self, field: str, name: str) -> dict[str, Any]:
        found = self._places[field].get(name)
        if found is None:
            raise UnknownName(field, name)
        if field == "community":
            return {"community_id": found}
        parent = self._parents.get(found)
        while parent is not None and self._kinds.get(parent) != UnitKind.COMMUNITY:
            parent = self._parents.get(parent)
        return {"grid_id": found, "community_id": parent}


class UnitBook:
    """Units by the names that a file calls them; missing ones become posts where the map says so."""

    def __init__(self, centre_id: int, rule: UnitRule | None, actor: str, now: int) -> None:
        """`now` in epoch seconds; `actor` is the code of who imports."""
        self.centre_id, self.rule, self.actor, self.now = centre_id, rule, actor, now
        self.created: list[str] = []
        self._known: dict[str, UnitPlace] = {}
        self._codes: set[str] = set()
        self._section: tuple[int, str] | None = None

    def read(self, connection: Connection) -> None:
        """Learn the centre's units. Raises NotFound when posts shall be made and their section is not there."""
        rows = connection.execute(select(UNIT).where(UNIT.c.centre_id == self.centre_id)).mappings().all()
        self._codes = {row["code"] for row in rows}
        living = [row for row in rows if row["closed_at"] is None]
        hands = [row for row in living if row["kind"] in HANDS]
        for row in hands:
            place = UnitPlace(row["id"], row["kind"], row["section"])
            for name in (*(row["aliases"] or ()), row["name"]):
                self._known.setdefault(name, place)
        self._known.update({row["code"]: UnitPlace(row["id"], row["kind"], row["section"]) for row in hands})
        if self.rule is not None and self.rule.create:
            self._section = self._find_section([dict(row) for row in living if row["kind"] == UnitKind.SECTION])

    def _find_section(self, sections: list[dict[str, Any]]) -> tuple[int, str]:
        assert self.rule is not None
        for wanted in self.rule.sections:
            for row in sections:
                if wanted in (row["code"], row["name"], *(row["aliases"] or ())):
                    return int(row["id"]), str(row["section"] or row["code"])
        wanted, there = "、".join(self.rule.sections), "、".join(row["code"] for row in sections)
        raise NotFound(
            "section-unknown",
            f"新岗位应归入板块 {shown(wanted)}，本中心只有：{there or '无'}。",
            f"New posts belong under the section {shown(wanted)}; this centre has: {there or 'none'}.",
        )

    def __contains__(self, name: str) -> bool:
        """Whether a name is known, or will be when it is needed."""
        return self.has(name) or (self.rule is not None and self.rule.create)

    def has(self, name: str) -> bool:
        """Whether the centre has a unit of this name now."""
        return name in self._known

    def __getitem__(self, name: str) -> UnitPlace:
        return self._known[name]

    def ensure(self, connection: Connection, names: Iterable[str]) -> None:
        """Make posts for the names that are missing, inside the open write transaction."""
        missing = [name for name in dict.fromkeys(names) if name and name not in self._known]
        if not missing:
            return
        # Another import may have made them since; behind the lock none can any more.
        lock_centre(connection, self.centre_id)
        self.read(connection)
        rows = [self._post(name) for name in missing if name not in self._known]
        if not rows:
            return
        connection.execute(insert(UNIT), rows)
        # A post has been there for as long as its tickets: since before the records began.
        open_span(connection, self.centre_id, rows, 0, self.actor, "import")
        body = {"posts": [{"code": row["code"], "name": row["name"]} for row in rows]}
        note_change(connection, self.centre_id, self.now, self.actor, "import.posts", body)
        for row in rows:
            self._known[row["name"]] = UnitPlace(row["id"], row["kind"], row["section"])
            self.created.append(row["name"])

    def _post(self, name: str) -> dict[str, Any]:
        assert self.rule is not None
        assert self._section is not None
        parent, section = self._section
        return Unit(
            centre_id=self.centre_id,
            id=new_id(),
            code=self._code(name),
            kind=UnitKind.POST.value,
            name=name,
            name_en=name if name.isascii() else "",
            parent_id=parent,
            section=section,
            post_kind=self.rule.post_kind,
            opened_at=0,
        ).model_dump()

    def _code(self, name: str) -> str:
        """A code made of a Latin name's letters and digits, or of the digest of another one."""
        digest = hashlib.blake2b(name.encode(), digest_size=4).hexdigest().upper()
        words = re.findall(r"[A-Za-z0-9]+", name) if name.isascii() else []
        code = "-".join(words).upper()[:30] or f"IMPORT-{digest}"
        if code in self._codes:
            code = f"{code[:30]}-{digest}"
        self._codes.add(code)
        return code
