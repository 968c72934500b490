"""The alerts of devices: looked up and written down, inside an open write transaction."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select, update

from data.device_terms import AlertKind
from data.ids import new_id
from data.tables import Device, DeviceAlert, Ticket, table
from data.terms import CLOSED_STAGES, Stage

ALERT, TICKET = table(DeviceAlert), table(Ticket)
RECENT = 50
FAULTS = (AlertKind.FAULT, AlertKind.GATEWAY)


class Known(NamedTuple):
    """An alert that there is, with its ticket."""

    id: int
    kind: str
    subject: str
    since_at: int
    again_at: int | None
    ticket_id: int
    ticket: str
    is_open: bool
    facts: dict[str, Any]
    finding: str


class Alerts:
    """The alerts of one centre."""

    def __init__(self, connection: Connection, centre_id: int) -> None:
        self.connection, self.centre_id = connection, centre_id

    def of(self, device: Device) -> list[Known]:
        """The newest alerts of a device and of its gateway, the newest first."""
        subjects = [device.code, *([device.gateway] if device.gateway else [])]
        rows = self.connection.execute(
            select(
                ALERT, TICKET.c.code.label("ticket"), TICKET.c.stage, TICKET.c.closed_at, TICKET.c.facts.label("said")
            )
            .join_from(ALERT, TICKET, (TICKET.c.centre_id == ALERT.c.centre_id) & (TICKET.c.id == ALERT.c.ticket_id))
            .where(ALERT.c.centre_id == self.centre_id, ALERT.c.subject.in_(subjects))
            .order_by(ALERT.c.found_at.desc(), ALERT.c.id.desc())
            .limit(RECENT)
        )
        return [
            Known(
                row.id,
                row.kind,
                row.subject,
                row.since_at,
                row.again_at,
                row.ticket_id,
                row.ticket,
                row.closed_at is None and (row.stage == Stage.MERGED or row.stage not in CLOSED_STAGES),
                row.facts or {},
                (row.said or {}).get("finding", ""),
            )
            for row in rows
        ]

    def add(
        self, device: Device, kind: AlertKind, subject: str, since: int, now: int, ticket_id: int, facts: dict[str, Any]
    ) -> None:
        """Write an alert down. The unique key is the last guard against two of one silence."""
        row = DeviceAlert(
            centre_id=self.centre_id,
            id=new_id(),
            device_id=device.id,
            kind=kind.value,
            subject=subject,
            since_at=since,
            found_at=now,
            ticket_id=ticket_id,
            facts=facts,
        )
        self.connection.execute(insert(ALERT), [row.model_dump()])

    def answered(self, alert: Known, at: int) -> None:
        """The first sign of life after it."""
        self.connection.execute(
            update(ALERT).where(ALERT.c.centre_id == self.centre_id, ALERT.c.id == alert.id).values(again_at=at)
        )
