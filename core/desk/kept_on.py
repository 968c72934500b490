"""Who has left by the roster and is still reached: the shift whose handover nobody has signed for."""

from __future__ import annotations

from sqlalchemy import Connection

from core.rules.handover import DESK_SHIFT_ROLES, OWED_FOR, SAME_CHANGE, changes_of, kept_change, shifts_of
from data.inside import InsideReader
from data.queries.handovers import began, desk_turns, signed_before


def kept_on(connection: Connection, centre_id: int, at: int) -> dict[str, list[int]]:
    """Role of the desk → officers of the leaving shift, at an instant (epoch seconds); empty once it is signed."""
    reader = InsideReader(connection)
    turns = desk_turns(reader, centre_id, at, DESK_SHIFT_ROLES)
    changes = changes_of(shifts_of((turn.officer_id, turn.from_at, turn.to_at) for turn in turns))
    signed = signed_before(reader, centre_id, at - OWED_FOR, at)
    change = kept_change(changes, at, signed, began(reader, centre_id)) if changes else None
    if change is None or change.incoming is None:
        return {}
    left = change.leaving.officers - change.incoming.officers
    found: dict[str, list[int]] = {}
    for turn in turns:
        # Whoever went home long before the others of the shift handed nothing over and is not called back.
        if turn.officer_id in left and 0 <= change.leaving.to_at - turn.to_at < SAME_CHANGE:
            found.setdefault(turn.role, []).append(turn.officer_id)
    return {role: list(dict.fromkeys(officers)) for role, officers in found.items()}
