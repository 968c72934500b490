"""What the screen knows of rights: what is not for whoever acts here, and who has broken the glass."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GlassView:
    """A wider right that an officer of the centre has taken: the role's label, until when, and why."""

    name: str
    role: str
    until: int
    reason: str


@dataclass(frozen=True, slots=True)
class Rights:
    """Rights as they are now."""

    barred: frozenset[str] = frozenset()
    """Operations of the table that none of the acting officer's roles carries, to whatever reach."""
    glass: tuple[GlassView, ...] = ()
    """Whoever it is, every screen of the centre says so."""
