"""Power cuts: a recorded command, and at any of its moments any disk that the cut may leave."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from data.sqlite import driver
from tests.crash.day import Scene, command
from tests.crash.disk import WAYS, Disk
from tests.crash.looking import look, plain_rows, state_of
from tests.crash.machine import STORE, Machine
from tests.crash.shim import operations

COPIES = (".db", ".before-restore", ".schema-0001", ".damaged")
"""How files end that are stores or copies of one: they have such a name only when they are whole."""
ANSWERED = 10
FOUND = 5
"""After so many different losses of one record nothing more is learned."""


def cut(machine: Machine, scene: Scene, seed: str, states: int, plant: str = "") -> tuple[int, list[str]]:
    """Record a command and cut the power so many times; how many different disks were tried, and what was lost."""
    machine.lay(scene.before)
    start = machine.folder / "start"
    shutil.rmtree(start, ignore_errors=True)
    machine.keep(start)
    record = machine.folder / "record"
    record.unlink(missing_ok=True)
    ended = command(machine, scene.step, plant=plant, record=str(record))
    if ended.code:
        return 1, [f"{scene.step.name} ended with {ended.code}: {ended.err[-300:]}"]
    tried, lost = machine.call(
        "cuts.examine", str(machine.disk), str(start), str(record), str(machine.folder / "cut"), seed, str(states)
    )
    return tried, [f"{scene.step.name}: {problem}" for problem in lost]


def examine(folder: str, start: str, record: str, room: str, seed: str, states: str) -> tuple[int, list[str]]:
    """Go through a record with many cuts; runs in a process of its own."""
    return _Examiner(Path(folder), Path(start), Path(record), Path(room)).all(random.Random(seed), int(states))


class _Examiner:
    def __init__(self, folder: Path, start: Path, record: Path, room: Path) -> None:
        self.room = room
        self._folder, self._start = folder, start
        self._record = list(operations(record))
        self._known: dict[str, int] = {}
        """States that a process saw, in the order in which they came."""
        self._seen: dict[bytes, str] = {}
        """Disks that were looked at, and what was wrong with each."""

    def all(self, dice: random.Random, states: int) -> tuple[int, list[str]]:
        """How many different disks were tried, and what was lost."""
        owed = self._states_on_the_way()
        disk = Disk(self._folder, self._start)
        lost: list[str] = []
        weights = [max(1, n) for n in self._room_for_loss()]
        moments = sorted(dice.choices(range(len(weights)), weights, k=states))
        place = 0
        for moment in moments:
            while place < moment:
                disk.play(self._record[place])
                place += 1
            way = dice.choice(WAYS)
            if problem := self._try(disk.after_a_cut(dice, way), owed[moment]):
                lost.append(f"cut before operation {moment + 1} of {len(self._record)}, {way} kept: {problem}")
            if len(lost) >= FOUND:
                break
        return len(self._seen), lost

    def _room_for_loss(self) -> Iterator[int]:
        """For each moment, how much is not synced then; the moments behind an answer count most."""
        disk, before = Disk(self._folder, self._start), ""
        for operation in self._record:
            yield min(40, disk.unsynced()) * (ANSWERED if before == "P" else 1)
            disk.play(operation)
            before = operation.kind
        yield 1

    def _states_on_the_way(self) -> list[int]:
        """For each moment the oldest state that may be found: what the last answer before it stood on.

        Raises AssertionError where a state that a process saw is not whole.
        """
        disk = Disk(self._folder, self._start)
        owed, oldest = [], self._saw(disk)
        for operation in self._record:
            owed.append(oldest)
            disk.play(operation)
            if operation.kind in "SRU":
                self._saw(disk)
            elif operation.kind == "P":
                oldest = self._saw(disk)
        return [*owed, oldest]

    def _saw(self, disk: Disk) -> int:
        files = disk.cached()
        state, problem = self._state(files)
        assert not problem, problem
        if state not in self._known:
            self._known[state] = len(self._known)
            found = look(self._lay(files)) if STORE in files else {"check": 0, "verify": 0}
            refused = (found["check"], found["verify"]) == (6, 6) and "store-older" in str(found["said"])
            assert refused or (found["check"], found["verify"]) == (0, 0), found["said"]
        return self._known[state]

    def _try(self, files: dict[str, bytes], owed: int) -> str:
        key = hashlib.sha256(repr(sorted((name, hashlib.sha256(files[name]).digest()) for name in files)).encode())
        key.update(str(owed).encode())
        if key.digest() not in self._seen:
            self._seen[key.digest()] = self._judge(files, owed)
        return self._seen[key.digest()]

    def _judge(self, files: dict[str, bytes], owed: int) -> str:
        state, problem = self._state(files)
        if problem:
            return problem
        if state not in self._known:
            return "a state that no process ever saw"
        if self._known[state] < owed:
            return f"what was told is gone: state {self._known[state]} is back, of {owed}"
        return ""

    def _state(self, files: dict[str, bytes]) -> tuple[str, str]:
        """The state that SQLite finds, and what is wrong with the files."""
        path = self._lay(files)
        for name in files:
            if name.endswith(COPIES) and name != STORE and (problem := _structure(self.room / name)):
                return "", f"{name}: {problem}"
        if STORE not in files:
            return "", "there is no store any more"
        problem = _structure(Path(path))
        return ("", problem) if problem else (_state_of(path), "")

    def _lay(self, files: dict[str, bytes]) -> str:
        shutil.rmtree(self.room, ignore_errors=True)
        for name, content in files.items():
            path = self.room / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return str(self.room / STORE)


def _open(path: Path | str) -> Any:
    return driver().connect(f"file:{quote(str(path))}?mode=rw", uri=True, isolation_level=None)


def _structure(path: Path) -> str:
    """What is wrong with a file as a database; empty when it is whole."""
    connection = _open(path)
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)")]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except driver().Error as error:
        return f"damaged: {error}"
    finally:
        connection.close()
    return "" if found == ["ok"] and tables else f"damaged: {found}, {tables} tables"


def _state_of(path: str) -> str:
    connection = _open(path)
    try:
        return state_of(plain_rows(connection))
    finally:
        connection.close()
