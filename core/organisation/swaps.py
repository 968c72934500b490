"""Agreed swaps: the A and B holder of a post or section change places for a time.

Asked for by one of the two and agreed by the other, or set by a leader who may. Each step is in the centre's journal.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from core.desk.actor import Actor
from core.desk.permissions import may
from core.organisation.duty import LONGEST
from core.organisation.journal import note_change
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.ids import new_id
from data.store import lock_centre
from data.tables import Appointment, DutySwap, Officer, Unit, table
from data.terms import Rank, Role

_SWAP, _HELD, _OFFICER, _UNIT = table(DutySwap), table(Appointment), table(Officer), table(Unit)
REASON_LIMIT = 200


@dataclass(frozen=True)
class Swap:
    """A swap as it is shown; `agreed` by the code of whom, empty while one of the two has not answered."""

    unit: str
    a: str
    a_name: str
    b: str
    b_name: str
    from_at: int
    to_at: int
    reason: str
    asked: str
    agreed: str


@dataclass(frozen=True)
class _Place:
    """Where two officers are A and B."""

    unit_id: int
    parent_id: int | None
    unit: str
    a_id: int
    a: str
    a_name: str
    b_id: int
    b: str
    b_name: str


class SwapBook:
    """The swaps of one centre, inside an open write transaction."""

    def __init__(self, connection: Connection, centre_id: int, now: int, actor: Actor) -> None:
        lock_centre(connection, centre_id)
        self.connection, self.centre_id, self.now, self.actor = connection, centre_id, now, actor

    def ask(self, one: str, other: str, from_at: int, to_at: int, reason: str, unit: str = "") -> Swap:
        """Ask for a swap, or set it. Raises NotFound, BadInput, NotAllowed, Conflict where one is there already."""
        place = self._place(one, other, unit)
        if not self.now <= to_at or not from_at < to_at <= from_at + LONGEST:
            raise BadInput(
                "swap-span",
                "互换须写明到何时，晚于开始与现在，且不超过 400 天。",
                "A swap ends at a time after its beginning and after now, within 400 days.",
            )
        if not reason.strip() or len(reason) > REASON_LIMIT or not reason.isprintable():
            raise BadInput(
                "swap-reason", "互换原因必填，200 字以内。", "Give a reason of at most 200 printable characters."
            )
        own = self.actor.id in (place.a_id, place.b_id)
        if not own and not self._may_set(place):
            raise self._refused()
        taken = self.connection.execute(
            select(_SWAP.c.id).where(
                _SWAP.c.centre_id == self.centre_id,
                _SWAP.c.unit_id == place.unit_id,
                _SWAP.c.from_at < to_at,
                _SWAP.c.to_at > from_at,
            )
        ).first()
        if taken is not None:
            raise Conflict("swap-taken", "这段时间已有互换。", "There is a swap in that time already.")
        row = DutySwap(
            centre_id=self.centre_id,
            id=new_id(),
            unit_id=place.unit_id,
            a_id=place.a_id,
            b_id=place.b_id,
            from_at=from_at,
            to_at=to_at,
            reason=reason.strip(),
            asked_by=self.actor.code,
            asked_at=self.now,
            agreed_by="" if own else self.actor.code,
            agreed_at=None if own else self.now,
        )
        self.connection.execute(insert(_SWAP), [row.model_dump()])
        return self._noted("ask" if own else "set", place, row)

    def agree(self, one: str, other: str, unit: str = "") -> Swap:
        """The other of the two agrees, or a leader for them. Raises NotFound, NotAllowed."""
        place = self._place(one, other, unit)
        row = self._waiting(place, _SWAP.c.agreed_at.is_(None))
        own = self.actor.id in (place.a_id, place.b_id) and self.actor.code != row.asked_by
        if not own and not self._may_set(place):
            raise self._refused()
        row.agreed_by, row.agreed_at = self.actor.code, self.now
        self._change(row, agreed_by=row.agreed_by, agreed_at=row.agreed_at)
        return self._noted("agree", place, row)

    def end(self, one: str, other: str, unit: str = "") -> Swap:
        """End a swap now, or call it off, by one of the two or a leader. Raises NotFound, NotAllowed."""
        place = self._place(one, other, unit)
        row = self._waiting(place)
        if self.actor.id not in (place.a_id, place.b_id) and not self._may_set(place):
            raise self._refused()
        row.from_at, row.to_at = min(row.from_at, self.now), self.now
        self._change(row, from_at=row.from_at, to_at=row.to_at)
        return self._noted("end", place, row)

    # ------------------------------------------------------------------------------------------- finding

    def _may_set(self, place: _Place) -> bool:
        """Whether the actor sets swaps: the desk's leaders everywhere, a section leader in the own section."""
        leads = Role.SECTION_LEADER in self.actor.roles and self.actor.answers_for(place.unit_id, place.parent_id)
        return leads or may("duty_others", self.actor)

    def _refused(self) -> NotAllowed:
        return NotAllowed(
            "not-permitted",
            f"{self.actor.name} 不能办理此互换：须本岗另一人同意，或由值班长以上、板块领导确定。",
            f"{self.actor.code} may not: the other of the two agrees, or the section's or the desk's leaders set it.",
        )

    def _place(self, one: str, other: str, unit: str) -> _Place:
        rows = self.connection.execute(
            select(
                *(_HELD.c.unit_id, _UNIT.c.parent_id, _UNIT.c.code.label("unit"), _HELD.c.rank),
                *(_OFFICER.c.id, _OFFICER.c.code, _OFFICER.c.name),
            )
            .join_from(
                _HELD, _OFFICER, (_OFFICER.c.centre_id == _HELD.c.centre_id) & (_OFFICER.c.id == _HELD.c.officer_id)
            )
            .join(_UNIT, (_UNIT.c.centre_id == _HELD.c.centre_id) & (_UNIT.c.id == _HELD.c.unit_id))
            .where(
                _HELD.c.centre_id == self.centre_id,
                _OFFICER.c.active,
                _HELD.c.rank.in_([Rank.A.value, Rank.B.value]),
                _HELD.c.from_at <= self.now,
                _HELD.c.to_at.is_(None) | (_HELD.c.to_at > self.now),
                _OFFICER.c.code.in_([one, other]) | _OFFICER.c.name.in_([one, other]),
            )
        ).all()
        found = [
            _Place(a.unit_id, a.parent_id, a.unit, a.id, a.code, a.name, b.id, b.code, b.name)
            for a in rows
            for b in rows
            if (a.rank, b.rank, a.unit_id) == (Rank.A, Rank.B, b.unit_id)
            and unit in ("", a.unit)
            and any(x in (a.code, a.name) and y in (b.code, b.name) for x, y in ((one, other), (other, one)))
        ]
        if not found:
            raise NotFound(
                "no-pair", "两人不是同一岗位或板块的A、B岗。", "The two are not A and B of one post or section."
            )
        if len(found) > 1:
            codes = ", ".join(place.unit for place in found)
            raise BadInput("which-pair", f"两人在多处互为A、B岗，请用 --unit 指明：{codes}", f"Use --unit: {codes}")
        return found[0]

    def _waiting(self, place: _Place, *more: object) -> DutySwap:
        row = (
            self.connection.execute(
                select(_SWAP)
                .where(
                    _SWAP.c.centre_id == self.centre_id,
                    _SWAP.c.unit_id == place.unit_id,
                    _SWAP.c.a_id == place.a_id,
                    _SWAP.c.b_id == place.b_id,
                    _SWAP.c.to_at > self.now,
                    *more,  # type: ignore[arg-type]
                )
                .order_by(_SWAP.c.from_at)
                .limit(1)
            )
            .mappings()
            .first()
        )
        if row is None:
            raise NotFound("no-swap", "两人没有这样的互换。", "There is no such swap of the two.")
        return DutySwap(**row)

    def _change(self, row: DutySwap, **values: object) -> None:
        self.connection.execute(
            update(_SWAP).where(_SWAP.c.centre_id == self.centre_id, _SWAP.c.id == row.id).values(**values)
        )

    def _noted(self, what: str, place: _Place, row: DutySwap) -> Swap:
        body = {
            "what": what,
            "unit": place.unit,
            "a": place.a,
            "b": place.b,
            "from_at": row.from_at,
            "to_at": row.to_at,
        }
        body["reason"] = row.reason
        note_change(self.connection, self.centre_id, self.now, self.actor.code, "swap", body)
        return Swap(
            *(place.unit, place.a, place.a_name, place.b, place.b_name),
            *(row.from_at, row.to_at, row.reason, row.asked_by, row.agreed_by),
        )
