"""All open tickets as they stood when a pack was made, however many there are: told by the log.

What no later event touched is as it is now; the others are replayed up to the pack's place in the chain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import merge
from typing import Any

from core.accountability.lookup import Lookup
from core.rules.projection import apply, open_case
from data.handover_terms import TICKET_PARTS, HandoverPart
from data.instants import FAR
from data.masking import mask_text
from data.queries import handovers as queries
from data.queries import tickets
from data.reader import Reader
from data.terms import Stage

Row = dict[str, Any]
NAMED_AT_ONCE = 500


def stood_then(reader: Reader, centre: int, pack: Mapping[str, Any]) -> Iterator[Row]:
    """Every open ticket of a pack, the oldest first, with the parts that it stood in; texts are masked."""
    head, span = int(pack["head"]["number"]), queries.Span(pack["at"], pack["since"], pack["until"])
    touched = queries.changed_since(reader, centre, head)
    skipped = frozenset(touched)
    untouched = (row for row in queries.open_now(reader, centre) if row["id"] not in skipped)
    lookup = Lookup(reader, centre)
    for chunk in _chunks(merge(untouched, _replayed(reader, centre, touched, head), key=_age)):
        units = lookup.units(row["holder_unit_id"] for row in chunk)
        officers = lookup.officers(row["holder_officer_id"] for row in chunk)
        for row in chunk:
            who = (units.get(row["holder_unit_id"] or 0, ""), officers.get(row["holder_officer_id"] or 0, ""))
            yield _line(row, " ".join(name for name in who if name), span)


def parts_of(row: Mapping[str, Any], span: queries.Span) -> list[HandoverPart]:
    """The lists of open tickets that a ticket stands in."""
    stages = {
        HandoverPart.WAITING: Stage.DISPATCHED,
        HandoverPart.SUSPENDED: Stage.SUSPENDED,
        HandoverPart.CALL_BACKS: Stage.CHECKED,
    }
    found = {part for part, stage in stages.items() if row["stage"] == stage}
    found |= {HandoverPart.LATE} if row["due_at"] <= span.at else set()
    found |= {HandoverPart.DUE} if span.at < row["due_at"] <= span.until else set()
    return [part for part in TICKET_PARTS if part in found or part == HandoverPart.OPEN]


def _line(row: Mapping[str, Any], who: str, span: queries.Span) -> Row:
    return {
        "ticket": row["code"],
        "parts": [part.value for part in parts_of(row, span)],
        "stage": row["stage"],
        "urgency": row["urgency"],
        "holder": row["holder"],
        "who": who,
        "due_at": None if row["due_at"] == FAR else row["due_at"],
        "due_kind": row["due_kind"],
        "reported_at": row["reported_at"],
        "title": "" if row["confidential"] else mask_text(row["title"]),
    }


def _replayed(reader: Reader, centre: int, touched: list[int], head: int) -> list[Row]:
    """Those of the touched tickets that were open at the head, as they were then, the oldest first."""
    found = []
    for number in touched:
        case = open_case(centre, number)
        for event in tickets.events(reader, centre, number):
            if event["id"] > head:
                break
            apply(case, event["seq"], event["at"], event["body"].get("effects", {}))
        if case.next_seq > 1 and case.ticket.open:
            found.append(dict(vars(case.ticket)))
    return sorted(found, key=_age)


def _age(row: Mapping[str, Any]) -> tuple[int, int]:
    return row["reported_at"], row["id"]


def _chunks(rows: Iterator[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    chunk: list[Mapping[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == NAMED_AT_ONCE:
            yield chunk
            chunk = []
    yield chunk
