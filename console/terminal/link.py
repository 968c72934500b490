"""The sign in the status bar that tells how the line is: measured by the terminal's answers, drawn seldom."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from console.i18n import _
from console.terminal.pacing import Pacer

SELDOM = 5.0
"""Seconds between two looks of the sign, so that it costs few bytes."""
NOTICEABLE = 1.3
"""Times that an answer must take longer or shorter before the sign says so."""
REMEMBERED = 15.0
"""Seconds for which an outage that is over is still told: the screen stood still meanwhile."""


class LinkSign:
    """What to say about the line now."""

    def __init__(self, pacer: Pacer, clock: Callable[[], float] = monotonic) -> None:
        self._pacer = pacer
        self._clock = clock
        self._said = ""
        self._said_at = -SELDOM
        self._said_time = 0.0

    def text(self) -> str:
        """`link 320 ms`, `link ?` without answers, `link lost 12 s` during an outage and shortly after it."""
        now = self._clock()
        if now - self._said_at < SELDOM:
            return self._said
        said = self._wording(now)
        if said != self._said:
            self._said, self._said_at = said, now
        return self._said

    def _wording(self, now: float) -> str:
        outage, state = self._pacer.outage, self._pacer.state
        if state == "waiting":
            return _("link lost {n} s").format(n=round(self._pacer.waiting_for))
        if state == "mute":
            return _("link ?")
        if outage is not None and now - outage[1] < REMEMBERED:
            return _("link lost {n} s").format(n=round(outage[0]))
        time = self._pacer.round_trip
        if time is None:
            return ""
        if not time / NOTICEABLE < self._said_time < time * NOTICEABLE:
            self._said_time = time
        return spoken(self._said_time)


def spoken(time: float) -> str:
    """A round trip in seconds, as the sign says it."""
    if time >= 1:
        return _("link {n} s").format(n=f"{time:.1f}")
    milliseconds = round(time * 1000)
    return _("link {n} ms").format(n=milliseconds if milliseconds < 100 else milliseconds // 10 * 10)
