"""An organisation into the store: what is new is added, what differs is changed with its date, the rest stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from core.desk.actor import Actor
from core.desk.permissions import require_role
from core.identity.administrators import administrator_kept
from core.identity.leaving import shut_out
from core.identity.policy import has_administrator
from core.organisation.check import check
from core.organisation.journal import note_change
from core.organisation.model import DutyEntry, Organisation, UnitEntry
from core.organisation.spans import close_unit, end_appointments, open_span, shift_span
from core.rules.separation import demand_separate
from data.errors import BadInput, NotAllowed, NotFound
from data.ids import new_id
from data.store import lock_centre
from data.tables import Appointment, Centre, Duty, Officer, Unit, table

APPOINTMENT, CENTRE, DUTY, OFFICER = table(Appointment), table(Centre), table(Duty), table(Officer)
UNIT = table(Unit)

Row = dict[str, Any]

_UNIT_FIELDS = ("name", "name_en", "section", "post_kind", "households", "people")
_OFFICER_FIELDS = ("name", "title", "phone")


@dataclass
class LoadReport:
    """How many units, officers, appointments and duty times were added, changed, ended; `left`: only in the store."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)

    def count(self, group: dict[str, int], what: str, amount: int = 1) -> None:
        """Add to one of the groups."""
        if amount:
            group[what] = group.get(what, 0) + amount

    @property
    def is_change(self) -> bool:
        """Whether anything in the store became different."""
        return bool(self.added or self.changed or self.ended)


def load_organisation(
    connection: Connection,
    centre_id: int,
    organisation: Organisation,
    at: int,
    actor: Actor,
    replace: bool = False,
) -> LoadReport:
    """Bring the store to an organisation, inside an open write transaction; loading the same again changes nothing.

    `at` in epoch seconds is the date of the change. Units, people and roles that are in the store only are left as they
    are, or with `replace` closed and ended; sessions, keys and accounts of officers who leave end with that. Raises
    NotAllowed unless the actor may change the organisation; with nothing changed, BadInput for one with errors and
    Conflict where no security administrator would be left.
    """
    require_role("organisation", "加载机构", "load an organisation", actor)
    lock_centre(connection, centre_id)
    fixed = actor.glass is not None or has_administrator(connection, centre_id, at, with_account=False)
    before = _active(connection, centre_id)
    with administrator_kept(connection, centre_id, at):
        report = fill_centre(connection, centre_id, organisation, at, actor.code, replace, fixed)
    gone = before - _active(connection, centre_id)
    for what, amount in shut_out(connection, centre_id, sorted(gone), at, actor).items():
        report.count(report.ended, what, amount)
    return report


def load_roster(
    connection: Connection, centre_id: int, turns: Sequence[DutyEntry], at: int, actor: Actor
) -> LoadReport:
    """Write further duty turns down; those that are there already stay. Raises NotAllowed."""
    require_role("roster", "排值班表", "write the roster", actor)
    lock_centre(connection, centre_id)
    loading = _Loading(connection, centre_id, at, actor.code, LoadReport())
    known = connection.execute(select(OFFICER.c.code, OFFICER.c.id).where(OFFICER.c.centre_id == centre_id))
    loading.duty(turns, {row.code: row.id for row in known})
    loading.note()
    return loading.report


def fill_centre(
    connection: Connection,
    centre_id: int,
    organisation: Organisation,
    at: int,
    actor: str,
    replace: bool = False,
    roles_fixed: bool = False,
) -> LoadReport:
    """What `load_organisation` does, for a centre that is being made and where nobody holds a role yet."""
    refuse_errors(organisation)
    lock_centre(connection, centre_id)
    loading = _Loading(connection, centre_id, at, actor, LoadReport(), roles_fixed)
    loading.centre(organisation)
    unit_ids = loading.units(organisation, replace)
    officer_ids = loading.officers(organisation, replace)
    loading.appointments(organisation, unit_ids, officer_ids, replace)
    loading.duty(organisation.duty, officer_ids)
    loading.note()
    return loading.report


def refuse_errors(organisation: Organisation) -> None:
    """Raise BadInput that lists the errors of `check`, if there are any."""
    errors = [finding for finding in check(organisation) if finding.level == "error"]
    if errors:
        more = len(errors) - 1
        raise BadInput(
            "organisation-errors",
            errors[0].zh + (f"（另有 {more} 处）" if more else ""),
            errors[0].en + (f" ({more} more)" if more else ""),
            problems=[{"place": error.subject, "zh": error.zh, "en": error.en} for error in errors[:200]],
        )


def _active(connection: Connection, centre_id: int) -> set[int]:
    """Officers who are there."""
    return set(
        connection.execute(select(OFFICER.c.id).where(OFFICER.c.centre_id == centre_id, OFFICER.c.active)).scalars()
    )


