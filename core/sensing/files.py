"""The register as a file: CSV, XLSX or JSON lines in, CSV or JSON lines out; what goes out comes in again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.exchange.cells import safe_cell, without_guard
from core.exchange.readers import open_table
from core.organisation.files import write_file
from core.sensing.orders import DeviceEntry, read_order
from data.errors import BadInput, Refusal
from data.queries.devices import DeviceLine

COLUMNS = (
    *("code", "kind", "unit", "name", "address", "person_name", "person_phone", "doctor", "maintainer", "gateway"),
    *("beat_hours", "silence_hours"),
)
NUMBERS = ("beat_hours", "silence_hours")


def read_devices(path: Path) -> Iterator[tuple[int, DeviceEntry | Refusal]]:
    """Each line of a file with its number: a device, or why it is none. Raises BadInput for a broken file."""
    table = open_table(path, COLUMNS)
    try:
        for line, cells, fault in table.rows:
            if fault is not None:
                yield line, BadInput(fault.code, f"{fault.zh}。", f"{fault.en}.")
                continue
            try:
                yield line, read_entry(dict(zip(table.header, map(without_guard, cells), strict=True)))
            except Refusal as refusal:
                yield line, refusal
    finally:
        table.close()


def read_entry(values: dict[str, Any]) -> DeviceEntry:
    """A device from plain texts; empty ones are left out. Raises BadInput that names the field."""
    given = {name: value for name, value in values.items() if value not in ("", None)}
    found = read_order(DeviceEntry, given)
    assert isinstance(found, DeviceEntry)
    return found


def write_devices(path: Path, lines: list[DeviceLine]) -> None:
    """The register as `read_devices` reads it, by the ending: .jsonl, else CSV. It holds personal data in full."""
    records = [_record(line) for line in lines]
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        write_file(path, text.encode("utf-8"))
        return
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: safe_cell(str(value)) for name, value in record.items()} for record in records)
    write_file(path, buffer.getvalue().encode("utf-8-sig"))


def _record(line: DeviceLine) -> dict[str, Any]:
    record = {name: getattr(line, name) for name in COLUMNS if name not in NUMBERS}
    return record | {
        "beat_hours": round(line.beat_seconds / 3600, 4),
        "silence_hours": round(line.silence_seconds / 3600, 4),
    }
