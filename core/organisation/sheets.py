"""Reading and writing tables of text: CSV and XLSX, safe against what a hostile or broken file may hold.

A workbook is measured before it is opened: parts, bytes when unpacked (counted while unpacking, not believed), no
document types or entities. Rows and columns are capped, so that one cell far away does not fill the memory.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from data.errors import BadInput

MAX_ROWS = 200_000
MAX_COLUMNS = 60
MAX_PARTS = 200
MAX_UNPACKED = 100_000_000
MAX_CELL = 20_000

_CHUNK = 1 << 16
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Sheet(NamedTuple):
    """A table with a heading: its name and its rows, each with the line it stands on."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]


def read_csv(content: bytes, name: str) -> Sheet:
    """The table of CSV text in UTF-8 or GB18030. Raises BadInput with the line where it is broken."""
    reader = csv.reader(io.StringIO(_decode(content, name), newline=""), strict=True)

    def numbered() -> Iterator[tuple[int, list[str]]]:
        begin = 1
        for row in reader:
            yield begin, [_without_guard(cell) for cell in row]
            begin = reader.line_num + 1

    try:
        return _sheet(name, numbered(), name)
    except csv.Error as error:
        line = reader.line_num
        raise BadInput(
            "csv-broken",
            f"{name} 第 {line} 行：CSV 格式有误（{error}）",
            f"{name} line {line}: broken CSV ({error})",
            line=line,
        ) from error


def read_workbook(content: bytes, name: str) -> list[Sheet]:
    """The tables of an XLSX workbook; a sheet without a heading is left out. Raises BadInput for what is unsafe."""
    _measure(content, name)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            found = [_worksheet(sheet, name) for sheet in book.worksheets]
        finally:
            book.close()
    except BadInput:
        raise
    except Exception as error:
        raise BadInput("xlsx-broken", f"{name}：无法读取工作簿", f"{name}: the workbook cannot be read") from error
    return [sheet for sheet in found if sheet.columns]


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """CSV with a mark for UTF-8, safe to open in a spreadsheet: cells that would be formulas are guarded."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_with_guard(row.get(column, "")) for column in columns])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def write_workbook(tables: Mapping[str, tuple[Sequence[str], Iterable[Mapping[str, str]]]]) -> bytes:
    """An XLSX workbook with one sheet per table; every cell is text, so that none is a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    for name, (columns, rows) in tables.items():
        sheet = book.create_sheet(name)
        sheet.append(list(columns))
        for row in rows:
            cells = []
            for column in columns:
                cell = WriteOnlyCell(sheet, value=_ILLEGAL.sub("", row.get(column, "")))
                cell.data_type = "s"
                cells.append(cell)
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _decode(content: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise BadInput("csv-encoding", f"{name}：不是 UTF-8 或 GB18030 文本", f"{name}: not text in UTF-8 or GB18030")


def _measure(content: bytes, name: str) -> None:
    """Refuse a workbook that is no archive, or that unpacks to too much."""
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS:
                raise _unsafe(name, "部件过多", "too many parts")
            for part in parts:
                with archive.open(part) as stream:
                    tail = b""
                    while chunk := stream.read(_CHUNK):
                        total += len(chunk)
                        if total > MAX_UNPACKED:
                            raise _unsafe(name, "解压后过大", "too large when unpacked")
                        seen = tail + chunk
                        if part.filename.endswith((".xml", ".rels")) and (b"<!DOCTYPE" in seen or b"<!ENTITY" in seen):
                            raise _unsafe(name, "含有文档类型声明", "holds a document type")
                        tail = chunk[-16:]
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        raise BadInput("xlsx-broken", f"{name}：不是 XLSX 工作簿", f"{name}: not an XLSX workbook") from error
    except BadInput:
        raise
    except Exception as error:
        raise BadInput("xlsx-broken", f"{name}：工作簿已损坏", f"{name}: the workbook is damaged") from error


def _unsafe(name: str, zh: str, en: str) -> BadInput:
    return BadInput("xlsx-unsafe", f"{name}：{zh}，拒绝打开", f"{name}: {en}, refused")


def _worksheet(sheet: Any, file: str) -> Sheet:
    rows = sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS + 1, values_only=True)
    return _sheet(
        str(sheet.title), ((number, [_cell(value) for value in row]) for number, row in enumerate(rows, 1)), file
    )


def _sheet(name: str, rows: Iterable[tuple[int, list[str]]], file: str) -> Sheet:
    columns: tuple[str, ...] = ()
    found: list[tuple[int, dict[str, str]]] = []
    for line, cells in rows:
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        if len(cells) > MAX_COLUMNS or len(found) > MAX_ROWS or any(len(cell) > MAX_CELL for cell in cells):
            raise BadInput(
                "table-size",
                f"{file} 第 {line} 行：行数、列数或单元格过大",
                f"{file} line {line}: too many rows or columns, or too long a cell",
            )
        if not columns:
            columns = tuple(cell.strip() for cell in cells)
            continue
        if len(cells) > len(columns):
            raise BadInput(
                "table-cells",
                f"{file} 第 {line} 行：单元格多于表头",
                f"{file} line {line}: more cells than the heading has",
                line=line,
            )
        found.append((line, {column: cell.strip() for column, cell in zip_longest(columns, cells, fillvalue="")}))
    return Sheet(name, columns, found)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _with_guard(cell: str) -> str:
    return "'" + cell if cell.lstrip("'").startswith(_FORMULA) else cell


def _without_guard(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip("'").startswith(_FORMULA) else cell
