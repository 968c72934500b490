"""Devices, their newest signals and what was made of them. Plain SQL, light to poll."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from data.reader import Reader


class DeviceLine(NamedTuple):
    """A device with how it stands; instants in epoch seconds."""

    code: str
    kind: str
    name: str
    unit: str
    unit_name: str
    address: str
    person_name: str
    person_phone: str
    doctor: str
    maintainer: str
    gateway: str
    beat_seconds: int
    silence_seconds: int
    away_from: int | None
    away_until: int | None
    away_reason: str
    opened_at: int
    retired_at: int | None
    word_at: int | None
    active_at: int | None
    battery: int | None
    offline_at: int | None
    ticket: str
    """The open ticket of its newest alert; empty without one."""
    alert: str
    """The kind of that alert."""


class SignalLine(NamedTuple):
    """A signal; `said_at` is the device's own time where it was not believed."""

    at: int
    kind: str
    heard_at: int
    said_at: int | None
    battery: int | None
    message: str


class AlertLine(NamedTuple):
    """What was made of a device's signals."""

    device: str
    kind: str
    subject: str
    since_at: int
    found_at: int
    again_at: int | None
    ticket: str
    stage: str
    finding: str
    """A value of `AlertFinding`; empty while nobody has said."""
    facts: dict[str, Any]


class RefusedLine(NamedTuple):
    """Signals that were not taken."""

    device: str
    reason: str
    times: int
    first_at: int
    last_at: int


# An alert that is open: the newest one of the device whose ticket still lives.
_DEVICES = """
SELECT d.code, d.kind, d.name, u.code, u.name, d.address, d.person_name, d.person_phone, d.doctor,
    coalesce(m.code, ''), d.gateway, d.beat_seconds, d.silence_seconds, d.away_from, d.away_until, d.away_reason,
    d.opened_at, d.retired_at, s.word_at, s.active_at, s.battery, s.offline_at,
    coalesce(t.code, ''), coalesce(a.kind, '')
FROM device d
JOIN unit u ON u.centre_id = d.centre_id AND u.id = d.unit_id
LEFT JOIN unit m ON m.centre_id = d.centre_id AND m.id = d.maintainer_id
JOIN device_state s ON s.centre_id = d.centre_id AND s.device_id = d.id
LEFT JOIN device_alert a ON a.centre_id = d.centre_id AND a.id = (
    SELECT b.id FROM device_alert b JOIN ticket o ON o.centre_id = b.centre_id AND o.id = b.ticket_id
    WHERE b.centre_id = d.centre_id AND b.device_id = d.id AND o.open = 1 ORDER BY b.found_at DESC, b.id DESC LIMIT 1
)
LEFT JOIN ticket t ON t.centre_id = a.centre_id AND t.id = a.ticket_id
WHERE d.centre_id = :centre AND {condition}
ORDER BY d.code LIMIT :size
"""
_SIGNALS = """
SELECT g.at, g.kind, g.heard_at, g.said_at, g.battery, g.message_id FROM device_signal g
JOIN device d ON d.centre_id = g.centre_id AND d.id = g.device_id
WHERE g.centre_id = :centre AND d.code = :code ORDER BY g.at DESC, g.id DESC LIMIT :size
"""
# A ticket that was joined into another one was found out about there.
_ALERTS = """
SELECT d.code, a.kind, a.subject, a.since_at, a.found_at, a.again_at, t.code, t.stage, t.facts, a.facts
FROM device_alert a
JOIN device d ON d.centre_id = a.centre_id AND d.id = a.device_id
JOIN ticket t ON t.centre_id = a.centre_id AND t.id = a.ticket_id
WHERE a.centre_id = :centre AND {condition}
ORDER BY a.found_at DESC, a.id DESC LIMIT :size
"""
_REFUSED = """
SELECT device_code, reason, times, first_at, last_at FROM signal_refused
WHERE centre_id = :centre ORDER BY last_at DESC, device_code LIMIT :size
"""
MOST = 100_000


def devices(reader: Reader, centre: int, retired: bool = False) -> list[DeviceLine]:
    """The devices in use, by code; those that are retired too where they are wanted."""
    condition = "1 = 1" if retired else "d.retired_at IS NULL"
    return _lines(reader, condition, centre=centre, size=MOST)


def device(reader: Reader, centre: int, code: str) -> DeviceLine | None:
    """One device by its code."""
    found = _lines(reader, "d.code = :code", centre=centre, code=code, size=1)
    return found[0] if found else None


def devices_of_ticket(reader: Reader, centre: int, ticket: int) -> list[DeviceLine]:
    """The devices that a ticket was made of."""
    condition = "d.id IN (SELECT x.device_id FROM device_alert x WHERE x.centre_id = :centre AND x.ticket_id = :ticket)"
    return _lines(reader, condition, centre=centre, ticket=ticket, size=20)


def signals(reader: Reader, centre: int, code: str, size: int = 20) -> list[SignalLine]:
    """The newest signals of a device, by when they happened, the newest first."""
    return [SignalLine(*row) for row in reader.rows(_SIGNALS, centre=centre, code=code, size=size)]


def alerts(
    reader: Reader, centre: int, since: int = 0, until: int = 1 << 60, code: str = "", size: int = MOST
) -> list[AlertLine]:
    """Alerts found in a time, the newest first; of one device where it is named."""
    condition = "a.found_at >= :since AND a.found_at < :until" + (" AND d.code = :code" if code else "")
    values: dict[str, Any] = {"since": since, "until": until, "size": size} | ({"code": code} if code else {})
    rows = reader.rows(_ALERTS.format(condition=condition), centre=centre, **values)
    mains = _findings_of_mains(reader, centre, rows)
    return [AlertLine(*(*row[:8], _finding(row, mains), _plain(row[9]))) for row in rows]


def refused(reader: Reader, centre: int, size: int = 200) -> list[RefusedLine]:
    """Signals that were not taken, the newest first."""
    return [RefusedLine(*row) for row in reader.rows(_REFUSED, centre=centre, size=size)]


def _lines(reader: Reader, condition: str, **values: Any) -> list[DeviceLine]:
    return [DeviceLine(*row) for row in reader.rows(_DEVICES.format(condition=condition), **values)]


def _finding(row: Sequence[Any], mains: dict[int, str]) -> str:
    return str(_plain(row[8]).get("finding") or mains.get(_main(row), ""))


def _main(row: Sequence[Any]) -> int:
    """The ticket that an alert's ticket is joined into; 0 where it stands by itself."""
    return int(_plain(row[8]).get("joined", {}).get("into") or 0)


def _findings_of_mains(reader: Reader, centre: int, rows: Sequence[Sequence[Any]]) -> dict[int, str]:
    found = {}
    for number in {_main(row) for row in rows} - {0}:
        row = reader.one(
            "SELECT facts FROM ticket WHERE centre_id = :centre AND id = :ticket", centre=centre, ticket=number
        )
        found[number] = str(_plain(row[0]).get("finding", "")) if row else ""
    return found


def _plain(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value or {}
    return found
