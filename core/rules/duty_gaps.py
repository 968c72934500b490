"""What the engine makes of a roster's gaps: which are new, which are filled, which come near. Epoch seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.rules.duty_watch import HOUR, Gap
from data.duty_terms import GapKind

REMINDERS = (24 * HOUR, 2 * HOUR)
"""So long before it begins a gap that is not filled is told of again."""
DESK_GAPS = frozenset({GapKind.EMPTY_DESK, GapKind.NO_SHIFT_LEADER, GapKind.NO_DUTY_LEADER})
"""When the last reminder of these is due, the commander hears of it as well."""


class Known(NamedTuple):
    """A gap that was told of: how many of the reminders are behind it."""

    number: int
    gap: Gap
    step: int


class Found(NamedTuple):
    """A gap that somebody is told of now; `known` is its number where it was told of before."""

    gap: Gap
    step: int
    known: int | None = None

    @property
    def is_near(self) -> bool:
        """Whether the desk has nobody within hours."""
        return self.step == len(REMINDERS) and self.gap.kind in DESK_GAPS


class Compared(NamedTuple):
    """What a look brought."""

    told: list[Found]
    """New ones, and those whose next reminder has come."""
    moved: list[Found]
    """Those that begin or end at another time now: nobody is told."""
    filled: list[Known]
    over: list[Known]
    """Gone by, or one with another gap now."""


def steps_behind(from_at: int, now: int) -> int:
    """How many reminders of a gap are behind, so that one found late is told of once."""
    return sum(from_at - before <= now for before in REMINDERS)


def compare(known: Sequence[Known], found: Sequence[Gap], now: int, begin: int, end: int) -> Compared:
    """Hold what was told of against the gaps found in [begin, end).

    A gap is the same one where kind, subject and people are the same and the times touch: what was cut by the end of
    the look goes on in the next one.
    """
    seen = Compared([], [], [], [])
    left = list(known)
    for gap in found:
        same = next((one for one in left if _is_same(one.gap, gap)), None)
        step = steps_behind(gap.from_at, now)
        if same is not None:
            left.remove(same)
            _follow(seen, same, gap, step, now, begin, end)
        elif gap.to_at > now:
            seen.told.append(Found(gap, step))
    for one in left:
        merged = any(_is_same(one.gap, gap) for gap in found)
        if one.gap.to_at <= now or merged:
            seen.over.append(one)
        elif one.gap.from_at < end:
            seen.filled.append(one)
    return seen


def _is_same(one: Gap, other: Gap) -> bool:
    return one[:3] == other[:3] and other.from_at <= one.to_at and other.to_at >= one.from_at


def _follow(seen: Compared, known: Known, gap: Gap, step: int, now: int, begin: int, end: int) -> None:
    if gap.to_at <= now:
        seen.over.append(known)
        return
    from_at = known.gap.from_at if gap.from_at == begin else gap.from_at
    # The end of the look is no end of the gap: it is followed when the end that was written down comes near.
    cut = gap.to_at >= end and known.gap.to_at > now + (end - now) // 2
    now_is = gap._replace(from_at=from_at, to_at=known.gap.to_at if cut else gap.to_at)
    if step > known.step:
        seen.told.append(Found(now_is, step, known.number))
    elif now_is != known.gap:
        seen.moved.append(Found(now_is, step, known.number))
