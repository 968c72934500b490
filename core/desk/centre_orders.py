"""What can be asked of the centre as a whole: emergency mode, the running log, the telephone log."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from core.desk.orders import Line, Long, Order, Reason
from data.terms import Grade

PHONE_CONTENT = ("place", "cause", "course", "measures", "result", "effect", "trend", "told")
"""What a caller says about the incident, in the order of the form."""
CALLER = ("caller_unit", "caller_name", "caller_title", "caller_phone")
"""Who the caller is."""


class CentreOrder(Order):
    """An order that belongs to no ticket."""


class Declare(CentreOrder):
    """Declare emergency mode (进入战时): by the commander, or by the duty leader in a commander's name."""

    verb: ClassVar[str] = "declare"
    grade: Grade
    reason: Reason
    ticket: Line = ""
    """The incident that it is for; it is graded as well, where it is not yet."""
    behalf: Line = ""
    """In which commander's name; needed only where there are several."""


class Regrade(CentreOrder):
    """Change the grade of the emergency that lasts (调整等级)."""

    verb: ClassVar[str] = "regrade"
    grade: Grade
    reason: Reason
    behalf: Line = ""


class Lift(CentreOrder):
    """End emergency mode (解除战时)."""

    verb: ClassVar[str] = "lift"
    reason: Reason
    behalf: Line = ""


class LogEntry(CentreOrder):
    """Write into the running log (值班记事); a correction is a new entry that names the one it corrects."""

    verb: ClassVar[str] = "duty_log"
    text: Reason
    corrects: int | None = Field(default=None, ge=1)


class Call(CentreOrder):
    """What any call may say besides where and what."""

    cause: Long = ""
    measures: Long = ""
    result: Long = ""
    effect: Long = ""
    trend: Long = ""
    told: Long = ""
    caller_unit: Line = ""
    caller_name: Line = ""
    caller_title: Line = ""
    caller_phone: Line = ""
    at: int | None = None
    """When the call came, in epoch seconds; by default now."""


class PhoneReport(Call):
    """Take down a call (首报)."""

    verb: ClassVar[str] = "phone"
    place: Reason
    course: Reason
    ticket: Line = ""


class PhoneFollowUp(Call):
    """Take down a follow-up (续报): only what changed since the first report and the follow-ups before."""

    verb: ClassVar[str] = "phone_follow"
    first: int = Field(ge=1)
    place: Long = ""
    course: Long = ""


class PhoneTie(CentreOrder):
    """Say which ticket a call is about; all its follow-ups go with it."""

    verb: ClassVar[str] = "phone_tie"
    first: int = Field(ge=1)
    ticket: Line


class Reveal(CentreOrder):
    """Have names and numbers in full in what is handed on; that it was done is in the log."""

    verb: ClassVar[str] = "reveal"
    what: Line
    reason: Reason
