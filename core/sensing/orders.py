"""What can be said of a device, validated at the door."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from core.desk.orders import Code, Line, Order, Why, bad_fields, read_order
from core.rules.silence import BASE, LOOKING_AFTER, MOST
from data.device_terms import DeviceKind, SignalKind

__all__ = ["Away", "DeviceEntry", "Signal", "bad_fields", "read_order"]

LONGEST_BEAT = 7 * 86_400
LONGEST_AWAY = 400 * 86_400
LAST = 1 << 40
"""No clock says an instant behind this one."""


def _plain(value: str) -> str:
    if not value.isprintable():
        raise ValueError("control characters")
    return value


Plain = Annotated[Code, AfterValidator(_plain)]


class DeviceEntry(Order):
    """A device as it is written down: by hand or in a line of a file."""

    code: Plain
    kind: DeviceKind
    unit: Code
    """The grid or community where it hangs, by code or name."""
    name: Line = ""
    address: Line = ""
    person_name: Line = ""
    person_phone: Line = ""
    doctor: Annotated[str, Field(max_length=60)] = ""
    maintainer: Annotated[str, Field(max_length=60)] = ""
    gateway: Annotated[str, Field(max_length=60), AfterValidator(_plain)] = ""
    beat_hours: float = Field(default=0, ge=0, le=LONGEST_BEAT / 3600)
    silence_hours: float | None = Field(default=None, ge=0, le=MOST / 3600)
    """By default a day for what looks after a person, and nothing for other devices."""

    @property
    def beat_seconds(self) -> int:
        """How often it says that it is alive."""
        return round(self.beat_hours * 3600)

    @property
    def silence_seconds(self) -> int:
        """After how long a silence the person is looked after; 0 for never."""
        if self.silence_hours is None:
            return BASE if self.kind in LOOKING_AFTER else 0
        return round(self.silence_hours * 3600)


class Away(Order):
    """Somebody is not at home for a time: in hospital, travelling."""

    code: Plain
    until: int
    reason: Why = ""
    since: int | None = None


class Signal(Order):
    """One signal as a platform hands it over. `at` in epoch seconds of the device's clock, by default now."""

    device: Plain
    id: Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_plain)]
    """The device's own number of the message."""
    kind: SignalKind
    at: int | None = Field(default=None, ge=0, le=LAST)
    battery: int | None = Field(default=None, ge=0, le=100)
    text: Line = ""
