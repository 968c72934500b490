"""What can be asked of the hazard register (隐患台账)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from core.desk.centre_orders import CentreOrder
from core.desk.orders import Code, Line, Reason, Title, Why
from core.rules.hazards import MOST_DAYS
from data.terms import CheckResult, HazardGrade, Urgency

PHOTOS_LIMIT = 20
Short = Annotated[Line, Field(max_length=120)]
Phone = Annotated[Line, Field(max_length=40)]
Owner = Annotated[Line, Field(max_length=200)]
Days = Annotated[int, Field(ge=0, le=MOST_DAYS)]


class HazardFound(CentreOrder):
    """A hazard is found: a file in the register, and a ticket for its remedy unless none is wanted."""

    verb: ClassVar[str] = "hazard"
    place: Title
    what: Reason
    unit: Code
    """The grid or community in which it is."""
    household: Short = ""
    owner_name: Short = ""
    owner_phone: Phone = ""
    grade: HazardGrade = HazardGrade.GENERAL
    matter: Line = ""
    """By default what the sweep looks for."""
    photos: list[Line] = Field(default_factory=list, max_length=PHOTOS_LIMIT)
    remedy_by: Owner = ""
    every_days: Days = 0
    sweep: Line = ""
    """The sweep that found it."""
    ticket: Line = ""
    """A ticket that is about it already; else one is opened."""
    register_only: bool = False
    """No ticket: it is watched, and nobody has to put it right now."""
    urgency: Urgency | None = None


class HazardOrder(CentreOrder):
    """Something to do about a hazard of the register."""

    hazard: int = Field(ge=1)


class HazardCheck(HazardOrder):
    """Somebody looked at it (复查)."""

    verb: ClassVar[str] = "hazard_check"
    result: CheckResult
    note: Why = ""
    photos: list[Line] = Field(default_factory=list, max_length=PHOTOS_LIMIT)


class HazardChange(HazardOrder):
    """Something in its file is different."""

    verb: ClassVar[str] = "hazard_change"
    grade: HazardGrade | None = None
    every_days: Days | None = None
    remedy_by: Owner | None = None
    owner_name: Short | None = None
    owner_phone: Phone | None = None
    note: Why = ""


class HazardRemedied(HazardOrder):
    """It was put right (整改); looks go on until it is closed."""

    verb: ClassVar[str] = "hazard_remedied"
    note: Reason
    photos: list[Line] = Field(default_factory=list, max_length=PHOTOS_LIMIT)


class HazardClosed(HazardOrder):
    """It is taken off the register's open part (销号), with the reason."""

    verb: ClassVar[str] = "hazard_closed"
    reason: Reason


class HazardReopened(HazardOrder):
    """It is there again."""

    verb: ClassVar[str] = "hazard_reopened"
    reason: Reason
    every_days: Days | None = None
    """How often it is looked at from now on; by default as before."""
