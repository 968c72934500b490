"""The roster day by day: who serves in each role of the desk, who is there for each post, and what is wrong.

It says of each hour what the ladder would find then; instants are epoch seconds, days those of the centre's zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.desk.who_is_on import kept_turns
from core.organisation.duty_ahead import DAY, GapLine, gaps_ahead
from core.rules.duty_watch import FOREVER, uncovered
from data.duty_terms import GapKind
from data.queries import duty
from data.queries.duty import DutyLine, HoldingLine
from data.queries.organisation import KEPT, UnitLine, units
from data.reader import Reader
from data.terms import Rank, Role, UnitKind

DESK = (Role.DUTY_OFFICER, Role.SHIFT_LEADER, Role.DUTY_LEADER, Role.COMMANDER)
SERVES, APPOINTED, A, B, LEAVE, UNSIGNED, WRONG = "serves", "appointed", "a", "b", "leave", "kept", "wrong"
"""What an entry says: on a shift; holds the role where nobody keeps shifts; A is there; B is, for A; away; of the shift
before, until its handover is signed; nobody is there, or too little is.
"""
OF_PEOPLE = (GapKind.TWO_PLACES, GapKind.REST, GapKind.LEAVE)
HALF_DAY = DAY // 2
DAYS = 7
MOST_DAYS = 31


class Entry(NamedTuple):
    """Something about a place on a day in [from_at, to_at); without an end it lasts."""

    what: str
    from_at: int
    to_at: int | None
    officer: str = ""
    name: str = ""
    gaps: tuple[GapKind, ...] = ()
    """What is wrong: with this officer's time, or of `WRONG` what it is."""


class Place(NamedTuple):
    """A role of the desk, a section or a post, with its entries for each day."""

    kind: str
    """`role`, `section` or `post`."""
    code: str
    name: str
    name_en: str
    days: tuple[tuple[Entry, ...], ...]


class WeekDay(NamedTuple):
    """A day, [begin, end)."""

    day: date
    begin: int
    end: int


class Week(NamedTuple):
    """Some days of the roster; `wrong` are all gaps and double bookings of them, in order of time."""

    days: tuple[WeekDay, ...]
    places: tuple[Place, ...]
    wrong: tuple[GapLine, ...]


def week_of(reader: Reader, centre: int, zone: str, first: date, now: int, days: int = DAYS) -> Week:
    """The days from `first` on, as the book has them at an instant. What is over is not said to be wrong any more."""
    found = _days(zone, first, days)
    begin, end = found[0].begin, found[-1].end
    wrong = gaps_ahead(reader, centre, now if begin < now < end else begin, end)
    book = _Book(reader, centre, now, begin, end, wrong)
    places = [*(book.role(role, found) for role in DESK)]
    kinds = (str(UnitKind.SECTION), str(UnitKind.POST))
    places += [book.unit(unit, found) for unit in units(reader, centre, now, kinds)]
    return Week(found, tuple(places), tuple(wrong))


def _days(zone: str, first: date, amount: int) -> tuple[WeekDay, ...]:
    edges = [first + timedelta(days=ahead) for ahead in range(amount + 1)]
    starts = [int(datetime.combine(day, time(), ZoneInfo(zone)).timestamp()) for day in edges]
    return tuple(WeekDay(day, *span) for day, span in zip(edges, pairwise(starts), strict=False))


