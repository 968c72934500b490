"""The duty book out as a roster file that `core.exchange.duty_import` reads again, and an empty one to fill in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from core.exchange.duty_days import WEEKDAYS, as_text
from core.exchange.duty_sheet import (
    CODE,
    COMMENT,
    DAY,
    LIST_COLUMNS,
    MOST_LINES,
    NAME,
    NOTE,
    OPEN_WORDS,
    ROLE,
    SHIFT,
    UNTIL,
)
from core.organisation.duty import LEAVE, SHIFT_ROLES
from core.organisation.duty import SHIFT as ON_SHIFT
from core.organisation.sheets import write_csv, write_workbook
from core.rules.duty_shifts import LEAVE as LEAVE_CODE
from core.rules.duty_shifts import NOBODY, ON_DUTY, Shift, ShiftCodes
from data.errors import BadInput
from data.instants import from_seconds
from data.queries import duty as queries
from data.queries.duty import DutyLine
from data.reader import Reader
from data.terms import Role

Form = Literal["csv", "xlsx"]
Shape = Literal["list", "grid"]
Row = dict[str, str]
FORMS: tuple[Form, ...] = ("csv", "xlsx")
MOST_DAYS = 400
SHEET, LEGEND = "值班表", "说明"
_NAMED = "此角色以本表为准"


class Days(NamedTuple):
    """The days of a roster, in the centre's zone."""

    first: date
    length: int
    zone: ZoneInfo

    def each(self) -> list[date]:
        """One after the other."""
        return [self.first + timedelta(days=ahead) for ahead in range(self.length)]

    def at(self, day: date) -> int:
        """The midnight with which a day begins, in epoch seconds."""
        return int(datetime.combine(day, time(), self.zone).timestamp())

    def local(self, at: int) -> datetime:
        """An instant by the wall clock."""
        return from_seconds(at).astimezone(self.zone)


def dump_roster(reader: Reader, centre: int, days: Days, codes: ShiftCodes, shape: Shape, form: Form) -> bytes:
    """The duty book of some days as the content of a file.

    A list is exact: read again, it changes nothing, and after another file was taken, it brings the book back. Raises
    BadInput for more than 400 days, and for a grid where a shift has no code and is not of whole minutes.
    """
    if not 0 < days.length <= MOST_DAYS:
        raise BadInput("duty-days", f"只能导出 1 至 {MOST_DAYS} 天。", f"From 1 to {MOST_DAYS} days can be exported.")
    end = days.at(days.first + timedelta(days=days.length))
    found = queries.times(reader, centre, days.at(days.first), end)
    shifts = [line for line in found if line.kind == ON_SHIFT and line.from_at >= days.at(days.first)]
    leaves = [line for line in found if line.kind == LEAVE]
    if shape == "grid":
        return _dump(*_grid(shifts, leaves, days, codes), form, codes)
    rows = list(_list(shifts, leaves, days, codes))
    if len(rows) >= MOST_LINES:
        raise BadInput("duty-size", f"超过 {MOST_LINES} 行，请缩短时段。", f"Over {MOST_LINES} rows: take fewer days.")
    return _dump(LIST_COLUMNS, rows, form, codes)


def dump_template(
    reader: Reader, centre: int, at: int, days: Days, codes: ShiftCodes, shape: Shape, form: Form
) -> bytes:
    """A file to fill in: headings, examples and a legend; a grid has a row for each who serves at the desk."""
    if shape == "list":
        return _dump(LIST_COLUMNS, _examples(codes), form, codes)
    columns = _grid_columns(days)
    rows = [
        {CODE: code, NAME: name, ROLE: Role(role).zh}
        for role in SHIFT_ROLES[:4]
        for code, name in reader.rows(
            "SELECT DISTINCT o.code, o.name FROM officer o JOIN appointment a ON a.centre_id = o.centre_id"
            " AND a.officer_id = o.id WHERE o.centre_id = :centre AND o.active AND a.role = :role"
            " AND a.from_at <= :at AND (a.to_at IS NULL OR a.to_at > :at) ORDER BY o.code",
            centre=centre,
            role=str(role),
            at=at,
        )
    ]
    example = dict(zip(columns[3:], [code for code, _ in codes.legend()] + ["休", LEAVE_CODE], strict=False))
    return _dump(
        columns, [{CODE: f"{COMMENT} 例", NAME: "张明", ROLE: Role.DUTY_OFFICER.zh, **example}, *rows], form, codes
    )


def _list(shifts: Sequence[DutyLine], leaves: Iterable[DutyLine], days: Days, codes: ShiftCodes) -> Iterator[Row]:
    by_day: dict[date, list[DutyLine]] = defaultdict(list)
    for line in shifts:
        by_day[days.local(line.from_at).date()].append(line)
    # For a role that the rows do not name, or name for some units only, the first says that the file is all there is.
    desk = {line.role for line in shifts} - {Role.POST_MEMBER, Role.SECTION_LEADER}
    for role in SHIFT_ROLES:
        if role not in desk:
            yield {DAY: str(days.first), SHIFT: NOBODY, ROLE: role.zh, NOTE: _NAMED}
    for day in days.each():
        for line in by_day[day]:
            turn = _turn(line, days)
            row = {DAY: str(day), SHIFT: codes.name(*turn)} if turn else {SHIFT: ON_DUTY, **_span(line, days)}
            yield row | _who(line) | {ROLE: Role(line.role).zh, NOTE: line.note}
        if not by_day[day]:
            yield {DAY: str(day), SHIFT: NOBODY}
    for line in leaves:
        yield {SHIFT: LEAVE_CODE, **_span(line, days), **_who(line), NOTE: line.note}


