"""The file of rejected rows: where each stood, why, and the row itself, to be corrected and read again."""

from __future__ import annotations

import csv
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from core.exchange.cells import safe_cell
from core.exchange.csvfile import GUARDED
from core.exchange.tables import Fault
from data.errors import BadInput


class Rejects:
    """Rejected rows on their way to a CSV file, which is made with the first of them."""

    def __init__(self, source: Path, wanted: Path | None, header: list[str], keep: bool) -> None:
        """`wanted` is the file to write, by default beside the source; without `keep` nothing is written."""
        self._source, self._wanted, self._header, self._keep = source, wanted, header, keep
        self._file: TextIO | None = None
        self._writer: Any = None
        self.path: Path | None = None

    def add(self, line: int, cells: list[str], fault: Fault) -> None:
        """Write one row. Raises BadInput when no file can be made."""
        if not self._keep:
            return
        if self._writer is None:
            self._file, self.path = self._open()
            # A byte order mark, so that spreadsheets take the Chinese for what it is.
            self._file.write("\ufeff")
            self._writer = csv.writer(self._file, lineterminator="\r\n")
            self._writer.writerow([*GUARDED, *map(safe_cell, self._header)])
        try:
            self._writer.writerow([line, safe_cell(fault.zh), safe_cell(fault.en), *map(safe_cell, cells)])
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def flush(self) -> None:
        """Put what was written so far on its way to the disk. Raises BadInput when there is no room."""
        if self._file is None:
            return
        try:
            self._file.flush()
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def close(self) -> None:
        """Finish the file; `flush` has said before if it cannot be."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()

    def _open(self) -> tuple[TextIO, Path]:
        if self._wanted is not None:
            return _create(self._wanted), self._wanted
        name = f"{self._source.name}.rejected"
        failed: BadInput | None = None
        for folder in (self._source.parent, Path.cwd()):
            for number in range(1, 1000):
                path = folder / f"{name}{'' if number == 1 else f'-{number}'}.csv"
                if path.exists():
                    continue
                try:
                    return _create(path), path
                except BadInput as error:
                    failed = error
                    break
        assert failed is not None
        raise failed


def _create(path: Path) -> TextIO:
    """A new file that only its owner may read: it holds what people wrote. Nothing is overwritten."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise BadInput("file-exists", f"{path} 已存在。", f"{path} exists already.") from error
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from error
    return os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="")


def _unwritable(path: Path | None, error: Exception) -> BadInput:
    return BadInput(
        "rejects-file",
        f"无法写入退回文件 {path}：{error}。请另行指定。",
        f"Cannot write the file of rejected rows {path}: {error}. Name another one.",
    )
