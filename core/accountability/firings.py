"""The proofs of what the engine fired, against the log: each step of a ladder in the log has its row, and no other has.

The row is keyed by clock, step and generation, which is what keeps a step from being done twice; whoever takes one out,
puts one in or edits one past the log could have a step done again, or never.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from core.accountability.findings import MISSING, Finding
from core.accountability.lookup import plain
from core.rules.case import Case
from data.reader import Reader
from data.terms import ClockKind

PLACE = "ladder_step"
STEP = "engine_step"
"""The kind of the event that a step leaves in the log."""
RESUME = "resume"

Key = tuple[int, str, int]
"""(clock id, stored name of the step, generation)."""

_PROOFS = """
SELECT ticket_id, clock_id, step, generation, nominal_at, fired_at, caught_up, people FROM ladder_step
WHERE centre_id = :centre AND ticket_id > :after AND ticket_id <= :last
"""


class Proof(NamedTuple):
    """What a row says of a step: instants in epoch seconds; None where the log does not say it."""

    nominal_at: int
    fired_at: int
    caught_up: bool | None
    people: list[dict[str, Any]]


def read_proofs(reader: Reader, centre: int, after: int, last: int) -> dict[int, dict[Key, Proof]]:
    """The stored proofs of the tickets in (after, last], by ticket."""
    found: dict[int, dict[Key, Proof]] = defaultdict(dict)
    for ticket, clock, step, generation, nominal, fired, caught_up, people in reader.rows(
        _PROOFS, centre=centre, after=after, last=last
    ):
        found[int(ticket)][int(clock), str(step), int(generation)] = Proof(
            int(nominal), int(fired), bool(caught_up), _people(people)
        )
    return found


def proofs_of(case: Case, kind: str, at: int, body: Mapping[str, Any]) -> dict[Key, Proof]:
    """The proofs that an event asks for; `case` is as it was before the event."""
    if kind == STEP:
        clock, generation = int(body["clock"]), int(body["generation"])
        people, caught_up = body["people"], bool(body.get("caught_up"))
        doings = [(body["step"], body["nominal_at"]), *body.get("folded", [])]
        return {(clock, str(name), generation): Proof(int(nominal), at, caught_up, people) for name, nominal in doings}
    if kind == RESUME and "nominal_at" in body:
        nominal = int(body["nominal_at"])
        return {
            (clock.id, clock.next_step, clock.generation): Proof(nominal, at, None, [])
            for clock in case.clocks
            if clock.kind == ClockKind.SUSPENSION and clock.next_at == nominal
        }
    return {}


def proof_findings(ticket: int | str, wanted: Mapping[Key, Proof], stored: Mapping[Key, Proof]) -> Iterator[Finding]:
    """Where the rows of a ticket are not what its log says."""
    for key in sorted(wanted.keys() | stored.keys()):
        name = "/".join(map(str, key))
        if key not in stored:
            yield Finding(PLACE, name, ticket, "row", "(a row)", MISSING)
        elif key not in wanted:
            yield Finding(PLACE, name, ticket, "row", MISSING, "(a row)")
        else:
            for field, said, found in zip(Proof._fields, wanted[key], stored[key], strict=True):
                if said is not None and said != found:
                    yield Finding(PLACE, name, ticket, field, said, found)


def _people(text: Any) -> Any:
    try:
        return plain(text)
    except ValueError:  # no JSON any more: it will not fit
        return text
