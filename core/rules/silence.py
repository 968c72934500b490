"""Silence: when nothing is heard of a person, and when it is only the device that is not heard.

Only watched time counts. Time in which nobody could have been heard is blind: an absence that was announced, a device
that was out of touch, the centre itself deaf. When the watched silence after the last activity reaches the person's
limit, it is a care ticket; a device that is out of touch at that moment is a fault instead, and the silence goes on
counting when it is back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from data.device_terms import AlertKind, DeviceKind, SignalKind

HOUR, DAY = 3_600, 86_400
BASE = 24 * HOUR
"""The silence after which somebody is looked after for whom nothing else is known."""
MOST = 72 * HOUR
"""Nobody's own habit makes us wait longer than this."""
HISTORY = 60 * DAY
"""So much of a person's own history makes the baseline."""
OFTEN = 3
"""Silences over the base that a person must have had before they are their habit: one or two may have been trouble."""
MARGIN = 1.25
"""Whose habit is longer is waited for so much longer than the third longest silence."""
BEATS, SLACK = 2, 600
"""A device is out of touch when it missed this many of its own beats, and so many seconds more."""
QUIET = 12 * HOUR
"""A device that gives no beats is out of touch when all others on its gateway have been quiet so long as well."""
FEW = 3
"""So many other devices of a gateway must be quiet for it to be the gateway's own: two neighbours may both be away."""
OFFLINE_GRACE = 2 * HOUR
"""A device that its platform calls offline may come back by itself so long."""
DEAD, LOW, CHARGED = 5, 20, 30
"""Per cent of the battery: dead, to be changed, changed."""
DEAF_AFTER = HOUR
"""Without an engine and without a single signal for longer than this, the centre itself was deaf. Shorter spells
without an engine are how one that is started each minute works."""
SETTLE = 15 * 60
"""After an outage so long for signals that gateways kept meanwhile to come in."""

ACTIVE = frozenset({SignalKind.OPEN, SignalKind.CLOSE, SignalKind.MOTION, SignalKind.USE})
"""Signals that only somebody at home can have caused."""
LOOKING_AFTER = frozenset({DeviceKind.DOOR, DeviceKind.MOTION, DeviceKind.WATER})
"""Devices whose silence is a person's."""

Span = tuple[int, int]
"""A half-open time in epoch seconds."""


class Word(NamedTuple):
    """A signal as far as silence goes: when and what."""

    at: int
    kind: str


@dataclass(frozen=True)
class Habit:
    """A person's baseline: how often somebody goes in or out, from their own history."""

    days: int = 0
    """Whole days of history."""
    times: int = 0
    """How often something moved in them."""
    long: tuple[int, ...] = ()
    """Watched seconds of the silences over the base that ended by themselves, the longest first."""

    @property
    def per_day(self) -> float:
        """How often something moves on a day."""
        return round(self.times / self.days, 1) if self.days else 0.0

    @property
    def first(self) -> bool:
        """Whether a silence over the base would be the first ever."""
        return not self.long

    def limit(self, base: int = BASE) -> int:
        """After how many watched seconds this person is looked after."""
        if len(self.long) < OFTEN:
            return base
        return max(base, min(MOST, round(self.long[OFTEN - 1] * MARGIN)))


@dataclass(frozen=True)
class Watch:
    """Everything that is known of a device when it is looked at."""

    kind: str
    opened_at: int
    base: int = BASE
    """0 where it looks after nobody."""
    beat: int = 0
    word_at: int | None = None
    active_at: int | None = None
    offline_at: int | None = None
    battery: int | None = None
    others_at: int | None = None
    """The newest word of any other device on its gateway; None where there are fewer than `FEW` of them."""
    away: Span | None = None
    blind: Sequence[Span] = ()
    """Time since the last activity that does not count, the absence left out."""
    habit: Habit = Habit()
    outages: Sequence[Span] = ()
    """Times without an engine since then."""


class Verdict(NamedTuple):
    """What comes of a look: an alert with since when, or none; and when to look again."""

    alert: AlertKind | None
    since: int
    look_at: int | None


def allowance(beat: int) -> int | None:
    """How long a device may say nothing before it is out of touch; None for one that never beats."""
    return BEATS * beat + SLACK if beat else None


def habit_of(actives: Sequence[int], base: int, blind: Iterable[Span], trouble: Collection[int] = ()) -> Habit:
    """The baseline of a history: instants of activity in order; `trouble` are the silences in which help was needed."""
    if not actives:
        return Habit()
    spans = tidy(blind)
    gaps = [watched(before, after, spans) for before, after in pairwise(actives) if before not in trouble]
    days = (actives[-1] - actives[0]) // DAY
    return Habit(days, len(actives), tuple(sorted((gap for gap in gaps if gap >= base), reverse=True)))


