"""Open tickets that a report may be a duplicate of: the nearest in time, and those with its rare words by the index.

The cost is bounded whatever the size of the store: a fixed number of rows from the index by age, and of rows for each
of a few terms of the search index.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from data.queries.searching import ids_with
from data.reader import Reader

NEWEST = 200
"""So many tickets on each side of the report's time are looked at."""
TERMS = 16
"""So many pairs of the report's words are asked of the index."""
RARE = 60
"""A pair that more open tickets have says nothing."""


class Candidate(NamedTuple):
    """A ticket to compare with. Text is raw; `head` are its tokens as the search has them."""

    id: int
    code: str
    revision: int
    title: str
    address: str
    stage: str
    source: str
    urgency: str
    confidential: bool
    reporter_phone: str
    community_id: int | None
    grid_id: int | None
    matter_code: str
    section: str
    reported_at: int
    head: str


_ROWS = (
    "SELECT t.id, t.code, t.revision, t.title, t.address, t.stage, t.source, t.urgency, t.confidential,"
    " t.reporter_phone, t.community_id, t.grid_id, t.matter_code, t.section, t.reported_at, x.head"
    " FROM ticket t JOIN ticket_text x ON x.centre_id = t.centre_id AND x.ticket_id = t.id"
    " WHERE t.centre_id = :centre AND t.open = 1 AND t.id IN ({ids})"
)
_NEAR = (
    "SELECT t.id FROM ticket t WHERE t.centre_id = :centre AND t.open = 1 AND t.reported_at {sign} :at"
    " AND t.reported_at BETWEEN :since AND :until ORDER BY t.reported_at {way}, t.id {way} LIMIT :most"
)


def candidates(reader: Reader, centre: int, terms: Sequence[str], at: int, window: int) -> list[Candidate]:
    """Open tickets near an instant (epoch seconds) or with a rare one of the first terms, within `window` seconds."""
    ids: set[int] = set()
    for sign, way in (("<=", "DESC"), (">", "ASC")):
        sql = _NEAR.format(sign=sign, way=way)
        near = reader.rows(sql, centre=centre, at=at, since=at - window, until=at + window, most=NEWEST)
        ids.update(int(row[0]) for row in near)
    for term in terms[:TERMS]:
        found = ids_with(reader, centre, term, RARE + 1)
        if len(found) <= RARE:
            ids.update(found)
    if not ids:
        return []
    rows = reader.rows(_ROWS.format(ids=", ".join(map(str, ids))), centre=centre)
    found_rows = (Candidate(*row) for row in rows)
    return [row for row in found_rows if abs(row.reported_at - at) <= window]
