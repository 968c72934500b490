"""The one clock. Rules and operations get the time from it and from nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """The present instant: aware, UTC, whole seconds."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant: aware, UTC, whole seconds."""
        return datetime.now(UTC).replace(microsecond=0)


class SetClock:
    """A clock that stands where it was set: for tests, replays, demo streets and dry runs."""

    def __init__(self, moment: datetime) -> None:
        """Start at an aware instant."""
        self.moment = moment.astimezone(UTC).replace(microsecond=0)

    def now(self) -> datetime:
        """Where the clock stands."""
        return self.moment

    def set(self, moment: datetime) -> None:
        """Move to an aware instant, forwards or backwards."""
        self.moment = moment.astimezone(UTC).replace(microsecond=0)

    def advance(self, **span: float) -> datetime:
        """Move by a timedelta given in keywords (minutes=5) and return the new instant."""
        self.moment = (self.moment + timedelta(**span)).replace(microsecond=0)
        return self.moment
