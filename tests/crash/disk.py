"""What a disk may hold after a power cut: what was synced, and of the rest any part, in any order, torn at sectors.

Files: what was written since a file's last fsync may be there or not, write by write or sector by sector; where it made
the file longer and is not there, zeros or rubbish may be. Names: made, removed and renamed in the order in which that
was asked for, up to any point behind the last fsync of their folder.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.shim import Operation

SECTOR = 512
WAYS = ("nothing", "everything", "up to a write", "some writes", "some sectors", "the last writes", "one write less")
LEFT_OUT = ("-shm", ".turn", ".gate", ".bell")
"""Files whose contents mean nothing after a restart: shared memory, locks, the bell."""


@dataclass
class _File:
    """What is certainly on the disk, and what was written since."""

    synced: bytes = b""
    since: list[tuple[int, bytes | None]] = field(default_factory=list)
    """Offset and bytes of a write; None for a truncation to the offset."""

    def sync(self) -> None:
        self.synced, self.since = self.cached(), []

    def cached(self) -> bytes:
        """What a process reads."""
        content = bytearray(self.synced)
        for offset, written in self.since:
            _apply(content, offset, written)
        return bytes(content)


class Disk:
    """A folder as it is replayed from a record."""

    def __init__(self, folder: Path, start: Path) -> None:
        """`folder` is the path that the record names, `start` holds what was there before, all of it safe."""
        self._folder = str(folder)
        self._names = {
            str(path.relative_to(start)): _File(path.read_bytes())
            for path in sorted(start.rglob("*"))
            if path.is_file() and not path.name.endswith(LEFT_OUT)
        }
        self._safe = dict(self._names)
        """The names that are certainly on the disk."""
        self._pending: list[tuple[str, _File | None]] = []
        """Names that were given or taken away since their folder was synced."""

    def play(self, operation: Operation) -> None:
        """One operation; what is printed changes nothing."""
        if operation.kind in "PM":
            return
        name = self._short(operation.path)
        if operation.kind == "S" and name not in self._names:
            self._sync_folder(name)
            return
        if name.endswith(LEFT_OUT):
            return
        if operation.kind == "C":
            self._name(name, _File())
        elif operation.kind == "U":
            self._name(name, None)
        elif operation.kind in "RL":
            file = self._names[name]
            self._name(self._short(operation.other), file)
            if operation.kind == "R":
                self._name(name, None)
        elif name in self._names:
            file = self._names[name]
            if operation.kind == "W":
                file.since.append((operation.offset, operation.content))
            elif operation.kind == "T":
                file.since.append((operation.length, None))
            elif operation.kind == "S":
                file.sync()

    def cached(self) -> dict[str, bytes]:
        """What processes see."""
        return {name: file.cached() for name, file in self._names.items()}

    def unsynced(self) -> int:
        """How much a power cut could take."""
        files = {id(file): file for file in (*self._names.values(), *self._safe.values())}
        return len(self._pending) + sum(len(file.since) for file in files.values())

    def after_a_cut(self, dice: random.Random, way: str) -> dict[str, bytes]:
        """What one finds when the power is back."""
        names = dict(self._safe)
        reached = len(self._pending) if way == "everything" else dice.randint(0, len(self._pending))
        for name, file in self._pending[: 0 if way == "nothing" else reached]:
            if file is None:
                names.pop(name, None)
            else:
                names[name] = file
        drawn: dict[int, bytes] = {}
        for file in names.values():
            if id(file) not in drawn:
                drawn[id(file)] = _drawn(file, dice, way)
        return {name: drawn[id(file)] for name, file in names.items()}

    def _short(self, path: str) -> str:
        return path[len(self._folder) + 1 :] if path.startswith(self._folder) else path

    def _name(self, name: str, file: _File | None) -> None:
        if file is None:
            self._names.pop(name, None)
        else:
            self._names[name] = file
        self._pending.append((name, file))

    def _sync_folder(self, folder: str) -> None:
        """What happened to the names in one folder is safe, and so is what happened before it anywhere."""
        places = [n for n, (name, _) in enumerate(self._pending) if str(Path(name).parent) in (folder, folder or ".")]
        if not places:
            return
        for name, file in self._pending[: places[-1] + 1]:
            if file is None:
                self._safe.pop(name, None)
            else:
                self._safe[name] = file
        del self._pending[: places[-1] + 1]


def _drawn(file: _File, dice: random.Random, way: str) -> bytes:
    """What is left of one file."""
    content = bytearray(file.synced)
    chosen = _chosen(len(file.since), dice, way)
    for place, (offset, written) in enumerate(file.since):
        if place not in chosen:
            continue
        if way == "some sectors" and written is not None:
            for start, part in _sectors(offset, written):
                if dice.random() < 0.5:
                    _apply(content, start, part, dice)
        else:
            _apply(content, offset, written, dice)
    return bytes(content)


def _chosen(count: int, dice: random.Random, way: str) -> Iterable[int]:
    if way == "nothing" or not count:
        return ()
    if way in ("everything", "some sectors"):
        return range(count)
    if way == "up to a write":
        return range(dice.randint(0, count))
    if way == "the last writes":
        return range(dice.randint(0, count), count)
    if way == "one write less":
        left_out = dice.randrange(count)
        return {place for place in range(count) if place != left_out}
    share = dice.random()
    return {place for place in range(count) if dice.random() < share}


def _sectors(offset: int, written: bytes) -> Iterable[tuple[int, bytes]]:
    """A write in the pieces that a disk keeps whole."""
    place = 0
    while place < len(written):
        size = SECTOR - (offset + place) % SECTOR
        yield offset + place, written[place : place + size]
        place += size


def _apply(content: bytearray, offset: int, written: bytes | None, dice: random.Random | None = None) -> None:
    """Write or cut; a gap before what is written is filled with zeros, after a power cut perhaps with rubbish."""
    if written is None:
        del content[offset:]
        content.extend(bytes(offset - len(content)))
        return
    gap = offset - len(content)
    if gap > 0:
        content.extend(dice.randbytes(gap) if dice and dice.random() < 0.3 else bytes(gap))
    content[offset : offset + len(written)] = written
