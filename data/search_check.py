"""Holds the search index of an embedded store against the texts of the tickets.

The index is derived and FTS5 keeps it, so its blocks have no checksums of ours: each term of each ticket that is
indexed is looked up, as a search would. What is behind the mark is searched plainly and is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from data.search_index import entry

_INDEXED = (
    "SELECT x.centre_id, x.ticket_id, x.head, x.notes, t.open FROM ticket_text x"
    " JOIN search_mark m ON m.centre_id = x.centre_id AND x.stamp <= m.stamp"
    " JOIN ticket t ON t.centre_id = x.centre_id AND t.id = x.ticket_id"
)
_TAIL = (
    "SELECT x.ticket_id FROM ticket_text x LEFT JOIN search_mark m ON m.centre_id = x.centre_id"
    " WHERE x.stamp > coalesce(m.stamp, -1)"
)
_FOUND = "SELECT rowid FROM search_fts WHERE search_fts MATCH ?"
_MASK = (1 << 64) - 1


def search_faults(driver: Any) -> Iterator[str]:
    """The terms for which the index finds other tickets than those whose text holds them, in one view of the store.

    `driver` is a plain connection without a transaction. Raises the driver's error where the index cannot be read.
    """
    driver.execute("BEGIN")
    try:
        tail = {ticket for (ticket,) in driver.execute(_TAIL)}
        wanted: dict[str, int] = {}
        for centre, ticket, head, notes, is_open in driver.execute(_INDEXED):
            if ticket not in tail:
                for term in entry(centre, head, notes, is_open == 1):
                    wanted[term] = wanted.get(term, 0) + _mixed(ticket)
        for term, tickets in wanted.items():
            found = sum(_mixed(ticket) for (ticket,) in driver.execute(_FOUND, (f'"{term}"',)) if ticket not in tail)
            if found != tickets:
                yield term
    finally:
        driver.execute("ROLLBACK")


def _mixed(ticket: int) -> int:
    """A number to be summed, so that two sets of tickets with the same sum are the same set."""
    mixed = (ticket ^ (ticket >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB & _MASK
    return mixed ^ (mixed >> 31)
