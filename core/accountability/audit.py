"""Whether the log is whole and the rows are what it says.

The chain: numbers without a gap, each hash recomputed from what is stored. The projection: every ticket's events are
replayed with the same function that wrote its rows, and compared with them. What no check inside the store can see, a
tail cut off or a log written anew from some event on, shows against a head that was printed before. Changes of the
organisation and the access log have chains of their own. Notices are held against the events that name them.

The work goes in batches, each under one steady view, so that a million tickets fit in memory and nobody is held up;
what is written meanwhile is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from core.accountability.access_log import access_against, access_findings
from core.accountability.chained import FIRST, Walk, entry_of
from core.accountability.erased import ErasedEvents, is_vouched
from core.accountability.findings import Finding
from core.accountability.head import Anchor, verify_against
from core.accountability.organisation_log import organisation_findings
from core.accountability.replay import Replay
from core.accountability.told import Told
from data.reader import Reader

EVENTS_AT_ONCE = 2_000
TICKETS_AT_ONCE = 500

Progress = Callable[[int, int], None]
"""Told (done, of) in events and tickets together."""

EVENT_FIELDS = (
    "id",
    "ticket_id",
    "seq",
    "at",
    "kind",
    "actor_id",
    "actor",
    "behalf_id",
    "seen_revision",
    "body",
    "salt",
    "erased",
    "hash",
)
_EVENTS = f"""
SELECT {", ".join(EVENT_FIELDS)} FROM ticket_event
WHERE centre_id = :centre AND id > :after AND id <= :last ORDER BY id LIMIT :size
"""  # noqa: S608 - names of our own


def verify(
    reader: Reader,
    centre: int,
    progress: Progress | None = None,
    against: Anchor | None = None,
    access: Anchor | None = None,
    limit: int = 1_000,
) -> list[Finding]:
    """Check chain, projections, due rows and kept counters; an empty list means that everything agrees.

    `against` is a head of the log that was kept before, `access` one of the access log. Stops after `limit` findings.
    """
    found = findings(reader, centre, progress)
    if against is not None:
        found = chain(verify_against(reader, centre, against), found)
    if access is not None:
        found = chain(access_against(reader, centre, access), found)
    return list(islice(found, limit))


def findings(reader: Reader, centre: int, progress: Progress | None = None) -> Iterator[Finding]:
    """The same, one finding after the other."""
    events = _Chain(reader, centre)
    whole = events.last + _count(reader, centre)
    tell = progress or (lambda done, of: None)
    yield from events.check(lambda done: tell(done, whole))
    replay = Replay(reader, centre, TICKETS_AT_ONCE)
    yield from replay.check(lambda done: tell(events.last + done, whole))
    yield from replay.centre_rows()
    yield from replay.due_rows()
    yield from replay.counters()
    yield from Told(reader, centre).rows()
    yield from organisation_findings(reader, centre)
    yield from access_findings(reader, centre)
    tell(whole, whole)


@dataclass
class _Chain:
    """The chain of a centre, up to the head at the time of asking."""

    reader: Reader
    centre: int

    def __post_init__(self) -> None:
        with self.reader.steady():
            head = self.reader.one(
                "SELECT chain_no, chain_hash FROM centre_seq WHERE centre_id = :centre", centre=self.centre
            )
            newest = self.reader.one("SELECT max(id) FROM ticket_event WHERE centre_id = :centre", centre=self.centre)
        self.head: tuple[int, str] = (int(head[0]), str(head[1])) if head else (0, "")
        # Events behind the recorded head are looked at as well: somebody may have set the head back.
        self.last = max(self.head[0], int(newest[0] or 0) if newest else 0)

    def check(self, tell: Callable[[int], None]) -> Iterator[Finding]:
        walk, after = Walk("chain"), FIRST
        erasures, told = ErasedEvents(self.reader, self.centre), Told(self.reader, self.centre)
        while rows := self._page(after):
            page = [entry_of(EVENT_FIELDS, row, self.centre, ("body", "erased")) for row in rows]
            after = page[-1]["id"]
            for event in page:
                yield from walk.step(event, event["ticket_id"], is_vouched(event))
                yield from erasures.look(event)
            yield from told.missing(page)
            tell(max(after, 0))
        if walk.top != self.head:
            yield Finding("head", self.head[0], None, "head", _head(*self.head), _head(*walk.top))
        yield from erasures.unaccounted(self.last)

    def _page(self, after: int) -> list[tuple[Any, ...]]:
        return self.reader.rows(_EVENTS, centre=self.centre, after=after, last=self.last, size=EVENTS_AT_ONCE)


def _count(reader: Reader, centre: int) -> int:
    """About how many tickets there are, from the kept counter."""
    row = reader.one(
        "SELECT amount FROM centre_stat WHERE centre_id = :centre AND dimension = 'all' AND item = 'all'",
        centre=centre,
    )
    return max(0, int(row[0])) if row else 0


def _head(number: int, digest: str) -> str:
    return f"{number}:{digest}"
