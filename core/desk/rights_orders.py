"""Roles given and taken while the centre runs (授权), and break-glass (紧急授权)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from core.desk.centre_orders import CentreOrder
from core.desk.orders import Line, Reason
from data.rights_terms import GrantKind
from data.terms import Rank, Role


class AskRole(CentreOrder):
    """Ask that somebody is given a role, or that it is taken from them; a second person agrees."""

    verb: ClassVar[str] = "role_ask"
    kind: GrantKind
    officer: Line
    role: Role
    unit: Line = ""
    """Where; by default the centre."""
    rank: Rank | None = None
    reason: Reason


class AgreeRole(CentreOrder):
    """The second person agrees, and it holds."""

    verb: ClassVar[str] = "role_agree"
    grant: int = Field(ge=1)


class DeclineRole(CentreOrder):
    """The second person does not agree; or whoever asked takes the question back."""

    verb: ClassVar[str] = "role_decline"
    grant: int = Field(ge=1)
    reason: Reason


class TakeGlass(CentreOrder):
    """Take a wider right for half an hour, where nobody who has it can be reached."""

    verb: ClassVar[str] = "break_glass"
    role: Role
    reason: Reason


class EndGlass(CentreOrder):
    """Give it back before its time; without `use` the own one."""

    verb: ClassVar[str] = "break_glass_end"
    use: int | None = Field(default=None, ge=1)


class ReviewGlass(CentreOrder):
    """Look back on a use: whether it was proper, and what follows."""

    verb: ClassVar[str] = "break_glass_review"
    use: int = Field(ge=1)
    proper: bool
    words: Reason
