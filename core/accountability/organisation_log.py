"""The log of changes of the organisation: how it is chained, and what of it is not as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from core.accountability.chained import FIRST, Walk, entry_of
from core.accountability.findings import MISSING, Finding
from core.accountability.head import Anchor
from data.reader import Reader

ENTRIES_AT_ONCE = 2_000
FIELDS = ("id", "at", "actor", "kind", "body", "hash")
_ENTRIES = f"""
SELECT {", ".join(FIELDS)} FROM organisation_event
WHERE centre_id = :centre AND id > :after AND id <= :last ORDER BY id LIMIT :size
"""  # noqa: S608 - names of our own


class OrganisationTop(NamedTuple):
    """The newest change of a centre's organisation."""

    number: int = 0
    hash: str = ""

    @property
    def anchor(self) -> str:
        """NUMBER:HASH, as `core.accountability.head.read_anchor` takes it."""
        return f"{self.number}:{self.hash}"


def organisation_top(reader: Reader, centre: int) -> OrganisationTop:
    """The head of the log now; number 0 for an empty one."""
    row = reader.one(
        "SELECT organisation_no, organisation_hash FROM centre_seq WHERE centre_id = :centre", centre=centre
    )
    return OrganisationTop(int(row[0]), str(row[1])) if row else OrganisationTop()


def organisation_findings(reader: Reader, centre: int) -> Iterator[Finding]:
    """What of the log is not as it was written: edited, deleted, inserted, moved, or with its tail cut off."""
    with reader.steady():
        top = organisation_top(reader, centre)
        newest = reader.one("SELECT max(id) FROM organisation_event WHERE centre_id = :centre", centre=centre)
    # What stands behind the recorded head is looked at as well: somebody may have set the head back.
    last = max(top.number, int(newest[0] or 0) if newest else 0)
    walk, after = Walk("organisation"), FIRST
    while rows := reader.rows(_ENTRIES, centre=centre, after=after, last=last, size=ENTRIES_AT_ONCE):
        for row in rows:
            yield from walk.step(entry_of(FIELDS, row, centre))
        after = rows[-1][0]
    if walk.top != (top.number, top.hash):
        yield Finding("organisation_head", top.number, None, "head", top.anchor, OrganisationTop(*walk.top).anchor)


def organisation_against(reader: Reader, centre: int, anchor: Anchor) -> list[Finding]:
    """Whether the log still holds the entry of a head that was kept outside, with the same hash."""
    if anchor.number == 0:
        return []
    row = reader.one(
        "SELECT hash FROM organisation_event WHERE centre_id = :centre AND id = :number",
        centre=centre,
        number=anchor.number,
    )
    found = str(row[0]) if row else MISSING
    if found == anchor.hash:
        return []
    return [Finding("organisation_anchor", anchor.number, None, "hash", anchor.hash, found)]
