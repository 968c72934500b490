"""Import maps: which column of another system's file becomes which field of a ticket. TOML; see docs/import.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.catalogue.fields import Fields, Problems
from core.catalogue.sources import SHIPPED, read_toml
from core.desk.orders import LINE_LIMIT, TEXT_LIMIT, TITLE_LIMIT
from core.exchange.readers import FORMS
from core.exchange.textfile import ENCODINGS
from core.exchange.times import DIRECTIVES, check_format
from data.errors import NotFound
from data.terms import CLOSED_STAGES, AffairKind, PostKind, Satisfaction, Source, Stage, Urgency

ORIGIN_LIMIT = 40
EXTERNAL_LIMIT = 120
FACT_LIMIT = 2000
REASON_LIMIT = 2000

TEXTS: dict[str, tuple[int, bool]] = {
    "external_id": (EXTERNAL_LIMIT, False),
    "title": (TITLE_LIMIT, False),
    "body": (TEXT_LIMIT, True),
    "address": (LINE_LIMIT, False),
    "reporter_name": (LINE_LIMIT, False),
    "reporter_phone": (LINE_LIMIT, False),
    "outcome": (REASON_LIMIT, True),
    "public_reply": (TEXT_LIMIT, True),
}
"""Text fields: greatest length in characters, and whether line breaks are kept; as in core.desk.orders."""

WORDS: dict[str, tuple[str, ...]] = {
    "source": tuple(word.value for word in Source),
    "urgency": tuple(word.value for word in Urgency),
    "affair": tuple(word.value for word in AffairKind),
    "satisfaction": tuple(word.value for word in Satisfaction),
    "confidential": ("true", "false"),
}
"""Fields whose values are words of the field."""

LOOKUPS = ("matter", "community", "grid")
"""Fields that name something the centre must already have, by code or name."""

TIMES = ("reported_at", "completed_at", "closed_at", "official_due_at")
FIELDS = (*TEXTS, *WORDS, *LOOKUPS, *TIMES)

HELD_STAGES = (Stage.DISPATCHED, Stage.ACKNOWLEDGED, Stage.HANDLING)
"""Stages of an open ticket that some unit has."""
STAGES = (Stage.REPORTED, Stage.ACCEPTED, *HELD_STAGES, *sorted(CLOSED_STAGES - {Stage.MERGED}))
"""Stages in which a ticket may arrive."""

_KEYS = ("name", "title", "title_en", "origin", "form", "encoding", "delimiter", "sheet", "zone", "dates", "fixed",
         "columns", "status", "units", "facts")  # fmt: skip
_COLUMN_KEYS = ("column", "join", "with", "values", "default", "cut")
_UNIT_KEYS = ("column", "values", "create", "section", "post_kind")


@dataclass(frozen=True)
class ColumnRule:
    """How a field's text comes about: columns joined, cut, looked up in `values`, else `default`."""

    columns: tuple[str, ...]
    joiner: str = " "
    values: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None
    cut: int = 0
    """Greatest length; what is longer is cut and marked. 0: what is too long is a fault of the row."""


@dataclass(frozen=True)
class StatusRule:
    """The column that says how far a ticket is, and the stage that each of its words stands for."""

    column: str
    values: Mapping[str, str]
    default: str = ""


@dataclass(frozen=True)
class UnitRule:
    """The column that names the unit which has or had the ticket; `create` lets missing ones become posts."""

    column: str
    values: Mapping[str, str] = field(default_factory=dict)
    create: bool = False
    sections: tuple[str, ...] = ()
    """Codes or names of sections to put new posts under: the first one that the centre has."""
    post_kind: str = PostKind.STATIONED.value


@dataclass(frozen=True)
class ImportMap:
    """A checked import map."""

    name: str
    title: str
    title_en: str
    origin: str
    """Name of the other system; with the external id it tells tickets apart."""
    form: str
    encoding: str
    delimiter: str
    sheet: str
    zone: ZoneInfo
    dates: tuple[str, ...]
    fixed: Mapping[str, str]
    columns: Mapping[str, ColumnRule]
    status: StatusRule | None
    units: UnitRule | None
    facts: Mapping[str, str]
    """Further columns that are kept with the ticket: fact name → column."""

    def used_columns(self) -> list[str]:
        """The columns of the file that the map reads, each once, in a stable order."""
        found = [column for rule in self.columns.values() for column in rule.columns]
        found += [rule.column for rule in (self.status, self.units) if rule is not None]
        return list(dict.fromkeys([*found, *self.facts.values()]))


