"""A roster file as lines: a list (date, shift, people) or a month's grid (a row per officer, a column per day).

Nothing of the centre is known here but its shift codes; who is meant is looked up by `core.exchange.duty_import`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from itertools import chain, zip_longest
from typing import NamedTuple

from core.exchange.cells import without_guard
from core.exchange.duty_days import Moment, Month, Unreadable, check_weekday, is_weekday, read_moment, read_month
from core.exchange.tables import Table, shown
from core.organisation.duty import SHIFT_ROLES
from core.rules.duty_shifts import LEAVE_WORDS, NOBODY, OFF_WORDS, ON_DUTY, PLAIN_LEAVE, Shift, ShiftCodes, plain
from data.errors import BadInput
from data.terms import Role

MOST_LINES = 5_000
"""Rows of a file: thirteen months with a dozen people a day."""
HEADING_WITHIN = 10
"""Rows in which the heading is looked for: above it stands a title."""
DAY, SHIFT, CODE, NAME, ROLE, UNTIL, NOTE = "日期", "班次", "编号", "姓名", "角色", "至", "备注"
LIST_COLUMNS = (DAY, SHIFT, CODE, NAME, ROLE, UNTIL, NOTE)
COMMENT = "#"
OPEN_WORDS = ("不定", "open")
"""What stands for an end that is not known."""
_HEADINGS = {
    DAY: ("值班日期", "date", "day"),
    SHIFT: ("班别", "时段", "值班时段", "值班时间", "shift"),
    CODE: ("人员编号", "工号", "officer", "code"),
    NAME: ("人员", "值班人员", "值班人", "name", "people"),
    ROLE: ("值班角色", "role"),
    UNTIL: ("结束", "until"),
    NOTE: ("说明", "事由", "note"),
}
_IGNORED = ("", "序号", "星期", "周", "周几", "电话", "联系电话", "值班电话", "手机", "部门", "单位", "科室", "职务",
            "合计", "天数", "no", "weekday", "phone", "total")  # fmt: skip
_FOOTERS = ("说明", "备注", "注:", "制表", "审核", "填表", "签发")
"""What lines under a roster begin with."""
_TITLES = {plain(word): name for name, words in _HEADINGS.items() for word in (name, *words)}
ROLE_WORDS = {plain(word): role for role in SHIFT_ROLES for word in (role.value, role.zh, role.en)} | {
    plain(word): role
    for word, role in (("带班领导", Role.DUTY_LEADER), ("带班", Role.DUTY_LEADER), ("带班长", Role.SHIFT_LEADER))
}
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
"""Blanks of other kinds: between the two characters of a name, or pasted along."""
_PEOPLE = re.compile(r"[、,，;；\n]+")


class RowProblem(NamedTuple):
    """What is wrong with a cell: its line in the file, the heading of its column, why in both languages."""

    line: int
    column: str
    zh: str
    en: str


@dataclass(frozen=True)
class Line:
    """One cell with what it says of a day."""

    line: int
    column: str
    day: date
    kind: str
    """`shift`, `leave`, or `none`: the day is named and nobody serves."""
    shifts: tuple[Shift, ...] = ()
    at: time | None = None
    until: Moment | None = None
    """A date alone is the end of that day."""
    open_end: bool = False
    code: str = ""
    who: tuple[str, ...] = ()
    role: str = ""
    note: str = ""


@dataclass
class DutySheet:
    """What a file says, and what is wrong with it."""

    form: str = ""
    """`list` or `grid`."""
    lines: list[Line] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    def wrong(self, line: int, column: str, zh: str, en: str) -> None:
        """Note a mistake."""
        self.problems.append(RowProblem(line, column, zh, en))


def read_sheet(table: Table, codes: ShiftCodes, today: date, month: Month | None) -> DutySheet:
    """The lines of an open file. Raises BadInput for one that is no roster at all, or has more than 5,000 rows."""
    rows, title = _rows(table), list[str]()
    for line, cells in rows:
        heads = [plain(cell) for cell in cells]
        names = [_TITLES.get(head, ROLE_WORDS.get(head, "")) for head in heads]
        if DAY in names:
            return _List(line, cells, names, codes, today, month or read_month(" ".join(title))).read(rows)
        if NAME in names or CODE in names:
            grid = _Grid(line, cells, names, codes, today, month or read_month(" ".join(title)))
            if grid.days or grid.sheet.problems:
                return grid.read(rows)
        title += cells
        if line > HEADING_WITHIN:
            break
    raise BadInput(
        "duty-heading",
        "找不到表头：一览表须有“日期”列，月表须有“姓名”（或“编号”）列和各日的列。见 zhihui duty template。",
        "There is no heading: a list has a column 日期 (date), a month's grid a column 姓名 (name) and one per day. "
        "See zhihui duty template.",
    )


def _rows(table: Table) -> Iterator[tuple[int, list[str]]]:
    """All rows as they stand, the first line of the file too, guards against formulas taken off."""
    fewer = ((line, cells) for line, cells, fault in table.rows)
    for number, (line, cells) in enumerate(chain([(1, table.header)], fewer)):
        if number > MOST_LINES:
            raise BadInput("duty-size", f"超过 {MOST_LINES} 行。", f"There are more than {MOST_LINES} rows.")
        yield line, [_BLANKS.sub(" ", without_guard(cell)).strip() for cell in cells]


def _is_comment(cells: Sequence[str]) -> bool:
    first = next((cell for cell in cells if cell), COMMENT)
    return first.startswith(COMMENT) or plain(first).startswith(_FOOTERS)


class _Reading:
    """What both forms have in common."""

    def __init__(self, form: str, codes: ShiftCodes, today: date, month: Month | None) -> None:
        self.sheet = DutySheet(form)
        self.codes, self.today, self.month = codes, today, month

    def cells(self, heads: Sequence[str], cells: Sequence[str], line: int) -> list[str] | None:
        """The cells of a row, one per heading; None where one cannot be used."""
        if len(cells) > len(heads) and any(cells[len(heads) :]):
            self.sheet.wrong(line, "", "单元格多于表头", "there are more cells than the heading has")
            return None
        row = [cell for cell, _ in zip_longest(cells[: len(heads)], heads, fillvalue="")]
        bad = [number for number, cell in enumerate(row) if not cell.replace("\n", "").isprintable()]
        for number in bad:
            self.sheet.wrong(line, heads[number], "含有控制字符", "holds control characters")
        return None if bad else row

    def role(self, line: int, column: str, text: str) -> str | None:
        """The role that a cell names; None for one that nobody serves in shifts."""
        if not text:
            return ""
        role = ROLE_WORDS.get(plain(text))
        if role is None:
            known = "、".join(one.zh for one in SHIFT_ROLES)
            self.sheet.wrong(
                line, column, f"没有值班角色“{shown(text)}”，应为 {known}", f"no role {shown(text)} is served in shifts"
            )
        return role and str(role)

    def said(self, line: int, column: str, text: str) -> tuple[str, tuple[Shift, ...], str] | None:
        """(kind, shifts, note) of a cell; None for what is no code."""
        word = plain(text)
        if word in OFF_WORDS:
            return "none", (), ""
        if word in LEAVE_WORDS:
            return "leave", (), "" if word in PLAIN_LEAVE else text
        if word == ON_DUTY:
            return "shift", (), ""
        shifts = self.codes.read(text)
        if shifts is None:
            known = "、".join(code for code, _ in self.codes.legend())
            self.sheet.wrong(
                *(line, column, f"不认识班次“{shown(text)}”，应为 {known}、休、假或 HH:MM-HH:MM"),
                f"no shift {shown(text)}: {known}, 休 (off), 假 (leave) or HH:MM-HH:MM",
            )
            return None
        return "shift", tuple(shifts), ""


class _List(_Reading):
    """A row per day and shift; people in one column, or in a column per role."""

    def __init__(
        self, line: int, heads: list[str], names: list[str], codes: ShiftCodes, today: date, month: Month | None
    ) -> None:
        super().__init__("list", codes, today, month)
        self.heads, self.names = heads, names
        self.last: date | None = None
        for head, name in zip(heads, names, strict=True):
            if not name and plain(head) not in _IGNORED:
                self.sheet.wrong(line, head, "不认识此列", "this column is not known")
        for name in dict.fromkeys(name for name in names if name and names.count(name) > 1):
            self.sheet.wrong(line, heads[names.index(name)], "此列重复", "this column is there twice")
        if not any(name in (CODE, NAME) or name in ROLE_WORDS.values() for name in names):
            self.sheet.wrong(line, NAME, "缺少人员的列", "there is no column of people")

    def read(self, rows: Iterable[tuple[int, list[str]]]) -> DutySheet:
        for line, cells in rows:
            if _is_comment(cells):
                continue
            row = self.cells(self.heads, cells, line)
            if row is not None:
                self._row(line, dict(zip(self.names, row, strict=True)))
        return self.sheet

    def _row(self, line: int, row: Mapping[str, str]) -> None:
        moment = self._moment(line, row)
        open_end = plain(row.get(UNTIL, "")) in OPEN_WORDS
        until = None if open_end else self._read(line, UNTIL, row.get(UNTIL, ""))
        code = row.get(SHIFT, "") if SHIFT in self.names else "全"
        said = None
        if not code:
            self.sheet.wrong(line, SHIFT, "班次为空", "there is no shift")
        else:
            said = self.said(line, SHIFT, code)
        role = self.role(line, ROLE, row.get(ROLE, ""))
        people = {name: text for name, text in row.items() if text and (name == NAME or name in ROLE_WORDS.values())}
        if said is None or moment is None or role is None or (row.get(UNTIL) and not open_end and until is None):
            return
        kind, shifts, note = said
        if (moment.at or row.get(UNTIL)) and (shifts or kind == "none"):
            self.sheet.wrong(line, SHIFT, "只有“值班”和“假”写时刻和“至”", "only 值班 and 假 have a time and an end")
            return
        if kind == "shift" and not shifts and not row.get(UNTIL):
            self.sheet.wrong(line, UNTIL, "“值班”须写“至”，无限期写“不定”", "值班 needs an end, or 不定 (open)")
            return
        if kind == "shift" and not people and not row.get(CODE):
            self.sheet.wrong(line, NAME, "没有人员；无人值班写“无”", "there is nobody; write 无 where nobody serves")
            return
        common = {"line": line, "day": moment.day, "kind": kind, "shifts": shifts, "at": moment.at, "until": until}
        common |= {"open_end": open_end, "note": row.get(NOTE, "") or note}
        named = {name: text for name, text in people.items() if name != NAME}
        if row.get(CODE) or NAME in people or not named:
            who = _split(people.get(NAME, ""))
            self._add(common, NAME if who else CODE, row.get(CODE, ""), who, role)
        for name, text in named.items():
            self._add(common, self.heads[self.names.index(name)], "", _split(text), str(name))

    def _add(self, common: Mapping[str, object], column: str, code: str, who: tuple[str, ...], role: str) -> None:
        self.sheet.lines.append(Line(column=column, code=code, who=who, role=role, **common))  # type: ignore[arg-type]

    def _moment(self, line: int, row: Mapping[str, str]) -> Moment | None:
        """The day of a row; an empty cell is one that was merged with the one above."""
        text = row.get(DAY, "")
        if not text:
            if self.last is None:
                self.sheet.wrong(line, DAY, "日期为空", "there is no date")
            return None if self.last is None else Moment(self.last)
        moment = self._read(line, DAY, text)
        # Behind a date that cannot be read, rows with an empty one are not said to be wrong each by itself.
        self.last = moment.day if moment else self.last
        return moment

    def _read(self, line: int, column: str, text: str) -> Moment | None:
        if not text:
            return None
        try:
            return read_moment(text, self.month, self.today)
        except Unreadable as error:
            self.sheet.wrong(line, column, f"“{shown(text)}”{error.zh}", f"{shown(text)}: {error.en}")
            return None


class _Grid(_Reading):
    """A row per officer (and role), a column per day."""

    def __init__(
        self, line: int, heads: list[str], names: list[str], codes: ShiftCodes, today: date, month: Month | None
    ) -> None:
        super().__init__("grid", codes, today, month)
        self.heads, self.names = heads, names
        self.days: dict[int, date] = {}
        for number, (head, name) in enumerate(zip(heads, names, strict=True)):
            if name or plain(head) in _IGNORED:
                continue
            try:
                self.days[number] = read_moment(head, month, today, bare=True).day
            except Unreadable as error:
                self.sheet.wrong(line, head, error.zh, error.en)
        for day in dict.fromkeys(day for day in self.days.values() if list(self.days.values()).count(day) > 1):
            self.sheet.wrong(line, str(day), "此日重复", "this day is there twice")

    def read(self, rows: Iterable[tuple[int, list[str]]]) -> DutySheet:
        for line, cells in rows:
            if _is_comment(cells) or self._is_weekdays(line, cells):
                continue
            row = self.cells(self.heads, cells, line)
            if row is not None:
                self._row(line, row)
        return self.sheet

    def _row(self, line: int, row: Sequence[str]) -> None:
        fixed = {name: cell for name, cell in zip(self.names, row, strict=True) if name}
        role = self.role(line, ROLE, fixed.get(ROLE, ""))
        code, name = fixed.get(CODE, ""), fixed.get(NAME, "")
        if not code and not name:
            self.sheet.wrong(line, NAME, "缺少姓名", "there is no name")
            return
        for number, day in self.days.items():
            said = self.said(line, self.heads[number], row[number] or NOBODY)
            if said is None or role is None:
                continue
            kind, shifts, note = said
            if kind == "shift" and not shifts:
                self.sheet.wrong(line, self.heads[number], "月表中须写班次代码", "a grid has codes of shifts")
                continue
            self.sheet.lines.append(
                Line(
                    *(line, self.heads[number], day, kind, shifts),
                    code=code,
                    who=(name,) * bool(name),
                    role=role,
                    note=note,
                )
            )

    def _is_weekdays(self, line: int, cells: Sequence[str]) -> bool:
        """Whether a row has the weekdays of the days above; they must be the right ones."""
        named = [number for number in self.days if number < len(cells) and cells[number]]
        fixed = (plain(cell) for cell, name in zip(cells, self.names, strict=False) if name)
        if not named or any(cell not in _IGNORED for cell in fixed):
            return False
        if not all(is_weekday(cells[number]) for number in named):
            return False
        for number in named:
            try:
                check_weekday(self.days[number], cells[number])
            except Unreadable as error:
                self.sheet.wrong(line, self.heads[number], error.zh, error.en)
        return True


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _PEOPLE.split(text) if part.strip())
