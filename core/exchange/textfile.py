"""Text files of unknown encoding: checked from end to end before the first row is used."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path
from typing import TextIO

from core.exchange.tables import broken, shown
from data.errors import BadInput, NotFound

BLOCK = 1 << 20
ENCODINGS = ("auto", "utf-8", "gb18030", "gbk", "big5", "utf-16", "latin-1", "cp1252")
"""Encodings that a map may name. `auto` knows UTF-8 with and without a mark, UTF-16 with one, and GB18030."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def check_file(path: Path) -> None:
    """Raise NotFound or BadInput for what is no readable, filled, ordinary file."""
    name = shown(os.fspath(path), 200)
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise BadInput("file-directory", f"{name} 是目录，不是文件。", f"{name} is a folder, not a file.")
        if not stat.S_ISREG(found.st_mode):
            raise BadInput("file-kind", f"{name} 不是普通文件。", f"{name} is not an ordinary file.")
        with path.open("rb"):
            pass
    except FileNotFoundError as error:
        raise NotFound("file-missing", f"找不到文件 {name}。", f"There is no file {name}.") from error
    except (OSError, ValueError) as error:
        raise BadInput("file-read", f"无法读取 {name}：{error}", f"Cannot read {name}: {error}") from error
    if found.st_size == 0:
        raise BadInput("file-empty", f"{name} 是空文件。", f"{name} is empty.")


def find_encoding(path: Path, wanted: str = "auto") -> str:
    """The encoding that the whole file can be read in. Raises BadInput with the line that cannot."""
    with path.open("rb") as file:
        head = file.read(4)
    mark = next((encoding for bytes_, encoding in _MARKS if head.startswith(bytes_)), None)
    if wanted == "auto":
        chosen = (mark,) if mark else ("utf-8", "gb18030")
    else:
        chosen = ("utf-8-sig",) if wanted == "utf-8" and mark == "utf-8-sig" else (wanted,)
    failed = 1
    for encoding in chosen:
        line = _first_bad_line(path, encoding)
        if line is None:
            return encoding
        failed = max(failed, line)
    tried = "、".join(chosen), " or ".join(chosen)
    raise broken("file-encoding", path.name, failed, f"不是 {tried[0]} 文本", f"not text in {tried[1]}")


def open_text(path: Path, encoding: str) -> TextIO:
    """The file as text with its own line ends."""
    return path.open(encoding=encoding, newline="")


def _first_bad_line(path: Path, encoding: str) -> int | None:
    """The line where decoding fails. A NUL, which no text file holds, is refused at once."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = 1
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return lines + error.object[: error.start].count(b"\n")
            except UnicodeError:
                return lines
            place = text.find("\x00")
            if place >= 0:
                line = lines + text.count("\n", 0, place)
                raise broken("file-nul", path.name, line, "含有 NUL 字符，不是文本文件", "holds a NUL: not a text file")
            if not block:
                return None
            lines += text.count("\n")
