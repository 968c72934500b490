"""The ladders of open tickets follow the centre's mode: faster in an emergency, as usual when it is lifted.

Declaring is one short transaction; what hangs on it is done here, ticket by ticket in batches, so that nobody waits
long. The setting `mode_set` says which change of the mode is done: killed half-way, the next engine goes through the
rest, and a ticket that has the right pace is passed over.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from core.desk.actor import ENGINE
from core.desk.ledger import Ledger
from core.desk.references import References
from core.desk.timing import Timing
from core.engine.lease import LeaseKeeper
from core.rules.case import LIVE_CLOCKS, Case
from core.rules.policy import AT_GRADE, SILENT
from data.errors import NotFound
from data.store import Store
from data.tables import ClockRecord, ClockRow, Emergency, Setting, table
from data.terms import UPWARD_CLOCKS, Urgency

EVENT = "mode"
"""The kind of the event that a change of pace leaves in a ticket's log."""
MODE_SET = "mode_set"
BATCH = 100

_CLOCK, _EMERGENCY, _SETTING = table(ClockRow), table(Emergency), table(Setting)

log = logging.getLogger("zhihui.engine")


def follow_mode(store: Store, lease: LeaseKeeper, now: int) -> int:
    """Set the ladders of open tickets by the newest change of the mode; gives how many tickets it touched.

    Raises LeaseLost, and StoreTrouble when the store refuses; done batches stay done.
    """
    with store.read() as connection:
        if _owed(connection, lease.centre_id) is None:
            return 0
    touched, after = 0, -1
    while True:
        with store.write() as connection:
            ledger = Ledger(connection, lease.centre_id, now)
            lease.beat(connection, now)
            # Read again under the lock: the mode may have changed since the last batch.
            change = _owed(connection, lease.centre_id)
            if change is None:
                return touched
            ids = _tickets(connection, lease.centre_id, after, References(connection, lease.centre_id))
            if not ids:
                _set(connection, lease.centre_id, change)
            touched += _press(ledger, References(connection, lease.centre_id), ids)
            ledger.flush()
        lease.kept(now)
        if not ids:
            return touched
        after = ids[-1]


def _owed(connection: Connection, centre_id: int) -> int | None:
    """The entry of the centre's log that changed the mode and is not followed yet; None where there is none."""
    newest = connection.execute(
        select(_EMERGENCY.c.changed_seq)
        .where(_EMERGENCY.c.centre_id == centre_id)
        .order_by(_EMERGENCY.c.id.desc())
        .limit(1)
    ).scalar()
    done = connection.execute(
        select(_SETTING.c.value).where(_SETTING.c.centre_id == centre_id, _SETTING.c.name == MODE_SET)
    ).scalar()
    if newest is None or (done is not None and done.get("seq") == newest):
        return None
    return int(newest)


def _set(connection: Connection, centre_id: int, change: int) -> None:
    connection.execute(delete(_SETTING).where(_SETTING.c.centre_id == centre_id, _SETTING.c.name == MODE_SET))
    connection.execute(insert(_SETTING), [{"centre_id": centre_id, "name": MODE_SET, "value": {"seq": change}}])


def _tickets(connection: Connection, centre_id: int, after: int, refs: References) -> list[int]:
    """The next tickets with a live clock whose ladder has another pace than the mode's."""
    grade = refs.emergency_grade()
    ladder = _CLOCK.c.ladder
    paced = ladder.like(f"%{AT_GRADE}{grade}") | ladder.like(f"%{AT_GRADE}{grade}{SILENT}")
    rows = connection.execute(
        select(_CLOCK.c.ticket_id)
        .distinct()
        .where(
            _CLOCK.c.centre_id == centre_id,
            _CLOCK.c.ticket_id > after,
            _CLOCK.c.state.in_([str(state) for state in LIVE_CLOCKS]),
            _CLOCK.c.kind.not_in([str(kind) for kind in UPWARD_CLOCKS]),
            ladder != "",
            ~paced if grade else ladder.like(f"%{AT_GRADE}%"),
        )
        .order_by(_CLOCK.c.ticket_id)
        .limit(BATCH)
    )
    return [int(row[0]) for row in rows]


def _press(ledger: Ledger, refs: References, ids: list[int]) -> int:
    """One event for each ticket whose clocks change their pace."""
    touched = 0
    for case in ledger.cases(ids):
        try:
            effects, changes = _at_pace(case, refs, ledger.moment(case))
        except NotFound as trouble:
            log.error("%s keeps its pace: %s", case.ticket.code, trouble.en)
            continue
        if effects and not case.closed:
            body = {"grade": refs.emergency_grade(), "pressed": changes, "effects": {"clocks": effects}}
            ledger.append(case, EVENT, ENGINE, body, ledger.moment(case))
            touched += 1
    return touched


def _at_pace(case: Case, refs: References, at: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The effects on a ticket's clocks, and before and after of each."""
    ticket = case.ticket
    policy = refs.policy(ticket.policy_version or None)
    calendar = refs.calendar(ticket.calendar_version or None)
    timing = Timing(calendar, policy, at, Urgency(ticket.urgency), None, refs.calendar)
    effects, changes = [], []
    for clock in case.work_clocks():
        effect = timing.press(clock)
        if effect is not None:
            effects.append(effect)
            changes.append(_change(clock, effect))
    return effects, changes


def _change(clock: ClockRecord, after: dict[str, Any]) -> dict[str, Any]:
    return {
        "clock": clock.kind,
        "unit": clock.unit_id,
        "ladder_before": clock.ladder,
        "ladder_after": after["ladder"],
        "warn_before": clock.warn_at,
        "warn_after": after["warn_at"],
        "next_before": clock.next_at,
        "next_after": after["next_at"],
    }
