"""A disk that fails or is full at the nth operation, once or for good: a clean refusal, nothing half done, no lie."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from console.exit_codes import OK, PARTLY, STORE
from tests.crash.day import Scene, command, line_of
from tests.crash.kills import difference, done_again
from tests.crash.machine import Ended, Look, Machine
from tests.crash.shim import REFUSE, Arm

NOTHING_SAVED = "nothing was saved"
MAY_BE_SAVED = ("store-in-doubt", "output-failed")
"""Codes that say themselves that one has to look."""
READ_EVERY = 7
"""Only so many-th operation fails where reading counts too: most of them are reads of the same pages."""
_CODE = re.compile(r"\[([a-z-]+)\]\s*$", re.MULTILINE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def points(scene: Scene) -> Iterator[Arm]:
    """Every write refused with either error, once and for good; every so many-th operation with reading.

    Once, what is printed may be what fails; for good, it is the disk alone.
    """
    for nth in range(1, scene.ended.seen + 1):
        for error in ("EIO", "ENOSPC"):
            for for_good in (False, True):
                yield Arm(nth, REFUSE, error, for_good, silent=for_good)
        if not nth % READ_EVERY:
            yield Arm(nth, REFUSE, "EIO", nth % 2 == 0, reads=True, silent=True)


def refuse(machine: Machine, scene: Scene, arm: Arm, plant: str = "") -> str:
    """Let an operation of a command fail; what is wrong with how it ended and what it left, or nothing."""
    machine.lay(scene.before)
    ended = command(machine, scene.step, plant=plant, arm=arm)
    first, again, last = machine.after(*line_of(scene.step), plant=scene.step.plant)
    problems = [*said(ended), *kept(scene, ended, first), *done_again(scene, again, last)]
    return f"{scene.step.name}, {arm}: {'; '.join(problems)}" if problems else ""


def said(ended: Ended) -> Iterable[str]:
    """A command ends well, or with the exit code of a store that fails and the reason in both languages."""
    if ended.code not in (OK, STORE, PARTLY):
        yield f"it ended with {ended.code}: {ended.err.strip()[-400:]}"
    if "Traceback" in ended.err:
        yield f"a traceback: {ended.err[-300:]}"
    if ended.code == STORE and not (_CHINESE.search(ended.err) and _CODE.search(ended.err)):
        yield f"it does not say why: {ended.err.strip()[-300:]}"


def kept(scene: Scene, ended: Ended, look: Look) -> Iterable[str]:
    """What was said is true, and nothing is half done."""
    if not scene.whole(look):
        yield f"the store is not whole: {look.said[-300:]}"
    if scene.step.one and look.state not in (scene.old, scene.new):
        yield f"half done: {difference(scene, look)}"
    if ended.code == OK and look.state != scene.new:
        yield f"it ended well and is not done: {difference(scene, look)}"
    missing = [number for number in scene.events(ended.out) if number > look.events]
    if missing:
        yield f"told of entries {missing} of the log, which has {look.events}"
    code = (_CODE.findall(ended.err) or [""])[-1]
    untold = look.events - scene.entries - len(scene.events(ended.out))
    if ended.code == STORE and code not in MAY_BE_SAVED and scene.events(scene.ended.out) and untold > 0:
        yield f"{untold} entries of the log were not told of: {ended.err.strip()[-200:]}"
    if NOTHING_SAVED in ended.err and scene.step.one and look.state != scene.old:
        yield f"it says that {NOTHING_SAVED}, and it was: {ended.err.strip()[-200:]}"
