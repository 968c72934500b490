"""What the locked console needs of its backend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LockState:
    """When the console locks: after minutes without a key (0: never), and at once when the session is over."""

    minutes: int = 0
    session_over: bool = False


class LockPort(Protocol):
    """Who may lift the lock."""

    def asks_password(self, officer: str) -> bool:
        """Whether an officer proves who they are: those with an account do."""
        ...

    def unlock(self, officer: str, password: str, one_time: str) -> str:
        """The code of the officer who goes on here. Raises `data.errors.Refusal`; then the lock stays."""
        ...
