"""Who has left by the roster and is still reached: the shift whose handover nobody has signed for."""

from __future__ import annotations

from sqlalchemy import Connection

from core.desk.who_is_on import kept_turns
from data.inside import InsideReader


def kept_on(connection: Connection, centre_id: int, at: int) -> dict[str, list[int]]:
    """Role of the desk → officers of the leaving shift, at an instant (epoch seconds); empty once it is signed."""
    found: dict[str, list[int]] = {}
    for turn in kept_turns(InsideReader(connection), centre_id, at):
        found.setdefault(turn.role, []).append(turn.officer_id)
    return {role: list(dict.fromkeys(officers)) for role, officers in found.items()}
