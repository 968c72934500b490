"""How the centre's own log becomes rows: emergencies and the telephone log.

As in `core.rules.projection`, an event carries facts: its effects say what the rows are, and `audit verify` replays
them with this same function.

Effects (each part may be absent):
    emergency  {"id", …fields} a new or changed emergency
    phone      [{"id", …fields}] new or changed lines of the telephone log
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from data.tables import EmergencyRecord, PhoneRecordFields

Fields = Mapping[str, Any]
DECLARE, REGRADE, LIFT = "declare", "regrade", "lift"
MODE_KINDS = (DECLARE, REGRADE, LIFT)
"""Events that change the mode."""
ENTRY, PHONE, PHONE_FOLLOW, PHONE_TIE, REVEAL = "duty_log", "phone", "phone_follow", "phone_tie", "reveal"


@dataclass
class CentreState:
    """The rows of one centre, by their numbers."""

    centre_id: int
    emergencies: dict[int, EmergencyRecord] = field(default_factory=dict)
    phones: dict[int, PhoneRecordFields] = field(default_factory=dict)


def apply_centre(state: CentreState, effects: Fields) -> None:
    """Bring the rows up to date with one event. Raises ValueError for effects that no event of this product has."""
    if "emergency" in effects:
        _upsert(state.emergencies, EmergencyRecord, state.centre_id, effects["emergency"])
    for facts in effects.get("phone", ()):
        _upsert(state.phones, PhoneRecordFields, state.centre_id, facts)


def _upsert(rows: dict[int, Any], kind: Any, centre_id: int, facts: Fields) -> None:
    for name in facts:
        if name not in kind.model_fields:
            raise ValueError(f"no such field: {name}")
    if facts["id"] in rows:
        for name, value in facts.items():
            setattr(rows[facts["id"]], name, value)
    else:
        rows[facts["id"]] = kind.model_construct(centre_id=centre_id, **facts)
