"""Which limit a clock of a ticket has: the condition of its matter first, then the policy for its urgency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.desk.references import UnitView
from core.desk.work import Work
from core.rules.budgets import Budget
from core.rules.case import LIVE_CLOCKS
from core.rules.contingency import arrival_limit
from core.rules.meetings import decided_limit
from core.rules.policy import FROM_MATTER
from core.rules.sweeps import sweep_limit
from data.tables import ClockRecord, TaskRecord
from data.terms import ClockKind

EXTENDED = (ClockKind.FINAL, ClockKind.HANDLE)
"""Clocks that an extension gives more time."""
ON_DEMAND = (ClockKind.MAKE_SAFE, ClockKind.ARRIVE)
Limits = Mapping[ClockKind, str]
NO_LIMITS: Limits = {}


def limit_text(work: Work, kind: ClockKind) -> str:
    """The limit of a clock, with the extensions granted; empty where neither condition nor policy asks for one.

    Make-safe and arrival are asked for by the matter: its condition names a limit, or its stages name the step.
    """
    text = _plain_limit(work, kind)
    extensions = work.case.ticket.extensions if kind in EXTENDED else 0
    return Budget.parse(text).times(1 + extensions).format() if text and extensions else text


def _plain_limit(work: Work, kind: ClockKind) -> str:
    facts = work.effects.set.get("facts", work.case.ticket.facts)
    for given in (sweep_limit(facts, kind), decided_limit(facts, kind)):
        if given is not None:
            return given
    matter = work.matter()
    own = str(matter.limit(work.limit_no()).get(FROM_MATTER[kind], "")) if matter and kind in FROM_MATTER else ""
    if own or (kind in ON_DEMAND and not (matter and kind.value in matter.stages)):
        return own
    return work.policy.limit(ClockKind.FINAL if kind == ClockKind.HANDLE else kind, work.urgency())


def start_handling_clocks(work: Work, unit: UnitView, task_id: int) -> None:
    """The citizen's deadlines (make safe, final) once per ticket; the unit's own bundle clock once per unit.

    A bounced ticket keeps its final clock, and a unit that gets a ticket back goes on with the time it had left.
    """
    text = limit_text(work, ClockKind.FINAL)
    final = work.case.newest_clock(ClockKind.FINAL)
    if final is None:
        work.effects.clocks.append(work.timing.start(ClockKind.FINAL, text, work.ladder()))
    elif final.state in LIVE_CLOCKS and not _same(final.budget, text):
        _set_final_anew(work, final, text)
    safe = limit_text(work, ClockKind.MAKE_SAFE)
    if safe and work.case.newest_clock(ClockKind.MAKE_SAFE) is None:
        work.effects.clocks.append(work.timing.start(ClockKind.MAKE_SAFE, safe, work.ladder()))
    own = work.case.newest_clock(ClockKind.HANDLE, unit.id)
    if own is None:
        work.effects.clocks.append(work.timing.start(ClockKind.HANDLE, text, "", unit_id=unit.id, task_id=task_id))
    elif own.state not in LIVE_CLOCKS:
        work.effects.clocks.append({**work.timing.go_on(own, "sent back", text), "task_id": task_id})


def start_arrive_clock(work: Work, task: TaskRecord, own: str = "") -> None:
    """The time that a hand has to come, from its acknowledgement on, where the matter or a plan asks for it.

    `own` is that of a plan that is being activated; those of active ones are known.
    """
    asked = own or arrival_limit(work.case.ticket.facts, task.id)
    limit = shorter(work, limit_text(work, ClockKind.ARRIVE), asked)
    if limit:
        clock = work.timing.start(ClockKind.ARRIVE, limit, work.ladder(), unit_id=task.unit_id, task_id=task.id)
        work.effects.clocks.append(clock)


def start_assisting_clocks(work: Work, hands: Sequence[tuple[UnitView, int]], times: Sequence[Limits]) -> None:
    """Each assisting hand's own time to answer, and to finish its part where there is a limit for that.

    `times` are those that a plan gives each of them; the shorter one holds. Hands with one limit have one deadline,
    which is worked out once.
    """
    for kind in (ClockKind.ACKNOWLEDGE, ClockKind.PART):
        usual, started = limit_text(work, kind), dict[str, dict[str, Any]]()
        for (unit, task), own in zip(hands, times, strict=True):
            limit = shorter(work, usual, own.get(kind, ""))
            if limit and limit not in started:
                started[limit] = work.timing.start(kind, limit, work.timing.ladder_of(kind, work.ladder()))
            if limit:
                work.effects.clocks.append(work.timing.like(started[limit], unit.id, task))


def shorter(work: Work, first: str, second: str) -> str:
    """The shorter of two limits on the ticket's calendar; an empty one asks for nothing."""
    if not first or not second:
        return first or second
    return min(first, second, key=lambda text: Budget.parse(text).seconds(work.calendar))


def _set_final_anew(work: Work, final: ClockRecord, text: str) -> None:
    """Another matter or urgency asks for another limit.

    After a dispatch it is counted from where the clock began, so that no correction gives time back. A ticket that
    comes up from below is registered by its first dispatch: its limit begins there, the time below stays in custody.
    """
    if work.case.ticket.dispatched_at is None:
        begun = work.timing.start(ClockKind.FINAL, text, work.ladder())
        work.effects.clocks.extend([work.timing.stop(final, cancelled=True), begun])
        after = begun
    else:
        changed = work.timing.rebase(final, work.calendar, text, work.ladder())
        if changed is None:
            return
        work.effects.clocks.append(changed)
        after = changed
    work.note_moved(final, after)


def _same(first: str, second: str) -> bool:
    return Budget.parse(first, zero=True) == Budget.parse(second, zero=True)
