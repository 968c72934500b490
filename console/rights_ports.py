"""What the screen knows of rights: the operations that are not for whoever acts here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rights:
    """Rights of the officer who acts on this console, as they are now."""

    barred: frozenset[str] = frozenset()
    """Operations of the table that none of the officer's roles carries, to whatever reach."""
