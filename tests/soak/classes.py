"""Every class of faults that is tried, by name: how it is tried once, with a seed.

Another class is another line of CLASSES: a function that takes a seed and a folder, tries something for a minute or
less, and yields what it tried.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import postgres
from tests.bench.run import Run
from tests.crash import classes as crash
from tests.crash import shim
from tests.races.run import Size, race
from tests.simulator.centre import build_street
from tests.simulator.faults import ALONE, KINDS
from tests.simulator.run import Ways, simulate
from tests.simulator.tables import replay_command
from tests.storms.outage import missed_month, recover
from tests.storms.reports import Storm, blow, street

DAYS = 0.25
"""Simulated days with one kind of fault."""
RACE = Size(officers=16, processes=4, tickets=3, deeds=20, deaths=3)
STORM = Storm(rate=6_000, minutes=0.2, consoles=1, urgent_every=100)
MISSED = 2_000
"""Tickets of a missed month."""
KILLED = "tests/faults/test_engine_faults.py"
"""Real engines that are killed and frozen: one test is one try."""
_RESULT = re.compile(r"::(test_\w+)\S* (PASSED|FAILED|ERROR)")
CUT_STATES, KILL_EVERY, KILL_ROUNDS = 300, 30, 2


@dataclass(frozen=True)
class Tried:
    """What was tried of one kind, how often it went wrong, and how."""

    kind: str
    times: int
    lost: int = 0
    how: str = ""


Class = Callable[[str, Path], Iterator[Tried]]
"""Tries a class once: a seed, and a folder of its own."""


def simulated(seed: str, folder: Path) -> Iterator[Tried]:
    """The whole centre in one process, with one kind of fault after the other."""
    made = build_street(folder)
    for kind in KINDS:
        outcome = simulate(seed, DAYS, ways=Ways({kind: 1.0}, ALONE), street=made)
        how = f"{outcome.broken}; {replay_command(outcome, DAYS)} --kind '{kind}'" if outcome.broken else ""
        yield Tried(f"simulated: {kind}", outcome.memory.faults[kind], int(bool(outcome.broken)), how)


def engines_killed(_seed: str, _folder: Path) -> Iterator[Tried]:
    """Real engines, killed, doubled, frozen and thawed."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "no:randomly", KILLED], capture_output=True, text=True, check=False
    )
    for name, result in _RESULT.findall(done.stdout):
        said = "engines: " + name.removeprefix("test_").replace("_", " ")
        yield Tried(said, 1, int(result != "PASSED"), "" if result == "PASSED" else done.stdout[-600:])


def raced(seed: str, folder: Path) -> Iterator[Tried]:
    """Officers on few tickets, on a file, with processes that are killed."""
    yield _race("races: orders on a file, processes killed", str(folder / "race.sqlite"), seed)


def raced_on_a_server(seed: str, folder: Path) -> Iterator[Tried]:
    """The same on PostgreSQL, with sessions that are cut."""
    with postgres.running(folder) as server, postgres.database(server) as url:
        yield _race("races: orders on a server, sessions cut", url, seed)


def _race(kind: str, url: str, seed: str) -> Tried:
    verdict = race(url, RACE, seed)
    return Tried(kind, len(verdict.history.deeds), len(verdict.found), f"seed {seed}: {'; '.join(verdict.found[:3])}")


def stormed(seed: str, folder: Path) -> Iterator[Tried]:
    """Reports as fast as they are taken, some of them twice, while consoles are open."""
    store = street(folder)
    result = blow(Storm(**{**vars(STORM), "seed": seed}), Run(folder).environment(store), str(store))
    yield Tried("storms: reports", len(result.handed), len(result.wrong), f"seed {seed}: {'; '.join(result.wrong[:3])}")


def missed(_seed: str, folder: Path) -> Iterator[Tried]:
    """A month without an engine."""
    path, now = missed_month(folder, MISSED, 20)
    found = recover(path, now)
    yield Tried("outage: steps that a month missed", found.overdue, len(found.wrong), "; ".join(found.wrong[:3]))


def crashed(seed: str, _folder: Path) -> Iterator[Tried]:
    """The chief commands killed at their writes, and power cuts over what they wrote."""
    if shim.missing():
        return
    ways = crash.Ways(int(seed), KILL_EVERY, KILL_ROUNDS, CUT_STATES, list(crash.SHORT))
    for name, tries in crash.CLASSES.items():
        tallies = list(tries(ways, 1))
        how = next((line for one in tallies for line in one.lost), "")
        tried, lost = sum(one.tried for one in tallies), sum(len(one.lost) for one in tallies)
        yield Tried(f"crashes: {name}", tried, lost, f"seed {seed}: {how}")


CLASSES: dict[str, Class] = {
    "races": raced,
    "races on a server": raced_on_a_server,
    "storm": stormed,
    "outage": missed,
    "crashes": crashed,
    "engines killed": engines_killed,
    "simulator": simulated,
}
"""In the order in which they are tried."""
