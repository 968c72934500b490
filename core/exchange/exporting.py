"""Tickets out to a file: CSV and XLSX that are safe to open in a spreadsheet, JSON lines for programs.

Personal data is masked unless it is asked for; what is confidential is then left out altogether. The file appears whole
or not at all, readable by its owner alone.
"""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from core.exchange.cells import safe_cell
from core.exchange.tables import shown
from data.clean import clean
from data.errors import BadInput
from data.instants import FAR
from data.masking import mask_address, mask_name, mask_phone, mask_text
from data.queries import export
from data.queries.filters import Condition
from data.reader import Reader

FORMS = ("csv", "xlsx", "jsonl")
XLSX_ROWS = 1_048_575
"""Rows that a sheet can hold below its heading."""
WITHHELD = "***"
STEP = 1_000

_TIMES = frozenset(name for name in export.COLUMNS if name.endswith("_at"))
_FLAGS = frozenset({"on_time", "supervised", "confidential"})
_MASKS: dict[str, Callable[[str], str]] = {
    "title": mask_text,
    "body": mask_text,
    "outcome": mask_text,
    "public_reply": mask_text,
    "reason": mask_text,
    "address": mask_address,
    "reporter_name": mask_name,
    "reporter_phone": mask_phone,
}

Record = dict[str, Any]
Progress = Callable[[int, int], None]
"""Called with the tickets written and the tickets there are."""


@dataclass(frozen=True)
class ExportResult:
    """What was written, and whether personal data is masked in it."""

    path: Path
    form: str
    written: int
    masked: bool


