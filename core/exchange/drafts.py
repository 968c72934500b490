"""One row of a file, read by the rules of a map into a draft of a ticket.

The map is compiled into functions once, so that a row costs little; what they accept is what core.desk.orders accepts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.exchange.lookups import Lookups
from core.exchange.maps import HELD_STAGES, LOOKUPS, TEXTS, TIMES, WORDS, ColumnRule, ImportMap
from core.exchange.tables import Fault, shown
from core.exchange.times import ReadTime, time_reader
from data.errors import BadInput
from data.terms import CLOSED_STAGES, AffairKind, Satisfaction, Source, Stage, Term, Urgency

CUT_MARK = ".."
CLOSING_FIELDS = ("outcome", "public_reply", "satisfaction")
"""Fields that a ticket gets when it is closed, and not before."""

_TERMS: dict[str, type[Term]] = {
    "source": Source,
    "urgency": Urgency,
    "affair": AffairKind,
    "satisfaction": Satisfaction,
}
_CLOSED = frozenset(str(stage) for stage in CLOSED_STAGES)
_HELD = frozenset(str(stage) for stage in HELD_STAGES)

Cells = list[str]
Read = Callable[[Cells], Any]


class RowFault(Exception):
    """A row that cannot become a ticket."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.fault = Fault(code, zh, en)


@dataclass(slots=True)
class Draft:
    """A ticket that may be made of a row. Instants are epoch seconds; the digest is that of the cells it came from."""

    line: int
    cells: Cells
    external_id: str
    digest: str
    unit: str
    """What the file calls the unit; empty for none."""
    stage: str
    reported_at: int
    completed_at: int | None
    closed_at: int | None
    official_due_at: int | None
    opening: dict[str, Any]
    """Fields of the ticket that are known at the report."""
    closing: dict[str, Any]

    @property
    def closed(self) -> bool:
        """Whether the ticket arrives closed."""
        return self.stage in _CLOSED


def draft_reader(rules: ImportMap, header: list[str], lookups: Lookups, now: int) -> Callable[[int, Cells], Draft]:
    """The function that makes a draft of a row, or raises RowFault; `now` in epoch seconds bounds its times.

    Raises BadInput when the file lacks a column that the map names, or has it twice.
    """
    index = _index(rules, header)
    clocked = {rule.columns[0] for name, rule in rules.columns.items() if name in TIMES}
    worded = [index[column] for column in rules.used_columns() if column not in clocked]
    fields = [(name, _field(name, rule, index, lookups)) for name, rule in rules.columns.items() if name not in TIMES]
    times = [_time(name, rules, index) for name in TIMES]
    facts = [(name, index[column]) for name, column in rules.facts.items()]
    stage_of = _stage(rules, index)
    unit_of = _unit(rules, index)
    fixed = _fixed(rules, lookups)

    def read(line: int, cells: Cells) -> Draft:
        moments = [moment(cells) for moment in times]
        # Times count as instants: a workbook writes them otherwise than the file that it was made of.
        words = [cells[place].strip() for place in worded]
        raw = "\x1f".join([*words, *map(str, moments)]).encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(raw, digest_size=12).hexdigest()
        opening, closing = dict(fixed), dict[str, Any]()
        for name, convert in fields:
            value = convert(cells)
            if value in ("", None):
                continue
            if name in CLOSING_FIELDS:
                closing[name] = value
            elif name in LOOKUPS:
                opening.update(value)
            else:
                opening[name] = value
        external_id = opening.pop("external_id", "") or f"row-{digest}"
        reported, completed, closed, due = moments
        unit = unit_of(cells)
        stage = stage_of(cells, closed, unit)
        kept = {name: _fact(name, cells[place]) for name, place in facts if cells[place].strip()}
        opening["facts"] = {**kept, "import": digest}
        draft = Draft(line, cells, external_id, digest, unit, stage, reported, completed, closed, due, opening, closing)
        _check(draft, now)
        return draft

    return read


def _index(rules: ImportMap, header: list[str]) -> dict[str, int]:
    missing = [column for column in rules.used_columns() if column not in header]
    if missing:
        names = "、".join(shown(name) for name in missing), ", ".join(shown(name) for name in missing)
        there = "、".join(shown(name) for name in header[:40])
        raise BadInput(
            "map-columns",
            f"文件没有映射 {rules.name} 所需的列：{names[0]}（文件的列：{there}）。",
            f"The file has no column {names[1]}, which the map {rules.name} needs.",
            missing=missing,
        )
    twice = [column for column in rules.used_columns() if header.count(column) > 1]
    if twice:
        raise BadInput(
            "map-columns-twice",
            f"列 {shown(twice[0])} 在文件中出现多次。",
            f"The file has the column {shown(twice[0])} more than once.",
        )
    return {column: header.index(column) for column in rules.used_columns()}


# ------------------------------------------------------------------------------------------------ fields


def _field(name: str, rule: ColumnRule, index: Mapping[str, int], lookups: Lookups) -> Read:
    source = _source(rule, index)
    if name in TEXTS:
        return _text(name, rule, source)
    if name in LOOKUPS:
        return lambda cells: lookups.find(name, source(cells))
    return _word(name, rule, source)


def _source(rule: ColumnRule, index: Mapping[str, int]) -> Callable[[Cells], str]:
    """The raw text of a rule's columns, without outer blanks."""
    places = [index[column] for column in rule.columns]
    if len(places) == 1:
        place = places[0]
        return lambda cells: cells[place].strip()
    joiner = rule.joiner
    return lambda cells: joiner.join(filter(None, [cells[place].strip() for place in places]))


