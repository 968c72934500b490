"""The checksums of rows: what a note through the desk costs with them and without, and how long all are checked."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

from core.clock import SystemClock
from core.desk.desk import open_desk
from core.desk.orders import Note
from data.checkpoint import wal_size
from data.row_check import rotten_in
from data.row_sums import TABLE
from data.snapshot import opened
from data.store import Store
from tests.bench.figures import Figure, Rounds
from tests.bench.run import OFFICER, Run
from tests.bench.stores import copy_of

NOTES = 40
WITH, WITHOUT = "with", "without"


def measure(run: Run) -> Iterator[Figure]:
    """Processor time and log of notes, and the check of the largest store; a store without the table keeps no sums."""
    cpu, log, checked = Rounds(), Rounds(), []
    with copy_of(run.store(run.large), "sums-with") as kept, copy_of(run.store(run.large), "sums-without") as bare:
        with opened(str(bare)) as connection:
            connection.execute(f"DROP TABLE {TABLE}")
        for turn in range(run.rounds):
            for name, path in ((WITH, kept), (WITHOUT, bare)):
                seconds, size = _notes(path, random.Random(run.seed + turn))
                cpu.add(name, seconds)
                log.add(name, size)
            began = time.process_time()
            rotten = rotten_in(str(kept), 1)
            checked.append((time.process_time() - began) * 1000)
            if rotten:
                raise RuntimeError(f"a sound store is reported: {rotten[0]}")
    yield Figure(
        "sums.note",
        "a note through the desk with checksums of its rows",
        "the same on a store without",
        cpu.ratios(WITH, WITHOUT),
        note=cpu.amounts("ms", WITH, WITHOUT, scale=1000),
    )
    yield Figure(
        "sums.log",
        "the write-ahead log of a note with checksums",
        "the same on a store without",
        log.ratios(WITH, WITHOUT),
        note=log.amounts("KiB", WITH, WITHOUT, scale=1 / 1024),
    )
    yield Figure("sums.check", "reading every row against its checksum, processor time", "–", tuple(checked), "ms")


def _notes(path: Path, chance: random.Random) -> tuple[float, float]:
    """Processor time and bytes of the log for one note."""
    store = Store(f"sqlite:///{path}")
    desk = open_desk(store, SystemClock())
    actor = desk.actor(OFFICER)

    def note() -> None:
        desk.do(Note(ticket=f"20000000-{chance.randrange(50):04d}", text="已电话告知来电人"), actor)

    for _ in range(NOTES // 4):
        note()
    before, began = wal_size(store.path), time.process_time()
    for _ in range(NOTES):
        note()
    took = (time.process_time() - began) / NOTES, (wal_size(store.path) - before) / NOTES
    store.close()
    return took
