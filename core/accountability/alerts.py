"""What devices' alerts turned out to be; false alarms and faults of devices are counted apart."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from core.accountability.period import Period
from data.device_terms import AlertFinding, AlertKind
from data.queries.devices import AlertLine, alerts
from data.reader import Reader


class AlertCount(NamedTuple):
    """The alerts of one kind. What was found is counted by ticket: several alerts may be of one."""

    kind: str
    alerts: int
    tickets: int
    hospital: int
    helped: int
    hazard: int
    false_alarm: int
    device_fault: int
    unsaid: int
    """Tickets of which nobody has said yet what was found."""
    false_rate: float | None
    """Per cent of the tickets with a finding that were false alarms; faults of devices are none."""


def alert_report(reader: Reader, centre: int, period: Period | None = None) -> list[AlertCount]:
    """One line for each kind of alert that was found in the period, in the order of the kinds."""
    span = (0, 1 << 60) if period is None else (period.from_at, period.to_at)
    found = alerts(reader, centre, *span)
    kinds = [kind.value for kind in AlertKind if any(line.kind == kind for line in found)]
    return [_count(kind, [line for line in found if line.kind == kind]) for kind in kinds]


def _count(kind: str, lines: list[AlertLine]) -> AlertCount:
    findings = {line.ticket: line.finding for line in lines}
    by = Counter(findings.values())
    said = len(findings) - by[""]
    rate = round(100 * by[AlertFinding.FALSE_ALARM.value] / said, 2) if said else None
    counts = {finding.value: by[finding.value] for finding in AlertFinding}
    return AlertCount(kind, len(lines), len(findings), **counts, unsaid=by[""], false_rate=rate)
