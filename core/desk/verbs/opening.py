"""Opening a ticket under another one, sent to its owner at once with the time that was decided."""

from __future__ import annotations

from typing import Any

from core.desk.hands import Found
from core.desk.numbers import next_code
from core.desk.verbs.dispatching import give_lead
from core.desk.verbs.guarding import guard
from core.desk.work import Work
from core.rules.budgets import Budget
from core.rules.meetings import DECIDED
from data.ids import new_id
from data.instants import from_seconds
from data.terms import Source, Urgency

TITLE_SHOWN = 120


def open_child(
    work: Work,
    hand: Found,
    words: str,
    body: str,
    due_at: int,
    urgency: Urgency,
    of: dict[str, Any],
    override: str = "",
    **said: Any,
) -> tuple[int, str]:
    """A ticket of its own under this one; its id and its code.

    `words` is what is to be done, `due_at` the instant by which; `of` says in the child's loose facts what it comes
    from, `said` the same in its first event.
    """
    parent = work.case.ticket
    child = Work(work.ledger.new_case(new_id()), work.refs, work.at, work.actor, work.ledger)
    code = next_code(work.ledger, work.refs)
    first = words.splitlines()[0]
    limit = Budget.between(from_seconds(work.at), from_seconds(due_at)).format()
    child.effects.set.update(
        {
            "code": code,
            "source": Source.LEADER.value,
            "title": first if len(first) <= TITLE_SHOWN else first[: TITLE_SHOWN - 2] + "..",
            "body": body,
            "address": parent.address,
            "confidential": parent.confidential,
            "urgency": urgency.value,
            "affair": parent.affair,
            "section": hand.unit.section or parent.section,
            "community_id": parent.community_id,
            "grid_id": parent.grid_id,
            "reported_at": work.at,
            "accepted_at": work.at,
            "dispatched_at": work.at,
            "policy_version": work.refs.version("policy"),
            "calendar_version": work.refs.version("calendar", work.refs.centre().calendar),
            "parent_id": parent.id,
            "facts": {DECIDED: {"of": parent.id, "limit": limit, **of}},
        }
    )
    kept = guard(child, [hand], override)
    # Its own row says so already: clocks and notices read it there.
    child.case.ticket.code = code
    give_lead(child, hand.unit, words, hand.person)
    work.and_of("report", child, source=Source.LEADER.value, **said, **kept)
    return child.case.ticket.id, code
