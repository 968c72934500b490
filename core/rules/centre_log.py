"""How the centre's own log becomes rows: emergencies, the telephone log, and whatever else belongs to no ticket.

As in `core.rules.projection`, an event carries facts: its effects say what the rows are, and `audit verify` replays
them with this same function.

Effects: for each kind of `data.tables.OF_CENTRE` that the event is about, one new or changed row
{"id", …fields}, or a list of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.tables import OF_CENTRE

Fields = Mapping[str, Any]
DECLARE, REGRADE, LIFT = "declare", "regrade", "lift"
MODE_KINDS = (DECLARE, REGRADE, LIFT)
"""Events that change the mode."""
ERASE = "erase"
"""The event of an erasure: which ticket, and which entries of the log lost their texts."""
NOTICES_REMOVED = "notices_removed"
"""The event of notices that were dropped when their time was up: `up_to` which event of the log."""
ENTRY, PHONE, PHONE_FOLLOW, PHONE_TIE, REVEAL = "duty_log", "phone", "phone_follow", "phone_tie", "reveal"


@dataclass
class CentreState:
    """The rows of one centre, by kind and number."""

    centre_id: int
    rows: dict[str, dict[int, Any]] = field(default_factory=dict)

    def of(self, kind: str) -> dict[int, Any]:
        """The rows of a kind."""
        return self.rows.setdefault(kind, {})


def apply_centre(state: CentreState, effects: Fields) -> None:
    """Bring the rows up to date with one event. Raises ValueError for effects that no event of this product has."""
    for kind, part in effects.items():
        if kind not in OF_CENTRE:
            raise ValueError(f"no such record: {kind}")
        for facts in facts_of(part):
            _upsert(state.of(kind), OF_CENTRE[kind].record, state.centre_id, facts)


def facts_of(part: Fields | Sequence[Fields]) -> Sequence[Fields]:
    """The rows that one part of the effects is about."""
    return [part] if isinstance(part, Mapping) else part


def _upsert(rows: dict[int, Any], record: type[Any], centre_id: int, facts: Fields) -> None:
    for name in facts:
        if name not in record.model_fields:
            raise ValueError(f"no such field: {name}")
    if facts["id"] in rows:
        for name, value in facts.items():
            setattr(rows[facts["id"]], name, value)
    else:
        rows[facts["id"]] = record.model_construct(centre_id=centre_id, **facts)
