"""A table from a file as the import sees it: a heading, and rows that come one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from data.errors import BadInput


class Fault(NamedTuple):
    """Why one row cannot be used, in both languages; the rest of the file can."""

    code: str
    zh: str
    en: str


NumberedRow = tuple[int, list[str], Fault | None]
"""The line (from 1) where the row begins, its cells in the order of the heading, and what is wrong with it."""


@dataclass
class Table:
    """An open file whose form has been checked to the end. Cells are text; what is not there is empty."""

    form: str
    """csv, xlsx or jsonl."""
    encoding: str
    header: list[str]
    rows: Iterator[NumberedRow]
    count: int
    """Rows in the file, faulty ones included."""
    close: Callable[[], None]

    def dicts(self) -> Iterator[tuple[int, dict[str, str]]]:
        """The sound rows as (line, {column: cell})."""
        for line, cells, fault in self.rows:
            if fault is None:
                yield line, dict(zip(self.header, cells, strict=True))


def shown(text: str, limit: int = 60) -> str:
    """Text of a file inside a message: escaped where it is not printable, cut where it is long."""
    cut = text if len(text) <= limit else text[: limit - 2] + ".."
    return cut if cut.isprintable() else ascii(cut)


def broken(code: str, name: str, line: int, zh: str, en: str) -> BadInput:
    """A file that cannot be read from a line on."""
    return BadInput(
        code, f"{shown(name)} 第 {line} 行：{zh}。", f"{shown(name)}, line {line}: {en}.", file=name, line=line
    )