def export_tickets(
    reader: Reader,
    centre: int,
    target: Path,
    form: str = "",
    condition: Condition | None = None,
    zone: str = "Asia/Shanghai",
    reveal: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> ExportResult:
    """Write the tickets that a filter lets through to a file; its ending tells the form when it is not given.

    Instants are ISO 8601 in `zone`. Raises BadInput for an unknown form, a file that is there already (without
    `force`), a place that cannot be written, and more tickets than a sheet can hold.
    """
    chosen = form or {".csv": "csv", ".xlsx": "xlsx", ".jsonl": "jsonl", ".ndjson": "jsonl"}.get(
        target.suffix.lower(), ""
    )
    if chosen in FORMS and not force and os.path.lexists(target):
        raise _exists(target)
    records = _chosen(reader, centre, chosen, condition, zone, reveal, progress)
    written = _whole(target, force, lambda file: _WRITERS[chosen](file, records))
    return ExportResult(target, chosen, written, not reveal)


def stream_tickets(
    reader: Reader,
    centre: int,
    file: IO[bytes],
    form: str,
    condition: Condition | None = None,
    zone: str = "Asia/Shanghai",
    reveal: bool = False,
    progress: Progress | None = None,
) -> int:
    """Write the same into an open, unbuffered file, such as a pipe; gives the number of tickets.

    Raises BadInput like `export_tickets` before anything is written, and the OSError of a reader that went away.
    """
    records = _chosen(reader, centre, form, condition, zone, reveal, progress)
    buffered = io.BufferedWriter(file)
    try:
        written = _WRITERS[form](buffered, records)
        buffered.flush()
    finally:
        with suppress(OSError, ValueError):
            buffered.detach()
    return written


def check_form(form: str) -> None:
    """Raises BadInput for a form that is not one of FORMS."""
    if form not in FORMS:
        raise BadInput("export-form", "导出格式须为 csv、xlsx 或 jsonl。", "The form must be csv, xlsx or jsonl.")


def _chosen(
    reader: Reader,
    centre: int,
    form: str,
    condition: Condition | None,
    zone: str,
    reveal: bool,
    progress: Progress | None,
) -> Iterator[Record]:
    """The records to write, looked at before anything is written: the form is known and a sheet has the room."""
    check_form(form)
    total = export.count(reader, centre, condition)
    if form == "xlsx" and total > XLSX_ROWS:
        raise BadInput(
            "export-rows",
            f"共 {total} 件，工作表最多 {XLSX_ROWS} 行，请用 csv。",
            f"{total} tickets are more than the {XLSX_ROWS} rows of a sheet: use csv.",
        )
    return _told(_records(reader, centre, condition, ZoneInfo(zone), reveal), total, progress)


def _records(
    reader: Reader, centre: int, condition: Condition | None, zone: ZoneInfo, reveal: bool
) -> Iterator[Record]:
    names = list(export.COLUMNS)
    for values in export.tickets(reader, centre, condition):
        record = dict(zip(names, values, strict=True))
        hidden = not reveal and bool(record["confidential"])
        for name, value in record.items():
            if name in _TIMES:
                record[name] = None if value is None or value >= FAR else _iso(value, zone)
            elif name in _FLAGS:
                record[name] = None if value is None else bool(value)
            elif value and name in _MASKS and not reveal:
                record[name] = WITHHELD if hidden else _MASKS[name](value)
        yield record


def _told(records: Iterable[Record], total: int, progress: Progress | None) -> Iterator[Record]:
    done = 0
    for done, record in enumerate(records, 1):
        yield record
        if progress is not None and done % STEP == 0:
            progress(done, total)
    if progress is not None:
        progress(done, total)


def _iso(seconds: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(seconds, zone).isoformat()


# ------------------------------------------------------------------------------------------------ forms


def _write_csv(file: IO[bytes], records: Iterable[Record]) -> int:
    written = 0
    # A byte order mark, so that spreadsheets take the Chinese for what it is. Half characters that were stored long ago
    # are replaced: they must not stop an export.
    file.write(b"\xef\xbb\xbf")
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
    try:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(export.COLUMNS)
        for record in records:
            writer.writerow([_cell(value) for value in record.values()])
            written += 1
        text.flush()
    finally:
        with suppress(OSError):
            text.detach()
    return written


def _write_jsonl(file: IO[bytes], records: Iterable[Record]) -> int:
    written = 0
    with open(file.fileno(), "wb", closefd=False) as lines:
        for record in records:
            plain = {
                name: clean(value, lines=True) if isinstance(value, str) else value for name, value in record.items()
            }
            lines.write(json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            written += 1
    return written


def _write_xlsx(file: IO[bytes], records: Iterable[Record]) -> int:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("tickets")
    sheet.freeze_panes = "A2"
    sheet.append(list(export.COLUMNS))
    written = 0
    for record in records:
        cells = []
        for value in map(_cell, record.values()):
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                # Said outright: text, whatever it looks like.
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
        written += 1
    book.save(file)
    return written


_WRITERS: dict[str, Callable[[IO[bytes], Iterable[Record]], int]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "jsonl": _write_jsonl,
}


def _cell(value: Any) -> str | int | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return safe_cell(value) if isinstance(value, str) else value


# ------------------------------------------------------------------------------------------------ the file


def _whole(target: Path, force: bool, write: Callable[[IO[bytes]], int]) -> int:
    """Write to a file beside the target and put it in place when it is complete and on the disk."""
    part = ""
    try:
        handle, part = tempfile.mkstemp(prefix=f".{target.name[:60]}.", suffix=".part", dir=target.parent)
        # Buffered: a bare write may take a part of its bytes on a full disk and say nothing.
        with os.fdopen(handle, "wb") as file:
            written = write(file)
            file.flush()
            os.fsync(file.fileno())
        if force:
            os.replace(part, target)
        else:
            _place(part, target)
        return written
    except FileExistsError as error:
        raise _exists(target) from error
    except (OSError, ValueError) as error:
        name = shown(str(target), 200)
        why = getattr(error, "strerror", None) or str(error)
        raise BadInput("export-file", f"无法写入 {name}：{why}", f"Cannot write {name}: {why}") from error
    finally:
        if part:
            with suppress(OSError):
                os.unlink(part)


def _place(part: str, target: Path) -> None:
    """Give the finished file its name, but never another file's. Raises FileExistsError."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links: the name is taken first, then filled.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        os.replace(part, target)


def _exists(target: Path) -> BadInput:
    name = shown(str(target), 200)
    return BadInput("file-exists", f"{name} 已存在，覆盖请加 --force。", f"{name} exists; --force overwrites it.")
