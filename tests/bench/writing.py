"""How long one small write takes with eight writers at once: alone, and beside a full import."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from data.sqlite import driver
from tests.bench.figures import Figure, percentile, short
from tests.bench.run import Run, module
from tests.bench.stores import copy_of

BARE = 50
GOALS = {("plain", False): 2.0, ("plain", True): 50.0}
WORDS = {"plain": "one small write", "note": "a note through the desk"}


def measure(run: Run) -> Iterator[Figure]:
    """p99 of writes on the largest store."""
    for kind in ("plain", "note"):
        for importing in (False, True):
            found: list[list[float]] = []
            bare: list[float] = []
            errors = 0
            with copy_of(run.store(run.large), "writing") as store:
                for turn in range(max(run.rounds // 2, 1)):
                    bare += _bare_commits(store)
                    times, failed = _round(run, store, kind, importing, turn)
                    found.append(times)
                    errors += failed
            yield _figure(run.writers, kind, importing, found, errors, bare)


def _figure(
    writers: int, kind: str, importing: bool, found: list[list[float]], errors: int, bare: list[float]
) -> Figure:
    what = f"p99 of {WORDS[kind]}, {writers} writers{', beside an import' if importing else ''}"
    name = f"writing.{kind}{'.import' if importing else ''}"
    goal = GOALS.get((kind, importing))
    everything = [time for times in found for time in times]
    note = f"p50 {short(median(everything) * 1000)} ms, longest {short(max(everything) * 1000)} ms,"
    note += f" {len(everything)} writes, {errors} errors;"
    note += f" a bare commit alone p50/p99 {short(median(bare) * 1000)}/{short(percentile(bare, 0.99) * 1000)} ms"
    return Figure(name, what, "–", tuple(percentile(times, 0.99) * 1000 for times in found), "ms", goal, note)


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


def _round(run: Run, store: Path, kind: str, importing: bool, turn: int) -> tuple[list[float], int]:
    """The durations of all writers, and how many writes failed."""
    environment = run.environment(store)
    with contextlib.ExitStack() as stack:
        if importing:
            seed = run.seed + 1000 * (turn + 1)
            folder = str(run.work / "imports")
            command = module("importer", str(store), folder, str(run.import_rows // 4), str(seed))
            stack.enter_context(_running(command, environment))
        writers = [
            subprocess.Popen(
                module("clerks", str(store), kind, str(run.seconds), f"{run.seed}-{turn}-{number}"),
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(run.writers)
        ]
        lines = [line for writer in writers for line in writer.communicate()[0].splitlines()]
    if any(writer.returncode for writer in writers):
        raise RuntimeError("a writer failed")
    times = [float(line) for line in lines if not line.startswith("error")]
    return times, len(lines) - len(times)


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
