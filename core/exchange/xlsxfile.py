"""XLSX, unpacked by a process of its own (core.exchange.unpack) into a spool, so that no workbook harms this one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from core.exchange.tables import NumberedRow, Table, shown
from data.errors import BadInput

WAIT_SECONDS = 300
_PROGRAM = str(Path(__file__).with_name("unpack.py"))


def open_xlsx(path: Path, sheet: str = "") -> Table:
    """A sheet of a workbook, the first by default, as a table; empty rows are left out.

    Raises BadInput for what is no workbook, or one that asks for too much memory, time, rows or columns.
    """
    spool: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the table
    try:
        _unpack(path, sheet, spool)
        spool.seek(0)
        header, count = _check(spool, path.name)
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return Table("xlsx", "xlsx", header, _rows(spool), count, spool.close)


def _unpack(path: Path, sheet: str, spool: IO[bytes]) -> None:
    # -I: neither the environment nor the current folder decides what the child imports.
    command = [sys.executable, "-I", _PROGRAM, str(path), sheet]
    with tempfile.TemporaryFile() as errors:
        try:
            ended = subprocess.run(  # noqa: S603 - our own program, no shell
                command, stdin=subprocess.DEVNULL, stdout=spool, stderr=errors, timeout=WAIT_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise _refusal(path.name, "xlsx-size", "读取超时", "reading took too long") from error
        if ended.returncode == 0:
            return
        errors.seek(max(0, errors.seek(0, 2) - 4096))
        said = errors.read().decode("utf-8", "replace").strip().splitlines()
    try:
        reason = json.loads(said[-1])
        code, zh, en = str(reason["code"]), str(reason["zh"]), str(reason["en"])
    except (IndexError, ValueError, KeyError, TypeError):
        # Killed by one of its limits, before it could say anything.
        code, zh, en = "xlsx-size", "占用内存或时间过多", "it needs too much memory or time"
    raise _refusal(path.name, code, zh, en)


def _refusal(name: str, code: str, zh: str, en: str) -> BadInput:
    return BadInput(
        code, f"{shown(name)}：{shown(zh, 200)}，拒绝导入。", f"{shown(name)}: {shown(en, 200)}.", file=name
    )


def _check(spool: IO[bytes], name: str) -> tuple[list[str], int]:
    header: list[str] | None = None
    count = 0
    for line in spool:
        _, cells = json.loads(line)
        if any(cells):
            if header is None:
                header = [cell.strip() for cell in cells]
            else:
                count += 1
    if header is None:
        raise BadInput("xlsx-heading", f"{shown(name)} 没有表头。", f"{shown(name)} has no heading.")
    return header, count


def _rows(spool: IO[bytes]) -> Iterator[NumberedRow]:
    heading = True
    for line in spool:
        number, cells = json.loads(line)
        if not any(cells):
            continue
        if not heading:
            yield number, cells, None
        heading = False
