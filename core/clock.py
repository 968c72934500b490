"""The one clock. Rules and operations get the time from it and from nowhere else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
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


class ScaledClock:
    """A clock that runs faster than the world: for training. Safe to share between threads."""

    def __init__(self, moment: datetime, speed: float, steady: Callable[[], float] = time.monotonic) -> None:
        """Start at an aware instant; `speed` seconds pass for each second of `steady`."""
        self._steady = steady
        self._lock = threading.Lock()
        self._base = moment.astimezone(UTC).replace(microsecond=0)
        self._since = steady()
        self._speed = speed

    @property
    def speed(self) -> float:
        """How many seconds pass in one; 0 while the clock stands still."""
        return self._speed

    def now(self) -> datetime:
        """The present instant of this clock: aware, UTC, whole seconds."""
        with self._lock:
            return self._now().replace(microsecond=0)

    def run(self, speed: float) -> None:
        """Go on at another speed from here; 0 stops the clock."""
        with self._lock:
            self._base, self._since, self._speed = self._now(), self._steady(), speed

    def skip_to(self, moment: datetime) -> None:
        """Jump forward to an instant; one that has passed changes nothing."""
        with self._lock:
            wanted = moment.astimezone(UTC)
            if wanted > self._now():
                self._base, self._since = wanted, self._steady()

    def _now(self) -> datetime:
        return self._base + timedelta(seconds=(self._steady() - self._since) * self._speed)
