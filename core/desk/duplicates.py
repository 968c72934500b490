"""Which open tickets a report may be a duplicate of, best first, with the reasons."""

from __future__ import annotations

from dataclasses import dataclass

from core.rules.likeness import LIKELY, WINDOW, Likeness, Traits, likeness, pairs, pairs_of
from data.queries.likeness import Candidate, candidates
from data.reader import Reader
from data.tokens import BREAK

SHOWN = 5


@dataclass(frozen=True)
class Duplicate:
    """A ticket that is proposed, and why."""

    ticket: Candidate
    likeness: Likeness


def duplicates_of(
    reader: Reader, centre: int, traits: Traits, but: frozenset[int] = frozenset(), limit: int = SHOWN
) -> list[Duplicate]:
    """Open tickets that are likely the same matter as a report, without those in `but`."""
    # The place first: it is what two people who tell of one thing in their own words both name.
    terms = [*sorted(traits.address), *sorted(traits.said - traits.address)]
    found = [
        Duplicate(row, alike)
        for row in candidates(reader, centre, terms, traits.at, WINDOW)
        if row.id not in but and (alike := likeness(traits, traits_of(row))).points >= LIKELY
    ]
    return sorted(found, key=lambda one: (-one.likeness.points, -one.ticket.reported_at))[:limit]


def traits_of(row: Candidate) -> Traits:
    """What is compared of a ticket that is in the store."""
    words = row.head.split()
    # The first part is the ticket's code: the day's tickets all share it.
    said = words[words.index(BREAK) + 1 :] if BREAK in words else []
    return Traits(
        pairs(said),
        pairs_of(row.address),
        row.community_id,
        row.grid_id,
        row.matter_code,
        row.section,
        row.source,
        row.reporter_phone,
        row.reported_at,
    )


def traits_of_ticket(reader: Reader, centre: int, ticket_id: int) -> Traits | None:
    """The same of one ticket by its id, open or not; None where there is none."""
    row = reader.one(
        "SELECT t.title, t.body, t.address, t.community_id, t.grid_id, t.matter_code, t.section, t.source,"
        " t.reporter_phone, t.reported_at FROM ticket t WHERE t.centre_id = :centre AND t.id = :ticket",
        centre=centre,
        ticket=ticket_id,
    )
    if row is None:
        return None
    title, body, address, *rest = row
    return Traits(pairs_of(title, body, address), pairs_of(address), *rest)
