"""What goes wrong, by weight: disks, deaths, doubled and frozen engines, outages, wall clocks that are set."""

from __future__ import annotations

from random import Random

from tests.simulator.centre import Centre
from tests.simulator.disk import Died
from tests.simulator.memory import Memory

KINDS = {
    "I/O error, once": 3, "I/O error, for good": 2, "disk full, once": 2, "disk full, for good": 2,
    "torn write": 3, "death at a statement": 5, "death before the answer": 4, "engine killed": 3,
    "engine killed at work": 3, "engine frozen, old fence": 3, "engines away": 2, "engines away 30 days": 0.15,
    "wall clock forward": 2, "wall clock back": 2, "restart": 2,
}  # fmt: skip
SHARE = 0.12
"""How many steps something goes wrong in."""
ALONE = 0.5
"""The same where only one kind of fault happens."""
LASTS = 4
"""Steps that a fault for good lasts before somebody mends it."""


class Faults:
    """Draws what goes wrong and sees to it that it stops."""

    def __init__(self, centre: Centre, dice: Random, memory: Memory, kinds: dict[str, float], share: float) -> None:
        self.centre, self.dice, self.memory = centre, dice, memory
        self.kinds, self.share = kinds, share
        self._lasting = 0
        self._for_good = False
        self._freeze = False

    def strike(self) -> str:
        """Perhaps something goes wrong now; its name."""
        if self._lasting or not self.kinds or self.dice.random() >= self.share:
            return ""
        name = self.dice.choices(list(self.kinds), list(self.kinds.values()))[0]
        self._arm(name)
        self.memory.faults[name] += 1
        return name

    def _arm(self, name: str) -> None:
        centre, dice = self.centre, self.dice
        self._for_good = name.endswith("for good")
        if name.startswith("I/O error"):
            centre.disk.fail_after(dice.randrange(0, 24_000))
        elif name.startswith("disk full"):
            centre.disk.run_full()
        elif name == "torn write":
            centre.disk.fail_after(dice.randrange(0, 40_000), torn=True)
        elif name == "death at a statement":
            centre.disk.die_at(dice.randrange(1, 40))
        elif name == "death before the answer":
            centre.disk.die_answering()
        elif name == "engine killed":
            centre.kill_engine()
        elif name == "engine killed at work":
            self._kill_at_work()
        elif name == "engine frozen, old fence":
            self._freeze = True
        elif name.startswith("engines away"):
            centre.skip(30 * 86_400 if name.endswith("days") else dice.randrange(400, 40_000))
        elif name.startswith("wall clock"):
            centre.jump(dice.choice((1, 61, 3600, 86_400)) * (1 if name.endswith("forward") else -1))
        self._lasting = LASTS if centre.disk.armed else 0

    def _kill_at_work(self) -> None:
        """The leading engine dies inside its cycle; what it had begun is rolled back by the file's next opener."""
        self.centre.disk.die_at(self.dice.randrange(2, 30))
        try:
            self.centre.beat()
        except Died:
            self.centre.revive()
        self.centre.disk.mend()

    def beat(self, standby: bool) -> bool:
        """A cycle of the leading engine, and of the standby; whether everything due is done. May raise Died."""
        if self._freeze and not self.centre.disk.armed:
            self._freeze = False
            return self._beat_frozen()
        cycles, trouble = self.centre.beat(standby)
        if trouble and self.centre.disk.armed:
            self.after_trouble()
        elif trouble:
            raise AssertionError(f"an engine met {trouble} on a store that is well")
        return any(cycle.leading for cycle in cycles) and not trouble

    def _beat_frozen(self) -> bool:
        late = self.centre.freeze(self.dice.randrange(1, 4), self.dice.randrange(301, 4000))
        if late:
            raise AssertionError(f"a frozen engine wrote {late} events under its old fence")
        cycles, _ = self.centre.beat()
        return any(one.leading for one in cycles)

    def after_trouble(self) -> None:
        """What happened once is over."""
        if not self._for_good:
            self.mend()

    def recover(self) -> None:
        """A step has passed: faults do not last for ever, and what nobody ran into is taken away."""
        self._lasting = max(0, self._lasting - 1)
        if not self._lasting:
            self.mend()

    def mend(self) -> None:
        """Everything is well again."""
        self._lasting, self._for_good = 0, False
        self.centre.disk.mend()
