"""What the screens need of leave and exchanges of shifts: plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DutyAskRow:
    """A request; `kind` and `state` are stored values of `data.duty_terms`. Text is raw."""

    number: int
    kind: str
    state: str
    who: str
    other: str
    """With whom shifts are exchanged, or who stands in."""
    from_at: int
    to_at: int
    turns: tuple[int, ...] = ()
    """When the shifts of an exchange begin."""
    reason: str = ""
    """Empty for whoever it does not concern; masked."""


@dataclass(frozen=True, slots=True)
class StandInRow:
    """A shift (its role, in the user's language) or a post that somebody leaves, and who has it meanwhile."""

    name: str
    from_at: int
    to_at: int | None
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DutyAskView:
    """One request, with what it means for the roster: before it is granted, what it would mean."""

    row: DutyAskRow
    asked_by: str
    decided_by: str
    words: str
    stand_ins: tuple[StandInRow, ...] = ()
    gaps: tuple[tuple[int, int, str], ...] = ()
    """(from, to, what is wrong in the user's language)."""


class DutyAskPort(Protocol):
    """Reading; what is done to them is the centre's, but for a leave whose times are read first."""

    def duty_asks(self) -> Sequence[DutyAskRow]:
        """Those that wait first, then the newest."""
        ...

    def duty_ask(self, number: int) -> DutyAskView:
        """One of them. Raises NotFound."""
        ...

    def ask_leave(self, values: Mapping[str, object], key: str) -> str:
        """Ask for leave `since` a day or time `until` another, with a `reason`. Raises a Refusal. A write."""
        ...
