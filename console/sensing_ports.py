"""What the screens need of sensing devices: plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device with how it stands; addresses and names are masked, text is raw.

    `kind` and `standing` are stored values of `data.device_terms`.
    """

    code: str
    kind: str
    standing: str
    unit: str
    address: str
    person: str
    moved: int | None
    word: int | None
    battery: int | None
    away_until: int | None
    ticket: int | None
    """The open ticket of its newest alert."""
    ticket_code: str


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A signal; `late` in seconds, 0 where it came at once."""

    at: int
    kind: str
    late: int


@dataclass(frozen=True, slots=True)
class DeviceFile:
    """A device with its newest signals and alerts, the newest first."""

    row: DeviceRow
    signals: Sequence[SignalRow]
    alerts: Sequence[tuple[int, str, str, str]]
    """(found at, kind, ticket, what was found)."""


class SensingPort(Protocol):
    """Reading devices, and saying that somebody is away. Each may raise `data.errors.Refusal`."""

    def devices(self) -> Sequence[DeviceRow]:
        """All in use, what needs somebody first."""
        ...

    def device(self, code: str) -> DeviceFile:
        """One of them."""
        ...

    def away(self, code: str, until: str, reason: str) -> str:
        """Somebody is away until a day or time; gives what to say."""
        ...

    def back(self, code: str) -> str:
        """Somebody is back; gives what to say."""
        ...
