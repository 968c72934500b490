"""An organisation as tables of rows, and back. Every mistake is said with the file and line it stands on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from core.catalogue.fields import Fields, Problems
from core.organisation.frame import FRAME_KEYS, read_frame
from core.organisation.model import AppointmentEntry, DutyEntry, OfficerEntry, Organisation, UnitEntry
from data.terms import PostKind, Rank, Role, Term, UnitKind

UNIT_COLUMNS = (
    *("code", "kind", "name", "name_en", "aliases", "parent"),
    *("section", "post_kind", "households", "people", "facts"),
)
OFFICER_COLUMNS = ("code", "name", "title", "phone")
APPOINTMENT_COLUMNS = ("officer", "unit", "role", "rank")
DUTY_COLUMNS = ("officer", "kind", "role", "starts", "ends", "note", "source")
CENTRE_COLUMNS = ("key", "value")
COLUMNS: Mapping[str, Sequence[str]] = {
    "centre": CENTRE_COLUMNS,
    "unit": UNIT_COLUMNS,
    "officer": OFFICER_COLUMNS,
    "appointment": APPOINTMENT_COLUMNS,
    "duty": DUTY_COLUMNS,
}
HEADINGS = {
    "记录": "record",
    "编号": "code",
    "类型": "kind",
    "名称": "name",
    "姓名": "name",
    "英文名": "name_en",
    "别名": "aliases",
    "上级": "parent",
    "板块": "section",
    "岗位类别": "post_kind",
    "户数": "households",
    "人口": "people",
    "属性": "facts",
    "职务名称": "title",
    "电话": "phone",
    "人员": "officer",
    "单位": "unit",
    "角色": "role",
    "AB岗": "rank",
    "开始": "starts",
    "结束": "ends",
    "备注": "note",
    "轮值": "source",
    "项": "key",
    "值": "value",
}
"""Chinese headings that a table may have instead."""

SEPARATOR = "|"
MAX_FACTS = 4_000
DUTY_KINDS = ("shift", "leave")

_WORDS: Mapping[str, type[Term]] = {"kind": UnitKind, "post_kind": PostKind, "role": Role, "rank": Rank}


class Line(NamedTuple):
    """One row of input: where it stands, and its values."""

    place: str
    values: Mapping[str, Any]


def read_lines(tables: Mapping[str, Sequence[Line]], base: Organisation | None = None) -> Organisation:
    """An organisation from rows by table name; a table that is not given is taken from `base`, if there is one.

    Raises BadInput whose details list every bad row with its place and reason.
    """
    problems = Problems()
    frame = _frame(tables.get("centre"), base, problems)
    read: dict[str, Any] = {
        "units": _entries(tables.get("unit"), UNIT_COLUMNS, _unit, problems),
        "officers": _entries(tables.get("officer"), OFFICER_COLUMNS, _officer, problems),
        "appointments": _entries(tables.get("appointment"), APPOINTMENT_COLUMNS, _appointment, problems),
        "duty": _entries(tables.get("duty"), DUTY_COLUMNS, _duty, problems),
    }
    problems.raise_any("organisation-content")
    return replace(frame, **{name: entries for name, entries in read.items() if entries is not None})


def lines_of(organisation: Organisation) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table, values as they are; `text_rows` turns them into cells."""
    frame = {"code": organisation.code, "name": organisation.name, "name_en": organisation.name_en}
    frame |= {"zone": organisation.zone, "calendar": organisation.calendar}
    centre = {**frame, **organisation.labels()}
    return {
        "centre": [{"key": key, "value": centre[key]} for key in FRAME_KEYS],
        "unit": [_values(entry, UNIT_COLUMNS) for entry in organisation.units],
        "officer": [_values(entry, OFFICER_COLUMNS) for entry in organisation.officers],
        "appointment": [_values(entry, APPOINTMENT_COLUMNS) for entry in organisation.appointments],
        "duty": [_values(entry, DUTY_COLUMNS) for entry in organisation.duty],
    }


