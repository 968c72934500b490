"""kill -9 at random moments under load: batches, an import and an engine at once on one store, round after round."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.core.exchange.made_files import MADE_MAP, write_made
from tests.crash.day import TOLD
from tests.crash.machine import Ended, Machine
from tests.crash.shim import KILL_BEFORE, KILL_WITHIN, Arm
from tests.street import START

REPORTS = 12
"""Reports of a batch."""
ROWS = 16
"""Rows of an import."""
LATEST = 0.9
"""Seconds after which at the latest a process is killed that is killed by time."""
FARTHEST = 400
"""Operations after which at the latest one is killed that is killed by number."""


@dataclass
class Load:
    """One store under load, and what is known of it outside."""

    machine: Machine
    dice: random.Random
    plant: str = ""
    round: int = 0
    kills: int = 0
    told: dict[int, str] = field(default_factory=dict)
    """Entries of the log that somebody was told of, and the tickets that they are about."""
    titles: set[str] = field(default_factory=set)
    """Titles that are there once when all is done."""
    owed: list[tuple[str, ...]] = field(default_factory=list)
    """Command lines that were killed: they are typed again."""

    def begin(self) -> None:
        """An empty street."""
        self.machine.wipe()
        self.machine.call("make_street", str(self.machine.store))
        self.files = self.machine.folder / f"load {self.dice.random()}"
        self.files.mkdir()
        (self.files / "made.toml").write_text(MADE_MAP, "utf-8")

    def next_round(self) -> Iterable[str]:
        """Some processes at once, most of them killed; then what is wrong with the store."""
        self.round += 1
        running = [self._start(line) for line in self._lines()]
        for started, by_time in running:
            if by_time:
                time.sleep(self.dice.uniform(0, LATEST / len(running)))
                with contextlib.suppress(ProcessLookupError):
                    os.kill(started["pid"], signal.SIGKILL)
        for started, _ in running:
            self._ended(tuple(started["argv"]), self.machine.wait(started))
        yield from self._judged()

    def finish(self) -> Iterable[str]:
        """Type again what was killed, let an engine do what is due: everything once."""
        for line in self.owed:
            ended = self.machine.run(line, self._now())
            if ended.code:
                yield f"once more, {' '.join(line[:3])} ends with {ended.code}: {ended.err.strip()[-300:]}"
        yield from self._judged()
        counted = self.machine.call("load.counted", str(self.machine.store), self._now().isoformat())
        if wrong := {
            title: counted["titles"].get(title, 0) for title in self.titles if counted["titles"].get(title) != 1
        }:
            yield f"not once: {dict(list(wrong.items())[:5])}"
        if counted["trouble"]:
            yield counted["trouble"]

    def _now(self) -> Any:
        return START + timedelta(minutes=7 * self.round)

    def _lines(self) -> Iterator[tuple[str, ...]]:
        """The command lines of a round."""
        for number in range(2):
            name = f"r{self.round}b{number}"
            orders: list[dict[str, Any]] = [
                {"verb": "report", "title": f"{name} {n}", "source": "phone", "community": "C01"}
                for n in range(REPORTS)
            ]
            self.titles.update(order["title"] for order in orders)
            seen = sorted(set(self.told.values()))
            for code in self.dice.sample(seen, min(4, len(seen))):
                orders.append({"verb": "note", "ticket": code, "text": f"{name} 已看"})
            file = self.files / f"{name}.jsonl"
            file.write_text("".join(json.dumps(order) + "\n" for order in orders), "utf-8")
            yield ("batch", str(file), "--key", name, "--as", "zhang")
        made = self.files / f"r{self.round}.csv"
        write_made(made, ROWS, seed=self.round, prefix=f"R{self.round}-")
        yield ("import", "tickets", str(made), "--map", str(self.files / "made.toml"), "--as", "zhang")
        yield ("engine", "run", "--no-jobs")

    def _start(self, line: tuple[str, ...]) -> tuple[dict[str, Any], bool]:
        by_time = line[0] == "engine" or self.dice.random() < 0.5
        killed = Arm(self.dice.randint(1, FARTHEST), self.dice.choice((KILL_BEFORE, KILL_WITHIN)))
        plant = self.plant or ("small chunks" if line[0] == "import" else "small logs")
        return self.machine.start(line, self._now(), Arm() if by_time else killed, plant=plant), by_time

    def _ended(self, line: tuple[str, ...], ended: Ended) -> None:
        self.kills += ended.killed
        if line[0] != "engine" and ended.killed:
            self.owed.append(line)
        for text in ended.out.splitlines():
            if found := TOLD.match(text):
                self.told[int(found["event"])] = found["ticket"]

    def _judged(self) -> Iterable[str]:
        look = self.machine.look()
        if not look.whole:
            yield f"round {self.round}: the store is not whole: {look.said[-300:]}"
        missing = [number for number in self.told if number > look.events]
        if missing:
            yield f"round {self.round}: told of entries {missing[:5]} of the log, which has {look.events}"
        tickets = "\n".join(look.rows.get("ticket", []))
        lost = [code for code in set(self.told.values()) if code not in tickets]
        if lost:
            yield f"round {self.round}: told of tickets that are not there: {lost[:5]}"


def rounds(machine: Machine, dice: random.Random, count: int, plant: str = "") -> tuple[int, list[str]]:
    """So many rounds on one store; how many processes were killed, and what was lost."""
    load = Load(machine, dice, plant)
    load.begin()
    lost: list[str] = []
    for _ in range(count):
        lost += load.next_round()
        if lost:
            return load.kills, lost
    return load.kills, [*lost, *load.finish()]


# ------------------------------------------------------------------------------------------------ in its own process


def counted(path: str, at: str) -> dict[str, Any]:
    """Let an engine do what is due; how often each title is there, and what the judge of the engine's tests finds."""
    from collections import Counter
    from datetime import datetime

    from core.clock import SetClock
    from core.engine.auditor import audit
    from core.engine.loop import Engine
    from data.store import Store
    from tests.core.engine.rig import judge

    moment = datetime.fromisoformat(at)
    store = Store(f"sqlite:///{path}")
    engine = Engine(store, SetClock(moment), 1, ttl=0.1)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        cycle = engine.once()
        if cycle.leading and not (cycle.swept and cycle.swept.fired):
            break
        time.sleep(0.02)
    engine.close()
    trouble = ""
    with store.read() as connection:
        found = audit(connection, 1, int(moment.timestamp()), grace=0)
        titles = Counter(row[0] for row in connection.exec_driver_sql("SELECT title FROM ticket WHERE centre_id = 1"))
    if not found.clean:
        trouble = f"the auditor finds {found}"
    try:
        judge(store)
    except AssertionError as error:
        trouble = f"the judge finds {error}"
    store.close()
    return {"titles": titles, "trouble": trouble}
