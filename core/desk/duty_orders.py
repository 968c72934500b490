"""What officers ask of the roster, and what others say to it: leave (请假) and exchanges of shifts (换班)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from core.desk.centre_orders import CentreOrder
from core.desk.orders import Line, Reason, Why


class AskLeave(CentreOrder):
    """Ask for leave in [from_at, to_at), epoch seconds; the desk's leaders write it down for others."""

    verb: ClassVar[str] = "leave_ask"
    officer: Line = ""
    """Whose; by default the own."""
    from_at: int
    to_at: int
    reason: Reason


class AskExchange(CentreOrder):
    """Ask somebody to take a shift over, and to give one of theirs for it or none; shifts by when they begin."""

    verb: ClassVar[str] = "exchange_ask"
    other: Line
    mine: Line
    """When the own shift begins: an instant, or a day with one shift only."""
    theirs: Line = ""
    officer: Line = ""
    """Who asks; by default oneself."""
    reason: Reason


class AgreeExchange(CentreOrder):
    """The other officer agrees."""

    verb: ClassVar[str] = "duty_agree"
    ask: int = Field(ge=1)


class GrantAsk(CentreOrder):
    """A leader grants it, and the roster changes."""

    verb: ClassVar[str] = "duty_grant"
    ask: int = Field(ge=1)
    substitute: Line = ""
    """For a leave: who takes the shifts over."""
    words: Why = ""


class DeclineAsk(CentreOrder):
    """A leader, or the other officer of an exchange, does not agree."""

    verb: ClassVar[str] = "duty_decline"
    ask: int = Field(ge=1)
    reason: Reason


class WithdrawAsk(CentreOrder):
    """Whoever asked takes it back; a leave that was granted is called off, and shifts that have not begun go back."""

    verb: ClassVar[str] = "duty_withdraw"
    ask: int = Field(ge=1)