def shipped_maps() -> dict[str, Path]:
    """The maps that come with the product, by name."""
    return {file.stem: file for file in sorted((SHIPPED / "maps").glob("*.toml"))}


def load_map(name: str) -> ImportMap:
    """A map by the name of a shipped one or the path of a TOML file.

    Raises NotFound, or BadInput whose details list every mistake with its place.
    """
    known = shipped_maps()
    file = known.get(name) or Path(name)
    if name not in known and not file.is_file():
        plain = name if name.isprintable() else ascii(name)
        raise NotFound(
            "map-unknown",
            f"没有导入映射 {plain}，可用：{'、'.join(known)}，或 TOML 文件路径。",
            f"There is no import map {plain}; known: {', '.join(known)}, or the path of a TOML file.",
        )
    return read_map(read_toml(file), file.name)


def read_map(values: Mapping[str, Any], place: str) -> ImportMap:
    """A map from its plain form. Raises BadInput with every mistake."""
    problems = Problems()
    row = Fields(values, place, problems, _KEYS)
    columns = {name: _column(row, name, rule) for name, rule in row.table("columns").items()}
    found = ImportMap(
        name=row.text("name", Path(place).stem, longest=40),
        title=row.text("title", ""),
        title_en=row.text("title_en", ""),
        origin=row.text("origin", longest=ORIGIN_LIMIT),
        form=row.word("form", ("", *FORMS), ""),
        encoding=row.word("encoding", ENCODINGS, "auto"),
        delimiter=_delimiter(row),
        sheet=row.text("sheet", "", longest=60),
        zone=_zone(row),
        dates=row.texts("dates"),
        fixed=_fixed(row),
        columns={name: rule for name, rule in columns.items() if rule.columns},
        status=_status(row),
        units=_units(row),
        facts=_facts(row),
    )
    _check_whole(row, found)
    problems.raise_any("map-wrong")
    return found


def _column(row: Fields, name: str, rule: object) -> ColumnRule:
    place = f"{row.place}: columns.{ascii(name)[1:-1][:40]}"
    if name not in FIELDS:
        row.problems.add(
            place, f"没有这个字段，可用：{' '.join(FIELDS)}", f"no such field; there are: {' '.join(FIELDS)}"
        )
    if isinstance(rule, str):
        rule = {"column": rule}
    if not isinstance(rule, Mapping):
        row.problems.add(place, "须为列名或键值表", "must be the name of a column or a table")
        return ColumnRule(())
    cell = Fields(rule, place, row.problems, _COLUMN_KEYS)
    columns = cell.texts("join") or tuple(filter(None, [cell.text("column")]))
    values = _words(cell, "values")
    default = cell.text("default", "") if "default" in rule else None
    for word in [*values.values(), *([default] if default else [])]:
        if name in WORDS and word not in WORDS[name]:
            known = " ".join(WORDS[name])
            cell.wrong(f"没有值 {word!a}，可用：{known}", f"there is no value {word!a}; there are: {known}")
    cut = cell.whole("cut", most=TEXTS.get(name, (0, False))[0])
    return ColumnRule(columns, _joiner(cell), values, default, cut)


def _joiner(cell: Fields) -> str:
    value = cell.row.get("with", " ")
    if not isinstance(value, str) or len(value) > 20:
        cell.wrong("with 须为短文字", "with must be a short text")
        return " "
    return value


def _words(row: Fields, key: str) -> dict[str, str]:
    """A table of texts to texts."""
    found = {}
    for source, target in row.table(key).items():
        if not isinstance(target, str) or not target:
            row.wrong(f"{key}.{ascii(source)[:40]} 须为文字", f"{key}.{ascii(source)[:40]} must be a text")
            continue
        found[str(source).strip()] = target
    return found


