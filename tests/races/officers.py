"""A process of the race: some officers, a thread each, on one store; everything is written down as it happens."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from core.clock import SystemClock
from core.desk.desk import Desk
from core.desk.orders import Order, Report
from core.desk.verbs.table import VERBS
from core.engine.loop import Engine
from data.errors import StoreTrouble
from data.location import locate
from data.store import Store
from tests.races.choices import draw, look
from tests.races.doors import BatchDoor, DeskDoor, Door
from tests.races.history import Deed, Look, Recorder, now
from tests.races.planted import planted
from tests.races.street import CENTRE

Opened = TypeVar("Opened")
PAUSE = 0.02
"""Longest rest between two deeds of an officer, in seconds: they race, they do not wait for each other."""
KEYED, TWICE = 0.6, 0.5
"""How many orders have an idempotency key, and how many of these are sent a second time at the same moment."""
LOOKS = 3
"""One look in so many is recorded by itself, without a deed after it."""


@dataclass(frozen=True)
class Race:
    """What all processes of a run are given."""

    url: str
    folder: str
    tickets: tuple[str, ...]
    seed: str
    bug: str = ""
    seconds: float = 0.0
    """How long officers go on; 0: until each has given `deeds` orders."""
    deeds: int = 0


@dataclass
class Counter:
    """Numbers of the other system, as far as this process has seen them."""

    last: int = 0


def run_officers(race: Race, number: int, people: list[str], by_batch: bool) -> None:
    """Until the time is up or the deeds are done."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with planted(race.bug):
        store = _opened(lambda: Store(locate(race.url)))
        recorder = Recorder(Path(race.folder) / f"{number}-{os.getpid()}.jsonl")
        counter = Counter()
        threads = [
            threading.Thread(
                target=_officer, args=(race, store, recorder, who, by_batch and place == 0, counter), daemon=True
            )
            for place, who in enumerate(people)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        store.close()


def run_engine(race: Race, stop: Any) -> None:
    """An engine beside them: its steps change nothing that an officer decides on."""
    Engine(locate(race.url), SystemClock(), CENTRE, cycle=0.2).run(stop)


def _officer(race: Race, store: Store, recorder: Recorder, who: str, by_batch: bool, counter: Counter) -> None:
    dice = Random(f"{race.seed}:{who}:{os.getpid()}")
    desk = _opened(lambda: DeskDoor(store))
    door: Door = BatchDoor(race.url, dict(os.environ)) if by_batch else desk
    deadline = time.monotonic() + race.seconds
    turn = 0
    with _opened(store.reader) as reader:
        while (time.monotonic() < deadline) if race.seconds else (turn < race.deeds):
            turn += 1
            asked = now()
            seen = look(reader, dice.choice(race.tickets))
            if dice.randrange(LOOKS) == 0:
                recorder.saw(Look(who, seen.code, seen.revision, asked, now()))
            time.sleep(dice.uniform(0, PAUSE))
            name = f"{who}-{os.getpid()}-{turn}"
            try:
                order, revision = draw(dice, desk.desk, who, seen, name, counter.last)
            except StoreTrouble:
                continue  # the connection was cut while the officer looked: another look
            key = f"race-{name}" if dice.random() < KEYED else ""
            _give(recorder, door, Deed(name, who, order.verb, getattr(order, "ticket", ""), revision, key,
                                                order.model_dump(mode="json"), 0.0), order, desk, dice)  # fmt: skip
            if isinstance(order, Report):
                # Whoever knows that a number is taken goes on to the next.
                counter.last = max(counter.last, int(order.external_id.partition("-")[2]) + 1)
    door.close()


def _opened(way: Callable[[], Opened]) -> Opened:
    """What is opened; where the connection is cut over it, once more, as one starts a console once more."""
    for _ in range(9):
        with contextlib.suppress(StoreTrouble):
            return way()
    return way()


def _give(recorder: Recorder, door: Door, deed: Deed, order: Order, desk: DeskDoor, dice: Random) -> None:
    """Once; or twice at the same moment under one key, as a client does that is not answered in time."""
    again: list[threading.Thread] = []
    if deed.key and dice.random() < TWICE:
        twin = Deed(f"{deed.name}b", deed.who, deed.verb, deed.ticket, deed.seen, deed.key, deed.order, 0.0)
        again = [threading.Thread(target=_record, args=(recorder, desk, twin, order), daemon=True)]
        again[0].start()
    _record(recorder, door, deed, order)
    for thread in again:
        thread.join()


def _record(recorder: Recorder, door: Door, deed: Deed, order: Order) -> None:
    deed.asked = now()
    recorder.asks(deed)
    deed.answer = door.give(order, deed.who, deed.seen, deed.key)
    deed.told = now()
    recorder.told(deed)


def ask_again(desk: Desk, store: Store, recorder: Recorder, deeds: list[Deed]) -> None:
    """What nobody was told of and has a key is sent once more, by whoever comes back after the crash."""
    door = DeskDoor(store)
    for deed in deeds:
        kind = Report if deed.verb == "report" else VERBS[deed.verb].order
        order = kind.model_validate(deed.order)
        _record(recorder, door, Deed(f"{deed.name}r", deed.who, deed.verb, deed.ticket, deed.seen, deed.key,
                                     deed.order, 0.0), order)  # fmt: skip
