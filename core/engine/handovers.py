"""Changes of shift that nobody signed for: noted when nobody made a handover, and pressed from step to step.

What is due stands in rows: the roster's times tell which shift has changed, `next_at` of a handover when it climbs.
Both are read again under the centre's lock, so each step happens once however many engines run or are killed.
"""

from __future__ import annotations

from core.clock import Clock
from core.desk.actor import ENGINE
from core.desk.deeds.deed import Deed
from core.desk.deeds.handover import NOTICE, desk_changes, shift_fields
from core.desk.desk import Desk
from core.desk.ledger import Ledger
from core.desk.references import References
from core.desk.work import Message
from core.engine.lease import LeaseKeeper
from core.rules.handover import OWED_FOR, Change, first_press, owed_change, pressed
from data.handover_terms import HandoverState
from data.inside import InsideReader
from data.queries import handovers as queries
from data.queries.handovers import HandoverLine
from data.store import Store
from data.terms import Role, Severity

EVENT = "handover_due"
"""The kind of the event in the centre's log."""
LOUD = {Role.SHIFT_LEADER: Severity.WARNING, Role.DUTY_LEADER: Severity.ALARM, Role.COMMANDER: Severity.ALARM}


def press_handovers(store: Store, clock: Clock, lease: LeaseKeeper, now: int) -> int:
    """Note and press what is due; gives how many. Raises LeaseLost, and StoreTrouble when the store refuses."""
    centre = lease.centre_id
    with store.read() as connection:
        reader = InsideReader(connection)
        if _owed(reader, centre, now) is None and not queries.pressing(reader, centre, now):
            return 0
    with store.write() as connection:
        lease.beat(connection, now)
        deed = Deed(Desk(store, clock, centre), Ledger(connection, centre, now), ENGINE)
        reader = InsideReader(connection)
        owed = _owed(reader, centre, now)
        if owed is not None:
            _note(deed, owed)
        due = queries.pressing(reader, centre, now)
        for line in due:
            _press(deed, line, now)
        deed.ledger.flush()
    lease.kept(now)
    return len(due) + (owed is not None)


def _owed(reader: InsideReader, centre: int, now: int) -> Change | None:
    """The change that has come without a handover."""
    known = queries.known_changes(reader, centre, now - 2 * OWED_FOR, signed=False)
    return owed_change(desk_changes(reader, centre, now), now, known, queries.began(reader, centre))


def _note(deed: Deed, change: Change) -> None:
    """Nobody made a handover: from now on it is owed, on the record."""
    minutes = References(deed.connection, deed.centre_id).policy().handover_minutes
    number = deed.newest("handover") + 1
    row = {
        "id": number,
        "change_at": change.at,
        "attempt": 1,
        "state": HandoverState.OWED.value,
        **shift_fields(change),
        "unsigned": True,
        "step": 0,
        "next_at": first_press(change.at, minutes),
    }
    deed.append(EVENT, {"handover": number, "state": HandoverState.OWED.value, "effects": {"handover": row}})


def _press(deed: Deed, line: HandoverLine, now: int) -> None:
    """One event for all steps that are due, and a notice to each whom they reach."""
    minutes = References(deed.connection, deed.centre_id).policy().handover_minutes
    found = pressed(line.change_at, line.step, now, minutes)
    late, state = (now - line.change_at) // 60, HandoverState(line.state)
    zh = f"第 {line.number} 号交接班{state.zh}，已过交班时间 {late} 分钟"
    en = f"Handover {line.number} is not signed ({state.en}), {late} minutes after the change of shift"
    for role in found.roles:
        deed.tell(Message(NOTICE, LOUD[role], zh, en, role=role.value))
    if line.step == 0:
        for officer in line.leaving:
            deed.tell(Message(NOTICE, Severity.WARNING, zh, en, officer_id=officer))
    row = {"id": line.number, "step": found.step, "next_at": found.next_at}
    roles = [role.value for role in found.roles]
    deed.append(EVENT, {"handover": line.number, "state": line.state, "roles": roles, "effects": {"handover": row}})
