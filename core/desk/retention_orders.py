"""Orders about how long personal data is kept: erase it, hold it, lift the hold."""

from __future__ import annotations

from typing import ClassVar

from core.desk.centre_orders import CentreOrder
from core.desk.orders import Code, Reason


class Erase(CentreOrder):
    """Erase the personal data of a ticket whose time is up (删除个人信息)."""

    verb: ClassVar[str] = "erase"
    ticket: Code
    reason: Reason


class Hold(CentreOrder):
    """Keep a ticket whole, whatever the policy says (保全)."""

    verb: ClassVar[str] = "hold"
    ticket: Code
    reason: Reason


class LiftHold(CentreOrder):
    """The ticket need not be kept any more (解除保全)."""

    verb: ClassVar[str] = "hold_lift"
    ticket: Code
    reason: Reason
