"""Who is on now by roster and handover, for what is read often: no statement of it needs the desk's own library."""

from __future__ import annotations

from core.rules.handover import DESK_SHIFT_ROLES, OWED_FOR, SAME_CHANGE, changes_of, kept_change, shifts_of
from data.queries.handovers import DeskTurn, began, desk_turns, signed_before
from data.queries.organisation import HolderLine, holders
from data.reader import Reader
from data.terms import SkipReason


def kept_turns(reader: Reader, centre_id: int, at: int) -> list[DeskTurn]:
    """The turns of the desk that have ended at an instant (epoch seconds) and that nobody has signed for."""
    turns = desk_turns(reader, centre_id, at, DESK_SHIFT_ROLES)
    changes = changes_of(shifts_of((turn.officer_id, turn.from_at, turn.to_at) for turn in turns))
    signed = signed_before(reader, centre_id, at - OWED_FOR, at)
    change = kept_change(changes, at, signed, began(reader, centre_id)) if changes else None
    if change is None or change.incoming is None:
        return []
    left = change.leaving.officers - change.incoming.officers
    # Whoever went home long before the others of the shift handed nothing over and is not called back.
    return [turn for turn in turns if turn.officer_id in left and 0 <= change.leaving.to_at - turn.to_at < SAME_CHANGE]


def holders_now(reader: Reader, centre_id: int, now: int) -> list[HolderLine]:
    """Everybody in a role as `data.queries.organisation.holders`, with who is kept on until the handover is signed."""
    kept = {turn.officer_id: turn.role for turn in kept_turns(reader, centre_id, now)}
    lines = holders(reader, centre_id, now)
    if not kept:
        return lines
    return [_kept(line, kept[line.officer_id]) if line.officer_id in kept else line for line in lines]


def _kept(line: HolderLine, role: str) -> HolderLine:
    """Somebody kept on: the end of a shift is no reason to be away, a leave is."""
    away = None if line.away == SkipReason.OFF_DUTY else line.away
    return line._replace(away=away, kept=None if line.on_shift == role else role)
