"""Ticket."""

from __future__ import annotations

from console.screens.duty import DutyScreen


class TicketScreen(DutyScreen):
    """Ticket."""

    NAME = "ticket"

    def __init__(self, ticket_id: int = 0) -> None:
        super().__init__()
