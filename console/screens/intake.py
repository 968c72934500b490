"""Intake."""

from __future__ import annotations

from console.screens.duty import DutyScreen


class IntakeScreen(DutyScreen):
    """Intake."""

    NAME = "intake"

    def __init__(self, ticket_id: int = 0) -> None:
        super().__init__()
