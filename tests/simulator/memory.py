"""What the centre has acknowledged, kept outside of it: none of that may ever be gone, or be there twice."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Told(NamedTuple):
    """A receipt that somebody holds."""

    event: int
    """Its number in the chain; 0 for a deed of the centre's own log, which is known by its number there."""
    ticket: int | None
    kind: str


@dataclass
class Memory:
    """Receipts, signals, and everything that happened, in the order in which it did."""

    receipts: dict[int, Told] = field(default_factory=dict)
    """By number of the event."""
    centre: Counter[str] = field(default_factory=Counter)
    """Deeds of the centre that were acknowledged, by kind."""
    signals: set[tuple[str, str]] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    """Titles of reports that were acknowledged: each was given to one report only."""
    faults: Counter[str] = field(default_factory=Counter)
    moves: Counter[str] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)
    """Invariants by how often they were looked at."""
    unsure: int = 0
    """Deeds of which nobody knows whether they were kept, because whoever asked gave up."""
    _digest: Any = field(default_factory=hashlib.sha256)

    def line(self, *words: object) -> None:
        """One more thing has happened."""
        self._digest.update((" ".join(map(str, words)) + "\n").encode())

    def digest(self, chain: str) -> str:
        """Over all that happened outside, and the head of the centre's own chain."""
        return hashlib.sha256(self._digest.digest() + chain.encode()).hexdigest()
