"""Processes that are killed, frozen and thawed, by a seed."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from data.queries.engine import Beat, beat
from data.store import Store
from tests.faults import engine_process

SPAWN = multiprocessing.get_context("forkserver")
SPAWN.set_forkserver_preload(["tests.faults.engine_process"])


class Crowd:
    """So many processes at all times: who dies is replaced."""

    def __init__(self, target: Callable[..., None], arguments: Callable[[int], tuple[Any, ...]], size: int) -> None:
        self._target, self._arguments, self._size = target, arguments, size
        self._started = 0
        self.alive: list[Any] = []
        self.kills = 0
        self.fill()

    def fill(self) -> None:
        while len(self.alive) < self._size:
            self._started += 1
            process = SPAWN.Process(target=self._target, args=self._arguments(self._started), daemon=True)
            process.start()
            self.alive.append(process)

    def kill_one(self, dice: random.Random) -> None:
        victim = self.alive.pop(dice.randrange(len(self.alive)))
        victim.kill()
        victim.join()
        self.kills += 1

    def end(self) -> None:
        for process in self.alive:
            process.kill()
        for process in self.alive:
            process.join()
        self.alive.clear()


@contextmanager
def crowd(target: Callable[..., None], arguments: Callable[[int], tuple[Any, ...]], size: int) -> Iterator[Crowd]:
    """A crowd that is gone at the end, whatever happens."""
    made = Crowd(target, arguments, size)
    try:
        yield made
    finally:
        made.end()


def engines(url: str, clock: engine_process.FastClock, size: int) -> Any:
    """Real engines."""
    return crowd(engine_process.run_engine, lambda _: (url, clock), size)


def naive_engines(url: str, clock: engine_process.FastClock, size: int) -> Any:
    """Naive ones."""
    return crowd(engine_process.run_naive, lambda number: (url, clock, number), size)


def storm(crowd: Crowd, dice: random.Random, kills: int, between: Callable[[], None] = lambda: None) -> None:
    """Kill one at random moments and start another, so many times."""
    for _kill in range(kills):
        time.sleep(dice.uniform(0.03, 0.4))
        crowd.kill_one(dice)
        crowd.fill()
        between()


def wait_for(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    """What the condition came to, as soon as it is true."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
    return found


def lease_of(store: Store) -> Beat | None:
    """The lease as it stands."""
    with store.reader() as reader:
        return beat(reader, 1)


def freeze(process: Any, store: Store) -> None:
    """Stop a process where it holds nothing: one that sleeps with the write lock would stop everybody."""
    for _ in range(200):
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(0.02)
        if _write_place_is_free(store):
            return
        os.kill(process.pid, signal.SIGCONT)
        time.sleep(0.013)
    raise AssertionError("the process always writes")


def thaw(process: Any) -> None:
    os.kill(process.pid, signal.SIGCONT)


def _write_place_is_free(store: Store) -> bool:
    with open(store.path + ".gate", "rb") as gate, open(store.path + ".turn", "rb") as turn:
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
