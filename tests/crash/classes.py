"""The classes of faults, each with how it is gone through and with the planted bugs that it must find."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from queue import SimpleQueue

from tests.crash import cuts, day, errors, freezes, kills, load
from tests.crash.day import Scene, Step
from tests.crash.machine import Machine, machine
from tests.crash.shim import KILL_BEFORE, REFUSE, Arm
from tests.crash.tally import Tally

ENGINE = "engine once"
PLANTED_ROUNDS = 20
BATCH = 150
"""Power cuts for one record of a command."""
Try = Callable[[Machine], tuple[int, list[str]]]
"""Something to be tried on a machine that is free: how much it tried, and what was lost."""


@dataclass(frozen=True)
class Ways:
    """How much of each class is tried."""

    seed: int
    every: int = 1
    rounds: int = 30
    states: int = 20_000
    steps: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"every {self.every}, {self.rounds} rounds, {self.states} states"

    def drawn(self, name: str) -> random.Random:
        """The dice of one class."""
        return random.Random(f"{self.seed} {name}")


Planted = Callable[[Machine, dict[str, Scene], Ways], str]
"""Looks for one planted bug on a machine with a short day behind it; says how it was found, or nothing."""


@contextmanager
def machines(count: int) -> Iterator[SimpleQueue[Machine]]:
    """So many machines, to be taken and put back."""
    with ExitStack() as stack:
        idle: SimpleQueue[Machine] = SimpleQueue()
        for _ in range(count):
            idle.put(stack.enter_context(machine()))
        yield idle


def over_the_day(
    ways: Ways, jobs: int, name: str, tries: Callable[[Scene], Sequence[Try]], extra: Sequence[Step] = ()
) -> Iterator[Tally]:
    """What is to be tried with each command of the day, on several machines; a tally for each command."""
    with machine() as first, machines(jobs) as idle, ThreadPoolExecutor(jobs) as pool:
        scenes = day.play(first, ways.steps, extra)

        def one(attempt: Try) -> tuple[int, list[str]]:
            mine = idle.get()
            try:
                return attempt(mine)
            finally:
                idle.put(mine)

        for scene in scenes:
            tally = Tally(f"{name}: {scene.step.name}")
            for tried, lost in pool.map(one, tries(scene)):
                tally.tried += tried
                tally.lost += lost
            yield tally


def at_points(
    ways: Ways, points: Callable[[Scene], Iterable[Arm]], attempt: Callable[[Machine, Scene, Arm], str]
) -> Callable[[Scene], list[Try]]:
    """One try for each point of a command, or for every so many-th."""

    def tries(scene: Scene) -> list[Try]:
        start = ways.drawn(scene.step.name).randrange(ways.every)
        return [partial(_once, attempt, scene, arm) for arm in list(points(scene))[start :: ways.every]]

    return tries


def _once(attempt: Callable[[Machine, Scene, Arm], str], scene: Scene, arm: Arm, one: Machine) -> tuple[int, list[str]]:
    problem = attempt(one, scene, arm)
    return 1, [problem] if problem else []


def _cuts(ways: Ways, jobs: int) -> Iterator[Tally]:
    count = len(ways.steps) or len(day.NAMES) + len(day.LONG)
    batches = max(1, -(-ways.states // (count * BATCH)))
    return over_the_day(
        ways, jobs, "power cut",
        lambda scene: [partial(_cut, scene, f"{ways.seed} {batch}") for batch in range(batches)], day.LONG,
    )  # fmt: skip


def _cut(scene: Scene, seed: str, one: Machine) -> tuple[int, list[str]]:
    return cuts.cut(one, scene, seed, BATCH)


def _errors(ways: Ways, jobs: int) -> Iterator[Tally]:
    return over_the_day(ways, jobs, "disk error", at_points(ways, errors.points, errors.refuse))


def _planted_error(plant: str, step: str) -> Planted:
    """A planted bug on a disk that fails for good, from the last write of a command backwards."""

    def find(one: Machine, scenes: dict[str, Scene], ways: Ways) -> str:
        scene = scenes[step]
        start = scene.ended.seen - ways.drawn(plant).randrange(8)
        arms = (Arm(nth, REFUSE, "EIO", for_good=True, silent=True) for nth in range(start, 0, -8))
        return next((found for arm in arms if (found := errors.refuse(one, scene, arm, plant))), "")

    return find


def _freezes(ways: Ways, jobs: int) -> Iterator[Tally]:
    points = at_points(ways, freezes.points, freezes.freeze)
    return over_the_day(replace(ways, steps=["ticket report", "batch", ENGINE]), jobs, "frozen engine",
                        lambda scene: points(scene) if scene.step.name == ENGINE else [])  # fmt: skip


def _planted_freeze(one: Machine, scenes: dict[str, Scene], ways: Ways) -> str:
    """An engine that forgets its fence, frozen between its transactions."""
    plant = "a fence that is forgotten"
    scene = scenes[ENGINE]
    arms = freezes.between(one, scene)
    return next((found for arm in arms if (found := freezes.freeze(one, scene, arm, plant))), "")


def _load(ways: Ways, jobs: int) -> Iterator[Tally]:
    with machine() as one:
        tally = Tally("kill -9 under load")
        tally.tried, tally.lost = load.rounds(one, ways.drawn("load"), ways.rounds)
        yield tally


def _planted_load(one: Machine, scenes: dict[str, Scene], ways: Ways) -> str:
    """Answers before their commit, under load."""
    return next(iter(load.rounds(one, ways.drawn("load"), PLANTED_ROUNDS, "answered before the commit")[1]), "")


def _planted_cut(plant: str, step: str) -> Planted:
    def find(one: Machine, scenes: dict[str, Scene], ways: Ways) -> str:
        return next(iter(cuts.cut(one, scenes[step], str(ways.seed), BATCH, plant)[1]), "")

    return find


def _kills(ways: Ways, jobs: int) -> Iterator[Tally]:
    return over_the_day(ways, jobs, "kill -9", at_points(ways, kills.points, kills.kill))


def _planted_kill(plant: str, step: str) -> Planted:
    """A planted bug under kills, from the last write of a command backwards."""

    def find(one: Machine, scenes: dict[str, Scene], ways: Ways) -> str:
        scene = scenes[step]
        one.lay(scene.before)
        writes = day.command(one, scene.step, plant=plant).seen
        start = writes - ways.drawn(plant).randrange(8)
        tried = (kills.kill(one, scene, Arm(nth, KILL_BEFORE), plant) for nth in range(start, 0, -8))
        return next((found for found in tried if found), "")

    return find


CLASSES: dict[str, Callable[[Ways, int], Iterator[Tally]]] = {
    "kill": _kills,
    "cut": _cuts,
    "error": _errors,
    "freeze": _freezes,
    "load": _load,
}
PLANTED: dict[str, Planted] = {
    "kill: answered before the commit": _planted_kill("answered before the commit", "ticket report"),
    "kill: no transaction": _planted_kill("no transaction", "org load"),
    "error: an error that is swallowed": _planted_error("an error that is swallowed", "ticket report"),
    "freeze: a fence that is forgotten": _planted_freeze,
    "load: answered before the commit": _planted_load,
    "cut: synchronous=NORMAL": _planted_cut("synchronous NORMAL", "ticket report"),
    "cut: synchronous=OFF": _planted_cut("synchronous OFF", "ticket report"),
}
SHORT = ("ticket report", "batch", "two tickets", "org load", "engine once", "db upgrade")
"""A short day: one transaction, several, one that is no ticket's, the engine's, and a migration. Enough for every
planted bug."""
