"""What came of each scheduled copy of an embedded store: a line of JSON each, in the folder of the copies.

Beside the copies and not in the store: a store that is restored must not forget which copies were good.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from data.snapshot import settle

NAME = "record.jsonl"
KEPT = 400
"""Lines that are kept: a year of days."""
SOUND, FAILED = "sound", "failed"


@dataclass(frozen=True)
class BackupRun:
    """One copy that was made, restored into a scratch place and compared there, or that failed.

    `at` in epoch seconds, `seconds` is how long it took, `size` in bytes; `step` and `zh`/`en` say what failed.
    """

    at: int
    file: str
    outcome: str
    seconds: float = 0.0
    size: int = 0
    tickets: int = 0
    events: int = 0
    step: str = ""
    zh: str = ""
    en: str = ""


def note(folder: Path, run: BackupRun) -> None:
    """Add a run to the record, in the place of an earlier one of the same file. Raises OSError, and StoreTrouble."""
    path = folder / NAME
    lines = [_line(known) for known in runs(folder) if known.file != run.file] + [_line(run)]
    partial = folder / f"{NAME}.partial"
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        file.write("".join(lines[-KEPT:]))
    settle(partial, path)


def runs(folder: Path) -> list[BackupRun]:
    """What the record holds, the oldest first; a line that cannot be read is left out."""
    return list(_read(folder / NAME))


def newest_of(folder: Path) -> dict[str, BackupRun]:
    """The newest run of each file."""
    return {run.file: run for run in runs(folder)}


def _line(run: BackupRun) -> str:
    return json.dumps(asdict(run), ensure_ascii=False, sort_keys=True) + "\n"


def _read(path: Path) -> Iterator[BackupRun]:
    try:
        lines = path.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            yield BackupRun(**json.loads(line))
        except (ValueError, TypeError, RecursionError):
            continue
