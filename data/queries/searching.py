"""Words of a filter through the search index: few tickets are named by id, many are a set that a list is held against.

The index proposes, a ticket's own tokens decide, and what the index does not hold yet is searched plainly: the same
tickets on both engines and at any lag.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from data.queries.counted import counter
from data.queries.filters import Condition
from data.queries.scoping import SEALED
from data.reader import Reader
from data.tokens import OPEN, asked, of_centre

FEW = 2_000
"""Up to so many tickets are named by id and sorted."""
MANY = 20_000
"""From so many on a list is walked and its texts are read: a page of it is full before a set of so many is made."""
STEPS = 2_500
"""So far a list is walked in this way; where that fills no page, the words stand far from each other in it."""
DENSE = 250
"""So many hits are to be expected in STEPS lines, for a list with fewer than MANY hits to be walked too."""
TERMS = 12
"""So many terms the index is asked for: the texts decide about the rest of a long phrase."""

FURTHEST = 1 << 62
"""An instant beyond every other."""
LAG_SHOWN = 20_000
"""From so many waiting tickets on, the search is slower than it should be."""

_TAIL = "FROM ticket_text x WHERE x.centre_id = :centre AND x.stamp > :mark"
"""The mark is a value and no subquery: PostgreSQL must see how little lies behind it."""


_READABLE = "EXISTS (SELECT 1 FROM ticket_text x WHERE x.centre_id = :centre AND x.ticket_id = t.id)"
"""The texts of the ticket are there for whoever reads: `scoping` leaves out those that an officer may not see."""


class _Asked(NamedTuple):
    """What the index is asked for, and how many tickets it knows for that, counted to just beyond MANY."""

    terms: tuple[str, ...]
    held: int
    surely: bool = False
    """Whether the index tells which tickets hold the words, so that no text need be looked through."""


def ways(reader: Reader, centre: int, condition: Condition, only_open: bool = False) -> Iterator[Condition]:
    """Conditions that let the same tickets through, to be tried in turn until one fills a page.

    `only_open` says that the list holds open tickets alone.
    """
    if not condition.phrases:
        yield condition
        return
    wanted = _asked(reader, centre, condition, only_open)
    if wanted.held <= FEW and (ids := _named(reader, centre, condition, wanted)) is not None:
        listed = "SELECT value FROM json_each(:found)"
        if not reader.sqlite:
            listed = "SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(:found AS JSON)) AS value"
        fits = condition.sql
        if wanted.surely:
            fits = condition.besides if reader.scoping is None else f"{condition.besides} AND {_READABLE}"
        sql = f"t.id IN ({listed}) AND ({fits})"
        yield Condition(sql, {**condition.values, "found": json.dumps(ids)}, condition.asks_closed, few=True)
        return
    if wanted.held > MANY or _dense(reader, centre, wanted.held, only_open):
        yield condition._replace(phrases=(), near=True)
    indexed, tail, values = _proposals(reader, centre, condition, wanted)
    hits = _hits(reader, centre, condition, indexed, tail) if only_open and condition.words_only else ""
    sql = f"+t.id IN ({indexed} UNION ALL {tail}) AND ({condition.sql})"
    yield Condition(sql, {**condition.values, **values}, condition.asks_closed, hits=hits)


def _hits(reader: Reader, centre: int, condition: Condition, indexed: str, tail: str) -> str:
    """A SELECT of the very open tickets with the words, in the index's own order; empty where rows must be asked.

    A long phrase is looked for in the texts of what the index proposes: in its order they lie one beside the other,
    so that this is far cheaper than to walk the list of the tickets and ask for each whether it was proposed.
    """
    scope = reader.scoping.scope(reader, centre) if reader.scoping is not None else None
    if scope is not None and not scope.whole:
        return ""
    place = "f.rowid" if reader.sqlite else "f.ticket_id"
    known = f"{indexed} AND {place} NOT IN (SELECT x.ticket_id {_TAIL})"
    if not _index_knows(condition):
        known += (
            " AND EXISTS (SELECT 1 FROM ticket_text x WHERE x.centre_id = :centre"
            f" AND x.ticket_id = {place} AND {_texts_hold(condition)})"
        )
    elif scope is not None:
        known += f" AND {place} NOT IN (SELECT id FROM {SEALED})"
    return (
        f"{known} UNION ALL {tail}"
        " AND EXISTS (SELECT 1 FROM ticket t WHERE t.centre_id = x.centre_id AND t.id = x.ticket_id AND t.open = 1)"
    )


def narrowed(reader: Reader, centre: int, condition: Condition, only_open: bool = False) -> Condition:
    """The way that needs no page to fill: for counts, and for all tickets at once."""
    *_, last = ways(reader, centre, condition, only_open)
    return last


def no_further(column: str, walked: str, down: bool = False) -> str:
    """A condition that ends the walk of a list, sorted by a column and the id, after STEPS lines."""
    direction, sign, end = ("DESC", ">=", 0) if down else ("ASC", "<=", FURTHEST)
    return (
        f"{column} {sign} coalesce((SELECT {column} FROM {walked}"
        f" ORDER BY {column} {direction}, {column[0]}.id {direction} LIMIT 1 OFFSET {STEPS}), {end})"
    )


def _asked(reader: Reader, centre: int, condition: Condition, only_open: bool) -> _Asked:
    """The rare terms of the words with one more to sift them, or else all of them and that the ticket is open."""
    known = dict.fromkeys(term for phrase in condition.phrases for term in asked(phrase))
    terms = tuple(of_centre(centre, term) for term in known)[:TERMS]
    rare = tuple(term for term in terms if _held(reader, centre, (term,), FEW + 1) <= FEW)
    if rare and _index_knows(condition):
        return _Asked(terms, FEW, True)
    if rare:
        return _Asked((*rare, *[term for term in terms if term not in rare][:1]), FEW)
    every = (*terms, of_centre(centre, OPEN)) if only_open else terms
    return _Asked(every, _held(reader, centre, every, MANY + 1))


def _held(reader: Reader, centre: int, terms: tuple[str, ...], most: int) -> int:
    """How many tickets the index knows that hold all terms, counted up to `most`."""
    row = reader.one(
        f"SELECT count(*) FROM ({_indexed(reader)} LIMIT :most) AS held",
        centre=centre,
        match=_match(reader, terms),
        most=most,
    )
    return int(row[0]) if row else 0


def _dense(reader: Reader, centre: int, held: int, only_open: bool) -> bool:
    """Whether so many tickets stand close to each other in their list."""
    total = counter(reader, centre, "open" if only_open else "all", "all")
    return total > 0 and held * STEPS >= total * DENSE


def _named(reader: Reader, centre: int, condition: Condition, wanted: _Asked) -> list[int] | None:
    """The ids of all proposals; None where the tail brings too many. What is in the tail is asked there alone."""
    indexed, tail, values = _proposals(reader, centre, condition, wanted)
    if wanted.surely:
        indexed += f" AND {'f.rowid' if reader.sqlite else 'f.ticket_id'} NOT IN (SELECT x.ticket_id {_TAIL})"
    rows = reader.rows(f"{indexed} UNION {tail} LIMIT :most", centre=centre, most=FEW + 1, **values)
    return [int(row[0]) for row in rows] if len(rows) <= FEW else None


def _proposals(reader: Reader, centre: int, condition: Condition, wanted: _Asked) -> tuple[str, str, dict[str, Any]]:
    """Two SELECTs of ticket ids, from the index and from its tail, with their values."""
    values: dict[str, Any] = {"match": _match(reader, wanted.terms), "mark": _mark(reader, centre)}
    values |= {f"phrase{number}": f"% {phrase} %" for number, phrase in enumerate(condition.phrases)}
    return _indexed(reader), f"SELECT x.ticket_id {_TAIL} AND {_texts_hold(condition)}", values


def _texts_hold(condition: Condition) -> str:
    """The condition that the texts `x` of a ticket hold all phrases."""
    return " AND ".join(
        f"(x.head LIKE :phrase{number} OR x.notes LIKE :phrase{number})" for number in range(len(condition.phrases))
    )


def _mark(reader: Reader, centre: int) -> int:
    """The number of the last event in the index."""
    row = reader.one("SELECT stamp FROM search_mark WHERE centre_id = :centre", centre=centre)
    return int(row[0]) if row else -1


def _indexed(reader: Reader) -> str:
    """A SELECT of the ticket ids that the index knows for `:match`."""
    if reader.sqlite:
        return "SELECT f.rowid FROM search_fts f WHERE f.search_fts MATCH :match"
    return "SELECT f.ticket_id FROM search_terms f WHERE f.centre_id = :centre AND f.terms @> CAST(:match AS text[])"


def _match(reader: Reader, terms: tuple[str, ...]) -> str | list[str]:
    return " AND ".join(f'"{term}"' for term in terms) if reader.sqlite else list(terms)


def _index_knows(condition: Condition) -> bool:
    """Whether the index alone tells which tickets hold the phrases: each is a term of it."""
    return len(condition.phrases) <= TERMS and all(phrase.count(" ") < 2 for phrase in condition.phrases)


def ids_with(reader: Reader, centre: int, term: str, most: int) -> list[int]:
    """Open tickets, at most so many, that the index has a term for; what it does not hold yet is left out."""
    match = _match(reader, (of_centre(centre, term), of_centre(centre, OPEN)))
    rows = reader.rows(f"{_indexed(reader)} LIMIT :most", centre=centre, match=match, most=most)
    return [int(row[0]) for row in rows]


def waiting(reader: Reader, centre_id: int, most: int = LAG_SHOWN) -> int:
    """How many tickets of a centre wait for the index, counted up to `most`."""
    row = reader.one(
        f"SELECT count(*) FROM (SELECT 1 AS one {_TAIL} LIMIT :most) AS found",
        centre=centre_id,
        mark=_mark(reader, centre_id),
        most=most,
    )
    return int(row[0]) if row else 0
