"""Organisations from and to files: TOML, one flat CSV, a folder of CSVs, XLSX."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import tomli_w

from core.catalogue.sources import parse_toml, read_bytes
from core.organisation.frame import FRAME_KEYS
from core.organisation.model import Organisation
from core.organisation.sheets import Sheet, read_csv, read_workbook, write_csv, write_workbook
from core.organisation.tabular import COLUMNS, HEADINGS, Line, lines_of, read_lines, text_rows, typed_values
from data.errors import BadInput, NotFound

Format = Literal["toml", "csv", "xlsx", "folder"]
MAX_LINES = 200_000
RECORD = "record"
"""The column of a flat file that says which table a row belongs to."""


def read_organisation(path: Path, base: Organisation | None = None) -> Organisation:
    """The organisation in a file or folder; what it leaves out altogether is taken from `base`, if given.

    Raises BadInput whose details list every bad row with its line and reason, NotFound without such a file. Nothing of
    a file with a mistake is taken.
    """
    if path.is_dir():
        return read_lines(_folder(path), base)
    content = read_bytes(path)
    suffix = path.suffix.lower()
    if suffix == ".toml":
        return read_lines(_toml(parse_toml(content, path.name), path.name), base)
    if suffix == ".xlsx":
        return read_lines(_tables(read_workbook(content, path.name), path.name), base)
    if suffix == ".csv":
        return read_lines(_flat(read_csv(content, path.name)), base)
    raise BadInput(
        "organisation-format",
        f"{path.name}：只能读取 .toml、.csv、.xlsx 或 CSV 目录。",
        f"{path.name}: only .toml, .csv, .xlsx or a folder of CSV files can be read.",
    )


def write_organisation(organisation: Organisation, path: Path, form: Format | None = None) -> None:
    """Write an organisation; the form follows the file's ending, and a path without one is a folder of CSV files.

    A file appears whole or not at all. Raises BadInput where it cannot be written.
    """
    chosen = form or _form(path)
    if chosen == "folder":
        for name, rows in lines_of(organisation).items():
            write_file(path / f"{name}.csv", write_csv(COLUMNS[name], text_rows(rows)))
    else:
        write_file(path, dump_organisation(organisation, chosen))


def dump_organisation(organisation: Organisation, form: Format) -> bytes:
    """An organisation as the content of one file: toml, csv (flat) or xlsx."""
    tables = lines_of(organisation)
    if form == "toml":
        return _dump_toml(tables).encode()
    if form == "xlsx":
        return write_workbook({name: (COLUMNS[name], text_rows(rows)) for name, rows in tables.items()})
    columns = [RECORD, *dict.fromkeys(column for names in COLUMNS.values() for column in names)]
    rows = [{RECORD: name, **row} for name, rows in tables.items() for row in text_rows(rows)]
    return write_csv(columns, rows)


def _form(path: Path) -> Format:
    endings: Mapping[str, Format] = {".toml": "toml", ".csv": "csv", ".xlsx": "xlsx", "": "folder"}
    if path.is_dir() or path.suffix.lower() not in endings:
        return "folder"
    return endings[path.suffix.lower()]


def _toml(values: Mapping[str, Any], name: str) -> dict[str, list[Line]]:
    tables: dict[str, list[Line]] = {}
    for key, rows in values.items():
        if key == "centre" and isinstance(rows, Mapping):
            tables[key] = [Line(f"{name}: centre", {"key": field, "value": value}) for field, value in rows.items()]
        elif key in COLUMNS and isinstance(rows, list) and len(rows) <= MAX_LINES:
            places = [(f"{name}: {key} {number}", row) for number, row in enumerate(rows, 1)]
            tables[key] = [Line(place, row if isinstance(row, Mapping) else {"": row}) for place, row in places]
        else:
            raise BadInput(
                "organisation-table",
                f"{name}：不认识 {ascii(key)[:60]}，应为 {'、'.join(COLUMNS)}",
                f"{name}: {ascii(key)[:60]} is not one of {', '.join(COLUMNS)}, or not a list of tables",
            )
    return tables


def _dump_toml(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    centre = {row["key"]: row["value"] for row in tables["centre"]}
    body: dict[str, Any] = {"centre": {key: centre[key] for key in FRAME_KEYS if centre[key] not in ("", [], {})}}
    for name, rows in tables.items():
        if name != "centre" and rows:
            body[name] = [{key: value for key, value in row.items() if value not in ("", 0, [], {})} for row in rows]
    return tomli_w.dumps(body)


def _folder(path: Path) -> dict[str, list[Line]]:
    found = {name: path / f"{name}.csv" for name in COLUMNS if (path / f"{name}.csv").is_file()}
    if not found:
        raise NotFound(
            "organisation-folder",
            f"{path} 中没有 {'、'.join(f'{name}.csv' for name in COLUMNS)}。",
            f"There is none of {', '.join(f'{name}.csv' for name in COLUMNS)} in {path}.",
        )
    return {name: _lines(read_csv(read_bytes(file), file.name), file.name) for name, file in found.items()}


def _tables(sheets: Sequence[Sheet], file: str) -> dict[str, list[Line]]:
    by_name = {sheet.name.strip().lower(): sheet for sheet in sheets}
    known = {name: by_name[name] for name in COLUMNS if name in by_name}
    if known:
        return {name: _lines(sheet, f"{file} {name}") for name, sheet in known.items()}
    if len(sheets) == 1:
        return _flat(sheets[0])
    raise BadInput(
        "organisation-sheets",
        f"{file}：没有名为 {'、'.join(COLUMNS)} 的工作表",
        f"{file}: there is no sheet named {', '.join(COLUMNS)}",
    )


def _flat(sheet: Sheet) -> dict[str, list[Line]]:
    """Rows of a flat table, dealt out by their `record` column; empty cells of other tables' columns are dropped."""
    headings = [HEADINGS.get(column, column) for column in sheet.columns]
    if RECORD not in headings:
        raise BadInput(
            "organisation-record",
            f"{sheet.name}：缺少 record 列（{'、'.join(COLUMNS)}）",
            f"{sheet.name}: there is no column record ({', '.join(COLUMNS)})",
        )
    tables: dict[str, list[Line]] = {}
    for line, cells in sheet.rows:
        values = {HEADINGS.get(column, column): cell for column, cell in cells.items()}
        name = values.pop(RECORD, "")
        if name not in COLUMNS:
            raise BadInput(
                "organisation-record",
                f"{sheet.name} 第 {line} 行：record 须为 {'、'.join(COLUMNS)} 之一",
                f"{sheet.name} line {line}: record must be one of {', '.join(COLUMNS)}",
                line=line,
            )
        kept = {column: cell for column, cell in values.items() if cell or column in COLUMNS[name]}
        tables.setdefault(name, []).append(Line(f"{sheet.name} line {line}", typed_values(kept)))
    return tables


def _lines(sheet: Sheet, place: str) -> list[Line]:
    return [
        Line(
            f"{place} line {line}",
            typed_values({HEADINGS.get(column, column): cell for column, cell in cells.items()}),
        )
        for line, cells in sheet.rows
    ]


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises BadInput where it cannot be written."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError, ValueError):
            part.unlink(missing_ok=True)
        raise BadInput("file-write", f"无法写入 {path}：{error}", f"Cannot write {path}: {error}") from error