class _Book:
    """What the store has of some days, read once."""

    def __init__(self, reader: Reader, centre: int, now: int, begin: int, end: int, wrong: Sequence[GapLine]) -> None:
        self.now, self.begin, self.end, self.wrong = now, begin, end, wrong
        self.times = duty.times(reader, centre, begin - KEPT, end)
        self.shifts = [line for line in self.times if line.kind == "shift"]
        self.leaves: dict[int, list[tuple[int, int]]] = {}
        self.served: dict[int, list[tuple[int, int]]] = {}
        for line in self.times:
            spans = self.leaves if line.kind == "leave" else self.served
            spans.setdefault(line.officer_id, []).append((line.from_at, _end(line)))
        self.held = duty.holdings(reader, centre, begin, end)
        self.swapped = duty.swaps(reader, centre, begin, end)
        self.keeping = duty.keeping_shifts(reader, centre, max(begin, now))
        self.kept = kept_turns(reader, centre, now)

    # ------------------------------------------------------------------------------------------- roles of the desk

    def role(self, role: Role, days: Sequence[WeekDay]) -> Place:
        """A role of the desk: those on shift, or where nobody keeps shifts for it whoever holds it."""
        shifts = [line for line in self.shifts if line.role == role]
        whole: list[Entry] = []
        if shifts:
            whole = [entry for line in shifts for entry in self._served(line)]
        else:
            holders = {line.officer_id: line for line in self.held if line.role == role}
            whole = [entry for line in holders.values() for entry in self._appointed(line)]
        whole += self._kept(role)
        gaps = [line for line in self.wrong if line.gap.subject == role and line.gap.kind not in OF_PEOPLE]
        return Place("role", str(role), role.zh, role.en, self._by_day(whole, gaps, days, carried=False))

    def _served(self, line: DutyLine) -> Iterator[Entry]:
        """A shift in the parts that its officer serves, and those of a leave."""
        span = line.from_at, _end(line)
        for begin, end in uncovered(self.leaves.get(line.officer_id, ()), *span):
            yield self._of(line, SERVES, begin, end)
        yield from self._away(line, *span)

    def _appointed(self, line: HoldingLine) -> Iterator[Entry]:
        span = max(line.from_at, self.begin), min(_end(line), self.end)
        for begin, end in uncovered(self.leaves.get(line.officer_id, ()), *span):
            yield self._of(line, APPOINTED, begin, end)
        yield from self._away(line, *span)

    def _away(self, line: DutyLine | HoldingLine, begin: int, end: int) -> Iterator[Entry]:
        for since, until in self.leaves.get(line.officer_id, ()):
            if since < end and until > begin:
                yield self._of(line, LEAVE, max(since, begin), min(until, end))

    def _kept(self, role: Role) -> Iterator[Entry]:
        for turn in self.kept:
            if turn.role == role:
                line = next(one for one in self.shifts if one.officer_id == turn.officer_id)
                yield Entry(UNSIGNED, turn.to_at, None, line.officer, line.name)

    def _of(self, line: DutyLine | HoldingLine, what: str, begin: int, end: int) -> Entry:
        """An entry of an officer, with what is wrong with that time of theirs."""
        gaps = dict.fromkeys(
            one.gap.kind
            for one in self.wrong
            if one.gap.kind in OF_PEOPLE
            and line.officer_id in one.gap.officers
            and one.gap.from_at < end
            and one.gap.to_at > begin
            and (what == LEAVE) == (one.gap.kind is GapKind.LEAVE)
        )
        return Entry(what, begin, None if end >= FOREVER else end, line.officer, line.name, tuple(gaps))

    # ------------------------------------------------------------------------------------------- sections and posts

    def unit(self, unit: UnitLine, days: Sequence[WeekDay]) -> Place:
        """A section or post: A where A is there, else B; and who of them is away."""
        held = [line for line in self.held if line.unit_id == unit.id and line.rank in ("a", "b")]
        whole = [entry for line in held for entry in self._away(line, max(line.from_at, self.begin), _end(line))]
        whole += self._answering(unit.id, held)
        gaps = [line for line in self.wrong if line.gap.subject == unit.code and line.gap.kind is GapKind.EMPTY_POST]
        return Place(unit.kind, unit.code, unit.name, unit.name_en or unit.name, self._by_day(whole, gaps, days))

    def _answering(self, unit: int, held: Sequence[HoldingLine]) -> list[Entry]:
        """Who answers, from one change to the next; what goes on is one entry."""
        swaps = [swap for swap in self.swapped if swap[0] == unit]
        edges = {self.begin, self.end}
        for line in held:
            edges |= {line.from_at, _end(line)}
            edges |= {edge for span in self.leaves.get(line.officer_id, ()) for edge in span}
            edges |= {edge for span in self._own_shifts(line.officer_id) for edge in span}
        edges |= {edge for swap in swaps for edge in swap[3:]}
        lasting: dict[tuple[str, str, str], int] = {}
        found: list[Entry] = []
        for begin, end in pairwise(sorted(edge for edge in edges if self.begin <= edge <= self.end)):
            here = self._at(begin, held, swaps)
            for who in [who for who in lasting if who not in here]:
                found.append(Entry(who[0], lasting.pop(who), begin, *who[1:]))
            for who in here:
                lasting.setdefault(who, begin)
            if end == self.end:
                found += [Entry(who[0], since, None, *who[1:]) for who, since in lasting.items()]
        return found

    def _at(
        self, at: int, held: Sequence[HoldingLine], swaps: Iterable[tuple[int, int, int, int, int]]
    ) -> list[tuple[str, str, str]]:
        """(what, code, name) of those who answer at an instant."""
        ranks: Mapping[int, str] = {
            officer: rank
            for _unit, a, b, since, until in swaps
            if since <= at < until
            for officer, rank in ((a, Rank.B.value), (b, Rank.A.value))
        }
        there = [line for line in held if line.from_at <= at < _end(line) and self._is_there(line.officer_id, at)]
        for what in (A, B):
            found = [(what, line.officer, line.name) for line in there if ranks.get(line.officer_id, line.rank) == what]
            if found:
                return found
        return []

    def _is_there(self, officer: int, at: int) -> bool:
        if any(since <= at < until for since, until in self.leaves.get(officer, ())):
            return False
        return officer not in self.keeping or any(since <= at < until for since, until in self._own_shifts(officer))

    def _own_shifts(self, officer: int) -> list[tuple[int, int]]:
        return self.served.get(officer, []) if officer in self.keeping else []

    # ------------------------------------------------------------------------------------------- days

    def _by_day(
        self, whole: Iterable[Entry], gaps: Iterable[GapLine], days: Sequence[WeekDay], carried: bool = True
    ) -> tuple[tuple[Entry, ...], ...]:
        """The entries under each day of theirs.

        Unless `carried`, a shift that goes on past midnight stands under the day on which it begins: on the next one
        only where that is the first, or is covered for more than a half.
        """
        entries = [*whole, *(Entry(WRONG, line.gap.from_at, line.gap.to_at, gaps=(line.gap.kind,)) for line in gaps)]
        entries.sort(key=lambda entry: (entry.from_at, entry.what == WRONG, entry.what == LEAVE))
        return tuple(
            tuple(entry for entry in entries if self._belongs(entry, day, carried or day is days[0])) for day in days
        )

    def _belongs(self, entry: Entry, day: WeekDay, carried: bool) -> bool:
        if entry.what == UNSIGNED:
            return day.begin <= self.now < day.end
        begin, end = max(entry.from_at, day.begin), min(_end(entry), day.end)
        whole = carried or entry.what in (APPOINTED, WRONG)
        return begin < end and (whole or entry.from_at >= day.begin or end - begin > HALF_DAY)


def _end(line: DutyLine | HoldingLine | Entry) -> int:
    return FOREVER if line.to_at is None else line.to_at
