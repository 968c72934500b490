"""Tickets that devices gave rise to: how they are known, and what must be done before one is finished."""

from __future__ import annotations

from core.rules.case import Case
from core.rules.joining import joined_ids
from core.rules.why import Why
from data.device_terms import AlertKind
from data.terms import Role, TaskState

ORIGIN = "device"
"""The system that a device's ticket comes from; its number there is `alert_id`."""
FINDING, JOINTLY = "finding", "jointly"
"""Facts of a ticket: what was found; which parts must all be done."""
JUDGED = (AlertKind.CARE, AlertKind.ALARM)
"""Alerts after which somebody says what was found."""
ENTITLED = frozenset({Role.DUTY_LEADER, Role.COMMANDER})
"""Who may let one of the two finish alone, with a reason."""

Part = tuple[int, int | None]
"""A unit, and the officer where the part is a person's own."""


def alert_id(kind: AlertKind, subject: str, since: int) -> str:
    """The number of an alert in the system of the devices: no two tickets are made of one alert."""
    return f"{kind.value}:{subject}:{since}"


def kind_of(case: Case) -> AlertKind | None:
    """The alert that a ticket was made of; None for any other ticket."""
    if case.ticket.origin != ORIGIN:
        return None
    word = case.ticket.external_id.partition(":")[0]
    return next((kind for kind in AlertKind if kind == word), None)


def refusal_without_device(verb: str, case: Case) -> Why | None:
    """What was found is said of a ticket that a device gave rise to, or that such a ticket is joined into."""
    if verb != "finding" or kind_of(case) is not None or joined_ids(case):
        return None
    code = case.ticket.code
    return Why("no-device", f"{code} 不是感知设备的事件", f"{code} was not made of a device's signal")


def refusal_without_finding(case: Case) -> Why | None:
    """A care ticket or an alarm is not finished before it is on record what was found."""
    if kind_of(case) not in JUDGED or case.ticket.facts.get(FINDING):
        return None
    return Why(
        "finding-missing",
        "感知设备的事件办结前须判明情况：送医、救助、险情属实、误报或设备故障",
        "a device's ticket is finished when it is on record what was found: say it first",
    )


def refusal_of_one_alone(case: Case, reason: str, roles: frozenset[str]) -> Why | None:
    """What was given to two jointly is not finished by one of them; a leader may decide so, with the reason."""
    waiting = [part for part in _parts(case) if not _is_done(case, part)]
    if not waiting or (reason.strip() and roles & ENTITLED):
        return None
    return Why(
        "jointly",
        f"本件须同到同办，还有 {len(waiting)} 方未完成，不能单独办结；确需办结的由值班领导写明原因",
        f"this was given to all of them jointly: {len(waiting)} parts are not done, and one alone cannot finish it "
        "unless the duty leader says why",
    )


def _parts(case: Case) -> list[Part]:
    return [(int(unit), officer) for unit, officer in case.ticket.facts.get(JOINTLY, [])]


def _is_done(case: Case, part: Part) -> bool:
    unit, officer = part
    return any(
        task.state == TaskState.DONE and task.unit_id == unit and officer in (None, task.officer_id)
        for task in case.tasks
    )
