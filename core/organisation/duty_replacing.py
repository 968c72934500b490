"""A roster that a file gives, into the duty book: for the days and roles that it names, the book says what it says.

What has begun is never touched. An agreed exchange stays where the file names the officer whose turn it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select

from core.desk.actor import Actor
from core.desk.permissions import require_role
from core.organisation.duty import LEAVE, SHIFT
from core.organisation.duty_writing import Wanted
from core.organisation.journal import note_change
from data.ids import new_id
from data.instants import from_seconds
from data.store import lock_centre
from data.tables import Duty, Officer, table

IMPORTED = "import"
"""The source of a leave that came by a file, so that another file may take it out again."""

_DUTY, _OFFICER = table(Duty), table(Officer)


@dataclass(frozen=True)
class RosterPlan:
    """What a file asks for: times, and the days and roles for which they are all there is."""

    wanted: tuple[Wanted, ...]
    days: frozenset[date]
    roles: Mapping[str, frozenset[int] | None]
    """Role → the officers whose shifts it is about, or None for all in the role."""


class RosterLine(NamedTuple):
    """A time as it is shown; `planned`: whose turn it was before an exchange, else empty."""

    officer: str
    name: str
    kind: str
    role: str
    from_at: int
    to_at: int | None
    note: str = ""
    planned: str = ""


@dataclass
class Replaced:
    """What a file did to the book."""

    added: list[RosterLine] = field(default_factory=list)
    removed: list[RosterLine] = field(default_factory=list)
    unchanged: int = 0
    begun: int = 0
    """Times that are over or have begun, and are otherwise in the file: they stay as they were."""
    exchanged: int = 0
    """Of the unchanged ones, turns that somebody else serves by an agreed exchange."""


def replace_roster(
    connection: Connection,
    centre_id: int,
    plan: RosterPlan,
    zone: ZoneInfo,
    now: int,
    actor: Actor,
    facts: Mapping[str, Any],
) -> Replaced:
    """Bring the book to what a file says, as one entry of the journal with `facts`. Raises NotAllowed."""
    require_role("roster", "排值班表", "write the roster", actor)
    lock_centre(connection, centre_id)
    begin, end = _span(plan, zone)
    old = _rows(connection, centre_id, begin, end)
    change = _compare(old, plan, zone, now)
    people = _people(connection, centre_id)
    done = Replaced(unchanged=change.unchanged, begun=change.begun, exchanged=change.exchanged)
    done.added = [_line(people, one.officer_id, one) for one in change.fresh]
    done.removed = [_line(people, row.officer_id, row) for row in change.lost]
    for start in range(0, len(change.lost), 500):
        ids = [row.id for row in change.lost[start : start + 500]]
        connection.execute(delete(_DUTY).where(_DUTY.c.centre_id == centre_id, _DUTY.c.id.in_(ids)))
    if change.fresh:
        rows = [Duty(centre_id=centre_id, id=new_id(), **one._asdict()).model_dump() for one in change.fresh]
        connection.execute(insert(_DUTY), rows)
    if done.added or done.removed:
        body = {**facts, "what": IMPORTED, "days": [str(day) for day in sorted(plan.days)], "roles": [*plan.roles]}
        body |= {name: [_plain(line) for line in getattr(done, name)] for name in ("added", "removed")}
        note_change(connection, centre_id, now, actor.code, "roster", body)
    return done


class _Change(NamedTuple):
    fresh: list[Wanted]
    lost: list[Any]
    unchanged: int
    begun: int
    exchanged: int


def _compare(old: Iterable[Any], plan: RosterPlan, zone: ZoneInfo, now: int) -> _Change:
    """What is to be added and taken out: first by who serves, then by whose turn it was before an exchange."""
    rows = list(old)
    left, exchanged = list(plan.wanted), 0
    for planned in (False, True):
        there: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        for row in rows:
            officer = row.planned_id if planned else row.officer_id
            there[officer, row.kind, row.role, row.from_at, row.to_at].append(row)
        missing, taken = [], set[int]()
        for one in left:
            found = there.get((one.officer_id, one.kind, one.role, one.from_at, one.to_at))
            if found:
                taken.add(found.pop().id)
            else:
                missing.append(one)
        exchanged += len(taken) * planned
        left, rows = missing, [row for row in rows if row.id not in taken]
    unchanged = len(plan.wanted) - len(left)
    covered = {one for one in left if one.kind == LEAVE and _covered(one, rows)}
    settled = {one for one in left if one not in covered and _is_settled(one, rows, now)}
    fresh = [one for one in left if one not in covered and one not in settled]
    lost = [row for row in rows if _goes(row, plan, zone)]
    kept = [row for row in lost if row.from_at <= now]
    return _Change(
        fresh,
        [row for row in lost if row.from_at > now],
        unchanged + len(covered),
        len(settled) + len(kept),
        exchanged,
    )


def _covered(leave: Wanted, rows: Iterable[Any]) -> bool:
    """Whether an officer is on leave all that time already."""
    return any(
        row.kind == LEAVE
        and row.source != IMPORTED
        and row.officer_id == leave.officer_id
        and row.from_at <= leave.from_at
        and (row.to_at is None or (leave.to_at is not None and row.to_at >= leave.to_at))
        for row in rows
    )


def _is_settled(one: Wanted, rows: Iterable[Any], now: int) -> bool:
    """A time that is over, or a shift that began with others in the role: what happened stays."""
    if one.from_at > now:
        return False
    if one.to_at is not None and one.to_at <= now:
        return True
    return one.kind == SHIFT and any(
        row.kind == SHIFT and row.role == one.role and row.from_at <= now and (row.to_at is None or row.to_at > now)
        for row in rows
    )


def _goes(row: Any, plan: RosterPlan, zone: ZoneInfo) -> bool:
    """Whether a time is one that the file would have named."""
    if from_seconds(row.from_at).astimezone(zone).date() not in plan.days:
        return False
    if row.kind == LEAVE:
        return bool(row.source == IMPORTED)
    officers = plan.roles.get(row.role, frozenset())
    return officers is None or row.officer_id in officers or row.planned_id in officers


def _span(plan: RosterPlan, zone: ZoneInfo) -> tuple[int, int]:
    """From the first to the last instant that the plan is about."""
    midnights = [datetime.combine(day, time(), zone) for day in plan.days]
    begins = [*(int(midnight.timestamp()) for midnight in midnights), *(one.from_at for one in plan.wanted)]
    ends = [int((midnight + timedelta(days=1)).timestamp()) for midnight in midnights]
    return min(begins), max([*ends, *(one.from_at + 1 for one in plan.wanted)])


def _rows(connection: Connection, centre_id: int, begin: int, end: int) -> list[Any]:
    """Times that last at some time of a span."""
    columns = _DUTY.c
    query = select(_DUTY).where(
        columns.centre_id == centre_id,
        columns.from_at < end,
        columns.to_at.is_(None) | (columns.to_at > begin),
    )
    return list(connection.execute(query.order_by(columns.from_at, columns.role, columns.id)))


def _people(connection: Connection, centre_id: int) -> dict[int, tuple[str, str]]:
    columns = _OFFICER.c
    rows = connection.execute(select(columns.id, columns.code, columns.name).where(columns.centre_id == centre_id))
    return {row.id: (row.code, row.name) for row in rows}


def _line(people: Mapping[int, tuple[str, str]], officer_id: int, row: Any) -> RosterLine:
    code, name = people[officer_id]
    planned = getattr(row, "planned_id", None)
    other = people[planned][1] if planned is not None and planned != officer_id else ""
    return RosterLine(code, name, row.kind, row.role, row.from_at, row.to_at, row.note, other)


def _plain(line: RosterLine) -> list[Any]:
    return [line.officer, line.kind, line.role, line.from_at, line.to_at]
