"""What the screens need of rights: what is not for whoever acts here, roles given and taken, who broke the glass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class GlassView:
    """A wider right that an officer of the centre has taken: the role's label, until when, and why (masked)."""

    name: str
    role: str
    until: int
    reason: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Rights:
    """Rights as they are now."""

    barred: frozenset[str] = frozenset()
    """Operations of the table that none of the acting officer's roles carries, to whatever reach."""
    glass: tuple[GlassView, ...] = ()
    """Whoever it is, every screen of the centre says so."""


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A role asked for or to be taken away; `kind` and `state` are stored values, the role is a label. Text is raw."""

    number: int
    kind: str
    state: str
    who: str
    role: str
    unit: str
    reason: str
    asked_by: str
    asked_at: int
    decided_by: str
    decided_at: int | None
    words: str
    asked_here: bool
    """Whether whoever acts here asked for it."""
    about_me: bool


@dataclass(frozen=True, slots=True)
class UseRow:
    """A use of break-glass; the role is a label. Text is raw, masked."""

    number: int
    who: str
    role: str
    from_at: int
    to_at: int
    reason: str
    reviewed_by: str
    reviewed_at: int | None
    proper: bool | None
    words: str
    mine: bool


@dataclass(frozen=True, slots=True)
class RightsView:
    """Everything about rights that is for the acting officer to see, the newest first."""

    grants: tuple[GrantRow, ...]
    uses: tuple[UseRow, ...]
    whole: bool
    """Whether it is the whole record; otherwise what concerns the officer, and what lasts now."""
    may: frozenset[str]
    """Operations of the table that the officer's roles carry."""


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that somebody holds: stored values for the order, labels for people, and what a search looks into."""

    officer: str
    name: str
    role: str
    role_label: str
    unit: str
    unit_name: str
    found_by: str


class RightsPort(Protocol):
    """Reading; what is done is the centre's."""

    def rights_view(self) -> RightsView:
        """Grants and uses of break-glass."""
        ...

    def held_roles(self) -> Sequence[HeldRole]:
        """Who holds what now, administrators among them. Raises NotAllowed for whoever may not ask for roles."""
        ...
