"""Who stands in for whom on a ticket: the B holder of a post or section in place of the A holder.

A takeover is kept on the ticket and holds while the unit has the ticket and B answers for it. Sent elsewhere, sent
back or acknowledged by A, it is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from core.rules.oncall import OFF_DUTY, Officer
from data.tables import TicketRecord
from data.terms import CoverReason

FACT = "cover"
"""Where a ticket's facts keep it."""


class Pair(NamedTuple):
    """The A and the B holder of a unit."""

    unit_id: int
    a: Officer
    b: Officer


class Cover(NamedTuple):
    """B has a ticket in place of A; `minutes` of silence where that was why, `note` of A's leave where that was."""

    unit_id: int
    a: int
    b: int
    why: str
    since: int
    minutes: int = 0
    note: str = ""

    def as_facts(self) -> dict[str, Any]:
        """The form that is stored."""
        return self._asdict()


def cover_of(ticket: TicketRecord) -> Cover | None:
    """Who stands in on a ticket now; None where nobody does."""
    return read_cover(ticket.facts, ticket.holder_unit_id, ticket.holder_officer_id)


def read_cover(facts: Mapping[str, Any], unit_id: int | None, officer_id: int | None) -> Cover | None:
    """The takeover in a ticket's facts, if it holds for the unit and the officer that have the ticket."""
    if FACT not in facts:
        return None
    cover = Cover(**facts[FACT])
    return cover if (cover.unit_id, cover.b) == (unit_id, officer_id) else None


def without_cover(facts: Mapping[str, Any]) -> dict[str, Any]:
    """A ticket's facts when nobody stands in any more."""
    return {name: value for name, value in facts.items() if name != FACT}


def takeover(pair: Pair, officer_id: int | None, silent_minutes: int, at: int) -> Cover | None:
    """Whether B takes over now a ticket of the unit that `officer_id` has, or nobody by name, and why.

    `silent_minutes` is above 0 where the unit was asked so long ago and did not acknowledge. A who has the ticket by
    name has not been silent.
    """
    if not pair.b.on_duty or pair.a.officer_id == pair.b.officer_id or officer_id not in (None, pair.a.officer_id):
        return None
    if not pair.a.on_duty:
        off = pair.a.why_off in ("", OFF_DUTY)
        reason, note = (CoverReason.OFF_DUTY, "") if off else (CoverReason.LEAVE, pair.a.why_off)
        return Cover(pair.unit_id, pair.a.officer_id, pair.b.officer_id, reason.value, at, note=note)
    if silent_minutes and officer_id is None:
        silent = CoverReason.SILENT.value
        return Cover(pair.unit_id, pair.a.officer_id, pair.b.officer_id, silent, at, silent_minutes)
    return None


def goes_back(cover: Cover, pair: Pair, by_itself: bool) -> bool:
    """Whether a ticket goes back to A without being asked: B is away now, or the policy says so and A is back.

    Silence does not end by A's being there, so such a ticket waits for A's word.
    """
    if pair.a.officer_id != cover.a or not pair.a.on_duty:
        return False
    b_is_away = pair.b.officer_id == cover.b and not pair.b.on_duty
    return b_is_away or (by_itself and cover.why != CoverReason.SILENT)
