"""A roster file into the duty book: who is meant, what is wrong, and then all of it or nothing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from core.catalogue.sources import MAX_BYTES
from core.desk.actor import Actor
from core.exchange.duty_days import Moment, Month, Unreadable
from core.exchange.duty_sheet import CODE, DAY, NAME, ROLE, SHIFT, UNTIL, DutySheet, Line, read_sheet
from core.exchange.readers import form_of, open_table
from core.exchange.tables import shown
from core.exchange.textfile import check_file
from core.organisation.duty import LEAVE, LONGEST, SHIFT_ROLES
from core.organisation.duty import SHIFT as ON_SHIFT
from core.organisation.duty_ahead import GapLine, fresh_gaps, gaps_ahead
from core.organisation.duty_replacing import IMPORTED, Replaced, RosterPlan, replace_roster
from core.organisation.duty_writing import Wanted
from core.organisation.rotations import kept_rotations
from core.organisation.stored import stored_organisation
from core.rules.duty_shifts import ShiftCodes, read_shift_codes, usual_codes
from data.errors import BadInput
from data.inside import InsideReader
from data.instants import from_seconds
from data.queries import duty as queries
from data.reader import Reader
from data.terms import Role

FARTHEST = 400
"""Days from today that a roster may be about: what lies beyond is a slip of the pen."""
NOTE_LENGTH = 200
WIDE = frozenset({Role.POST_MEMBER, Role.SECTION_LEADER})
"""Roles that many units have: a file is about the units of those whom it names."""


class DutyFile(NamedTuple):
    """A file that was read, its form checked to the end."""

    name: str
    digest: str
    sheet: DutySheet


@dataclass
class RosterImport:
    """What an import did, or would do."""

    form: str
    codes: list[tuple[str, str]]
    first: str
    last: str
    done: Replaced
    gaps: list[GapLine] = field(default_factory=list)
    """What is wrong with the roster in these days afterwards."""
    fresh: list[GapLine] = field(default_factory=list)
    """Of these, what was not wrong before, or not for as long."""


def codes_of(reader: Reader, centre: int, at: int) -> ShiftCodes:
    """What the codes mean here: by the turns of the desk, and what the policy names beside or instead of them."""
    named = read_shift_codes(queries.limits(reader, centre))
    rotations = kept_rotations(reader.rows, centre, stored_organisation(reader.rows, centre, at).desk)
    turns = next((one.shifts for one in rotations if one.role == Role.DUTY_OFFICER), ())
    return ShiftCodes({**usual_codes(turns), **named})


def read_duty_file(path: Path, codes: ShiftCodes, today: date, month: Month | None, sheet: str = "") -> DutyFile:
    """Read a CSV or XLSX file. Raises NotFound, or BadInput for one that is broken, too large or no roster."""
    check_file(path)
    if path.stat().st_size > MAX_BYTES:
        raise BadInput("file-size", f"{shown(path.name)} 过大。", f"{shown(path.name)} is too large.", limit=MAX_BYTES)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    table = open_table(path, form=form_of(path) if form_of(path) == "xlsx" else "csv", sheet=sheet)
    try:
        return DutyFile(path.name, digest, read_sheet(table, codes, today, month))
    finally:
        table.close()


def import_roster(
    connection: Connection, centre_id: int, file: DutyFile, codes: ShiftCodes, zone: ZoneInfo, now: int, actor: Actor
) -> RosterImport:
    """Bring the duty book to what a file says, inside a write transaction.

    Raises NotAllowed, or BadInput whose details list every bad cell with its line, column and reason; then nothing of
    the file was taken.
    """
    reader = InsideReader(connection)
    plan = _Plan(file.sheet, Staff(reader, centre_id, now), zone, from_seconds(now).astimezone(zone).date())
    roster = plan.made(queries.times(reader, centre_id, plan.begin - 2 * 86_400, plan.begin + (FARTHEST + 1) * 86_400))
    begin, end = max(now, plan.begin), plan.end
    before = _gaps(reader, centre_id, begin, end)
    facts = {"file": shown(file.name), "sha256": file.digest}
    done = replace_roster(connection, centre_id, roster, zone, now, actor, facts)
    after = _gaps(reader, centre_id, begin, end)
    return RosterImport(
        file.sheet.form,
        codes.legend(),
        str(min(plan.seen)),
        str(max(plan.seen)),
        done,
        after,
        [line for line in after if fresh_gaps(before, [line])],
    )


def _gaps(reader: Reader, centre_id: int, begin: int, end: int) -> list[GapLine]:
    return gaps_ahead(reader, centre_id, begin, end) if begin < end else []


class Person(NamedTuple):
    """An officer with the roles that may be served in shifts."""

    id: int
    code: str
    name: str
    roles: tuple[str, ...]


class Staff:
    """Who is meant by a code or a name."""

    def __init__(self, reader: Reader, centre_id: int, at: int) -> None:
        """The active officers, with what they hold at `at`."""
        held: dict[int, set[str]] = defaultdict(set)
        self._units: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        for officer, role, unit in reader.rows(
            "SELECT officer_id, role, unit_id FROM appointment"
            " WHERE centre_id = :centre AND from_at <= :at AND (to_at IS NULL OR to_at > :at)",
            centre=centre_id,
            at=at,
        ):
            held[officer].add(role)
            self._units[role][unit].add(officer)
        self._by_code: dict[str, Person] = {}
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        for number, code, name in reader.rows(
            "SELECT id, code, name FROM officer WHERE centre_id = :centre AND active", centre=centre_id
        ):
            roles = tuple(str(role) for role in SHIFT_ROLES if role in held[number])
            person = Person(number, code, name, roles)
            self._by_code[code] = person
            self._by_name["".join(name.split())].append(person)

    def find(self, text: str) -> Person:
        """One officer by code or name; blanks inside a name (王　芳) do not count. Raises Unreadable."""
        if (found := self._by_code.get(text)) is not None:
            return found
        named = self._by_name.get("".join(text.split()), [])
        if len(named) > 1:
            codes = ", ".join(person.code for person in named)
            zh, en = f"有多名人员叫“{shown(text)}”，请用编号：{codes}", f"several are called {shown(text)}: {codes}"
            raise Unreadable(zh, en)
        if not named:
            raise Unreadable(f"没有人员“{shown(text)}”", f"there is no officer {shown(text)}")
        return named[0]

    def of_units(self, role: str, officers: Iterable[int]) -> frozenset[int]:
        """Everybody who holds a role at a unit where one of these does."""
        asked = set(officers)
        return frozenset[int]().union(*(held for held in self._units[role].values() if held & asked), asked)


class _Plan:
    """Lines brought to times; what is wrong is collected in the sheet's problems."""

    def __init__(self, sheet: DutySheet, staff: Staff, zone: ZoneInfo, today: date) -> None:
        self.sheet, self.staff, self.zone, self.today = sheet, staff, zone, today
        self.wanted: dict[Wanted, Line] = {}
        self.away: dict[tuple[int, str], dict[date, Line]] = defaultdict(dict)
        self.seen: set[date] = set()
        self.days: set[date] = set()
        """Of those seen, the ones for which the file is all there is; a line of leave says nothing about shifts."""
        self.named: dict[str, set[int] | None] = {}
        for line in sheet.lines:
            self._take(line)
        if not sheet.lines and not sheet.problems:
            sheet.wrong(0, "", "没有任何班次", "there are no shifts")
        self._demand_apart()
        if sheet.problems:
            raise _refusal(sheet)
        self.begin, self.end = self._at(min(self.seen)), self._at(max(self.seen) + timedelta(days=1))

    def made(self, book: Iterable[queries.DutyLine]) -> RosterPlan:
        """The plan; leave of whole days begins when the night shift before it is over, which `book` may have."""
        ends: dict[int, list[tuple[int, int]]] = defaultdict(list)
        staying: list[Any] = [row for row in book if self._day(row.from_at) not in self.days]
        for one in (*self.wanted, *staying):
            if one.kind == ON_SHIFT and one.to_at is not None:
                ends[one.officer_id].append((one.from_at, one.to_at))
        leaves = [
            self._leave(officer, note, begin, end, ends[officer])
            for (officer, note), days in self.away.items()
            for begin, end in _runs(days)
        ]
        roles = {
            role: None if officers is None or role not in WIDE else self.staff.of_units(role, officers)
            for role, officers in self.named.items()
        }
        return RosterPlan(tuple(dict.fromkeys((*self.wanted, *leaves))), frozenset(self.days), roles)

    def _take(self, line: Line) -> None:
        if abs((line.day - self.today).days) > FARTHEST:
            self._wrong(line, f"{line.day} 离今天超过 {FARTHEST} 天", f"{line.day} is over {FARTHEST} days away", DAY)
            return
        self.seen.add(line.day)
        if line.kind != LEAVE or self.sheet.form == "grid":
            self.days.add(line.day)
        people = self._people(line)
        if not people and line.kind == "none" and line.role:
            self.named[line.role] = None
        for person in people:
            role = self._role(line, person)
            if role is None:
                continue
            if role and (line.kind != LEAVE or self.sheet.form == "grid"):
                officers = self.named.setdefault(role, set())
                if officers is not None:
                    officers.add(person.id)
            self._times(line, person, role)

    def _people(self, line: Line) -> list[Person]:
        found: dict[Person, None] = {}
        for column, text in ((CODE, line.code), *((line.column, text) for text in line.who)):
            try:
                if text:
                    found[self.staff.find(text)] = None
            except Unreadable as error:
                self._wrong(line, error.zh, error.en, NAME if self.sheet.form == "grid" else column)
        if line.code and len(line.who) == 1 and len(found) > 1:
            self._wrong(line, "编号与姓名不是同一人", "code and name are of two people", CODE)
        return [*found]

    def _role(self, line: Line, person: Person) -> str | None:
        """The role that is served: the one that is named, else the first that the officer holds."""
        if line.kind == LEAVE and not line.role:
            return person.roles[0] if person.roles else ""
        if line.role and line.role not in person.roles:
            role = Role(line.role)
            self._wrong(line, f"{person.name}不是{role.zh}", f"{person.code} is not {role.en}", ROLE)
            return None
        if not person.roles and line.kind == ON_SHIFT:
            self._wrong(line, f"{person.name}没有可值班的角色", f"{person.code} holds no role served in shifts", NAME)
            return None
        return line.role or (person.roles[0] if person.roles else "")

    def _times(self, line: Line, person: Person, role: str) -> None:
        if len(line.note) > NOTE_LENGTH:
            self._wrong(line, f"备注超过 {NOTE_LENGTH} 字", f"a note has at most {NOTE_LENGTH} characters")
            return
        for shift in line.shifts:
            self._want(line, Wanted(person.id, ON_SHIFT, role, *shift.on(line.day, self.zone), note=line.note))
        if line.shifts or line.kind == "none":
            return
        begin = self._at(line.day, line.at)
        if line.kind == LEAVE and line.until is None and not line.open_end:
            if line.at is not None:
                self._wrong(line, "请假写了时刻，须写“至”", "leave from a time on needs an end", UNTIL)
            else:
                self.away[person.id, line.note].setdefault(line.day, line)
            return
        end = None if line.open_end or line.until is None else self._end(line.until)
        if end is not None and not begin < end <= begin + LONGEST:
            self._wrong(line, "结束须晚于开始，且不超过 400 天", "it must end after it begins, within 400 days", UNTIL)
            return
        source = IMPORTED if line.kind == LEAVE else ""
        kept_role = "" if line.kind == LEAVE else role
        self._want(line, Wanted(person.id, line.kind, kept_role, begin, end, source, line.note))

    def _want(self, line: Line, one: Wanted) -> None:
        twin = next((other for other in (one, one._replace(note="")) if other in self.wanted), None)
        if twin is not None:
            number = self.wanted[twin].line
            self._wrong(line, f"与第 {number} 行重复", f"the same as in line {number}", SHIFT)
        else:
            self.wanted[one] = line

    def _demand_apart(self) -> None:
        """One officer has no two times of a kind, in one role, that overlap."""
        by_place: dict[tuple[int, str, str], list[Wanted]] = defaultdict(list)
        for one in self.wanted:
            by_place[one.officer_id, one.kind, one.role].append(one)
        for times in by_place.values():
            times.sort(key=lambda one: one.from_at)
            for before, one in pairwise(times):
                if before.to_at is None or before.to_at > one.from_at:
                    number, line = self.wanted[before].line, self.wanted[one]
                    self._wrong(line, f"与第 {number} 行时间重叠", f"it overlaps with line {number}", SHIFT)

    def _leave(self, officer: int, note: str, first: date, last: date, shifts: list[tuple[int, int]]) -> Wanted:
        begin, end = self._at(first), self._at(last + timedelta(days=1))
        begin = max([begin, *(stop for start, stop in shifts if start < begin < stop < end)])
        return Wanted(officer, LEAVE, "", begin, end, IMPORTED, note)

    def _end(self, until: Moment) -> int:
        return self._at(until.day, until.at) if until.at else self._at(until.day + timedelta(days=1))

    def _at(self, day: date, at: time | None = None) -> int:
        return int(datetime.combine(day, at or time(), self.zone).timestamp())

    def _day(self, at: int) -> date:
        return from_seconds(at).astimezone(self.zone).date()

    def _wrong(self, line: Line, zh: str, en: str, column: str = "") -> None:
        self.sheet.wrong(line.line, column if column and self.sheet.form == "list" else line.column, zh, en)


def _runs(days: Mapping[date, Any]) -> list[tuple[date, date]]:
    """Days one after the other, as first and last."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and found[-1][1] == day - timedelta(days=1):
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return found


def _refusal(sheet: DutySheet) -> BadInput:
    """Every mistake, in the order of the lines, each once."""
    found = sorted(dict.fromkeys(sheet.problems), key=lambda problem: problem.line)
    count = len(found)
    return BadInput(
        "duty-file",
        f"值班表有 {count} 处有误，什么也没有改：",
        f"Cells of the roster that are wrong: {count}; nothing was changed:",
        problems=[
            {
                "place": f"第 {one.line} 行“{shown(one.column)}” (line {one.line})",
                "line": one.line,
                "column": one.column,
                "zh": one.zh,
                "en": one.en,
            }
            for one in found
        ],
    )
