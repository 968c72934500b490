"""One race: the street, the processes, perhaps a bug in all of them, perhaps deaths, and the verdict."""

from __future__ import annotations

import contextlib
import logging
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from sqlalchemy import make_url

from core.clock import SystemClock
from core.desk.desk import open_desk
from data.location import is_sqlite, locate
from data.store import Store
from tests.faults.rig import SPAWN
from tests.races.checker import check
from tests.races.history import OK, REFUSED, UNSURE, History, Recorder, read_histories
from tests.races.officers import Race, ask_again, run_engine, run_officers
from tests.races.street import build, officers

SPAWN.set_forkserver_preload(["tests.faults.engine_process", "tests.races.officers"])
BETWEEN = (0.2, 0.9)
"""Seconds between two deaths."""


@dataclass(frozen=True)
class Size:
    """How large a race is."""

    officers: int = 64
    processes: int = 8
    tickets: int = 4
    seconds: float = 0.0
    deeds: int = 20
    """For each officer, where no time is given."""
    deaths: int = 0
    """Processes that are killed by SIGKILL, or sessions that a server cuts."""


@dataclass
class Verdict:
    """What came of a race."""

    found: list[str]
    history: History
    seconds: float

    @property
    def line(self) -> str:
        """The figures in a line."""
        deeds = self.history.deeds
        done = [deed for deed in deeds if deed.answer.was == OK]
        return (
            f"{len(deeds):,} orders in {self.seconds:.1f} s: {len(done):,} done"
            f" ({sum(deed.answer.replayed for deed in done):,} of them found done under their key),"
            f" {self.history.count(REFUSED):,} refused, {self.history.count(UNSURE):,} in doubt;"
            f" {len(self.history.looks):,} looks, {self.history.deaths} deaths"
        )


def race(url: str, size: Size, seed: str, bug: str = "") -> Verdict:
    """Build the street in the empty store at `url`, run it, and hold the history against the log."""
    dice = Random(seed)
    folder = tempfile.mkdtemp(prefix="zhihui-races-")
    try:
        tickets = build(url, size.officers, size.tickets)
        made = Race(url, folder, tuple(tickets), seed, bug, size.seconds, size.deeds)
        began = time.monotonic()
        with _engine(made):
            deaths = _crowd(made, size, dice)
        seconds = time.monotonic() - began
        history = read_histories(Path(folder))
        store = Store(locate(url))
        if again := [deed for deed in history.deeds if deed.answer.was == UNSURE and deed.key]:
            ask_again(open_desk(store, SystemClock()), store, Recorder(Path(folder) / "again.jsonl"), again)
            history = read_histories(Path(folder))
        history.deaths = deaths
        found = check(store, history)
        store.close()
        return Verdict(found, history, seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _crowd(race_: Race, size: Size, dice: Random) -> int:
    """Start everybody, let some of them die, wait for the others; how many deaths there were."""
    people = officers(size.officers)
    by_batch = not race_.bug  # a bug is planted in our own processes
    shares = [people[number :: size.processes] for number in range(size.processes)]

    def start(number: int) -> Any:
        process = SPAWN.Process(
            target=run_officers, args=(race_, number, shares[number], by_batch and number == 0), daemon=False
        )
        process.start()
        return process

    crowd = [start(number) for number in range(size.processes)]
    try:
        for _death in range(size.deaths):
            time.sleep(dice.uniform(*BETWEEN))
            if is_sqlite(locate(race_.url)):
                # The first one has a command of its own behind a pipe: it is cut off on the server only.
                number = dice.randrange(1, size.processes)
                crowd[number].kill()
                crowd[number].join()
                crowd[number] = start(number)
            else:
                _cut(race_.url, dice)
        for process in crowd:
            process.join(600)
            assert process.exitcode is not None, "an officer hangs"
            assert process.exitcode == 0, f"a process of officers ended with {process.exitcode}"
    finally:
        for process in crowd:
            process.kill()
            process.join()
    return size.deaths


def _cut(url: str, dice: Random) -> None:
    """End sessions of the server in the middle of whatever they do."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as admin:
        rows = admin.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state <> 'idle'"
        ).fetchall()
        for (pid,) in dice.sample(rows, min(len(rows), 3)):
            admin.execute("SELECT pg_terminate_backend(%s)", (pid,))


@contextlib.contextmanager
def _engine(race_: Race) -> Any:
    logging.getLogger("zhihui.engine").setLevel(logging.CRITICAL)
    stop = threading.Event()
    thread = threading.Thread(target=run_engine, args=(race_, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