def out_of_touch(words: Iterable[Word], beat: int) -> list[Span]:
    """The times between two words in which the device could not have been heard."""
    allowed = allowance(beat)
    spans = []
    for before, after in pairwise(words):
        if before.kind == SignalKind.OFFLINE or (allowed is not None and after.at - before.at > allowed):
            spans.append((before.at, after.at))
    return spans


def deaf(outages: Iterable[Span], heard: Sequence[int]) -> list[Span]:
    """The outages in which the centre heard nothing at all; `heard` are the instants when signals came in."""
    return [
        (since, until)
        for since, until in outages
        if until - since > DEAF_AFTER and not any(since < at <= until for at in heard)
    ]


def tidy(spans: Iterable[Span]) -> list[Span]:
    """The same time as spans in order that do not touch."""
    merged: list[Span] = []
    for since, until in sorted(span for span in spans if span[0] < span[1]):
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(until, merged[-1][1]))
        else:
            merged.append((since, until))
    return merged


def watched(since: int, until: int, blind: Sequence[Span]) -> int:
    """Seconds of a time that were not blind; `blind` as `tidy` gives it."""
    hidden = sum(max(0, min(until, end) - max(since, start)) for start, end in blind)
    return max(0, until - since - hidden)


def reached(since: int, limit: int, blind: Sequence[Span]) -> int:
    """When so many watched seconds will have gone by; `blind` as `tidy` gives it."""
    at = since + limit
    for start, end in blind:
        if start < at and end > since:
            at += end - max(start, since)
    return at


def lost_at(watch: Watch) -> int | None:
    """When the device is, or was, out of touch unless it speaks before; None where nothing can say so."""
    word = watch.word_at
    if word is None:
        return watch.opened_at + max(allowance(watch.beat) or 0, DAY)
    allowed = allowance(watch.beat)
    moments = [] if allowed is None else [word + allowed]
    if watch.offline_at is not None:
        moments.append(watch.offline_at + OFFLINE_GRACE)
    if allowed is None and watch.battery is not None and watch.battery <= DEAD:
        moments.append(word)
    if allowed is None and watch.others_at is not None:
        moments.append(max(word, watch.others_at) + QUIET)
    return min(moments, default=None)


def fault_of(watch: Watch, now: int) -> tuple[AlertKind, int] | None:
    """The fault of a device that is out of touch, with since when; all of a gateway quiet is the gateway's own."""
    lost = lost_at(watch)
    if lost is None or lost > now:
        return None
    word = watch.word_at
    if word is None:
        return AlertKind.FAULT, watch.opened_at
    quiet = allowance(watch.beat) or QUIET
    if watch.others_at is not None and watch.others_at + quiet <= now:
        return AlertKind.GATEWAY, max(word, watch.others_at)
    return AlertKind.FAULT, word


def judge(watch: Watch, now: int, told: Collection[tuple[str, int]] = ()) -> Verdict:
    """What is to be made of a device now. `told` are its alerts that there are already, as (kind, since).

    A device that is out of touch is never a person's silence. Whoever announced an absence is looked after when it is
    over. Nothing is judged while signals that were kept through an outage may still come in.
    """
    fault = fault_of(watch, now)
    if fault is not None:
        if fault in told:
            return Verdict(None, 0, None)  # its next word wakes it
        settled = _settled(watch, lost_at(watch) or now, now)
        return Verdict(None, 0, settled) if settled else Verdict(*fault, None)
    looks = [at for at in [lost_at(watch)] if at is not None]
    since = watch.active_at
    if since is not None and watch.base and watch.kind in LOOKING_AFTER and (AlertKind.CARE, since) not in told:
        blind = tidy([*watch.blind, *_not_now(watch, now)])
        due = reached(since, watch.habit.limit(watch.base), blind)
        settled = _settled(watch, due, now) if due <= now else None
        if due <= now and settled is None:
            return Verdict(AlertKind.CARE, since, min(looks, default=None))
        looks.append(settled or due)
    return Verdict(None, 0, min(looks, default=None))


def _settled(watch: Watch, due: int, now: int) -> int | None:
    """Until when a judgement that fell due in an outage has to wait; None where it has not."""
    ends = [
        until + SETTLE
        for since, until in watch.outages
        if until - since > DEAF_AFTER and since < due <= until + SETTLE and until + SETTLE > now
    ]
    return max(ends, default=None)


def _not_now(watch: Watch, now: int) -> list[Span]:
    """An absence, and being called offline, which lasts until the next word."""
    spans = [watch.away] if watch.away else []
    if watch.offline_at is not None:
        spans.append((watch.offline_at, max(now, watch.offline_at) + OFFLINE_GRACE))
    return spans
