"""Broadcasts (提醒、宣传、公告) to many units, and their receipts."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from core.desk.addressing import Addressed
from core.desk.centre_orders import CentreOrder
from core.desk.orders import Line, Long, Title
from data.terms import BroadcastKind


class SendBroadcast(Addressed, CentreOrder):
    """Tell many units something; each has a receipt to give."""

    verb: ClassVar[str] = "broadcast"
    title: Title
    kind: BroadcastKind = BroadcastKind.REMINDER
    text: Long = ""
    ticket: Line = ""
    """The ticket that it is about."""
    everybody: bool = False
    """Every community, grid, micro-grid, post and linked force."""


class SeenBroadcast(CentreOrder):
    """A unit has seen it. Without `unit` every unit of the officer's own that has not said so."""

    verb: ClassVar[str] = "broadcast_seen"
    broadcast: int = Field(ge=1)
    unit: Line = ""
    note: Line = ""


class RemindBroadcast(CentreOrder):
    """Remind those who have not said that they have seen it."""

    verb: ClassVar[str] = "broadcast_remind"
    broadcast: int = Field(ge=1)
