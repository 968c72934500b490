"""How a device stands, in one word, from what its line says."""

from __future__ import annotations

from core.rules.silence import DEAD, LOOKING_AFTER, LOW, Watch, lost_at
from data.device_terms import Standing
from data.queries.devices import DeviceLine


def standing(line: DeviceLine, now: int) -> Standing:
    """How it stands at an instant in epoch seconds.

    A device that is out of touch is never called silent: of the person nothing is known.
    """
    if line.retired_at is not None:
        return Standing.RETIRED
    if line.alert == "alarm":
        return Standing.ALARM
    watch = Watch(
        line.kind,
        line.opened_at,
        line.silence_seconds,
        line.beat_seconds,
        line.word_at,
        line.active_at,
        line.offline_at,
        line.battery,
    )
    lost = lost_at(watch)
    if line.offline_at is not None or line.alert in ("fault", "gateway") or (lost is not None and lost <= now):
        return Standing.LOST
    if line.away_from is not None and line.away_until is not None and line.away_from <= now < line.away_until:
        return Standing.AWAY
    if line.alert == "care" or _silent(line, now):
        return Standing.SILENT
    if line.battery is not None and DEAD < line.battery <= LOW:
        return Standing.LOW
    return Standing.FINE


def _silent(line: DeviceLine, now: int) -> bool:
    """Nothing moved for as long as somebody is looked after, by the clock alone."""
    if not line.silence_seconds or line.kind not in LOOKING_AFTER or line.active_at is None:
        return False
    return now - max(line.active_at, line.away_until or 0) >= line.silence_seconds


def in_order(lines: list[DeviceLine], now: int) -> list[tuple[DeviceLine, Standing]]:
    """What needs somebody first, of those the longest silent; then by code."""
    order = list(Standing)
    found = [(line, standing(line, now)) for line in lines]
    return sorted(found, key=lambda one: (order.index(one[1]), one[0].active_at or one[0].word_at or 0, one[0].code))
