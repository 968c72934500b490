"""What an officer's leave leaves open: each shift and each post of theirs in a span, and who stands in."""

from __future__ import annotations

from typing import NamedTuple

from core.organisation.duty import LEAVE, SHIFT
from data.queries import duty
from data.reader import Reader


class StandIn(NamedTuple):
    """A shift (by its role) or a post (by its code and name) of somebody who is away, and who has it meanwhile."""

    kind: str
    """`shift` or `post`."""
    subject: str
    name: str
    from_at: int
    to_at: int | None
    people: tuple[str, ...]
    """Names; nobody: it is uncovered."""


def stand_ins(reader: Reader, centre: int, officer_id: int, begin: int, end: int) -> list[StandIn]:
    """Shifts first, in order of time, then posts and sections; [begin, end) in epoch seconds."""
    times = duty.times(reader, centre, begin, end)
    away = {line.officer_id for line in times if line.kind == LEAVE} | {officer_id}
    shifts = [line for line in times if line.kind == SHIFT]
    found = []
    for line in shifts:
        if officer_id not in (line.officer_id, line.planned_id):
            continue
        # A shift that went to somebody else has them; of the own ones, whoever else serves in the role meanwhile.
        there = [line] if line.officer_id != officer_id else [one for one in shifts if _beside(one, line)]
        people = tuple(dict.fromkeys(one.name for one in there if one.officer_id not in away))
        found.append(StandIn("shift", line.role, "", line.from_at, line.to_at, people))
    posts = duty.posts(reader, centre, begin)
    names = _names(reader, centre)
    for own in (line for line in posts if line.officer_id == officer_id):
        others = [one.officer_id for one in posts if one.unit_id == own.unit_id and one.officer_id not in away]
        people = tuple(dict.fromkeys(names[other] for other in others))
        found.append(StandIn("post", own.unit, own.unit_name, begin, end, people))
    return found


def _beside(one: duty.DutyLine, line: duty.DutyLine) -> bool:
    """Whether a shift in the same role covers all of another."""
    ends = one.to_at is None or (line.to_at is not None and one.to_at >= line.to_at)
    return one.role == line.role and one.from_at <= line.from_at and ends


def _names(reader: Reader, centre: int) -> dict[int, str]:
    rows = reader.rows("SELECT id, name FROM officer WHERE centre_id = :centre", centre=centre)
    return {int(number): str(name) for number, name in rows}
