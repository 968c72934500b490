"""kill -9 at every write of a command: what was told is there, nothing is half done, once more does it once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from tests.crash.day import Scene, command, line_of
from tests.crash.machine import Ended, Look, Machine
from tests.crash.shim import KILL_BEFORE, KILL_WITHIN, Arm


def points(scene: Scene) -> Iterator[Arm]:
    """Before each operation of a command, and in the middle of every fourth."""
    for nth in range(1, scene.ended.seen + 1):
        yield Arm(nth, KILL_BEFORE)
        if not nth % 4:
            yield Arm(nth, KILL_WITHIN)


def kill(machine: Machine, scene: Scene, arm: Arm, plant: str = "") -> str:
    """Kill a command at one point and see what is left; what is wrong with it, or nothing.

    The order of writes may differ by a few from run to run: a point behind the last one is a command that ended.
    """
    machine.lay(scene.before)
    ended = command(machine, scene.step, plant=plant, arm=arm)
    if not ended.killed and ended.code:
        return f"{scene.step.name}, {arm}: ended with {ended.code}: {ended.err.strip()[-300:]}"
    first, again, last = machine.after(*line_of(scene.step), plant=scene.step.plant)
    problems = [*left(scene, ended, first), *done_again(scene, again, last)]
    return f"{scene.step.name}, {arm}: {'; '.join(problems)}" if problems else ""


def left(scene: Scene, ended: Ended, look: Look) -> Iterable[str]:
    """What a command that was cut short must leave."""
    if not scene.whole(look):
        yield f"the store is not whole: {look.said[-300:]}"
    if scene.step.one and look.state not in (scene.old, scene.new):
        yield f"half done: {difference(scene, look)}"
    if scene.told(ended) and look.state != scene.new:
        yield f"it was told and is not there: {difference(scene, look)}"
    missing = [number for number in scene.events(ended.out) if number > look.events]
    if missing:
        yield f"told of entries {missing} of the log, which has {look.events}"


def done_again(scene: Scene, again: Ended, last: Look) -> Iterable[str]:
    """What the same command line must come to, typed once more."""
    if again.code not in scene.step.again:
        yield f"once more it ends with {again.code}: {again.err.strip()[-300:]}"
    if not last.whole:
        yield f"once more, the store is not whole: {last.said[-300:]}"
    if last.state != scene.new:
        yield f"once more, and not done once: {difference(scene, last)}"


def difference(scene: Scene, look: Look) -> str:
    """The first rows that differ from the state after the command."""
    found = []
    for name in sorted(scene.rows.keys() | look.rows.keys()):
        wanted, there = scene.rows.get(name, []), look.rows.get(name, [])
        if wanted != there:
            changes = [line[:160] for line in difflib.ndiff(wanted, there) if line[0] in "+-"]
            found.append(f"{name} {changes[:2]}")
    return ", ".join(found[:3])
