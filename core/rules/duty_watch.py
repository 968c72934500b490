"""What is wrong with a roster in a span to come: who is missing, who is in two places, who has too little rest.

Instants are epoch seconds; a time without an end lasts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from core.rules.duty_shifts import read_shift_codes
from data.duty_terms import GapKind
from data.errors import BadInput
from data.terms import Role

FOREVER = 1 << 60
HOUR = 3600
NEEDED = {
    Role.DUTY_OFFICER: GapKind.EMPTY_DESK,
    Role.SHIFT_LEADER: GapKind.NO_SHIFT_LEADER,
    Role.DUTY_LEADER: GapKind.NO_DUTY_LEADER,
}
"""Roles that somebody always serves in, where the centre keeps shifts for them at all."""
ON_CALL = frozenset({Role.DUTY_LEADER, Role.COMMANDER})
"""Served on call: no rest is owed between two turns."""


class Limits(NamedTuple):
    """What the policy says: hours of rest between two shifts, days that the engine looks ahead, hours for which a
    post may be empty between its shifts by plan (nights, weekends).
    """

    rest_hours: int = 8
    ahead_days: int = 3
    post_hours: int = 72
    leave_hours: int = 24
    """For how long from now an officer may write down the own leave without asking: who falls ill cannot wait."""
    exchange_approved: bool = True
    """Whether an exchange of shifts waits for a leader after both have agreed."""


LIMITS = Limits()


class Time(NamedTuple):
    """A time on duty (`shift`) or away (`leave`)."""

    officer_id: int
    kind: str
    role: str
    from_at: int
    to_at: int | None
    planned_id: int | None = None
    """Whose turn it is by the plan, where that is known."""

    @property
    def end(self) -> int:
        """The end, far away where it is open."""
        return FOREVER if self.to_at is None else self.to_at


class Holders(NamedTuple):
    """Who answers for a post or section: A and B holders."""

    unit: str
    officers: tuple[int, ...]


class Gap(NamedTuple):
    """Something wrong in [from_at, to_at): `subject` is a role, a unit's code, or empty where it is about people."""

    kind: GapKind
    subject: str
    officers: tuple[int, ...]
    from_at: int
    to_at: int

    @property
    def key(self) -> str:
        """What makes it the same gap tomorrow."""
        return f"{self.kind}:{self.subject}:{','.join(map(str, self.officers))}:{self.to_at}"


def read_limits(body: Mapping[str, Any]) -> Limits:
    """The table [duty] of a policy; its shifts are checked as well. Raises BadInput."""
    read_shift_codes(body.get("duty", {}))
    values = {name: value for name, value in body.get("duty", {}).items() if name != "shifts"}
    approved = values.pop("exchange_approved", True)
    if type(approved) is not bool:
        raise BadInput(
            "policy-duty", "duty.exchange_approved 须为 true 或 false", "duty.exchange_approved: true or false"
        )
    bounds = {"rest_hours": 48, "ahead_days": 31, "post_hours": 400, "leave_hours": 400}
    for name, value in values.items():
        if type(value) is not int or not 0 <= value <= bounds.get(name, -1):
            raise BadInput(
                "policy-duty",
                f"duty.{name} 须为整数：rest_hours 0-48、ahead_days 0-31、post_hours 和 leave_hours 0-400",
                f"duty.{name}: whole numbers of rest_hours 0-48, ahead_days 0-31, post_hours and leave_hours 0-400",
            )
    return Limits(**values, exchange_approved=approved)


def find_gaps(
    times: Sequence[Time], posts: Sequence[Holders], keeping: frozenset[int], begin: int, end: int, limits: Limits
) -> list[Gap]:
    """Everything wrong in [begin, end), in order of time.

    `times` reach back far enough that a role in use has one; `keeping`: who at posts keeps shifts, and is off between.
    """
    shifts = [time for time in times if time.kind == "shift"]
    leaves: dict[int, list[Time]] = defaultdict(list)
    for time in times:
        if time.kind == "leave":
            leaves[time.officer_id].append(time)
    there = {id(shift): _without(shift, leaves[shift.officer_id]) for shift in shifts}
    found: list[Gap] = []
    for role, kind in NEEDED.items():
        served = [span for shift in shifts if shift.role == role for span in there[id(shift)]]
        if any(shift.role == role for shift in shifts):
            found += [Gap(kind, str(role), (), *span) for span in uncovered(served, begin, end)]
    for post in posts:
        found += _empty(post, shifts, there, leaves, keeping, begin, end, limits)
    found += _of_people(shifts, leaves, begin, end, limits)
    return sorted(found, key=lambda gap: (gap.from_at, list(GapKind).index(gap.kind), gap.subject))


