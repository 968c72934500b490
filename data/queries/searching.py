"""Words of a filter through the search index: few tickets are named by id, many are met on the way through a list.

The index proposes, a ticket's own tokens decide, and what the index does not hold yet is searched plainly: the same
tickets on both engines and at any lag.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from data.queries.filters import Condition
from data.reader import Reader
from data.tokens import JOINT

FEW = 5_000
"""Up to so many proposals are named by id and sorted; more are met on the way through the list's own index."""

LAG_SHOWN = 20_000
"""From so many waiting tickets on, the search is slower than it should be."""


def narrowed(reader: Reader, centre: int, condition: Condition) -> Condition:
    """The same condition, made fast where its words are in few tickets."""
    if not condition.phrases or condition.few:
        return condition
    source, values = proposals(reader, centre, condition)
    found = reader.rows(f"SELECT p.ticket_id FROM ({source}) AS p LIMIT :most", centre=centre, most=FEW + 1, **values)
    if len(found) > FEW:
        return condition
    listed = "SELECT value FROM json_each(:found)"
    if not reader.sqlite:
        listed = "SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(:found AS JSON)) AS value"
    ids = json.dumps([int(row[0]) for row in found])
    sql = f"t.id IN ({listed}) AND ({condition.sql})"
    return condition._replace(sql=sql, values={**condition.values, "found": ids}, few=True)


def proposals(reader: Reader, centre: int, condition: Condition) -> tuple[str, dict[str, Any]]:
    """A SELECT of ticket_id: what the index proposes and its whole tail, each ticket once; with its values."""
    row = reader.one("SELECT stamp FROM search_mark WHERE centre_id = :centre", centre=centre)
    values: dict[str, Any] = {"mark": int(row[0]) if row else -1}
    if reader.sqlite:
        values["match"] = " AND ".join(f'"{phrase}"' for phrase in condition.phrases)
        indexed = (
            "SELECT x.ticket_id FROM search_fts f CROSS JOIN ticket_text x"
            " ON x.centre_id = :centre AND x.ticket_id = f.rowid AND x.stamp <= :mark"
            " WHERE f.search_fts MATCH :match"
        )
    else:
        values["match"] = " & ".join(f"'{term}'" for phrase in condition.phrases for term in _terms(phrase))
        indexed = (
            "SELECT x.ticket_id FROM search_terms f JOIN ticket_text x"
            " ON x.centre_id = f.centre_id AND x.ticket_id = f.ticket_id AND x.stamp <= :mark"
            " WHERE f.centre_id = :centre AND f.terms @@ CAST(:match AS tsquery)"
        )
    likes = []
    for number, phrase in enumerate(condition.phrases):
        values[f"phrase{number}"] = f"% {phrase} %"
        likes.append(f"(x.head LIKE :phrase{number} OR x.notes LIKE :phrase{number})")
    tail = "SELECT x.ticket_id FROM ticket_text x WHERE x.centre_id = :centre AND x.stamp > :mark AND "
    tail += " AND ".join(likes)
    return f"{indexed} UNION ALL {tail}", values


def _terms(phrase: str) -> list[str]:
    """What PostgreSQL's index is asked for a phrase: its pairs, or its only token."""
    words = phrase.split()
    return [f"{one}{JOINT}{other}" for one, other in pairwise(words)] or words


def waiting(reader: Reader, centre_id: int, most: int = LAG_SHOWN) -> int:
    """How many tickets of a centre wait for the index, counted up to `most`."""
    row = reader.one(
        "SELECT count(*) FROM (SELECT 1 AS one FROM ticket_text x WHERE x.centre_id = :centre AND x.stamp >"
        " coalesce((SELECT m.stamp FROM search_mark m WHERE m.centre_id = :centre), -1) LIMIT :most) AS found",
        centre=centre_id,
        most=most,
    )
    return int(row[0]) if row else 0
