"""An engine that freezes at any of its writes and is revived when another one leads: its old fence writes nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from core.processes import own_identity
from data.sqlite import driver
from tests.crash.day import Scene, command, line_of
from tests.crash.kills import difference
from tests.crash.looking import all_rows, state_of
from tests.crash.machine import Machine
from tests.crash.shim import FREEZE, Arm

TTL = 0.3
"""Seconds of silence after which the standby takes over: the lease's own is five."""
PATIENCE = 1.0
"""Seconds that the standby waits for a write place that a frozen engine holds."""
LONGEST = 60.0
BELL = ".bell"
BELLS = 6
"""Each commit opens the bell and rings it; a cycle with steps due has three at least."""


def points(scene: Scene) -> Iterator[Arm]:
    """Before each operation of a cycle, and between its transactions."""
    yield from (Arm(nth, FREEZE, ending=BELL) for nth in range(1, BELLS + 1))
    for nth in range(1, scene.ended.seen + 1):
        yield Arm(nth, FREEZE)


def between(machine: Machine, scene: Scene, plant: str = "") -> list[Arm]:
    """The moments between two transactions of a cycle: behind each commit rings the bell."""
    machine.lay(scene.before)
    rung = command(machine, scene.step, plant=plant, arm=Arm(ending=BELL)).seen
    return [Arm(nth, FREEZE, ending=BELL) for nth in range(1, rung + 1)]


def freeze(machine: Machine, scene: Scene, arm: Arm, plant: str = "") -> str:
    """Freeze an engine at one point, let a standby work, revive it; what is wrong then, or nothing."""
    machine.lay(scene.before)
    argv, at = line_of(scene.step)
    frozen = machine.start(argv, at, arm, plant=plant)
    problems = []
    try:
        is_stopped = stopped(frozen["pid"])
        led, before = machine.call("freezes.stand_by", str(machine.store), at.isoformat())
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(frozen["pid"], signal.SIGCONT)
        ended = machine.wait(frozen)
    after = machine.call("freezes.everything", str(machine.store))
    if is_stopped and led and before and after != before:
        problems.append("the revived engine wrote under its old fence")
    if ended.code:
        problems.append(f"the revived engine ended with {ended.code}: {ended.err.strip()[-300:]}")
    machine.call("freezes.stand_by", str(machine.store), at.isoformat())
    look = machine.look()
    if not look.whole:
        problems.append(f"the store is not whole: {look.said[-300:]}")
    if look.state != scene.new:
        problems.append(f"not each step once: {difference(scene, look)}")
    return f"{scene.step.name}, {arm}: {'; '.join(problems)}" if problems else ""


def stopped(pid: int) -> bool:
    """Wait until a process is stopped, or has ended; whether it is stopped."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        if fields[0] in "TtZX":
            return fields[0] in "Tt"
        time.sleep(0.005)
    raise AssertionError("it neither stops nor ends")


# ------------------------------------------------------------------------------------------------ in its own process


def stand_by(path: str, at: str) -> tuple[bool, str]:
    """An engine that waits for the lease and does all that is due; whether it led, and every row then.

    It does not lead where a frozen engine holds the write place: then nobody can write, and nothing is written.
    """
    from datetime import datetime

    import data.store
    from core.clock import SetClock
    from core.engine.loop import Engine
    from data.errors import StoreTrouble

    vars(data.store)["turnstile"] = partial(data.store.turnstile, patience=PATIENCE)
    led = False
    deadline = time.monotonic() + LONGEST
    if not _opens(path):
        return False, ""
    try:
        engine = Engine(f"sqlite:///{path}", SetClock(datetime.fromisoformat(at)), 1, ttl=TTL, holder=_lasting_name())
        while time.monotonic() < deadline:
            cycle = engine.once()
            led = led or cycle.leading
            if cycle.leading and not (cycle.swept and cycle.swept.fired):
                break
            time.sleep(0.02)
    except StoreTrouble as trouble:
        if trouble.code != "store-busy":
            raise
        return led, ""
    engine.lease.held = False  # the lease stays with it: whoever comes back must see its fence
    engine.close()
    return led, everything(path)


def _opens(path: str) -> bool:
    """Whether the store can be opened: not while somebody hangs in the midst of recovering or emptying its log."""
    connection = driver().connect(f"file:{quote(path)}?mode=rw", uri=True, timeout=PATIENCE)
    try:
        connection.execute("SELECT count(*) FROM centre").fetchone()
    except driver().OperationalError:
        return False
    finally:
        connection.close()
    return True


def _lasting_name() -> str:
    """The name of a holder that is there as long as the machine: a lease whose holder is gone may be taken at once."""
    host, _, _, *rest = own_identity().split(":")
    parent = os.getppid()
    started = Path(f"/proc/{parent}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]
    return ":".join((host, str(parent), started, *rest))


def everything(path: str) -> str:
    """One short word for every row, the lease among them."""
    connection: Any = driver().connect(f"file:{quote(path)}?mode=rw", uri=True)
    try:
        return state_of(all_rows(connection))
    finally:
        connection.close()
