"""Requests that wait, and which of the leaders may decide each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from console.backend.lists import ticket_row
from console.backend.words import holder_text
from console.i18n import _, language
from console.leader_ports import ToDecide
from console.widgets.columns import term
from core.rules.requests import RULES
from data.masking import mask_text
from data.queries.organisation import HolderLine
from data.queries.queue import lines_of
from data.queries.requests import WaitingLine, waiting
from data.reader import Reader
from data.terms import RequestKind

MOST = 200
"""Requests that are read; the nearest deadlines first."""


def to_decide(reader: Reader, centre: int, holders: Sequence[HolderLine]) -> Callable[[int], tuple[ToDecide, ...]]:
    """What waits, as a function of the officer: nobody decides their own request, nor reviews one twice."""
    lines = waiting(reader, centre, MOST)
    if not lines:
        return lambda officer: ()
    rows = {row.id: row for row in lines_of(reader, centre, [line.ticket_id for line in lines], closed_too=True)}
    roles = roles_held(holders)
    shown = {
        line.ticket_id: ToDecide(
            replace(ticket_row(rows[line.ticket_id], holder_text), due=line.due, warn=line.warn, paused=False),
            term(RequestKind, line.kind, language()),
            str(line.facts.get("by_name", "")),
            mask_text(str(line.facts.get("reason", ""))),
            _more(line.facts),
        )
        for line in lines
        if line.ticket_id in rows
    }

    def of(officer: int) -> tuple[ToDecide, ...]:
        return tuple(
            shown[line.ticket_id]
            for line in lines
            if line.ticket_id in shown and may_decide(line, officer, roles.get(officer, frozenset()))
        )

    return of


def may_decide(line: WaitingLine, officer: int, roles: frozenset[str]) -> bool:
    """Whether an officer with these roles decides it."""
    if line.kind not in set(RequestKind):
        return False
    own = officer == line.facts.get("by") or officer in line.facts.get("approved", [])
    return bool(roles & RULES[RequestKind(line.kind)].deciders) and not own


def roles_held(holders: Sequence[HolderLine]) -> Mapping[int, frozenset[str]]:
    """Every role that each officer has now: what `core.desk.actor` asks when they act."""
    found: dict[int, set[str]] = {}
    for holder in holders:
        found.setdefault(holder.officer_id, set()).add(holder.role)
    return {officer: frozenset(roles) for officer, roles in found.items()}


def _more(facts: Mapping[str, object]) -> str:
    parts = []
    if facts.get("days"):
        parts.append(_("{n} days").format(n=facts["days"]))
    to = facts.get("to")
    if isinstance(to, list) and to:
        parts.append(" ".join(map(str, to)))
    if facts.get("approved"):
        parts.append(_("one reviewer agreed"))
    return ", ".join(parts)