def _text(name: str, rule: ColumnRule, source: Callable[[Cells], str]) -> Read:
    limit, lines = TEXTS[name]
    values, default, cut = rule.values, rule.default or "", rule.cut
    required = name == "title"

    def read(cells: Cells) -> str:
        text = source(cells)
        if values:
            text = values.get(text, text)
        text = _storable(name, text or default, lines)
        if len(text) > (cut or limit):
            if not cut:
                raise RowFault("too-long", f"{name} 超过 {limit} 字符", f"{name} is longer than {limit} characters")
            text = text[: cut - len(CUT_MARK)].rstrip() + CUT_MARK
        if required and not text:
            raise RowFault("empty", f"{name} 为空", f"{name} is empty")
        return text

    return read


def _storable(name: str, text: str, lines: bool) -> str:
    """Text that every database takes, as core.desk.orders has it."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise RowFault("surrogate", f"{name} 含有残缺字符", f"{name} holds half a character") from error
    if "\x00" in text:
        raise RowFault("nul", f"{name} 含有 NUL 字符", f"{name} holds a NUL")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not lines and "\n" in text:
        text = text.replace("\n", " ")
    return text.strip()


def _word(name: str, rule: ColumnRule, source: Callable[[Cells], str]) -> Read:
    known: dict[str, Any] = {word: word for word in WORDS[name]}
    if name in _TERMS:
        known |= {label: word.value for word in _TERMS[name] for label in (word.zh, word.en)}
    known |= dict(rule.values)
    if name == "confidential":
        known = {text: word == "true" for text, word in known.items()}
    default = None if rule.default is None else known.get(rule.default, "")

    def read(cells: Cells) -> Any:
        text = source(cells)
        value = known.get(text, default if text else default or "")
        if value is None:
            raise RowFault("word", f"{name} 的值 {shown(text)} 不认识", f"{name}: the value {shown(text)} is not known")
        return value or ""

    return read


def _fact(name: str, text: str) -> str:
    value = _storable(name, text, False)
    return value if len(value) <= 2000 else value[: 2000 - len(CUT_MARK)] + CUT_MARK


def _fixed(rules: ImportMap, lookups: Lookups) -> dict[str, Any]:
    found: dict[str, Any] = {"urgency": Urgency.NORMAL.value, "source": Source.IMPORT.value}
    for name, word in rules.fixed.items():
        if name in LOOKUPS:
            found.update(lookups.find(name, word))
        elif name not in CLOSING_FIELDS:
            found[name] = word == "true" if name == "confidential" else word
    return found


# ------------------------------------------------------------------------------------------------ times, stage, unit


def _time(name: str, rules: ImportMap, index: Mapping[str, int]) -> Read:
    rule = rules.columns.get(name)
    if rule is None:
        return lambda cells: None
    place = index[rule.columns[0]]
    moment: ReadTime = time_reader(rules.dates, rules.zone)
    required = name == "reported_at"

    def read(cells: Cells) -> int | None:
        text = cells[place].strip()
        if not text:
            if required:
                raise RowFault("empty", f"{name} 为空", f"{name} is empty")
            return None
        found = moment(text)
        if found is None:
            raise RowFault("time", f"{name} 的时间 {shown(text)} 无法理解", f"{name}: {shown(text)} is not a time")
        return found

    return read


def _stage(rules: ImportMap, index: Mapping[str, int]) -> Callable[[Cells, int | None, str], str]:
    rule = rules.status
    if rule is None:
        return lambda cells, closed, unit: str(
            Stage.ARCHIVED if closed is not None else Stage.HANDLING if unit else Stage.REPORTED
        )
    place, values, default = index[rule.column], rule.values, rule.default

    def read(cells: Cells, closed: int | None, unit: str) -> str:
        text = cells[place].strip()
        stage = values.get(text, default)
        if not stage:
            raise RowFault("status", f"状态 {shown(text)} 不在映射中", f"the status {shown(text)} is not in the map")
        return stage

    return read


def _unit(rules: ImportMap, index: Mapping[str, int]) -> Callable[[Cells], str]:
    rule = rules.units
    if rule is None:
        return lambda cells: ""
    place, values = index[rule.column], rule.values

    def read(cells: Cells) -> str:
        text = cells[place].strip()
        if not text:
            return ""
        named = _storable("unit", values.get(text, text), False)
        if len(named) > 80 or not named.isprintable():
            raise RowFault("unit", f"单位名称 {shown(named)} 不可用", f"the unit's name {shown(named)} cannot be used")
        return named

    return read


def _check(draft: Draft, now: int) -> None:
    """What only the values of a row together show."""
    reported, completed, closed, due = draft.reported_at, draft.completed_at, draft.closed_at, draft.official_due_at
    if draft.closed and closed is None:
        raise RowFault("closed-time", "已结案但没有结案时间", "closed, but there is no time of closing")
    if not draft.closed and closed is not None:
        raise RowFault("closed-open", "有结案时间但状态为未结", "has a time of closing, but its status is open")
    if not draft.closed and completed is not None:
        raise RowFault("completed-open", "有办结时间但状态为未结", "has a time of completion, but its status is open")
    if draft.stage in _HELD and not draft.unit:
        raise RowFault("no-unit", "办理中但没有单位", "being worked on, but no unit is named")
    if max(reported, completed or 0, closed or 0) > now:
        raise RowFault("future", "时间晚于现在", "a time lies in the future")
    if completed is not None and not reported <= completed <= (closed or completed):
        raise RowFault("order", "办结时间不在上报与结案之间", "completed before the report or after closing")
    if closed is not None and closed < reported:
        raise RowFault("order", "结案早于上报", "closed before it was reported")
    if due is not None and due < reported:
        raise RowFault("order", "时限早于上报", "the deadline is before the report")
    if len(draft.external_id) > 120:
        raise RowFault("too-long", "编号过长", "the id is too long")
