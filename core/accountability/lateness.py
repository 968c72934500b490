"""What of a ticket was late and whose it was: read off its clocks and its custody, never estimated.

A clock that measures one hand (to acknowledge, to arrive, its part, its own handling time) is that hand's. What is owed
upward is the duty desk's, a request its deciders'. Every other deadline is the ticket's: the time past it belongs to
whoever held the ticket then. Time of the engine, of the citizen, of an approved suspension is nobody's in the field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from core.accountability.custody import OWN_ROWS
from data.terms import UPWARD_CLOCKS, ClockKind, ClockState, Holder

Row = Mapping[str, Any]
OF_A_HAND = frozenset({ClockKind.ACKNOWLEDGE, ClockKind.ARRIVE, ClockKind.PART, ClockKind.HANDLE})
DESK, DECIDERS = "desk", "deciders"


class Share(NamedTuple):
    """Somebody's part of the time past a deadline. `hands` is the holder's kind, `desk`, `deciders` or `hand`."""

    hands: str
    name: str
    """The hand or unit; empty where the kind says it all."""
    seconds: int


class Late(NamedTuple):
    """A deadline that was not kept. `ended_at` is None while it still runs."""

    kind: str
    hand: str
    due_at: int
    ended_at: int | None
    seconds: int
    shares: tuple[Share, ...]
    waived: bool
    """Accepted by two reviewers after an appeal: the fact stays, the statistics leave it out."""


def lateness(
    ticket: Row, clocks: Iterable[Row], custody: Sequence[Row], hands: Mapping[int, str], now: int
) -> list[Late]:
    """Every deadline that was missed, in the order of the deadlines. `hands` are the names of the tasks' hands."""
    found = []
    for clock in clocks:
        due, ended = clock["due_at"], _ended(clock)
        seconds = 0 if due is None else (now if ended is None else ended) - due
        if seconds <= 0 or clock["state"] == ClockState.WITHDRAWN:
            continue
        hand = hands.get(clock["task_id"] or 0, "") or clock["unit_name"] or ""
        held = list(_held(custody, due, due + seconds))
        waived = bool(ticket["waived"]) and clock["kind"] in (ClockKind.FINAL, ClockKind.OFFICIAL)
        found.append(
            Late(clock["kind"], hand, due, ended, seconds, _shares(clock["kind"], hand, held, seconds), waived)
        )
    return sorted(found, key=lambda late: (late.due_at, late.kind, late.hand))


def _ended(clock: Row) -> int | None:
    """When a clock stopped; None while it runs or stands still."""
    stopped: int | None = clock["stopped_at"]
    return stopped


def _held(custody: Sequence[Row], begin: int, end: int) -> Iterable[tuple[str, str, int]]:
    """(kind of hands, name, seconds) of the custody between two instants."""
    for segment in custody:
        until = end if segment["to_at"] is None else min(segment["to_at"], end)
        seconds = until - max(segment["from_at"], begin)
        if seconds > 0:
            yield segment["holder"], segment["unit_name"] or "", seconds


def _shares(kind: str, hand: str, held: Sequence[tuple[str, str, int]], seconds: int) -> tuple[Share, ...]:
    """Whose the seconds are; together they are all of them."""
    nobody = _added((holder, "", length) for holder, _name, length in held if holder in OWN_ROWS)
    left = seconds - sum(share.seconds for share in nobody)
    if kind in UPWARD_CLOCKS:
        return (Share(DESK, "", seconds),)
    if kind == ClockKind.REQUEST:
        return (Share(DECIDERS, "", seconds),)
    if kind in OF_A_HAND and hand:
        return (*([Share("hand", hand, left)] if left else []), *nobody)
    theirs = _added(item for item in held if item[0] not in OWN_ROWS)
    after = left - sum(share.seconds for share in theirs)
    # A life that ended before the clock did: what is over belongs to the desk, which let it run.
    return (*theirs, *([Share(DESK, "", after)] if after else []), *nobody)


def _added(items: Iterable[tuple[str, str, int]]) -> list[Share]:
    """Added up by holder, the longest first."""
    sums: dict[tuple[str, str], int] = {}
    for holder, name, seconds in items:
        key = holder, "" if holder == Holder.QUEUE else name
        sums[key] = sums.get(key, 0) + seconds
    return [Share(*key, seconds) for key, seconds in sorted(sums.items(), key=lambda item: -item[1])]
