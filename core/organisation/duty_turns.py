"""Shifts of the duty book that go from one officer to another, inside a write transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select, update

from core.organisation.duty import SHIFT
from core.rules.duty_exchange import refusal_of_turn
from core.rules.duty_watch import HOUR, Limits, Time
from core.rules.local_time import is_date, read_instant
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.ids import new_id
from data.instants import from_seconds
from data.tables import Appointment, Duty, table
from data.terms import Role

_DUTY, _HELD = table(Duty), table(Appointment).c


class TurnBook:
    """The shifts of one centre."""

    def __init__(self, connection: Connection, centre_id: int, now: int, zone: str) -> None:
        self.connection, self.centre_id, self.now, self.zone = connection, centre_id, now, zone

    def find(self, officer: Any, text: str) -> dict[str, Any]:
        """The shift of an officer that begins at an instant, or the only one that begins on a day, and has not begun.

        Raises NotFound, BadInput, NotAllowed.
        """
        begin = read_instant(text, self.zone)
        midnight = from_seconds(begin).astimezone(ZoneInfo(self.zone))
        whole = is_date(text)
        day_end = datetime.combine(midnight.date() + timedelta(days=1), time(), ZoneInfo(self.zone))
        end = int(day_end.timestamp()) if whole else begin + 1
        columns = _DUTY.c
        rows = self._rows(columns.officer_id == officer.id, columns.from_at >= begin, columns.from_at < end)
        if not rows:
            raise NotFound(
                "turn-unknown",
                f"{officer.name}在 {text} 没有班次。",
                f"{officer.code} has no shift that begins {text}.",
            )
        if len(rows) > 1:
            begins = [f"{from_seconds(row.from_at).astimezone(ZoneInfo(self.zone)):%Y-%m-%dT%H:%M}" for row in rows]
            raise BadInput(
                "which-turn",
                f"{officer.name}当天有几个班次，请写明开始时刻：{'、'.join(begins)}",
                f"{officer.code} has several shifts then, say which: {', '.join(begins)}",
            )
        self._demand_ahead(rows[0])
        return _as_turn(rows[0])

    def of(self, officer_id: int, begin: int, end: int) -> list[Any]:
        """Shifts of an officer that last in a span and are not over."""
        columns = _DUTY.c
        lasting = columns.to_at.is_(None) | (columns.to_at > max(begin, self.now))
        return self._rows(columns.officer_id == officer_id, columns.from_at < end, lasting)

    def current(self, turn: dict[str, Any]) -> dict[str, Any]:
        """The turn as it is in the book now. Raises Conflict where it is no longer the same, NotAllowed once begun."""
        rows = self._rows(_DUTY.c.id == turn["duty"])
        if not rows or _as_turn(rows[0]) != turn:
            raise Conflict(
                "turn-changed",
                "值班表已变，此班次不再是原来的样子，请重新申请。",
                "The roster has changed: this shift is not what it was. Ask again.",
            )
        self._demand_ahead(rows[0])
        return turn

    def demand_fit(self, officer: Any, turn: dict[str, Any], given: Collection[int], limits: Limits) -> None:
        """Raises NotAllowed where an officer cannot serve a turn; the shifts `given` away do not count."""
        role = Role(turn["role"])
        held = self.connection.execute(
            select(_HELD.role).where(
                _HELD.centre_id == self.centre_id,
                _HELD.officer_id == officer.id,
                _HELD.role == role.value,
                _HELD.from_at <= self.now,
                _HELD.to_at.is_(None) | (_HELD.to_at > self.now),
            )
        ).first()
        if held is None:
            raise NotAllowed("exchange-role", f"{officer.name}不是{role.zh}。", f"{officer.code} is not {role.en}.")
        about = limits.rest_hours * HOUR
        columns = _DUTY.c
        end = turn["to"]
        query = select(_DUTY).where(
            columns.centre_id == self.centre_id,
            columns.officer_id == officer.id,
            columns.id.not_in([turn["duty"], *given]),
            columns.to_at.is_(None) | (columns.to_at > turn["from"] - about),
        )
        if end is not None:
            query = query.where(columns.from_at < end + about)
        others = [
            Time(row.officer_id, row.kind, row.role, row.from_at, row.to_at) for row in self.connection.execute(query)
        ]
        wanted = Time(officer.id, SHIFT, role.value, turn["from"], end)
        why = refusal_of_turn(officer.name, officer.code, wanted, others, limits)
        if why is not None:
            raise NotAllowed(why.code, why.zh + "。", why.en + ".")

    def hand_over(self, turn: dict[str, Any], to: int) -> None:
        """The shift is somebody else's; whose turn it was by the plan stays known."""
        columns = _DUTY.c
        key = (columns.centre_id == self.centre_id) & (columns.id == turn["duty"])
        row = self.connection.execute(select(columns.planned_id, columns.officer_id).where(key)).one()
        planned = row.officer_id if row.planned_id is None else row.planned_id
        self.connection.execute(update(_DUTY).where(key).values(officer_id=to, planned_id=planned))

    def add_part(self, row: Any, to: int, begin: int, end: int | None) -> dict[str, Any]:
        """Of a shift only [begin, end) is somebody else's: a time of its own, which says whose turn it is."""
        part = Duty(
            centre_id=self.centre_id, id=new_id(), officer_id=to, kind=SHIFT, role=row.role, from_at=begin,
            to_at=end, planned_id=row.officer_id,
        )  # fmt: skip
        self.connection.execute(insert(_DUTY), [part.model_dump()])
        return {**_as_turn(part), "part": True}

    def take_back(self, turn: dict[str, Any], stood_in: int, to: int) -> None:
        """What somebody else has not served of a shift or of a part is its officer's again."""
        columns = _DUTY.c
        key = (columns.centre_id == self.centre_id) & (columns.id == turn["duty"]) & (columns.officer_id == stood_in)
        if not turn.get("part"):
            if turn["from"] > self.now:
                self.connection.execute(update(_DUTY).where(key).values(officer_id=to))
        elif turn["from"] >= self.now:
            self.connection.execute(delete(_DUTY).where(key))
        elif turn["to"] is None or turn["to"] > self.now:
            self.connection.execute(update(_DUTY).where(key).values(to_at=self.now))

    def as_turn(self, row: Any) -> dict[str, Any]:
        """A shift as it is kept with what was asked."""
        return _as_turn(row)

    def _rows(self, *conditions: Any) -> list[Any]:
        columns = _DUTY.c
        query = select(_DUTY).where(columns.centre_id == self.centre_id, columns.kind == SHIFT, *conditions)
        return list(self.connection.execute(query.order_by(columns.from_at, columns.id)))

    def _demand_ahead(self, row: Any) -> None:
        if row.from_at <= self.now:
            raise NotAllowed(
                "turn-begun", "此班次已经开始，不能再换。", "This shift has begun: it is exchanged no more."
            )


def _as_turn(row: Any) -> dict[str, Any]:
    return {"duty": row.id, "officer": row.officer_id, "role": row.role, "from": row.from_at, "to": row.to_at}
