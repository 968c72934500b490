"""How long one write takes with many writers at once: alone, and beside a full import."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from data.sqlite import driver
from tests.bench.figures import Figure, percentile, short
from tests.bench.run import Run, module
from tests.bench.stores import copy_of

BARE = 50
BUSY = 0.02, 0.12
"""Seconds between two writes of one of a few writers: far busier than an officer."""
CALM = 0.5, 1.5
"""Seconds between two writes of one of many consoles."""


class Kind(NamedTuple):
    """Who writes what, and what is the most that a write may take, in ms by p99: alone, and beside an import."""

    words: str
    write: str
    pause: tuple[float, float]
    goals: tuple[float | None, float | None] = (None, None)


KINDS = {
    "consoles": Kind("one small write, {consoles} consoles that write once a second", "plain", CALM, (2.0, 50.0)),
    "plain": Kind("one small write, {writers} writers that hardly pause", "plain", BUSY),
    "note": Kind("a note through the desk, {writers} writers that hardly pause", "note", BUSY),
}


def measure(run: Run) -> Iterator[Figure]:
    """p99 of writes on the largest store that may be copied."""
    tickets = max(run.written)
    for name, kind in KINDS.items():
        for importing in (False, True):
            found: list[list[float]] = []
            bare: list[float] = []
            errors = 0
            with copy_of(run.store(tickets), "writing") as store:
                for turn in range(max(run.rounds // 2, 1)):
                    bare += _bare_commits(store)
                    times, failed = _round(run, store, name, importing, turn)
                    found.append(times)
                    errors += failed
            everything = [time for times in found for time in times]
            note = f"p50 {short(median(everything) * 1000)} ms, longest {short(max(everything) * 1000)} ms,"
            note += f" {len(everything)} writes, {errors} errors; a bare commit alone p50/p99"
            note += f" {short(median(bare) * 1000)}/{short(percentile(bare, 0.99) * 1000)} ms"
            yield Figure(
                f"writing.{name}{'.import' if importing else ''}",
                f"p99 of {kind.words.format(consoles=run.consoles, writers=run.writers)}"
                f"{', beside an import' if importing else ''}",
                "–",
                tuple(percentile(times, 0.99) * 1000 for times in found),
                "ms",
                kind.goals[importing],
                note,
                tickets=tickets,
            )


def _bare_commits(store: Path) -> list[float]:
    """What the disk takes for one small durable commit, with nobody else writing."""
    connection = driver().connect(str(store), isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    times = []
    for _ in range(BARE):
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE centre_seq SET change_no = change_no + 1")
        connection.execute("COMMIT")
        times.append(time.perf_counter() - began)
    connection.close()
    return times


def _round(run: Run, store: Path, name: str, importing: bool, turn: int) -> tuple[list[float], int]:
    """The durations of all writers, and how many writes failed."""
    environment, kind = run.environment(store), KINDS[name]
    writers = run.consoles if name == "consoles" else run.writers
    with contextlib.ExitStack() as stack:
        if importing:
            seed = run.seed + 1000 * (turn + 1)
            folder = str(run.work / "imports")
            command = module("importer", str(store), folder, str(run.import_rows // 4), str(seed))
            stack.enter_context(_running(command, environment))
        told = [str(writers), *map(str, kind.pause)]
        clerks = module("clerks", str(store), kind.write, str(run.seconds), f"{run.seed}-{turn}", *told)
        ended = subprocess.run(clerks, env=environment, capture_output=True, text=True)
    if ended.returncode:
        raise RuntimeError(f"the writers failed: {ended.stderr[-300:]}")
    lines = ended.stdout.split("\n")
    times = [float(line) for line in lines if line and not line.startswith("error")]
    return times, sum(1 for line in lines if line.startswith("error"))


@contextlib.contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    """A program that runs meanwhile and is ended afterwards. Raises RuntimeError when it ended by itself."""
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        yield
        if child.poll() is not None:
            raise RuntimeError(f"the import ended early: {(child.stderr.read() if child.stderr else '')[-300:]}")
    finally:
        child.terminate()
        child.wait()
