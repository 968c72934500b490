"""Gaps and double bookings of the roster ahead: the leaders are told once, again as they come near, and when filled.

What was told stands in rows. It is compared with the roster again under the centre's lock, so each gap is told of once
however many engines look or are killed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.clock import Clock
from core.desk.actor import ENGINE
from core.desk.deeds.deed import Deed
from core.desk.desk import Desk
from core.desk.ledger import Ledger
from core.desk.people import people_at
from core.desk.references import References
from core.desk.work import Message
from core.engine.lease import LeaseKeeper
from core.organisation.duty_ahead import DAY, GapLine, gaps_ahead, limits_of
from core.rules.duty_gaps import Compared, Found, Known, compare
from core.rules.duty_watch import Gap
from core.rules.local_time import local_span
from data.duty_terms import GapKind, GapState
from data.inside import InsideReader
from data.queries.duty_gaps import GapRow, open_gaps
from data.reader import Reader
from data.store import Store
from data.terms import Role, Severity

EVENT = NOTICE = "duty_gap"
"""The kind of the event in the centre's log, and of the notices."""
LOOK = 60
"""Seconds between two looks at the roster."""
BACK = 7 * DAY
"""A gap that lasts is looked at from its begin, but not further back."""
LEADERS = (Role.SHIFT_LEADER, Role.DUTY_LEADER)
NAMED = 3
"""A notice names so many; the others are counted."""


@dataclass
class DutyGaps:
    """Looks at the roster of one centre."""

    store: Store
    clock: Clock
    lease: LeaseKeeper
    looked: int | None = None

    def follow(self, now: int) -> int:
        """Tell of what is new, near or filled; gives of how many. Raises LeaseLost, and StoreTrouble."""
        if self.looked is not None and abs(now - self.looked) < LOOK:
            return 0
        centre, done = self.lease.centre_id, 0
        with self.store.read() as connection:
            owed = any(_look(InsideReader(connection), centre, now).compared)
        if owed:
            with self.store.write() as connection:
                self.lease.beat(connection, now)
                look = _look(InsideReader(connection), centre, now)
                deed = Deed(Desk(self.store, self.clock, centre), Ledger(connection, centre, now), ENGINE)
                done = _write(deed, look)
            self.lease.kept(now)
        self.looked = now
        return done


@dataclass
class _Look:
    compared: Compared
    words: dict[Gap, tuple[str, str]]
    """Of what was found and of what was told."""
    end: int
    """How far the look went: what reaches so far has no end that is known."""

    def of(self, gap: Gap) -> tuple[str, str]:
        """The words of a gap, whose times may have been put together of two looks."""
        return next(words for known, words in self.words.items() if known[:3] == gap[:3])


def _look(reader: Reader, centre: int, now: int) -> _Look:
    rows, days = open_gaps(reader, centre), limits_of(reader, centre).ahead_days
    if not days:
        return _Look(Compared([], [], [], []), {}, now)
    begin = max(min((row.from_at for row in rows), default=now), now - BACK)
    begin, end = min(begin, now), now + days * DAY
    lines: list[GapLine] = gaps_ahead(reader, centre, begin, end)
    known = [Known(row.id, _gap(row), row.step) for row in rows]
    words = {line.gap: (line.zh, line.en) for line in lines} | {_gap(row): (row.zh, row.en) for row in rows}
    return _Look(compare(known, [line.gap for line in lines], now, begin, end), words, end)


def _gap(row: GapRow) -> Gap:
    return Gap(GapKind(row.kind), row.subject, row.officers, row.from_at, row.to_at)


def _write(deed: Deed, look: _Look) -> int:
    """One event for a look: the rows, and one notice to each for what is told, one for what is filled."""
    told, moved, filled, over = look.compared
    if not any(look.compared):
        return 0
    near = [one for one in told if one.is_near]
    _tell(deed, look, [one.gap for one in told if not one.is_near], Severity.WARNING, LEADERS)
    _tell(deed, look, [one.gap for one in near], Severity.ALARM, (*LEADERS, Role.COMMANDER))
    _tell(deed, look, [one.gap for one in filled], Severity.INFO, LEADERS, filled=True)
    number, rows = deed.newest("duty_gap"), []
    for one in (*told, *moved):
        number += one.known is None
        rows.append(_row(deed, look, one, number))
    states = [*((one, GapState.FILLED) for one in filled), *((one, GapState.OVER) for one in over)]
    rows += [{"id": one.number, "state": state.value, "closed_at": deed.at} for one, state in states]
    counts = {"told": len(told), "filled": len(filled), "over": len(over)}
    deed.append(EVENT, {**counts, "effects": {"duty_gap": rows}})
    deed.ledger.flush()
    return len(told) + len(filled)


def _row(deed: Deed, look: _Look, one: Found, number: int) -> dict[str, Any]:
    gap = one.gap
    times = {"from_at": gap.from_at, "to_at": gap.to_at, "step": one.step}
    if one.known is not None:
        return {"id": one.known, **times}
    zh, en = look.of(gap)
    what = {"kind": gap.kind.value, "subject": gap.subject, "officers": list(gap.officers), "zh": zh, "en": en}
    return {"id": number, **what, **times, "state": GapState.OPEN.value, "found_at": deed.at}


def _tell(
    deed: Deed, look: _Look, gaps: list[Gap], severity: Severity, roles: Iterable[Role], filled: bool = False
) -> None:
    """One notice to each leader on duty; to nobody's name where there is none, so that it stands on the screens."""
    if not gaps:
        return
    zone = References(deed.connection, deed.centre_id).centre().zone
    ends = [gap.to_at if gap.to_at < look.end else None for gap in gaps[:NAMED]]
    spans = [local_span(gap.from_at, end, zone) for gap, end in zip(gaps, ends, strict=False)]
    named = [(*look.of(gap), span) for gap, span in zip(gaps, spans, strict=False)]
    zh = "；".join(f"{words} {span}" for words, _, span in named)
    en = "; ".join(f"{words} {span}" for _, words, span in named)
    if len(gaps) > NAMED:
        zh, en = f"{zh}，等 {len(gaps)} 处", f"{en}, and {len(gaps) - NAMED} more"
    head = ("值班已补齐", "Roster, filled") if filled else ("值班安排有问题", "Roster")
    zh, en = f"{head[0]}：{zh}", f"{head[1]}: {en}"
    people = people_at(deed.connection, deed.centre_id, deed.at)
    officers = dict.fromkeys(officer for role in roles for officer in people.on_duty(role.value))
    for officer in officers or (None,):
        deed.tell(Message(NOTICE, severity, zh, en, officer_id=officer))