def text_rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Rows as cells of text: lists parted by a bar, tables in JSON, nothing for a zero."""
    return [{name: _cell(name, value) for name, value in row.items()} for row in rows]


def typed_values(values: Mapping[str, str]) -> dict[str, Any]:
    """Cells of text as values; what cannot be read stays text, and its field then says what is wrong with it."""
    found: dict[str, Any] = {}
    for name, cell in values.items():
        if name == "aliases":
            found[name] = [part.strip() for part in cell.split(SEPARATOR) if part.strip()]
        elif name in ("households", "people"):
            found[name] = int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 12 else (cell or 0)
        elif name == "facts" or (name == "value" and cell[:1] in ("{", "[")):
            found[name] = _json(cell)
        else:
            found[name] = cell
    return found


def _frame(lines: Sequence[Line] | None, base: Organisation | None, problems: Problems) -> Organisation:
    if not lines:
        if base is None:
            problems.add("centre", "缺少中心信息（centre）", "the centre itself is missing (centre)")
            return Organisation("", "")
        return base
    values = {str(line.values.get("key", "")): line.values.get("value", "") for line in lines}
    frame = read_frame(values, lines[0].place, problems)
    if base is None:
        return frame
    kept = {name: getattr(base, name) for name in ("units", "officers", "appointments", "duty")}
    return replace(frame, **kept)


def _entries(
    lines: Sequence[Line] | None, columns: Sequence[str], read: Callable[[Fields], Any], problems: Problems
) -> tuple[Any, ...] | None:
    if lines is None:
        return None
    return tuple(read(Fields(_worded(line.values), line.place, problems, columns)) for line in lines)


def _worded(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values with Chinese labels of terms turned into the stored words."""
    found = dict(values)
    for name, terms in _WORDS.items():
        for term in terms:
            if found.get(name) == term.zh:
                found[name] = term.value
    return found


def _unit(row: Fields) -> UnitEntry:
    kind = row.word("kind", UnitKind)
    return UnitEntry(
        code=row.text("code", longest=40),
        kind=kind or str(UnitKind.POST),
        name=row.text("name", longest=80),
        name_en=row.text("name_en", "", longest=120),
        aliases=row.texts("aliases"),
        parent=row.text("parent", "", longest=40),
        section=row.text("section", "", longest=20),
        post_kind=row.word("post_kind", PostKind, ""),
        households=row.whole("households"),
        people=row.whole("people"),
        facts=_facts(row),
    )


def _facts(row: Fields) -> dict[str, Any]:
    facts = row.table("facts")
    try:
        plain: dict[str, Any] = json.loads(json.dumps(facts, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        plain = {"": ""}
    if "" in plain or len(json.dumps(plain)) > MAX_FACTS:
        row.wrong("facts 须为不过长的 JSON 对象", "facts must be a JSON object, and not too long")
        return {}
    return plain


def _officer(row: Fields) -> OfficerEntry:
    return OfficerEntry(
        row.text("code", longest=40),
        row.text("name", longest=60),
        row.text("title", ""),
        row.text("phone", "", longest=40),
    )


def _appointment(row: Fields) -> AppointmentEntry:
    role = row.word("role", Role)
    officer, unit = row.text("officer", longest=40), row.text("unit", longest=40)
    return AppointmentEntry(officer, unit, role, row.word("rank", Rank, ""))


def _duty(row: Fields) -> DutyEntry:
    kind = row.word("kind", DUTY_KINDS)
    role = row.word("role", Role, "")
    if kind == "shift" and not role:
        row.wrong("值班须写明角色 role", "a shift needs the role it is served in")
    starts, ends = _instant(row, "starts", None), _instant(row, "ends", "")
    if starts and ends and datetime.fromisoformat(ends) <= datetime.fromisoformat(starts):
        row.wrong("结束须晚于开始", "ends must be after starts")
    return DutyEntry(
        row.text("officer", longest=40),
        kind,
        role,
        starts,
        ends,
        row.text("note", ""),
        row.text("source", "", longest=40),
    )


def _instant(row: Fields, key: str, default: str | None) -> str:
    text = row.text(key, default, longest=40)
    if not text:
        return ""
    try:
        aware = datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        row.wrong(
            f"{key} 须为带时区的时间，如 2026-11-21T08:00+08:00",
            f"{key} must be a time with its offset, like 2026-11-21T08:00+08:00",
        )
        return ""
    return text


def _values(entry: object, columns: Sequence[str]) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in columns}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _cell(name: str, value: Any) -> str:
    if name == "aliases":
        return SEPARATOR.join(value)
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True) if value or name != "facts" else ""
    return "" if value == 0 else str(value)


def _json(cell: str) -> Any:
    if not cell:
        return {}
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell
