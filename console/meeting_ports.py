"""Meetings, consultations with residents and mediation as the screens need them. Text is raw, personal data masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ProceedingView:
    """A meeting, a consultation or a round of mediation: a heading, and labelled lines in the user's language."""

    heading: str
    over: bool
    """Nothing more is waited for."""
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AttendeeView:
    """A line of an attendance list. `name` is how the desk knows it, `title` what people read."""

    name: str
    title: str
    state: str
    people: int
    outside: bool


@dataclass(frozen=True, slots=True)
class AttendanceView:
    """The newest meeting of a ticket that was not called off, with its list."""

    meeting: int
    heading: str
    lines: tuple[AttendeeView, ...]


@dataclass(frozen=True, slots=True)
class ComingMeeting:
    """A meeting that is to be held."""

    ticket_id: int
    code: str
    title: str
    kind: str
    at: int
    place: str


class MeetingPort(Protocol):
    """Reading meetings."""

    def attendance(self, ticket_id: int) -> AttendanceView | None:
        """The list to be marked; None where there is no meeting."""
        ...

    def coming_meetings(self) -> Sequence[ComingMeeting]:
        """Meetings from now on, the next one first; those of today that have begun as well."""
        ...
