"""The hazard register out to a file, and files of households and places into the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from core.desk.actor import Actor
from core.desk.centre_desk import CentreDesk, read_centre_order
from core.exchange.importing import ImportResult, Rejection
from core.exchange.readers import open_table
from core.exchange.rejects import Rejects
from core.exchange.tables import Fault
from core.organisation.sheets import write_csv, write_workbook
from data.errors import BadInput, Conflict, Refusal
from data.instants import from_seconds
from data.masking import mask_address, mask_name, mask_phone, mask_text
from data.queries.hazards import HazardLine
from data.terms import HazardGrade, HazardState

Form = Literal["csv", "xlsx"]
TITLES = {
    "number": "编号",
    "state": "状态",
    "grade": "等级",
    "place": "地点",
    "household": "户（处）",
    "owner_name": "户主",
    "owner_phone": "电话",
    "what": "隐患",
    "matter": "事项",
    "unit": "网格或社区",
    "remedy_by": "整改责任人",
    "every_days": "复查间隔天数",
    "next_check": "下次复查",
    "last_check": "上次复查",
    "last_result": "复查结果",
    "checks": "复查次数",
    "found_by": "发现人",
    "found_at": "发现时间",
    "sweep": "排查",
    "ticket": "事件",
    "photos": "照片",
    "reason": "原因",
}
"""Columns of the register and their Chinese headings; either is read."""
TAKEN = (
    *("place", "household", "owner_name", "owner_phone", "what", "grade", "matter", "unit", "remedy_by"),
    *("every_days", "sweep", "photos"),
)
"""Columns that an import takes; the others are what the register works out."""
NEEDED = ("place", "what", "unit")
SEPARATOR = "|"
SAMPLES = 20


def register_row(hazard: HazardLine, zone: str, full: bool) -> dict[str, str]:
    """A hazard as a row of text; personal data is masked unless `full`."""
    name, phone, place, text = (str, str, str, str) if full else (mask_name, mask_phone, mask_address, mask_text)
    day = ZoneInfo(zone)

    def date(at: int | None) -> str:
        return from_seconds(at).astimezone(day).strftime("%Y-%m-%d %H:%M") if at is not None else ""

    return {
        "number": str(hazard.id),
        "state": HazardState(hazard.state).zh,
        "grade": HazardGrade(hazard.grade).zh,
        "place": place(hazard.place),
        "household": place(hazard.household),
        "owner_name": name(hazard.owner_name),
        "owner_phone": phone(hazard.owner_phone),
        "what": text(hazard.what),
        "matter": hazard.matter,
        "unit": hazard.unit,
        "remedy_by": text(hazard.remedy_by),
        "every_days": str(hazard.every_days or ""),
        "next_check": date(hazard.check_at),
        "last_check": date(hazard.checked_at),
        "last_result": hazard.result,
        "checks": str(hazard.checks or ""),
        "found_by": hazard.found_by,
        "found_at": date(hazard.found_at),
        "sweep": hazard.sweep,
        "ticket": hazard.ticket,
        "photos": SEPARATOR.join(hazard.photos),
        "reason": text(hazard.reason),
    }


def dump_register(hazards: Iterable[HazardLine], form: Form, zone: str, full: bool = False) -> bytes:
    """The register as the content of a file that is safe to open in a spreadsheet."""
    rows = [{TITLES[name]: cell for name, cell in register_row(hazard, zone, full).items()} for hazard in hazards]
    columns = list(TITLES.values())
    return write_workbook({"隐患台账": (columns, rows)}) if form == "xlsx" else write_csv(columns, rows)


def import_register(
    desk: CentreDesk,
    actor: Actor,
    file: Path,
    dry_run: bool = False,
    rejects: Path | None = None,
    tickets: bool = False,
) -> ImportResult:
    """Enter the hazards of a file, each row by the same deed as by hand; a file that is there already stays as it is.

    Tickets are opened only with `tickets`. Raises NotFound or BadInput, before anything has changed, for a file that
    is broken as a whole or lacks a column.
    """
    source = open_table(file, TAKEN)
    try:
        names = _columns(source.header)
        kept, result = Rejects(file, rejects, source.header, not dry_run), ImportResult(dry_run=dry_run)
        for line, cells, fault in source.rows:
            result.read += 1
            found = fault or _enter(desk, actor, dict(zip(names, cells, strict=True)), result, dry_run, tickets)
            if found is None:
                continue
            result.rejected += 1
            result.reasons[found.code] = result.reasons.get(found.code, 0) + 1
            if len(result.samples) < SAMPLES:
                result.samples.append(Rejection(line, *found))
            kept.add(line, cells, found)
        kept.flush()
        result.reject_file = kept.path
        kept.close()
    finally:
        source.close()
    return result


class _Undo(Exception):
    """Rolls a dry run back."""


def _enter(
    desk: CentreDesk, actor: Actor, row: Mapping[str, str], result: ImportResult, dry_run: bool, tickets: bool
) -> Fault | None:
    """One row in a transaction of its own; what is wrong with it, or None."""
    try:
        order = read_centre_order("hazard", {**_values(row), "register_only": not tickets})
        with desk.desk.store.write() as connection:
            desk.do_in(connection, order, actor)
            if dry_run:
                raise _Undo
    except _Undo:
        pass
    except Conflict:
        result.unchanged += 1
        return None
    except Refusal as refusal:
        return Fault(refusal.code, refusal.zh, refusal.en)
    result.created += 1
    return None


def _columns(header: list[str]) -> list[str]:
    """The names of a file's columns, from English or Chinese headings. Raises BadInput where one is missing."""
    by_title = {title: name for name, title in TITLES.items()}
    names = [by_title.get(title.strip(), title.strip()) for title in header]
    lacking = [name for name in NEEDED if name not in names]
    if lacking:
        zh, en = "、".join(TITLES[name] for name in lacking), ", ".join(lacking)
        raise BadInput("columns", f"文件缺少列：{zh}。", f"The file lacks columns: {en}.", columns=lacking)
    return names


def _values(row: Mapping[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {name: row[name].strip() for name in TAKEN if row.get(name, "").strip()}
    if "photos" in given:
        given["photos"] = [part for part in given["photos"].split(SEPARATOR) if part.strip()]
    grade = given.get("grade")
    if grade is not None:
        known = (item for item in HazardGrade if grade in (item.value, item.zh, item.en))
        given["grade"] = next((item.value for item in known), grade)
    return given