def _fixed(row: Fields) -> dict[str, str]:
    found = _words(row, "fixed")
    for name, word in found.items():
        if name not in WORDS and name not in LOOKUPS:
            row.wrong(f"fixed 不能有 {name!a}", f"fixed cannot hold {name!a}")
        elif name in WORDS and word not in WORDS[name]:
            known = " ".join(WORDS[name])
            row.wrong(f"fixed.{name} 须为：{known}", f"fixed.{name} must be one of: {known}")
    return found


def _status(row: Fields) -> StatusRule | None:
    if "status" not in row.row:
        return None
    status = Fields(row.table("status"), f"{row.place}: status", row.problems, ("column", "values", "default"))
    values, known = _words(status, "values"), [str(stage) for stage in STAGES]
    default = status.text("default", "")
    for word in [*values.values(), *([default] if default else [])]:
        if word not in known:
            shown = ascii(word)[:40]
            status.wrong(
                f"没有阶段 {shown}，可用：{' '.join(known)}", f"no stage {shown}; there are: {' '.join(known)}"
            )
    return StatusRule(status.text("column"), values, default)


def _units(row: Fields) -> UnitRule | None:
    if "units" not in row.row:
        return None
    units = Fields(row.table("units"), f"{row.place}: units", row.problems, _UNIT_KEYS)
    create = units.word("create", ("", "post"), "") == "post"
    section = units.row.get("section", ())
    sections = units.texts("section") if isinstance(section, list) else (units.text("section"),) if section else ()
    if create and not any(sections):
        units.wrong("create 须同时给出 section", "create needs a section")
    post_kind = units.word("post_kind", [kind.value for kind in PostKind], PostKind.STATIONED.value)
    return UnitRule(units.text("column"), _words(units, "values"), create, sections, post_kind)


def _facts(row: Fields) -> dict[str, str]:
    found = _words(row, "facts")
    for name in found:
        if name == "import" or not name.isidentifier() or len(name) > 40:
            row.wrong(f"facts 的名称 {ascii(name)[:40]} 不可用", f"{ascii(name)[:40]} cannot name a fact")
    return found


def _delimiter(row: Fields) -> str:
    value = row.row.get("delimiter", "")
    if value in ("", ",", ";", "\t", "|"):
        return str(value)
    row.wrong("delimiter 须为 , ; | 或制表符", "delimiter must be , ; | or a tab")
    return ""


def _zone(row: Fields) -> ZoneInfo:
    name = row.text("zone", "Asia/Shanghai", longest=60)
    try:
        return ZoneInfo(name or "UTC")
    except (OSError, ValueError, KeyError):
        row.wrong(f"没有时区 {name}", f"there is no time zone {name}")
        return ZoneInfo("UTC")


def _check_whole(row: Fields, found: ImportMap) -> None:
    """What only the parts together show."""
    for name in ("title", "reported_at"):
        if name not in found.columns:
            row.wrong(f"columns 缺少 {name}", f"columns has no {name}")
    for form in found.dates:
        if not check_format(form):
            known = " ".join(DIRECTIVES)
            row.wrong(f"日期格式 {form!a} 只能用 {known}", f"the date format {form!a} may only use {known}")
    if not found.dates:
        row.wrong("缺少 dates", "dates is missing")
    for name in TIMES:
        rule = found.columns.get(name)
        if rule and (len(rule.columns) > 1 or rule.values or rule.default or rule.cut):
            row.wrong(f"columns.{name} 只能是一列", f"columns.{name} must be one column")
    both = sorted(set(found.fixed) & set(found.columns))
    if both:
        row.wrong(f"{'、'.join(both)} 同时在 fixed 与 columns 中", f"{', '.join(both)} in both fixed and columns")
    stages = {*found.status.values.values(), found.status.default} if found.status else set()
    closing = {str(stage) for stage in CLOSED_STAGES} & stages
    if closing and "closed_at" not in found.columns:
        row.wrong("有结案状态而没有 closed_at 列", "there are closed stages but no column closed_at")
    if {str(stage) for stage in HELD_STAGES} & stages and found.units is None:
        row.wrong("有单位办理的状态而没有 units", "there are stages that need a unit but no units")
