"""CSV, read strictly: a quote that is never closed would swallow the rest of the file and is an error with its line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from core.exchange.cells import without_guard
from core.exchange.tables import Fault, NumberedRow, Table, broken
from core.exchange.textfile import find_encoding, open_text
from data.errors import BadInput

DELIMITERS = (",", ";", "\t")
MAX_COLUMNS = 500
GUARDED = ("line", "reason_zh", "reason_en")
"""The first columns of a file of rejected rows: its cells carry guards against formulas, which are taken off again."""


def open_csv(path: Path, encoding: str = "auto", delimiter: str = "") -> Table:
    """A CSV file as a table; the delimiter is looked for in the heading when it is not given.

    The whole file is read once before: raises BadInput for broken quoting, a field over 131,072 characters, another
    encoding, NUL, or no heading. A row with too many or too few cells is a fault of that row only.
    """
    found = find_encoding(path, encoding)
    with open_text(path, found) as text:
        chosen = delimiter or _sniff(text)
    header, count = _check(path, found, chosen)
    text = open_text(path, found)
    rows = _rows(text, path.name, chosen, header)
    if tuple(header[:3]) == GUARDED:
        rows = ((line, [without_guard(cell) for cell in cells], fault) for line, cells, fault in rows)
    return Table("csv", found, header, rows, count, text.close)


def _sniff(text: TextIO) -> str:
    """The delimiter that stands most often in the first line that is not blank, outside quotes."""
    for line in iter(lambda: text.readline(1 << 17), ""):
        if line.strip():
            outside = "".join(line.split('"')[::2])
            return max(DELIMITERS, key=outside.count)
    return ","


def _records(text: TextIO, name: str, delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """(first line, last line, cells) of each row that is not blank."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    first = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _broken_quoting(name, first, reader.line_num, str(error)) from error
        if cells is None:
            return
        if cells:
            yield first, reader.line_num, cells
        first = reader.line_num + 1


def _broken_quoting(name: str, first: int, last: int, reason: str) -> BadInput:
    if "field larger" in reason or "unexpected end" in reason:
        zh = f"引号没有闭合（读到第 {last} 行仍未结束）"
        en = f"a quote is not closed (still open at line {last})"
    else:
        zh, en = f"引号有误（{reason}，第 {last} 行）", f"broken quoting ({reason}, at line {last})"
    return broken("csv-broken", name, first, zh, en)


def _check(path: Path, encoding: str, delimiter: str) -> tuple[list[str], int]:
    """The heading and the number of rows, after reading the whole file."""
    header: list[str] | None = None
    count = 0
    with open_text(path, encoding) as text:
        for first, last, cells in _records(text, path.name, delimiter):
            if header is None:
                header = [cell.strip() for cell in cells]
                if len(header) > MAX_COLUMNS or not any(header):
                    raise broken("csv-heading", path.name, first, "表头有误", "no usable heading")
                continue
            if last > first and len(cells) != len(header):
                raise _swallowed(path.name, first, last)
            count += 1
    if header is None:
        raise BadInput("csv-heading", f"{path.name} 没有表头。", f"{path.name} has no heading.")
    return header, count


def _swallowed(name: str, first: int, last: int) -> BadInput:
    return broken(
        "csv-broken",
        name,
        first,
        f"引号有误，一行延续到第 {last} 行且列数不对",
        f"broken quoting: one row runs on to line {last} and has the wrong number of cells",
    )


def _rows(text: TextIO, name: str, delimiter: str, header: list[str]) -> Iterator[NumberedRow]:
    width = len(header)
    records = _records(text, name, delimiter)
    next(records, None)
    for first, _, cells in records:
        if len(cells) == width:
            yield first, cells, None
        else:
            fault = Fault("cells", f"应有 {width} 列，实有 {len(cells)} 列", f"{len(cells)} cells instead of {width}")
            yield first, cells, fault
