"""What the screens need for emergency mode, the running log, the telephone log and reports upward: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OwedReport:
    """A report that is owed upward; `kind` is a stored value of `data.terms.ClockKind`."""

    code: str
    kind: str
    due: int
    warn: int | None = None


@dataclass(frozen=True, slots=True)
class ModeView:
    """The emergency that lasts; `grade` is a stored value of `data.terms.Grade`. Names are raw text."""

    grade: str
    since: int
    by: str
    behalf: str = ""
    reason: str = ""
    code: str = ""
    owed: OwedReport | None = None
    """What is owed upward next."""


@dataclass(frozen=True, slots=True)
class LogEntryView:
    """An entry of the running log, in the user's language and masked; raw text."""

    number: int
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class CallView:
    """A first report by telephone with what is known by now, masked; raw text. `known` is by field."""

    number: int
    at: int
    follow_ups: int
    place: str
    text: str
    code: str = ""
    known: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EmergencyView:
    """What the drawer shows."""

    mode: ModeView | None = None
    owed: tuple[OwedReport, ...] = ()
    log: tuple[LogEntryView, ...] = ()
    calls: tuple[CallView, ...] = ()


class EmergencyPort(Protocol):
    """Reading the centre's mode and logs, and the deeds on it. Each may raise `data.errors.Refusal`."""

    def emergency(self) -> EmergencyView:
        """The mode now, what is owed upward, the newest entries and calls."""
        ...

    def centre_do(self, verb: str, values: Mapping[str, object], key: str) -> str:
        """Carry out a deed on the centre (`core.desk.centre_orders`); gives the sentence to show. A write."""
        ...