def _who(line: DutyLine) -> Row:
    return {CODE: line.officer, NAME: line.name}


def _span(line: DutyLine, days: Days) -> Row:
    """Begin and end; an end at midnight is written as the day that ends with it."""
    if line.to_at is None:
        until = OPEN_WORDS[0]
    else:
        end = days.local(line.to_at)
        until = as_text(end if end.time() != time() else end - timedelta(days=1))
    return {DAY: as_text(days.local(line.from_at)), UNTIL: until}


def _turn(line: DutyLine, days: Days) -> Shift | None:
    """The turn of its day that a time is, or None for one that no turn can say."""
    if line.to_at is None:
        return None
    begin, end = days.local(line.from_at), days.local(line.to_at)
    turn = Shift(begin.time(), end.time())
    same = turn.on(begin.date(), days.zone) == (line.from_at, line.to_at)
    return turn if same and not begin.second and not end.second else None


def _grid_columns(days: Days) -> list[str]:
    return [CODE, NAME, ROLE, *(f"{day} 周{WEEKDAYS[day.weekday()]}" for day in days.each())]


def _grid(
    shifts: Sequence[DutyLine], leaves: Iterable[DutyLine], days: Days, codes: ShiftCodes
) -> tuple[list[str], list[Row]]:
    columns = _grid_columns(days)
    heading = dict(zip(days.each(), columns[3:], strict=True))
    rows: dict[tuple[str, str], Row] = {}
    ends: dict[int, list[int]] = defaultdict(list)
    for line in sorted(shifts, key=lambda one: (SHIFT_ROLES.index(Role(one.role)), one.officer, one.from_at)):
        turn = _turn(line, days)
        if turn is None:
            raise BadInput(
                "duty-grid",
                f"{line.name} 的一个班次不能写入月表，请导出一览表。",
                f"A shift of {line.officer} cannot be said in a grid: export the list.",
            )
        row = rows.setdefault((line.officer, line.role), {**_who(line), ROLE: Role(line.role).zh})
        cell = heading[days.local(line.from_at).date()]
        row[cell] = "/".join(filter(None, (row.get(cell, ""), codes.name(*turn))))
        ends[line.officer_id].append(line.to_at or 0)
    for line in leaves:
        own = next((row for (officer, _), row in rows.items() if officer == line.officer), None)
        away = [day for day in days.each() if _is_away(line, day, days, ends[line.officer_id])]
        if own is None and away:
            own = rows[line.officer, ""] = _who(line)
        for day in away:
            if own is not None and not own.get(heading[day]):
                own[heading[day]] = LEAVE_CODE
    return columns, list(rows.values())


def _is_away(line: DutyLine, day: date, days: Days, ends: Iterable[int]) -> bool:
    """Whether somebody is away all day, or since the night shift before it was over."""
    begin, end = days.at(day), days.at(day + timedelta(days=1))
    begin = max([begin, *(at for at in ends if begin < at < end)])
    return line.from_at <= begin and (line.to_at is None or line.to_at >= end)


def _examples(codes: ShiftCodes) -> list[Row]:
    legend = codes.legend()
    return [
        *({DAY: f"{COMMENT} 例 2026-12-01", SHIFT: code, NAME: "张明、李强", ROLE: "值班员"} for code, _ in legend),
        {
            DAY: f"{COMMENT} 例 2026-12-02",
            SHIFT: "09:00-17:30",
            CODE: "ZB11",
            NAME: "王芳",
            ROLE: "值班长",
            NOTE: "替班",
        },
        {DAY: f"{COMMENT} 例 2026-12-02", SHIFT: LEAVE_CODE, NAME: "张明", UNTIL: "2026-12-04", NOTE: "年休假"},
        {DAY: f"{COMMENT} 例 2026-12-05", SHIFT: NOBODY, ROLE: "值班长"},
    ]


def _legend(codes: ShiftCodes) -> list[str]:
    return [
        *(f"{code} = {span}" + ("（到次日）" if span[6:] <= span[:5] else "") for code, span in codes.legend()),
        "也可写 HH:MM-HH:MM；一格两班写 白/夜。休 = 不值班；假（年假、病假等）= 请假。",
        f"角色：{'、'.join(role.zh for role in SHIFT_ROLES)}；空缺时为本人的第一个值班角色。",
        "一览表：人员写姓名或编号，多人用、隔开；也可每个角色一列（如 值班领导、值班长、值班员）。日期空缺即同上一行。",
        f"一览表：“{NOBODY}” = 当天（该角色）无人值班；“{ON_DUTY}”写起止时刻（日期、至）。",
        "一览表：“至”只写日期时含当天，“不定” = 无期限。",
        "月表：每人（每角色）一行，每日一列；只写日数的须在表头上方写明年月，或用 --month。",
        "本表写到的日期和角色，以本表为准：原有而表中没有的班次会取消；已开始的不动。",
        f"以 {COMMENT}、说明、备注 开头的行不读。先用 --dry-run 看结果。",
    ]  # fmt: skip


def _dump(columns: Sequence[str], rows: Iterable[Row], form: Form, codes: ShiftCodes) -> bytes:
    legend = _legend(codes)
    if form == "xlsx":
        return write_workbook({SHEET: (columns, rows), LEGEND: ((LEGEND,), [{LEGEND: line} for line in legend])})
    notes = [{columns[0]: f"{COMMENT} {line}"} for line in legend]
    return write_csv(columns, [*rows, *notes])
