"""What the screens need for sweeps, the hazard register and broadcasts: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SweepRow:
    """A sweep under way. Text is raw."""

    ticket: int
    code: str
    title: str
    hands: int
    acknowledged: int
    done: int
    late: int
    found: int


@dataclass(frozen=True, slots=True)
class GroupRow:
    """How far the units of one community are, or a single unit that is not done; names are raw text."""

    name: str
    hands: int
    acknowledged: int
    done: int
    late: int
    found: int


@dataclass(frozen=True, slots=True)
class OwingRow:
    """A unit that has not done its part; `state` is a stored value of `data.terms.TaskState`."""

    name: str
    community: str
    state: str
    due: int | None
    late: bool


@dataclass(frozen=True, slots=True)
class SweepProgress:
    """How far a sweep is."""

    ticket: int
    code: str
    title: str
    whole: GroupRow
    groups: tuple[GroupRow, ...]
    owing: tuple[OwingRow, ...]
    """Late ones first; the first of them where there are many."""
    owing_all: int


@dataclass(frozen=True, slots=True)
class HazardRow:
    """A hazard of the register; places are masked, text is raw."""

    number: int
    state: str
    grade: str
    unit: str
    place: str
    what: str
    due: int | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class HazardFile:
    """A hazard's file: what is known, masked, and its lines; text is raw."""

    row: HazardRow
    facts: tuple[tuple[str, str], ...]
    entries: tuple[tuple[int, str, str, str], ...]
    """(instant, what, by whom, words)."""


@dataclass(frozen=True, slots=True)
class BroadcastRow:
    """A broadcast; text is raw."""

    number: int
    kind: str
    title: str
    at: int
    units: int
    seen: int


@dataclass(frozen=True, slots=True)
class BroadcastView:
    """A broadcast with the names of the units that owe a receipt; text is raw."""

    row: BroadcastRow
    body: str
    owing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WatchView:
    """What the drawer shows: sweeps under way, the register with what is due first, the newest broadcasts."""

    sweeps: tuple[SweepRow, ...] = ()
    hazards: tuple[HazardRow, ...] = ()
    hazards_all: int = 0
    overdue: int = 0
    broadcasts: tuple[BroadcastRow, ...] = ()


class WatchPort(Protocol):
    """Reading sweeps, register and broadcasts. Each may raise `data.errors.Refusal`."""

    def watch(self) -> WatchView:
        """What is under way now."""
        ...

    def sweep_progress(self, code: str) -> SweepProgress:
        """How far one sweep is."""
        ...

    def hazard_file(self, number: int) -> HazardFile:
        """One file of the register."""
        ...

    def broadcast_view(self, number: int) -> BroadcastView:
        """One broadcast."""
        ...