def uncovered(spans: Iterable[tuple[int, int]], begin: int, end: int) -> list[tuple[int, int]]:
    """The parts of [begin, end) that no span covers."""
    found, at = [], begin
    for start, stop in sorted(spans):
        if start > at:
            found.append((at, min(start, end)))
        at = max(at, stop)
        if at >= end:
            break
    if at < end:
        found.append((at, end))
    return [span for span in found if span[0] < span[1]]


def _without(shift: Time, leaves: Sequence[Time]) -> list[tuple[int, int]]:
    """The parts of a shift that its officer is not on leave."""
    return uncovered([(leave.from_at, leave.end) for leave in leaves], shift.from_at, shift.end)


def _empty(
    post: Holders,
    shifts: Sequence[Time],
    there: Mapping[int, Sequence[tuple[int, int]]],
    leaves: Mapping[int, Sequence[Time]],
    keeping: frozenset[int],
    begin: int,
    end: int,
    limits: Limits,
) -> list[Gap]:
    """Nobody of a post is there. Between its shifts it may be so by plan, but not for long, and not for a leave."""
    present: list[tuple[int, int]] = []
    away = [leave for officer in post.officers for leave in leaves.get(officer, ())]
    for officer in post.officers:
        if officer in keeping:
            present += [span for shift in shifts if shift.officer_id == officer for span in there[id(shift)]]
        else:
            present += uncovered([(one.from_at, one.end) for one in leaves.get(officer, ())], begin, end)
    return [
        Gap(GapKind.EMPTY_POST, post.unit, (), start, stop)
        for start, stop in uncovered(present, begin, end)
        if stop - start > limits.post_hours * HOUR or any(one.from_at < stop and one.end > start for one in away)
    ]


def _followed(shifts: Iterable[Time]) -> Iterator[tuple[Time, Time]]:
    """Each shift after the one before it that lasts longest: a short one between them hides no overlap."""
    longest: Time | None = None
    for shift in shifts:
        if longest is not None:
            yield longest, shift
        if longest is None or shift.end > longest.end:
            longest = shift


def _stands_in(one: Time, shift: Time) -> bool:
    """Whether a time is a part of a shift that somebody else serves for its officer."""
    return one.planned_id == shift.officer_id != one.officer_id and one.role == shift.role


def _of_people(
    shifts: Sequence[Time], leaves: Mapping[int, Sequence[Time]], begin: int, end: int, limits: Limits
) -> list[Gap]:
    found: dict[Gap, None] = {}
    by_officer: dict[int, list[Time]] = defaultdict(list)
    for shift in sorted(shifts, key=lambda one: one.from_at):
        by_officer[shift.officer_id].append(shift)
    for officer, own in by_officer.items():
        for shift in own:
            for leave in leaves.get(officer, ()):
                span = max(shift.from_at, leave.from_at), min(shift.end, leave.end)
                stood_in = [(one.from_at, one.end) for one in shifts if _stands_in(one, shift)]
                for open_span in uncovered(stood_in, *span) if span[0] < span[1] else ():
                    found[Gap(GapKind.LEAVE, shift.role, (officer,), *open_span)] = None
        for one, two in _followed(own):
            if two.from_at < one.end:
                span = two.from_at, min(one.end, two.end)
                found[Gap(GapKind.TWO_PLACES, "", (officer,), *span)] = None
        for one, two in _followed([shift for shift in own if shift.role not in ON_CALL]):
            if 0 <= two.from_at - one.end < limits.rest_hours * HOUR:
                found[Gap(GapKind.REST, "", (officer,), one.end, two.from_at + 1)] = None
    return [gap for gap in found if gap.from_at < end and gap.to_at > begin]
