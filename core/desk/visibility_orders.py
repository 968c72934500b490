"""Orders that say who sees a ticket."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from core.desk.orders import Line, Reason, TicketOrder


class NameReaders(TicketOrder):
    """Say who sees a confidential ticket (指定知悉人), or who no longer does. Those named see it whole."""

    verb: ClassVar[str] = "name_readers"
    officers: list[Line] = Field(default_factory=list, max_length=50)
    """Officers by name or code."""
    off: list[Line] = Field(default_factory=list, max_length=50)
    """Those who no longer see it."""
    reason: Reason
