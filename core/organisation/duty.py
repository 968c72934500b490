"""Who is on duty and who is away, as it is said at the desk: shifts and leave of officers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from core.desk.actor import Actor
from core.desk.permissions import may, require_duty
from core.organisation.duty_ahead import limits_of
from core.organisation.journal import note_change
from core.rules.duty_watch import HOUR
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.ids import new_id
from data.inside import InsideReader
from data.store import lock_centre
from data.tables import Appointment, Duty, Officer, table
from data.terms import Role

SHIFT, LEAVE = "shift", "leave"
SHIFT_ROLES = (
    *(Role.DUTY_OFFICER, Role.SHIFT_LEADER, Role.DUTY_LEADER, Role.COMMANDER),
    *(Role.SECTION_LEADER, Role.POST_MEMBER),
)
"""Roles that can be served in shifts; at a post or section, who keeps shifts is off duty between them."""
LONGEST = 400 * 86_400
"""Seconds that a shift or a leave may last at most."""

_DUTY, _OFFICER, _HELD = table(Duty), table(Officer), table(Appointment).c


@dataclass(frozen=True)
class DutyTime:
    """A time on duty or away; instants in epoch seconds, `to_at` None for an open end."""

    officer: str
    name: str
    kind: str
    role: str
    from_at: int
    to_at: int | None
    note: str


class DutyBook:
    """The duty times of one centre, inside an open write transaction."""

    def __init__(self, connection: Connection, centre_id: int, now: int, actor: Actor) -> None:
        """`now` in epoch seconds; `actor` is who writes it down: for oneself, or a leader for others."""
        lock_centre(connection, centre_id)
        self.connection, self.centre_id, self.now, self.actor = connection, centre_id, now, actor

    def on(self, officer: str, role: str, from_at: int, to_at: int | None, note: str = "") -> DutyTime:
        """A shift in a role that the officer holds, by default the first of them.

        Raises NotFound, NotAllowed for somebody without such a role, BadInput, Conflict where a shift is there already.
        """
        found = self._officer(officer)
        served = self._served(found.id, found.name, role)
        return self._add(found, SHIFT, served, from_at, to_at, note)

    def leave(self, officer: str, from_at: int, to_at: int | None, note: str = "") -> DutyTime:
        """A leave: the ladder passes this officer over. Raises NotFound, BadInput, Conflict.

        Whoever is no leader writes down for themselves what cannot wait; NotAllowed for more, which is asked for.
        """
        found = self._officer(officer)
        if not may("duty_others", self.actor):
            hours = limits_of(InsideReader(self.connection), self.centre_id).leave_hours
            if to_at is None or to_at > self.now + hours * HOUR:
                raise NotAllowed(
                    "leave-ask",
                    f"本人只能登记 {hours} 小时内结束的请假，更长的请用 zhihui duty leave-ask 申请。",
                    f"One's own leave is written down for {hours} hours at most; ask for more: zhihui duty leave-ask.",
                )
        return self._add(found, LEAVE, "", from_at, to_at, note)

    def end(self, officer: str, kind: str, at: int) -> list[DutyTime]:
        """End what lasts at `at`: the shift (`shift`) or the leave (`leave`). Raises NotFound where none does."""
        found = self._officer(officer)
        rows = self._overlapping(found.id, kind, at, at + 1)
        if not rows:
            raise NotFound(
                "no-duty",
                f"{found.name} 此时没有{'值班' if kind == SHIFT else '请假'}。",
                f"{found.code} is not {'on duty' if kind == SHIFT else 'on leave'} then.",
            )
        for row in rows:
            self.connection.execute(
                update(_DUTY).where(_DUTY.c.centre_id == self.centre_id, _DUTY.c.id == row.id).values(to_at=at)
            )
        self._note(found.code, kind, "end", at, None)
        return [DutyTime(found.code, found.name, kind, row.role, row.from_at, at, row.note) for row in rows]

    def _add(self, officer: _Person, kind: str, role: str, from_at: int, to_at: int | None, note: str) -> DutyTime:
        if to_at is not None and not from_at < to_at <= from_at + LONGEST:
            raise BadInput(
                "duty-span", "结束须晚于开始，且不超过 400 天。", "It must end after it begins, within 400 days."
            )
        if len(note) > 200 or not note.isprintable():
            raise BadInput("duty-note", "说明须在 200 字以内。", "The note may have 200 printable characters.")
        taken = [row for row in self._overlapping(officer.id, kind, from_at, to_at) if row.role == role]
        if taken:
            raise Conflict(
                "duty-taken",
                f"{officer.name} 在这段时间已有{'值班' if kind == SHIFT else '请假'}记录。",
                f"{officer.code} is {'on duty' if kind == SHIFT else 'on leave'} already in that time.",
            )
        row = Duty(
            centre_id=self.centre_id,
            id=new_id(),
            officer_id=officer.id,
            kind=kind,
            role=role,
            from_at=from_at,
            to_at=to_at,
            note=note,
        )
        self.connection.execute(insert(_DUTY), [row.model_dump()])
        self._note(officer.code, kind, role, from_at, to_at)
        return DutyTime(officer.code, officer.name, kind, role, from_at, to_at, note)

    def _officer(self, code: str) -> _Person:
        found = _OFFICER.c
        rows = self.connection.execute(
            select(found.id, found.code, found.name)
            .where(found.centre_id == self.centre_id, found.active, (found.code == code) | (found.name == code))
            .limit(3)
        ).all()
        exact = [row for row in rows if row.code == code] or list(rows)
        shown = code if code.isprintable() else ascii(code)
        if not exact:
            raise NotFound("officer-unknown", f"没有人员“{shown}”。", f"There is no officer {shown}.")
        if len(exact) > 1:
            raise BadInput(
                "officer-ambiguous", f"有多名人员叫 {shown}，请用编号。", f"Several are called {shown}: use the code."
            )
        require_duty(self.actor, exact[0].id)
        return _Person(exact[0].id, exact[0].code, exact[0].name)

    def _served(self, officer_id: int, name: str, role: str) -> str:
        held = set(
            self.connection.execute(
                select(_HELD.role).where(
                    _HELD.centre_id == self.centre_id,
                    _HELD.officer_id == officer_id,
                    _HELD.from_at <= self.now,
                    _HELD.to_at.is_(None) | (_HELD.to_at > self.now),
                )
            ).scalars()
        )
        possible = [str(item) for item in SHIFT_ROLES if item in held]
        if role and role not in {str(item) for item in SHIFT_ROLES}:
            known = " ".join(SHIFT_ROLES)
            raise BadInput("duty-role", f"值班角色只能是：{known}", f"Roles that are served in shifts: {known}")
        if not possible or (role and role not in possible):
            raise NotAllowed("duty-role", f"{name} 没有可值班的角色。", f"{name} holds no such role.")
        return role or possible[0]

    def _overlapping(self, officer_id: int, kind: str, from_at: int, to_at: int | None) -> list[_Row]:
        columns = _DUTY.c
        query = select(columns.id, columns.role, columns.from_at, columns.note).where(
            columns.centre_id == self.centre_id,
            columns.officer_id == officer_id,
            columns.kind == kind,
            columns.to_at.is_(None) | (columns.to_at > from_at),
        )
        if to_at is not None:
            query = query.where(columns.from_at < to_at)
        return [_Row(row.id, row.role, row.from_at, row.note) for row in self.connection.execute(query)]

    def _note(self, officer: str, kind: str, what: str, from_at: int, to_at: int | None) -> None:
        body = {"officer": officer, "kind": kind, "what": what, "from_at": from_at, "to_at": to_at}
        note_change(self.connection, self.centre_id, self.now, self.actor.code, "duty", body)


@dataclass(frozen=True)
class _Person:
    id: int
    code: str
    name: str


@dataclass(frozen=True)
class _Row:
    id: int
    role: str
    from_at: int
    note: str
