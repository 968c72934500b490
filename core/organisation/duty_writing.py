"""A roster into the duty book as one act: what is wanted is added, what is no longer wanted and has not begun goes.

Shifts that have begun are never touched, nor those that somebody wrote down by hand. The same again changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select, update

from core.desk.actor import Actor
from core.desk.permissions import require_role
from core.organisation.duty import SHIFT
from core.organisation.journal import note_change
from core.organisation.model import DutyEntry
from core.organisation.roster import Rotation, turns_of
from data.ids import new_id
from data.store import lock_centre
from data.tables import Duty, Officer, table

_DUTY, _OFFICER = table(Duty), table(Officer)


class Wanted(NamedTuple):
    """A time on duty or away that a roster asks for."""

    officer_id: int
    kind: str
    role: str
    from_at: int
    to_at: int | None
    source: str = ""
    note: str = ""


@dataclass
class Written:
    """What writing a roster did: times added, taken out, there before; changes of shifts that went with a turn."""

    added: int = 0
    removed: int = 0
    unchanged: int = 0
    begun: int = 0
    """Turns that the roster would have otherwise, but that are over, or have begun with others."""
    changes_lost: list[str] = field(default_factory=list)
    """Agreed changes of shifts whose turn the roster no longer has: officer and begin."""


def write_rotations(
    connection: Connection,
    centre_id: int,
    rotations: Sequence[Rotation],
    zone: ZoneInfo,
    first: date,
    days: int,
    now: int,
    actor: Actor,
) -> Written:
    """Write the turns of some days out; those of rotations that are no longer there go. Raises NotAllowed."""
    require_role("roster", "排值班表", "write the roster", actor)
    lock_centre(connection, centre_id)
    known = _officers(connection, centre_id)
    turns = [turn for rotation in rotations for turn in turns_of(rotation, zone, first, days)]
    wanted = [_wanted(turn, known[turn.officer]) for turn in turns if turn.officer in known]
    begin, end = (_midnight(first + timedelta(days=ahead), zone) for ahead in (0, days))
    old = _rows(connection, centre_id, begin, end)
    done = _bring(connection, centre_id, [row for row in old if row.kind == SHIFT], wanted, now)
    body = {"from_at": begin, "to_at": end, "rotations": [rotation.code for rotation in rotations]}
    _note(connection, centre_id, now, actor, body, done)
    return done


def _bring(connection: Connection, centre_id: int, old: Iterable[Any], wanted: Iterable[Wanted], now: int) -> Written:
    """Add and take out, by the turn that a row stands for: who had it by plan, in which role, from when to when."""
    done = Written()
    there = {_slot(row.planned_id or row.officer_id, row): row for row in old}
    slots = {_slot(one.officer_id, one): one for one in wanted}
    manned = {(row.source, row.from_at) for row in there.values()}
    fresh: list[dict[str, Any]] = []
    # The same turn, written down otherwise before: from now on it is the rotation's.
    adopted: list[tuple[int, Wanted]] = []
    for slot, one in slots.items():
        if slot in there:
            done.unchanged += 1
            if one.source and not there[slot].source:
                adopted.append((there[slot].id, one))
        elif _is_settled(one, now, manned):
            done.begun += 1
        else:
            planned = one.officer_id if one.source else None
            row = Duty(centre_id=centre_id, id=new_id(), planned_id=planned, **one._asdict())
            fresh.append(row.model_dump())
    lost = [row for slot, row in there.items() if slot not in slots and row.from_at > now and row.source]
    for start in range(0, len(lost), 500):
        ids = [row.id for row in lost[start : start + 500]]
        connection.execute(delete(_DUTY).where(_DUTY.c.centre_id == centre_id, _DUTY.c.id.in_(ids)))
    for number, one in adopted:
        values = {"source": one.source, "planned_id": one.officer_id}
        connection.execute(update(_DUTY).where(_DUTY.c.centre_id == centre_id, _DUTY.c.id == number).values(values))
    if fresh:
        connection.execute(insert(_DUTY), fresh)
    done.added, done.removed = len(fresh), len(lost)
    done.changes_lost = [
        f"{row.code} {row.from_at}" for row in lost if row.planned_id is not None and row.planned_id != row.officer_id
    ]
    return done


def _is_settled(one: Wanted, now: int, manned: Collection[tuple[str, int]]) -> bool:
    """A turn that is over, or that began with others: what happened stays."""
    if not one.source or one.from_at >= now:
        return False
    return (one.to_at or now) <= now or (one.source, one.from_at) in manned


def _slot(officer_id: int, row: Any) -> tuple[int, str, str, int, int | None]:
    return officer_id, row.kind, row.role, row.from_at, row.to_at


def _rows(connection: Connection, centre_id: int, begin: int, end: int) -> list[Any]:
    """Times that begin in a span."""
    query = (
        select(_DUTY, _OFFICER.c.code)
        .join_from(_DUTY, _OFFICER, (_OFFICER.c.centre_id == _DUTY.c.centre_id) & (_OFFICER.c.id == _DUTY.c.officer_id))
        .where(_DUTY.c.centre_id == centre_id, _DUTY.c.from_at >= begin, _DUTY.c.from_at < end)
    )
    return list(connection.execute(query))


def _officers(connection: Connection, centre_id: int) -> dict[str, int]:
    rows = connection.execute(
        select(_OFFICER.c.code, _OFFICER.c.id).where(_OFFICER.c.centre_id == centre_id, _OFFICER.c.active)
    )
    return {row.code: row.id for row in rows}


def _wanted(turn: DutyEntry, officer_id: int) -> Wanted:
    begin, end = (int(datetime.fromisoformat(text).timestamp()) for text in (turn.starts, turn.ends))
    return Wanted(officer_id, turn.kind, turn.role, begin, end, turn.source)


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())


def _note(connection: Connection, centre_id: int, now: int, actor: Actor, body: dict[str, Any], done: Written) -> None:
    if done.added or done.removed:
        note_change(connection, centre_id, now, actor.code, "roster", {**body, **asdict(done)})
