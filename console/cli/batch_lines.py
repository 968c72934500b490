"""Lines of a file or pipe in chunks: all that is there at once, so that a slow pipe is answered line by line."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from typing import NamedTuple

from data.errors import BadInput, NotFound

READ_SIZE = 65_536
LINE_LIMIT = 1_000_000


class Line(NamedTuple):
    """A line that is not blank, with its number from 1; `refusal` when it is too long."""

    number: int
    text: bytes
    refusal: BadInput | None = None


class read_lines:
    """A source of lines. As a context manager it closes the file."""

    def __init__(self, name: str) -> None:
        """Open a file, or stdin for `-`. Raises NotFound or BadInput."""
        self.done = 0
        self.size: int | None = None
        self._numbers: list[int] = []
        self._number = 0
        self._own = name != "-"
        self._handle = _open(name) if self._own else sys.stdin.fileno()
        status = os.fstat(self._handle)
        if stat.S_ISREG(status.st_mode):
            self.size = status.st_size

    def __enter__(self) -> read_lines:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._own:
            os.close(self._handle)

    def number_of(self, place: int) -> int:
        """The line number of the line that came at a place, counted from 1."""
        return self._numbers[place - 1]

    def chunks(self) -> Iterator[list[Line]]:
        """Lists of lines; blank ones are left out."""
        rest, skipping = b"", False
        while True:
            read = os.read(self._handle, READ_SIZE)
            self.done += len(read)
            *whole, rest = (rest + read).split(b"\n")
            if not read:
                whole, rest = [rest], b""
            found = []
            for text in whole:
                line = self._line(text, skipping)
                skipping = False
                if line is not None:
                    found.append(line)
            if len(rest) > LINE_LIMIT:
                rest, skipping = b"", True
            if found:
                yield found
            if not read:
                return

    def _line(self, text: bytes, skipped: bool) -> Line | None:
        self._number += 1
        if not text.strip() and not skipped:
            return None
        self._numbers.append(self._number)
        if skipped or len(text) > LINE_LIMIT:
            return Line(
                self._number,
                b"",
                BadInput("line-too-long", "此行太长，最多 1 MB。", "The line is too long: at most 1 MB."),
            )
        return Line(self._number, text)


def _open(name: str) -> int:
    try:
        handle = os.open(name, os.O_RDONLY)
    except FileNotFoundError as error:
        raise NotFound("file-missing", f"没有文件 {name}。", f"There is no file {name}.") from error
    except (OSError, ValueError) as error:
        raise BadInput("file-unreadable", f"无法读取文件 {name}。", f"The file {name} cannot be read.") from error
    if stat.S_ISDIR(os.fstat(handle).st_mode):
        os.close(handle)
        raise BadInput("file-folder", f"{name} 是目录。", f"{name} is a folder.")
    return handle
