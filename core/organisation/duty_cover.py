"""What an officer's leave leaves open: each shift and each post of theirs in a span, and who stands in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from core.organisation.duty import LEAVE, SHIFT
from core.organisation.duty_ahead import GapLine, fresh_gaps, gaps_ahead
from core.rules.duty_watch import Time
from data.duty_terms import WAITING_ASKS, DutyAsk, DutyAskState
from data.queries import duty
from data.queries.duty_asks import AskLine
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


def gaps_of(reader: Reader, centre: int, now: int, ask: AskLine) -> list[GapLine]:
    """What is wrong with the roster in the time that a request is about, as far as it lies ahead."""
    return gaps_ahead(reader, centre, max(ask.from_at, now), ask.to_at) if ask.to_at > now else []


def effect_of(
    reader: Reader, centre: int, now: int, ask: AskLine, before: Sequence[GapLine] | None = None
) -> tuple[list[StandIn], list[GapLine]]:
    """Who stands in for a leave, and what is wrong then that is not `before`.

    For a leave that waits it is what it would come to; without `before`, of one that was granted everything wrong then.
    """
    begin, end = max(ask.from_at, now), ask.to_at
    if ask.state not in (*WAITING_ASKS, DutyAskState.GRANTED):
        return [], []
    if ask.kind != DutyAsk.LEAVE or begin >= end:
        return [], fresh_gaps(before or (), gaps_of(reader, centre, now, ask))
    also: list[Time] = []
    if ask.state == DutyAskState.ASKED:
        also = [Time(ask.officer_id, LEAVE, "", begin, end)]
        before = gaps_of(reader, centre, now, ask)
    after = gaps_ahead(reader, centre, begin, end, also)
    handed = {int(turn["duty"]) for turn in ask.turns}
    return stand_ins(reader, centre, ask.officer_id, begin, end, handed), fresh_gaps(before or (), after)


def stand_ins(
    reader: Reader, centre: int, officer_id: int, begin: int, end: int, handed: Collection[int] = ()
) -> list[StandIn]:
    """Shifts first, in order of time, then posts and sections; [begin, end) in epoch seconds.

    `handed`: shifts that went to a substitute. One that had been exchanged before is the officer's by no plan.
    """
    times = duty.times(reader, centre, begin, end)
    away = {line.officer_id for line in times if line.kind == LEAVE} | {officer_id}
    shifts = [line for line in times if line.kind == SHIFT]
    found = []
    for line in shifts:
        if officer_id not in (line.officer_id, line.planned_id) and line.id not in handed:
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
