"""Sensing devices, what they said, and what was made of it.

The devices are part of the organisation: their changes stand in its journal. Signals come by the thousands a day and
are no deeds, so they stand outside the log; whatever is made of them is a ticket, and that is in the log.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, belongs_to, big, json_object, key_field

WATCHED = "watch_at IS NOT NULL"
"""Which devices the engine has to look at again; a statement that looks for them says this in these very words."""


class Device(SQLModel, table=True):
    """A device: where it hangs, whom it looks after, who looks after it."""

    __tablename__ = "device"
    __table_args__ = (
        UniqueConstraint("centre_id", "code", name="uq_device_code"),
        belongs_to("unit", "unit_id", "fk_device_unit"),
        Index("ix_device_unit", "centre_id", "unit_id"),
        Index("ix_device_gateway", "centre_id", "gateway"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    code: str = Field(max_length=60)
    kind: str = Field(max_length=12)
    name: str = ""
    """What it is called, where the kind does not say enough."""
    unit_id: int = big()
    """The grid or community where it hangs."""
    address: str = ""
    person_name: str = ""
    person_phone: str = ""
    doctor: str = Field(default="", max_length=60)
    """The family doctor as a hand (a unit, or @ and an officer); empty for the care matter's first assisting unit."""
    maintainer_id: int | None = big(None)
    """The unit that repairs it; empty for the centre's queue."""
    gateway: str = Field(default="", max_length=60)
    """What connects it, by a code of the vendor's or of a device of this register."""
    beat_seconds: int = big(0)
    """How often it says by itself that it is alive; 0 for one that never does."""
    silence_seconds: int = big(0)
    """After so much silence the person is looked after; 0 for a device that looks after nobody."""
    away_from: int | None = big(None)
    away_until: int | None = big(None)
    away_reason: str = ""
    opened_at: int = big()
    retired_at: int | None = big(None)
    retired_reason: str = ""


class DeviceState(SQLModel, table=True):
    """How a device stands after its newest signals; instants by the device's clock as far as it is believed."""

    __tablename__ = "device_state"
    __table_args__ = (
        PrimaryKeyConstraint("centre_id", "device_id"),
        belongs_to("device", "device_id", "fk_device_state_device"),
        Index("ix_device_watch", "centre_id", "watch_at", sqlite_where=sql(WATCHED), postgresql_where=sql(WATCHED)),
        {"info": TENANT},
    )

    centre_id: int = big()
    device_id: int = big()
    word_at: int | None = big(None)
    """Its newest signal of any kind."""
    active_at: int | None = big(None)
    """The newest signal that only somebody at home can have caused."""
    battery: int | None = None
    """Per cent, as far as it says."""
    low_at: int | None = big(None)
    """Since when its battery is low."""
    offline_at: int | None = big(None)
    """Since when its platform calls it offline; any later word ends that."""
    watch_at: int | None = big(None)
    """When the engine has to look at it again, at the latest."""


class DeviceSignal(SQLModel, table=True):
    """One signal. The device's own number of the message keeps it from being taken twice."""

    __tablename__ = "device_signal"
    __table_args__ = (
        UniqueConstraint("centre_id", "device_id", "message_id", name="uq_device_signal_message"),
        belongs_to("device", "device_id", "fk_device_signal_device"),
        Index("ix_device_signal_at", "centre_id", "device_id", "at", "id"),
        Index("ix_device_signal_heard", "centre_id", "heard_at"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    device_id: int = big()
    message_id: str = Field(max_length=80)
    kind: str = Field(max_length=12)
    at: int = big()
    """When it happened: the device's time, or ours where its clock cannot be right."""
    heard_at: int = big()
    """When it came in, by our clock."""
    said_at: int | None = big(None)
    """The device's own time where it is not believed."""
    battery: int | None = None


class DeviceAlert(SQLModel, table=True):
    """What was made of signals or of their absence: once for each silence, alarm or fault."""

    __tablename__ = "device_alert"
    __table_args__ = (
        UniqueConstraint("centre_id", "kind", "subject", "since_at", name="uq_device_alert"),
        belongs_to("device", "device_id", "fk_device_alert_device"),
        belongs_to("ticket", "ticket_id", "fk_device_alert_ticket"),
        Index("ix_device_alert_device", "centre_id", "device_id", "since_at"),
        Index("ix_device_alert_ticket", "centre_id", "ticket_id"),
        Index("ix_device_alert_found", "centre_id", "found_at"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    device_id: int = big()
    kind: str = Field(max_length=12)
    subject: str = Field(max_length=60)
    """The device's code, or the gateway's."""
    since_at: int = big()
    """The last activity before the silence, the last word before the fault, the alarm itself."""
    found_at: int = big()
    ticket_id: int = big()
    facts: dict[str, Any] = json_object()
    """What it was judged by, for whoever asks why."""
    again_at: int | None = big(None)
    """The first sign of life after it."""


class SignalRefused(SQLModel, table=True):
    """Signals that were not taken, counted by what they called themselves and why."""

    __tablename__ = "signal_refused"
    __table_args__ = (PrimaryKeyConstraint("centre_id", "device_code", "reason"), {"info": TENANT})

    centre_id: int = big()
    device_code: str = Field(max_length=60)
    reason: str = Field(max_length=24)
    times: int = big(0)
    first_at: int = big()
    last_at: int = big()
