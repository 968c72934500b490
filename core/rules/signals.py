"""When a signal happened, by a clock that may be wrong."""

from __future__ import annotations

from typing import NamedTuple

AHEAD = 300
"""Seconds that a device's clock may run before ours without being called wrong."""
OLDEST = 30 * 86_400
"""No gateway keeps signals for longer: an older time is a clock that lost its battery."""
LATE = 600
"""A signal that came in so many seconds after it happened is called late."""


class Moment(NamedTuple):
    """When it happened, and the device's own time where that cannot be right."""

    at: int
    said_at: int | None = None


def believed(said: int | None, heard: int) -> Moment:
    """The time of a signal that came in at `heard`, our time in epoch seconds.

    The device's own time counts, so that late signals and signals out of order find their place; a time that cannot be
    right gives way to ours.
    """
    if said is None:
        return Moment(heard)
    if said > heard + AHEAD or said <= heard - OLDEST:
        return Moment(heard, said)
    return Moment(min(said, heard))
