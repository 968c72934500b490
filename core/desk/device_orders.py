"""What is said of a ticket that a device gave rise to."""

from __future__ import annotations

from typing import ClassVar

from core.desk.orders import Long, TicketOrder
from data.device_terms import AlertFinding


class Establish(TicketOrder):
    """Say what was found: somebody in need, a real hazard, a false alarm, a faulty device (判明)."""

    verb: ClassVar[str] = "finding"
    found: AlertFinding
    note: Long = ""
