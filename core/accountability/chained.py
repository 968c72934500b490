"""Walking a chain of entries: numbers without a gap, and each hash made again from what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from core.accountability.findings import Finding, Place
from core.accountability.lookup import plain
from core.desk.ledger import chain_hash

Entry = dict[str, Any]
FIRST = -(1 << 62)
"""Before every number. Entries count from 1; whoever puts one in may give it a number below that."""


@dataclass
class Walk:
    """Goes along a chain; `number` and `hash` are those of the entry before."""

    place: Place
    number: int = 0
    hash: str = ""

    @property
    def top(self) -> tuple[int, str]:
        """Number and hash of the last entry that was looked at."""
        return self.number, self.hash

    def step(self, entry: Mapping[str, Any], ticket: int | None = None, vouched: bool = False) -> Iterator[Finding]:
        """What is wrong with the next entry. Of a `vouched` one the hash cannot be made again."""
        if entry["id"] != self.number + 1:
            yield Finding(self.place, entry["id"], ticket, "number", self.number + 1, entry["id"])
        wanted = entry["hash"] if vouched else chain_hash(self.hash, entry)
        if entry["hash"] != wanted:
            yield Finding(self.place, entry["id"], ticket, "hash", wanted, entry["hash"])
        # Go on from what is stored, so that one change is one finding and not a million.
        self.number, self.hash = entry["id"], entry["hash"]


def entry_of(
    fields: tuple[str, ...], row: tuple[Any, ...], centre: int, documents: tuple[str, ...] = ("body",)
) -> Entry:
    """An entry as it was when its hash was made: documents as values, not as text."""
    entry = {**dict(zip(fields, row, strict=True)), "centre_id": centre}
    for name in documents:
        with suppress(ValueError):  # no JSON any more: its hash will not fit either
            entry[name] = plain(entry[name])
    return entry
