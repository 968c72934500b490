"""One run: a seed, so many days, and what came of it."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from core.desk.centre_desk import CentreDesk
from core.desk.centre_orders import CentreOrder
from core.desk.orders import Order, Report
from core.engine.jobs import recompute_provisional
from core.sensing.orders import Signal
from core.sensing.signals import Intake
from data.errors import Refusal, StoreTrouble
from tests.simulator.canaries import CANARIES
from tests.simulator.centre import CENTRE, Centre, build_street
from tests.simulator.disk import Died
from tests.simulator.faults import KINDS, SHARE, Faults
from tests.simulator.field import ASIDE, MOVES, Weather
from tests.simulator.memory import Memory, Told
from tests.simulator.people import People
from tests.simulator.promises import Broken, Promises
from tests.simulator.repeat import repeatable

DAY = 86_400
MEMORY = Path("/dev/shm")
"""Where there is one: what a power cut leaves is tried elsewhere, so no run has to wait for a platter."""
DEEP_EVERY = 40
"""Steps between two looks at everything; more as the log grows, so that looking stays a share of the work."""
PATIENCE = 3
"""How often somebody asks again under the same key after a trouble of the store."""
CANARY_STEPS, CANARY_DAYS, CANARY_DEEP, CANARY_SHARE = 300, 30.0, 6, 0.3
MOST_BEATS = 60
"""Due instants that one stretch of quiet time stops at."""
HONEST = frozenset({"store-full", "store-io", "store-readonly"})
"""Troubles that say for certain that nothing was saved."""


@dataclass
class Outcome:
    """What one run did and found."""

    seed: str
    days: float
    steps: int = 0
    tickets: int = 0
    escalations: int = 0
    digest: str = ""
    broken: str = ""
    memory: Memory = field(default_factory=Memory)


@dataclass(frozen=True)
class Ways:
    """What a run is made of."""

    kinds: dict[str, float] = field(default_factory=lambda: KINDS)
    """What goes wrong, by weight."""
    share: float = SHARE
    """How many steps something goes wrong in."""
    moves: dict[str, float] = field(default_factory=lambda: MOVES)
    aside: dict[str, float] = field(default_factory=lambda: ASIDE)
    deep_every: int = DEEP_EVERY


class Simulation:
    """A centre, the people in it, what goes wrong, and what must hold."""

    def __init__(self, seed: str, street: Path, folder: Path, ways: Ways) -> None:
        self.memory = Memory()
        self.centre = Centre(street, folder, seed)
        self.weather = Weather(Random(f"{seed}:weather"))
        self.people = People(self.centre, Random(seed), self.give, self.signal, self.write, ways.moves, ways.aside)
        self.faults = Faults(self.centre, Random(f"{seed}:faults"), self.memory, ways.kinds, ways.share)
        self._deep_every = ways.deep_every
        self.promises = Promises(self.centre, self.memory)
        self.began = self.centre.steady
        self.steps = self._asked = self._deep = 0
        self._works = False

    @property
    def days(self) -> float:
        """Days that have passed, by the clock that nobody sets."""
        return (self.centre.steady - self.began) / DAY

    def step(self) -> None:
        """Time passes, perhaps something goes wrong, somebody does something, the engines beat."""
        self.steps += 1
        self.pass_time(self.weather.gap(self.centre.clock.now()))
        fault = self.faults.strike()
        if fault == "restart":
            self._over_restart()
        name = self.people.act(self.weather.is_storm(self.centre.clock.now()))
        self.memory.moves[name] += 1
        self._beat()
        self.faults.recover()
        self.memory.line(self.steps, self.centre.now(), name, fault)
        self.promises.after_step()
        self._deep += 1
        if self._deep >= max(self._deep_every, self.centre.events() // 20):
            self.deep()

    def deep(self) -> None:
        """Look at everything, with an engine that has nothing left to do."""
        self._deep = 0
        self.faults.mend()
        for _ in range(PATIENCE):
            self._beat()
        self.promises.deep(self._works)

    def pass_time(self, seconds: int) -> None:
        """Quiet time: the engines wake for each step that falls due in it."""
        end = self.centre.steady + seconds
        for _ in range(MOST_BEATS):
            due = self.centre.engines[0].sweep.next_due()
            wait = int(end - self.centre.steady)
            if due is None or not self.centre.now() < due < self.centre.now() + wait:
                break
            self.centre.quiet(due - self.centre.now())
            self._beat(standby=False)
        self.centre.quiet(int(end - self.centre.steady))

    # ------------------------------------------------------------------------------------------------ deeds

    def give(self, order: Order, who: str, seen: int | None = None) -> Any:
        """An order with a key of its own, asked again under it when its fate is not known."""
        key = self._key()
        if isinstance(order, CentreOrder):
            receipt = self._until_known(
                lambda: CentreDesk(self.centre.desk).do(order, self.centre.scene.who(who), key), order.verb
            )
            if receipt is not None and not receipt.replayed:
                self.memory.centre[order.verb] += 1
            return receipt
        receipt = self._until_known(
            lambda: self.centre.desk.do(order, self.centre.scene.who(who), seen, key), order.verb
        )
        if receipt is None:
            return None
        if receipt.event_no in self.memory.receipts:
            raise Broken(f"two deeds were acknowledged with event {receipt.event_no}")
        joined = isinstance(order, Report) and bool(order.join)
        self.memory.receipts[receipt.event_no] = Told(
            receipt.event_no, receipt.ticket_id, "join" if joined else receipt.verb
        )
        if isinstance(order, Report):
            self.memory.titles.add(order.title)
        return receipt

    def signal(self, said: Signal) -> None:
        """A device's message, sent again until it is known that it was taken."""

        def take() -> Any:
            return Intake(self.centre.desk, self.centre.scene.who("zhang")).take([said])

        taken = self._until_known(take, "signal")
        if taken is not None and taken[0].result in ("taken", "again"):
            self.memory.signals.add((said.device, said.id))

    def write(self, work: Callable[[Any, Any], Any], who: str) -> None:
        """What is written without a key: nobody asks again."""

        def do() -> Any:
            with self.centre.store.write() as connection:
                return work(connection, self.centre.scene.who(who))

        self._until_known(do, "write", patience=0)

    def _until_known(self, deed: Callable[[], Any], name: str, patience: int = PATIENCE) -> Any:
        """Do it, and again after what may have been only half done; None where it was refused or given up."""
        for _ in range(patience + 1):
            before = self.centre.events()
            try:
                done = deed()
            except Died as died:
                self.memory.faults[str(died)] += 1
                self.memory.line(name, died)
                self.centre.revive()
                continue
            except StoreTrouble as trouble:
                self._in_trouble(trouble, name, before)
                continue
            except Refusal as refusal:
                self.memory.line(name, refusal.code)
                if self.centre.events() != before:
                    raise Broken(f"{name} was refused ({refusal.code}) and changed something") from refusal
                return None
            self.memory.line(name, done)
            return done
        self.memory.unsure += 1
        return None

    def _in_trouble(self, trouble: StoreTrouble, name: str, before: int) -> None:
        if not self.centre.disk.armed:
            raise Broken(f"{name}: trouble of a store that is well: {trouble.code}") from trouble
        self.memory.line(name, trouble.code)
        if trouble.code in HONEST and self.centre.events() != before:
            raise Broken(f"{name}: “nothing was saved” ({trouble.code}), and it was") from trouble
        self.faults.after_trouble()

    # ------------------------------------------------------------------------------------------------ engines

    def _beat(self, standby: bool = True) -> None:
        """The engines' cycles; whether all that was due is done after them."""
        try:
            self._works = self.faults.beat(standby)
        except Died as died:
            self.memory.faults[f"{died} of the engine"] += 1
            self.centre.revive()
            self._works = False
        if self._works:
            self.promises.after_beat()

    def _over_restart(self) -> None:
        before = self.promises.state()
        self.centre.restart()
        self.promises.same(before)

    # ------------------------------------------------------------------------------------------------ figures

    def finish(self, outcome: Outcome) -> None:
        """The last look, and what there is to say."""
        self.deep()
        recompute_provisional(self.centre.store, self.centre.clock, CENTRE)
        self.deep()
        rows = self.centre.scene.rows("SELECT chain_hash FROM centre_seq WHERE centre_id = :centre")
        outcome.digest = self.memory.digest(rows[0]["chain_hash"])

    def count(self, outcome: Outcome) -> None:
        """Tickets and escalations, also of a run that broke."""
        outcome.steps, outcome.days, outcome.memory = self.steps, round(self.days, 2), self.memory
        outcome.tickets = self._number("ticket")
        outcome.escalations = self._number("ladder_step")

    def _number(self, name: str) -> int:
        return int(self.centre.scene.rows(f"SELECT count(*) AS n FROM {name} WHERE centre_id = :centre")[0]["n"])

    def _key(self) -> str:
        self._asked += 1
        return f"sim-{self._asked}"


