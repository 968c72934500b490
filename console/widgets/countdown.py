"""The countdown of a row: what it says, which band it is in, and which rows change from one second to the next.

Functions of an absolute deadline and the present instant, both epoch seconds, and of how fine a line they suit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

Band = Literal["late", "soon", "ok", "none"]

WIDTH = 8
"""Cells of the countdown column: marker, label, one blank."""

SOON_SECONDS = 600
"""A deadline nearer than this is soon; where a warning instant is known, that is used instead."""

FAR = 9_000_000_000
"""Later instants mean that there is no deadline."""

MARKERS: dict[Band, str] = {"late": "!", "soon": "~", "ok": " ", "none": " "}
"""What tells the bands apart without colour."""

MINUTE, HOUR, DAY = 60, 3600, 86400

_fine = {"below": HOUR}


class Countdown(NamedTuple):
    """What a countdown cell shows."""

    text: str
    band: Band


class Timed(NamedTuple):
    """What a countdown needs of a row: its line on the screen, deadline, warning instant, whether time stands still."""

    line: int
    due: int | None
    warn: int | None = None
    paused: bool = False


def show_seconds_below(seconds: int) -> None:
    """Show seconds only of countdowns nearer than this, at most an hour: on a long line each digit costs bytes."""
    _fine["below"] = min(seconds, HOUR)


def label(due: int | None, now: int, warn: int | None = None, paused: bool = False) -> Countdown:
    """The countdown at `now`: `3d04h`, `1h05m`, `45m`, `09:58`, and with a plus when the deadline has passed.

    Above an hour, or less on a long line (`show_seconds_below`), it shows minutes only, so that a list whose
    deadlines are far off has nothing to redraw. A paused
    clock shows `--`: its deadline is worked out when it resumes.
    """
    if paused:
        return Countdown(" --", "none")
    if due is None or due >= FAR:
        return Countdown("", "none")
    left = due - now
    band: Band = "ok"
    if left < 0:
        band = "late"
    elif left <= SOON_SECONDS if warn is None else now >= warn:
        band = "soon"
    sign = "+" if left < 0 else " "
    return Countdown(sign + _span(abs(left)), band)


def _span(seconds: int) -> str:
    """A length of time in five characters, six from ten thousand days on."""
    if seconds < _fine["below"]:
        return f"{seconds // MINUTE:02d}:{seconds % MINUTE:02d}"
    if seconds < HOUR:
        return f"{seconds // MINUTE}m"
    if seconds < 10 * HOUR:
        return f"{seconds // HOUR}h{seconds % HOUR // MINUTE:02d}m"
    if seconds < DAY:
        return f"{seconds // HOUR}h{seconds % HOUR // MINUTE:02d}"
    if seconds < 10 * DAY:
        return f"{seconds // DAY}d{seconds % DAY // HOUR:02d}h"
    return f"{min(seconds // DAY, 99_999)}d"


def cell(countdown: Countdown) -> str:
    """The whole cell, marker first, exactly `WIDTH` cells wide."""
    return f"{MARKERS[countdown.band]}{countdown.text:<{WIDTH - 1}}"


def visible_changes(rows: Iterable[Timed], before: int, now: int) -> list[int]:
    """The lines whose countdown reads differently at `now` than it did at `before`."""
    return [
        row.line
        for row in rows
        if label(row.due, before, row.warn, row.paused) != label(row.due, now, row.warn, row.paused)
    ]
