"""Redrawing a street: communities and grids merged, split, renamed and moved with a date.

The old unit's row stays, closed, so that every ticket keeps the unit it had; spans say what was where at any time, and
successions say who took over (source S3: 66 communities became 54). A change may be dated back to the unit's last one,
not into the future.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from core.desk.actor import Actor
from core.desk.permissions import require_role
from core.organisation.journal import note_change
from core.organisation.model import PARENTS, PLACES
from core.organisation.spans import close_unit, open_span, shift_span
from data.errors import BadInput, Conflict, NotFound
from data.ids import new_id
from data.store import lock_centre
from data.tables import Appointment, Ticket, Unit, UnitSuccession, table
from data.terms import UnitKind

APPOINTMENT, TICKET, UNIT, SUCCESSION = table(Appointment), table(Ticket), table(Unit), table(UnitSuccession)

Row = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """One part of a split: its code and name, the codes of the units below that go to it."""

    code: str
    name: str
    below: tuple[str, ...]
    main: bool = False
    """Whether tickets that name no unit below follow this part; by default the first one does."""


@dataclass
class ChangeReport:
    """What a change did. `open_tickets`: still in the hands of units that are closed now, to be sent on by the desk."""

    kind: str
    closed: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    open_tickets: int = 0


class Redrawing:
    """Changes of one centre's map, inside an open write transaction."""

    def __init__(
        self, connection: Connection, centre_id: int, at: int, now: int, actor: Actor, reason: str = ""
    ) -> None:
        """`at` is the effective date, `now` the present, both in epoch seconds.

        Raises NotAllowed unless the actor may change the organisation, BadInput for a future date.
        """
        require_role("organisation", "调整机构", "change the organisation", actor)
        if at > now:
            raise BadInput("date-future", "生效日期不能晚于现在。", "The effective date cannot lie in the future.")
        lock_centre(connection, centre_id)
        self.connection, self.centre_id, self.at = connection, centre_id, at
        self.actor, self.reason, self.glass = actor.code, reason, actor.glass

    def rename(self, code: str, name: str, name_en: str | None = None) -> ChangeReport:
        """Give a unit another name; the old one stays as an alias, so that people still find it.

        Raises NotFound, BadInput for an empty or unchanged name.
        """
        unit = self._unit(code)
        wanted = _name(name)
        if wanted == unit["name"]:
            raise BadInput("name-same", "名称没有变化。", "The name is the same as before.")
        aliases = list(dict.fromkeys([*unit["aliases"], unit["name"]]))
        values: Row = {"name": wanted, "aliases": [alias for alias in aliases if alias != wanted]}
        if name_en is not None:
            values["name_en"] = name_en
        self._update(unit, values)
        shift_span(self.connection, self.centre_id, {**unit, **values}, self.at, self.actor, self.reason)
        self._succeed("rename", unit, unit, True)
        return self._done(ChangeReport("rename", moved=[code]), {"from": unit["name"], "to": wanted})

    def move(self, code: str, parent: str) -> ChangeReport:
        """Put a unit under another parent, for example a grid under another community. Raises NotFound or BadInput."""
        unit, above = self._unit(code), self._unit(parent)
        if UnitKind(above["kind"]) not in PARENTS[UnitKind(unit["kind"])] or unit["kind"] not in PLACES:
            raise BadInput(
                "parent-kind",
                f"{code} 不能归属 {parent}。",
                f"{code} ({unit['kind']}) cannot stand under {parent} ({above['kind']}).",
            )
        if unit["parent_id"] == above["id"]:
            raise BadInput("parent-same", f"{code} 已归属 {parent}。", f"{code} stands under {parent} already.")
        old = self._by_id(unit["parent_id"])
        self._reparent(unit, above["id"])
        if old is not None and unit["kind"] == UnitKind.GRID:
            self._add(old, -unit["households"], -unit["people"])
            self._add(above, unit["households"], unit["people"])
        return self._done(ChangeReport("move", moved=[code]), {"to": parent})

    def merge(self, codes: Sequence[str], into: str, name: str = "") -> ChangeReport:
        """Merge units of one kind into one of them, into another one, or into a new one (then `name` is needed).

        What stands below goes to the successor, and so do the people in their roles. Raises NotFound, Conflict or
        BadInput.
        """
        sources = [self._unit(code) for code in dict.fromkeys(codes) if code != into]
        target = self._find(into)
        if not sources or (target is None and len(sources) < 2):
            raise BadInput("merge-few", "合并至少需要两个单位。", "A merger needs two units at least.")
        self._demand_places([*sources, *([target] if target else [])])
        report = ChangeReport("merge")
        if target is None:
            target = self._open(sources[0], into, _name(name))
            report.opened.append(into)
        elif name and name != target["name"]:
            raise BadInput("merge-name", "并入已有单位时不能改名。", "A unit that goes on keeps its name: rename it.")
        self._add(target, sum(source["households"] for source in sources), sum(source["people"] for source in sources))
        for source in sources:
            for child in self._below(source):
                self._reparent(child, target["id"])
                report.moved.append(child["code"])
            self._carry_people(source, target)
            self._close(source, report)
            self._succeed("merge", source, target, True)
        return self._done(report, {"into": into})

    def split(self, code: str, parts: Sequence[Part]) -> ChangeReport:
        """Split a unit; each unit below goes to exactly one part. A part with the old code goes on under it.

        Counts of households and people follow the units below. Raises NotFound, Conflict, BadInput.
        """
        unit = self._unit(code)
        self._demand_places([unit])
        below = {child["code"]: child for child in self._below(unit)}
        _demand_parts(parts, set(below))
        main = next((part.code for part in parts if part.main), parts[0].code)
        report = ChangeReport("split")
        for part in parts:
            children = [below[child] for child in part.below]
            counts = {
                name: sum(child[name] for child in children if child["kind"] != UnitKind.EXCLUSIVE_GRID)
                for name in ("households", "people")
            }
            if part.code == code:
                self._update(unit, counts)
                continue
            new = self._open(unit, part.code, _name(part.name))
            self._update(new, counts)
            report.opened.append(part.code)
            for child in children:
                self._reparent(child, new["id"])
                report.moved.append(child["code"])
            self._carry_people(unit, new)
            self._succeed("split", unit, new, part.code == main)
        if code in {part.code for part in parts}:
            self._succeed("split", unit, unit, code == main)
        else:
            self._close(unit, report)
        return self._done(report, {"from": code, "parts": [part.code for part in parts]})

    # ------------------------------------------------------------------------------------------------ rows

    def _find(self, code: str) -> Row | None:
        row = self.connection.execute(
            select(UNIT).where(UNIT.c.centre_id == self.centre_id, UNIT.c.code == code, UNIT.c.closed_at.is_(None))
        ).mappings().first()  # fmt: skip
        return dict(row) if row else None

    def _unit(self, code: str) -> Row:
        found = self._find(code)
        if found is None:
            shown = code if code.isprintable() else ascii(code)
            raise NotFound("unit-unknown", f"没有单位 {shown}。", f"There is no unit {shown}.", unit=code)
        return found

    def _by_id(self, unit_id: int | None) -> Row | None:
        row = self.connection.execute(
            select(UNIT).where(UNIT.c.centre_id == self.centre_id, UNIT.c.id == unit_id)
        ).mappings().first()  # fmt: skip
        return dict(row) if row else None

    def _below(self, unit: Mapping[str, Any]) -> list[Row]:
        rows = self.connection.execute(
            select(UNIT)
            .where(UNIT.c.centre_id == self.centre_id, UNIT.c.parent_id == unit["id"], UNIT.c.closed_at.is_(None))
            .order_by(UNIT.c.sort_no, UNIT.c.code)
        )
        return [dict(row) for row in rows.mappings()]

    def _open(self, like: Mapping[str, Any], code: str, name: str) -> Row:
        """A new unit of the same kind and parent as another, empty as yet."""
        if not code.strip() or len(code) > 40 or not code.isprintable():
            raise BadInput("unit-code", "编号须为 40 字以内的文字。", "A code has 1 to 40 printable characters.")
        if self._find(code):
            raise Conflict("unit-exists", f"单位编号 {code} 已在使用。", f"The unit code {code} is in use.")
        unit = Unit(
            centre_id=self.centre_id,
            id=new_id(),
            code=code,
            kind=like["kind"],
            name=name,
            parent_id=like["parent_id"],
            section=like["section"],
            sort_no=like["sort_no"],
            opened_at=self.at,
        ).model_dump()
        self.connection.execute(insert(UNIT), [unit])
        open_span(self.connection, self.centre_id, [unit], self.at, self.actor, self.reason)
        return unit

    def _close(self, unit: Mapping[str, Any], report: ChangeReport) -> None:
        held = self.connection.execute(
            select(func.count()).select_from(TICKET).where(
                TICKET.c.centre_id == self.centre_id, TICKET.c.holder_unit_id == unit["id"], TICKET.c.open == 1
            )
        ).scalar_one()  # fmt: skip
        report.open_tickets += int(held)
        report.closed.append(str(unit["code"]))
        close_unit(self.connection, self.centre_id, int(unit["id"]), self.at, self.actor, self.reason)

    def _update(self, unit: Row, values: Row) -> None:
        unit.update(values)
        self.connection.execute(
            update(UNIT).where(UNIT.c.centre_id == self.centre_id, UNIT.c.id == unit["id"]).values(**values)
        )

    def _add(self, unit: Row, households: int, people: int) -> None:
        self._update(
            unit, {"households": max(0, unit["households"] + households), "people": max(0, unit["people"] + people)}
        )

    def _reparent(self, unit: Row, parent_id: int) -> None:
        self._update(unit, {"parent_id": parent_id})
        shift_span(self.connection, self.centre_id, unit, self.at, self.actor, self.reason)

    def _carry_people(self, source: Mapping[str, Any], target: Mapping[str, Any]) -> None:
        """Who holds a role at the old unit holds it at the new one from the date on."""
        wanted = APPOINTMENT.c.centre_id == self.centre_id, APPOINTMENT.c.to_at.is_(None)
        there = {
            (row.officer_id, row.role)
            for row in self.connection.execute(
                select(APPOINTMENT).where(*wanted, APPOINTMENT.c.unit_id == target["id"])
            )
        }
        held = self.connection.execute(select(APPOINTMENT).where(*wanted, APPOINTMENT.c.unit_id == source["id"])).all()
        rows = [
            Appointment(
                centre_id=self.centre_id, id=new_id(), officer_id=row.officer_id, unit_id=target["id"], role=row.role,
                rank=row.rank, from_at=self.at,
            ).model_dump()
            for row in held
            if (row.officer_id, row.role) not in there
        ]  # fmt: skip
        if rows:
            self.connection.execute(insert(APPOINTMENT), rows)

    def _succeed(self, kind: str, source: Mapping[str, Any], target: Mapping[str, Any], main: bool) -> None:
        same = (
            SUCCESSION.c.centre_id == self.centre_id,
            SUCCESSION.c.from_unit_id == source["id"],
            SUCCESSION.c.to_unit_id == target["id"],
            SUCCESSION.c.at == self.at,
        )
        if self.connection.execute(select(SUCCESSION.c.id).where(*same)).first():
            return
        row = UnitSuccession(
            centre_id=self.centre_id,
            id=new_id(),
            from_unit_id=source["id"],
            to_unit_id=target["id"],
            kind=kind,
            main=main,
            at=self.at,
            reason=self.reason,
            actor=self.actor,
        )
        self.connection.execute(insert(SUCCESSION), [row.model_dump()])

    def _demand_places(self, units: Iterable[Mapping[str, Any]]) -> None:
        kinds = {unit["kind"] for unit in units}
        if len(kinds) != 1 or not kinds <= {str(kind) for kind in PLACES}:
            raise BadInput(
                "place-kind",
                "只能合并、拆分同一类的村社区或网格。",
                "Only communities or grids of one kind can be merged or split.",
            )

    def _done(self, report: ChangeReport, body: Mapping[str, Any]) -> ChangeReport:
        facts = {**vars(report), **body, "reason": self.reason}
        if self.glass is not None:
            facts["glass"] = self.glass
        note_change(self.connection, self.centre_id, self.at, self.actor, report.kind, facts)
        return report


def _name(text: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise BadInput("unit-name", "名称须为 80 字以内的文字。", "A name has 1 to 80 printable characters.")
    return name


def _demand_parts(parts: Sequence[Part], below: set[str]) -> None:
    given = [code for part in parts for code in part.below]
    codes = [part.code for part in parts]
    if len(parts) < 2 or len(set(codes)) != len(codes) or sum(part.main for part in parts) > 1:
        raise BadInput(
            "split-parts",
            "拆分须有两个以上编号不同的部分，主承接部分至多一个。",
            "A split needs two parts or more with different codes, and at most one main part.",
        )
    if len(set(given)) != len(given) or set(given) != below:
        lost, strange = sorted(below - set(given)), sorted(set(given) - below)
        raise BadInput(
            "split-below",
            f"每个下级单位须恰好归入一个部分；未分配：{'、'.join(lost[:10])}；不属于它：{'、'.join(strange[:10])}",
            f"Each unit below goes to exactly one part; not given: {', '.join(lost[:10])}; "
            f"not below it: {', '.join(strange[:10])}",
            missing=lost,
            unknown=strange,
        )