@dataclass
class _Loading:
    """One run of loading: the store's rows beside the file's."""

    connection: Connection
    centre_id: int
    at: int
    actor: str
    report: LoadReport
    roles_fixed: bool = False
    """Whether roles are given and taken by grants alone."""

    def note(self) -> None:
        """Put on the record what was changed, if anything was."""
        if self.report.is_change:
            note_change(self.connection, self.centre_id, self.at, self.actor, "organisation", vars(self.report))

    def centre(self, organisation: Organisation) -> None:
        """Names, zone and labels of the centre itself."""
        wanted = {
            "code": organisation.code,
            "name": organisation.name,
            "name_en": organisation.name_en,
            "zone": organisation.zone,
            "calendar": organisation.calendar,
            "labels": organisation.labels(),
        }
        row = self.connection.execute(
            select(
                CENTRE.c.code, CENTRE.c.name, CENTRE.c.name_en, CENTRE.c.zone, CENTRE.c.calendar, CENTRE.c.labels
            ).where(CENTRE.c.id == self.centre_id)
        ).first()
        if row is None:
            raise NotFound("centre-unknown", "没有这个中心。", "There is no such centre.")
        if row.code != organisation.code:
            raise BadInput(
                "centre-other",
                f"文件属于中心 {organisation.code}，不是 {row.code}。",
                f"The file is of the centre {organisation.code}, not of {row.code}.",
            )
        if dict(row._mapping) != wanted:
            self.connection.execute(update(CENTRE).where(CENTRE.c.id == self.centre_id).values(**wanted))
            self.report.count(self.report.changed, "centre")

    def units(self, organisation: Organisation, replace: bool) -> dict[str, int]:
        """Units with their spans; returns the ids by code."""
        rows = self.connection.execute(
            select(UNIT).where(UNIT.c.centre_id == self.centre_id, UNIT.c.closed_at.is_(None))
        ).mappings()
        old = {row["code"]: dict(row) for row in rows}
        ids = {code: int(row["id"]) for code, row in old.items()}
        ids.update((unit.code, new_id()) for unit in organisation.units if unit.code not in ids)
        fresh: list[Row] = []
        for number, unit in enumerate(organisation.units):
            before = old.get(unit.code)
            wanted = self._unit_row(unit, ids, number)
            if before is None:
                fresh.append(wanted)
            else:
                self._change_unit(before, wanted)
        if fresh:
            self.connection.execute(insert(UNIT), fresh)
            open_span(self.connection, self.centre_id, fresh, self.at, self.actor)
            self.report.count(self.report.added, "unit", len(fresh))
        gone = [row for code, row in old.items() if code not in {unit.code for unit in organisation.units}]
        for row in gone if replace else ():
            close_unit(self.connection, self.centre_id, int(row["id"]), self.at, self.actor, "removed from the file")
        self._count_gone("unit", len(gone), replace)
        return ids

    def officers(self, organisation: Organisation, replace: bool) -> dict[str, int]:
        """People; returns the ids by code."""
        rows = self.connection.execute(select(OFFICER).where(OFFICER.c.centre_id == self.centre_id)).mappings()
        old = {row["code"]: dict(row) for row in rows}
        ids = {code: int(row["id"]) for code, row in old.items()}
        fresh: list[Row] = []
        for entry in organisation.officers:
            before = old.get(entry.code)
            wanted = {name: getattr(entry, name) for name in _OFFICER_FIELDS} | {"active": True}
            if before is None:
                ids[entry.code] = new_id()
                officer = Officer(
                    centre_id=self.centre_id, id=ids[entry.code], code=entry.code, created_at=self.at, **wanted
                )
                fresh.append(officer.model_dump())
            elif any(before[name] != value for name, value in wanted.items()):
                self._update(OFFICER, int(before["id"]), wanted)
                self.report.count(self.report.changed, "officer")
        if fresh:
            self.connection.execute(insert(OFFICER), fresh)
            self.report.count(self.report.added, "officer", len(fresh))
        known = {entry.code for entry in organisation.officers}
        gone = [row for code, row in old.items() if code not in known and row["active"]]
        for row in gone if replace else ():
            self._update(OFFICER, int(row["id"]), {"active": False})
        self._count_gone("officer", len(gone), replace)
        return ids

    def appointments(
        self, organisation: Organisation, unit_ids: Mapping[str, int], officer_ids: Mapping[str, int], replace: bool
    ) -> None:
        """Roles: a changed rank ends the old appointment and begins a new one."""
        rows = self.connection.execute(
            select(APPOINTMENT).where(APPOINTMENT.c.centre_id == self.centre_id, APPOINTMENT.c.to_at.is_(None))
        )
        old = {(row.officer_id, row.unit_id, row.role): row for row in rows}
        fresh: list[Row] = []
        wanted_keys = set()
        for entry in organisation.appointments:
            key = (officer_ids[entry.officer], unit_ids[entry.unit], entry.role)
            wanted_keys.add(key)
            before = old.get(key)
            if before is not None and before.rank == entry.rank:
                continue
            if before is not None and before.from_at >= self.at:
                self._update(APPOINTMENT, int(before.id), {"rank": entry.rank})
                self.report.count(self.report.changed, "appointment")
                continue
            if before is not None:
                self._update(APPOINTMENT, int(before.id), {"to_at": self.at})
            row = Appointment(
                centre_id=self.centre_id, id=new_id(), officer_id=key[0], unit_id=key[1], role=entry.role,
                rank=entry.rank, from_at=self.at,
            )  # fmt: skip
            fresh.append(row.model_dump())
            self.report.count(self.report.added if before is None else self.report.changed, "appointment")
        if fresh:
            self.connection.execute(insert(APPOINTMENT), fresh)
        gone = [row for key, row in old.items() if key not in wanted_keys]
        self._demand_separate(wanted_keys if replace else wanted_keys | old.keys(), officer_ids)
        if self.roles_fixed and (wanted_keys - old.keys() or (replace and gone)):
            raise NotAllowed(
                "roles-by-grant",
                "本中心设有安全管理员（或正在紧急授权）：角色只能用 zhihui grant 授予和收回。",
                "Roles are given and taken by zhihui grant alone: there is a security administrator, or break-glass.",
            )
        if replace:
            end_appointments(self.connection, self.centre_id, [int(row.id) for row in gone], self.at)
        self._count_gone("appointment", len(gone), replace)

    def _demand_separate(self, keys: Iterable[tuple[int, int, str]], officer_ids: Mapping[str, int]) -> None:
        """Roles that stay from before count as well: the file alone may be right, and the whole wrong."""
        held: dict[int, set[str]] = {}
        for officer_id, _, role in keys:
            held.setdefault(officer_id, set()).add(role)
        for code, officer_id in officer_ids.items():
            demand_separate(code, held.get(officer_id, ()))

    def duty(self, entries: Iterable[DutyEntry], officer_ids: Mapping[str, int]) -> None:
        """Times on duty or away; the same time of the same person is there once."""
        wanted = list(entries)
        earliest = min((_seconds(entry.starts) for entry in wanted), default=0)
        rows = self.connection.execute(
            select(DUTY).where(DUTY.c.centre_id == self.centre_id, DUTY.c.from_at >= earliest)
        )
        old = {(row.officer_id, row.kind, row.role, row.from_at): row for row in rows}
        fresh: list[Row] = []
        for entry in wanted:
            from_at, to_at = _seconds(entry.starts), _seconds(entry.ends) if entry.ends else None
            key = (officer_ids[entry.officer], entry.kind, entry.role, from_at)
            before = old.get(key)
            if before is None:
                row = Duty(
                    centre_id=self.centre_id, id=new_id(), officer_id=key[0], kind=entry.kind, role=entry.role,
                    from_at=from_at, to_at=to_at, note=entry.note, source=entry.source,
                    planned_id=key[0] if entry.source else None,
                )  # fmt: skip
                fresh.append(row.model_dump())
            elif (before.to_at, before.note) != (to_at, entry.note):
                self._update(DUTY, int(before.id), {"to_at": to_at, "note": entry.note})
                self.report.count(self.report.changed, "duty")
        if fresh:
            self.connection.execute(insert(DUTY), fresh)
            self.report.count(self.report.added, "duty", len(fresh))

    def _unit_row(self, unit: UnitEntry, ids: Mapping[str, int], number: int) -> Row:
        row = Unit(
            centre_id=self.centre_id,
            id=ids[unit.code],
            code=unit.code,
            kind=unit.kind,
            aliases=list(unit.aliases),
            parent_id=ids.get(unit.parent),
            facts=dict(unit.facts),
            sort_no=number,
            opened_at=self.at,
            **{name: getattr(unit, name) for name in _UNIT_FIELDS},
        )
        return row.model_dump()

    def _change_unit(self, before: Mapping[str, Any], wanted: Row) -> None:
        names = (*_UNIT_FIELDS, "aliases", "facts", "parent_id", "sort_no")
        if before["kind"] != wanted["kind"]:
            raise BadInput(
                "unit-kind",
                f"{wanted['code']} 的类型不能由 {before['kind']} 改为 {wanted['kind']}。",
                f"{wanted['code']} cannot change from {before['kind']} to {wanted['kind']}.",
            )
        changed = {name: wanted[name] for name in names if before[name] != wanted[name]}
        if not changed:
            return
        self._update(UNIT, int(before["id"]), changed)
        if changed.keys() & {"name", "parent_id"}:
            shift_span(self.connection, self.centre_id, {**wanted, "id": before["id"]}, self.at, self.actor, "loaded")
        if changed.keys() != {"sort_no"}:
            self.report.count(self.report.changed, "unit")

    def _update(self, model: Table, row_id: int, values: Row) -> None:
        self.connection.execute(
            update(model).where(model.c.centre_id == self.centre_id, model.c.id == row_id).values(**values)
        )

    def _count_gone(self, what: str, amount: int, replace: bool) -> None:
        self.report.count(self.report.ended if replace else self.report.left, what, amount)


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
