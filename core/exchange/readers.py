"""Opening a file of tickets, whatever its form: CSV, XLSX or JSON lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.exchange.csvfile import open_csv
from core.exchange.jsonlfile import open_jsonl
from core.exchange.tables import Table, shown
from core.exchange.textfile import check_file
from core.exchange.xlsxfile import open_xlsx
from data.errors import BadInput

FORMS = ("csv", "xlsx", "jsonl")


def open_table(
    path: Path,
    columns: Sequence[str] = (),
    form: str = "",
    encoding: str = "auto",
    delimiter: str = "",
    sheet: str = "",
) -> Table:
    """The table in a file, checked to its end; close it when done.

    `columns` names the fields that are read from JSON lines. The form is found by content and ending when it is not
    given. Raises NotFound, or BadInput with the line where the file is broken; then no row has been used.
    """
    check_file(path)
    try:
        return _open(path, columns, form, encoding, delimiter, sheet)
    except OSError as error:
        name = shown(str(path), 200)
        raise BadInput("file-read", f"无法读取 {name}：{error}", f"Cannot read {name}: {error}") from error


def _open(path: Path, columns: Sequence[str], form: str, encoding: str, delimiter: str, sheet: str) -> Table:
    chosen = form_of(path) if not form or form_of(path) == "xlsx" else form
    if chosen == "xlsx":
        return open_xlsx(path, sheet)
    if chosen == "jsonl":
        return open_jsonl(path, columns, encoding)
    return open_csv(path, encoding, delimiter)


def form_of(path: Path) -> str:
    """The form of a file: a workbook by its first bytes, JSON lines by the ending, else CSV."""
    with path.open("rb") as file:
        if file.read(4) == b"PK\x03\x04":
            return "xlsx"
    if path.suffix.lower() == ".xlsx":
        return "xlsx"
    return "jsonl" if path.suffix.lower() in (".jsonl", ".ndjson") else "csv"
