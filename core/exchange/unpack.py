"""Reads one workbook in a process of its own, under limits, and writes its first sheet as lines of JSON to stdout.

Run by core.exchange.xlsxfile, never imported by it: what a hostile workbook does to memory and time ends here. The
workbook is measured before it is parsed: entries, bytes when unpacked (counted, not believed), ratio, and the
farthest cell. The last line of stderr of a refusal is JSON: {"code", "zh", "en"}.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any, NoReturn

MAX_ENTRIES = 200
MAX_UNPACKED = 512 << 20
MAX_RATIO = 100
RATIO_FROM = 16 << 20
"""Only above this size does the ratio count: small files of blank cells pack well."""
MAX_ROWS = 1_048_576
MAX_COLUMNS = 500
MAX_CELLS = 20_000_000
MEMORY = 2 << 30
SECONDS = 120
SPOOL = 2 << 30
REFUSED = 3

_BLOCK = 1 << 20
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")


def main(path: str, wanted: str) -> None:
    """Read the sheet `wanted`, or the first one, of the workbook at `path`."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (SPOOL, SPOOL))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        _measure(path)
        _write(path, wanted)
    except MemoryError:
        _refuse("xlsx-size", "工作簿占用内存过多", "the workbook needs too much memory")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        reason = str(error)[:100]
        _refuse("xlsx-broken", f"无法读取工作簿（{reason}）", f"the workbook cannot be read ({reason})")


def _measure(path: str) -> None:
    """Refuse a workbook that holds too much, before anything parses it."""
    total = packed = 0
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES:
            _refuse("xlsx-size", "工作簿部件过多", "the workbook has too many parts")
        if "[Content_Types].xml" not in archive.namelist():
            _refuse("xlsx-broken", "不是 XLSX 工作簿", "not an XLSX workbook")
        for entry in entries:
            packed += entry.compress_size
            tail = b""
            with archive.open(entry) as part:
                while block := part.read(_BLOCK):
                    total += len(block)
                    if total > MAX_UNPACKED or (total > RATIO_FROM and total > MAX_RATIO * max(packed, 1)):
                        _refuse("xlsx-size", "解压后过大", "the workbook unpacks to too much")
                    if entry.filename.startswith("xl/worksheets/"):
                        _check_places(tail + block)
                        tail = block[-40:]


def _check_places(text: bytes) -> None:
    for letters, digits in _PLACE.findall(text):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        if column > MAX_COLUMNS or int(digits) > MAX_ROWS:
            place = (letters + digits).decode()
            _refuse("xlsx-size", f"单元格 {place} 过远", f"the cell {place} is too far out")


def _write(path: str, wanted: str) -> None:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        names = book.sheet_names
        if not names:
            _refuse("xlsx-broken", "没有工作表", "there is no sheet")
        if wanted and wanted not in names:
            _refuse("xlsx-sheet", "没有工作表：" + "、".join(names), "there are only the sheets " + ", ".join(names))
        sheet = book.get_sheet_by_name(wanted or names[0])
        if sheet.total_width > MAX_COLUMNS or sheet.total_height * sheet.total_width > MAX_CELLS:
            _refuse("xlsx-size", "行列过多", "there are too many rows and columns")
        first = sheet.start[0] if sheet.start else 0
        for number, row in enumerate(sheet.to_python(skip_empty_area=True), first + 1):
            sys.stdout.write(json.dumps([number, [_text(value) for value in row]], ensure_ascii=True) + "\n")
    except CalamineError as error:
        reason = str(error)[:100]
        _refuse("xlsx-broken", f"无法读取工作簿（{reason}）", f"the workbook cannot be read ({reason})")
    sys.stdout.flush()


def _text(value: Any) -> str:
    """A cell as text: numbers as they were typed, times in ISO 8601 without a zone."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return "" if value is None else str(value)


def _refuse(code: str, zh: str, en: str) -> NoReturn:
    sys.stderr.write("\n" + json.dumps({"code": code, "zh": zh, "en": en}) + "\n")
    raise SystemExit(REFUSED)


if __name__ == "__main__":
    main(*sys.argv[1:3])
