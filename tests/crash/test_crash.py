"""The short form of `make crash`: of each class a few points by the run's seed, and every planted bug."""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Iterator

import pytest

from console.exit_codes import STORE
from tests.crash import classes, cuts, day, errors, freezes, kills, load, shim
from tests.crash.day import Scene
from tests.crash.machine import Machine, machine
from tests.crash.shim import FREEZE, REFUSE, Arm
from tests.street import START

pytestmark = pytest.mark.skipif(bool(shim.missing()), reason=shim.missing() or "-")

EACH = 3
"""Points of each command."""
CUTS = 50
"""Power cuts of each."""


@pytest.fixture
def dice(seed: int) -> random.Random:
    print(f"seed: {seed}")
    return random.Random(seed)


@pytest.fixture(scope="module")
def short_day() -> Iterator[tuple[Machine, dict[str, Scene]]]:
    """A machine, and a day of a few commands that went well on it."""
    with machine() as made:
        yield made, {scene.step.name: scene for scene in day.play(made, classes.SHORT)}


@pytest.mark.slow
def test_killed_at_a_write_what_was_told_is_there_and_nothing_is_half_done(
    short_day: tuple[Machine, dict[str, Scene]], dice: random.Random
) -> None:
    one, scenes = short_day
    for scene in scenes.values():
        for arm in dice.sample(list(kills.points(scene)), EACH):
            assert kills.kill(one, scene, arm) == ""


@pytest.mark.slow
def test_after_a_power_cut_what_was_told_is_there_and_the_file_is_whole(
    short_day: tuple[Machine, dict[str, Scene]], seed: int
) -> None:
    one, scenes = short_day
    for scene in scenes.values():
        tried, lost = cuts.cut(one, scene, str(seed), CUTS)
        assert not lost
        assert tried > CUTS / 4, "most cuts left the same disk"


@pytest.mark.slow
def test_on_a_disk_that_fails_a_command_is_refused_cleanly_and_what_it_says_is_true(
    short_day: tuple[Machine, dict[str, Scene]], dice: random.Random
) -> None:
    one, scenes = short_day
    for scene in scenes.values():
        for arm in dice.sample(list(errors.points(scene)), EACH):
            assert errors.refuse(one, scene, arm) == ""


def test_what_was_saved_before_the_disk_failed_is_told(short_day: tuple[Machine, dict[str, Scene]]) -> None:
    """The first of two tickets is done and the disk fails for good: the first is told of, the second is not."""
    one, scenes = short_day
    scene = scenes["two tickets"]
    second = _write_of_the_second(one, scene)
    one.lay(scene.before)
    ended = day.command(one, scene.step, arm=Arm(second, REFUSE, "ENOSPC", for_good=True, silent=True))
    assert ended.code == STORE
    assert [json.loads(line)["ticket"] for line in ended.out.splitlines()] == ["20261120-0002"]
    assert "What was saved before that stays" in ended.err
    assert "nothing was saved" not in ended.err
    assert one.look().events == scene.entries + 1


def _write_of_the_second(one: Machine, scene: Scene) -> int:
    """The number of a write in the midst of those of the second transaction: runs differ by a few writes."""
    one.lay(scene.before)
    record = one.folder / "first"
    day.command(one, scene.step, record=str(record))
    logged = [(n, done.kind) for n, done in enumerate(shim.operations(record), 1) if done.path.endswith("-wal")]
    syncs = [n for n, kind in logged if kind == "S"]
    written = [n for n, kind in logged if kind == "W" and syncs[1] < n < syncs[2]]
    return written[len(written) // 2]


@pytest.mark.slow
def test_an_engine_that_was_frozen_writes_nothing_under_its_old_fence(
    short_day: tuple[Machine, dict[str, Scene]], dice: random.Random
) -> None:
    """Between two of its transactions, where a standby takes over, and at any of its writes."""
    one, scenes = short_day
    scene = scenes[classes.ENGINE]
    for arm in (*dice.sample(freezes.between(one, scene), 2), dice.choice(list(freezes.points(scene)))):
        assert freezes.freeze(one, scene, arm) == ""


@pytest.mark.slow
def test_who_cannot_open_because_another_hangs_is_told_that_the_store_is_busy(
    short_day: tuple[Machine, dict[str, Scene]],
) -> None:
    """Frozen while it recovers the write-ahead log, which keeps everybody out."""
    one, scenes = short_day
    scene = scenes["batch"]
    one.lay(scene.before)
    hangs = one.start(*day.line_of(scene.step), Arm(6, FREEZE), plant=scene.step.plant)
    try:
        assert freezes.stopped(hangs["pid"])
        ended = one.run(["ticket", "list"], START)
        assert (ended.code, "[store-busy]" in ended.err) == (STORE, True), ended
    finally:
        os.kill(hangs["pid"], signal.SIGCONT)
        assert one.wait(hangs).code == 0
    assert one.run(["ticket", "list"], START).code == 0


@pytest.mark.slow
def test_killed_at_random_moments_under_load(short_day: tuple[Machine, dict[str, Scene]], dice: random.Random) -> None:
    kills, lost = load.rounds(short_day[0], dice, 3)
    assert not lost
    assert kills


@pytest.mark.slow
@pytest.mark.parametrize("bug", classes.PLANTED)
def test_what_is_planted_is_found(bug: str, short_day: tuple[Machine, dict[str, Scene]], seed: int) -> None:
    assert classes.PLANTED[bug](*short_day, classes.Ways(seed))
