"""The short form of `make crash`: of each class a few points by the run's seed, and every planted bug."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.crash import classes, cuts, day, kills, shim
from tests.crash.day import Scene
from tests.crash.machine import Machine, machine

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
@pytest.mark.parametrize("bug", classes.PLANTED)
def test_what_is_planted_is_found(bug: str, short_day: tuple[Machine, dict[str, Scene]], seed: int) -> None:
    assert classes.PLANTED[bug](*short_day, classes.Ways(seed))
