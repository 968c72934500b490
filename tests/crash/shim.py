"""The library that sees every write of a process: how it is built, what it is told, what it recorded."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_name("iolog.c")
RECORD, KILL_BEFORE, KILL_WITHIN, REFUSE, FREEZE = range(5)
NAMES = {KILL_BEFORE: "before", KILL_WITHIN: "within", REFUSE: "refused", FREEZE: "frozen"}
ERRORS = {"EIO": errno.EIO, "ENOSPC": errno.ENOSPC}
_HEAD = struct.Struct("<BxHHxxQQ")
_HEAD_SIZE = struct.calcsize("@BBHHHQQ")


@dataclass(frozen=True)
class Arm:
    """What happens at the nth write of a process; without `nth` it is only counted and, with a record, recorded."""

    nth: int = 0
    action: int = RECORD
    error: str = "EIO"
    for_good: bool = False
    reads: bool = False
    """Whether reading is an operation too."""
    silent: bool = False
    """Whether what is printed gets through all the same."""
    ending: str = ""
    """Only operations on files whose names end like this count."""

    def __str__(self) -> str:
        if self.action != REFUSE:
            return f"{NAMES.get(self.action, 'recorded')} {self.nth}{self.ending and f' of {self.ending}'}"
        return (
            f"{self.error} {'from' if self.for_good else 'at'} {'read or write' if self.reads else 'write'} {self.nth}"
        )


@dataclass(frozen=True)
class Operation:
    """One recorded operation. `kind`: Write, Sync, Truncate, Create, Unlink, Rename, Link, Make a folder, Print."""

    kind: str
    path: str
    other: str
    offset: int
    length: int
    content: bytes


def missing() -> str:
    """Why the library cannot be built here; empty where it can."""
    if not sys.platform.startswith("linux"):
        return "the writes of a process are seen on Linux only"
    return "" if _compiler() else "no C compiler: sudo apt install gcc libc6-dev"


def _compiler() -> str | None:
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


@cache
def library() -> Path:
    """The library, built when it is not there yet. Raises RuntimeError with what the compiler said."""
    source = SOURCE.read_bytes()
    name = f"zhihui-iolog-{os.getuid()}-{hashlib.sha256(source).hexdigest()[:16]}.so"
    path = Path(tempfile.gettempdir()) / name
    if not path.exists():
        compiler = _compiler()
        if compiler is None:
            raise RuntimeError(missing())
        partial = path.with_suffix(f".{os.getpid()}")
        command = [compiler, "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(partial), str(SOURCE)]
        made = subprocess.run([*command, "-ldl", "-lpthread"], capture_output=True, text=True, check=False)
        if made.returncode:
            raise RuntimeError(made.stderr)
        os.replace(partial, path)
    return path


class Shim:
    """The library inside the process that was started with it."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        for name in ("iolog_seen", "iolog_struck"):
            getattr(self._library, name).restype = ctypes.c_long

    def arm(self, folder: str, record: str, arm: Arm) -> None:
        """From now on, for writes below `folder` and for what is printed."""
        self._library.iolog_arm(
            os.fsencode(os.path.realpath(folder)) if folder else b"", os.fsencode(record), arm.action,
            ctypes.c_long(arm.nth), ERRORS[arm.error], int(arm.for_good), int(arm.reads), int(arm.silent),
            os.fsencode(arm.ending),
        )  # fmt: skip

    def seen(self) -> tuple[int, int]:
        """How many operations there were, and which was the first that was struck."""
        return self._library.iolog_seen(), self._library.iolog_struck()


def operations(record: Path) -> Iterator[Operation]:
    """What was recorded, in order."""
    data = record.read_bytes()
    place = 0
    while place + _HEAD_SIZE <= len(data):
        kind, path, other, offset, length = _HEAD.unpack_from(data, place)
        place += _HEAD_SIZE
        names = []
        for size in (path, other):
            names.append(os.fsdecode(data[place : place + size]))
            place += size
        content = b""
        if chr(kind) in "WP":
            content = data[place : place + length]
            place += length
        yield Operation(chr(kind), names[0], names[1], offset, length, content)