def simulate(
    seed: str, days: float, *, until: int = 0, ways: Ways | None = None, street: Path | None = None
) -> Outcome:
    """Run a seed for so many days, or `until` a step; what breaks is in the outcome, with the step."""
    outcome = Outcome(seed, days)
    with _quiet(), tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        made = street or build_street(Path(folder))
        with repeatable(seed):
            simulation = Simulation(seed, made, Path(folder), ways or Ways())
            try:
                while simulation.days < days and (not until or simulation.steps < until):
                    simulation.step()
                simulation.finish(outcome)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
                outcome.broken = f"step {simulation.steps}: {type(error).__name__}: {error}"
                outcome.memory.line(outcome.broken)
            simulation.faults.mend()
            simulation.count(outcome)
            simulation.centre.close()
    return outcome


def find_canary(name: str, seed: str, street: Path) -> Outcome:
    """Plant a bug in a run without it and go on until it is found, or long enough."""
    canary = CANARIES[name]
    ways = Ways(dict.fromkeys(canary.kinds, 1.0), CANARY_SHARE, canary.moves, canary.aside or ASIDE, CANARY_DEEP)
    with canary.plant():
        return simulate(seed, CANARY_DAYS, until=CANARY_STEPS, ways=ways, street=street)


@contextmanager
def _quiet() -> Iterator[None]:
    """The engine's own log is about the faults that were made on purpose."""
    log = logging.getLogger("zhihui.engine")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before
