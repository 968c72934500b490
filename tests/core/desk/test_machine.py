"""Random officers do random things at random times, backwards too, with the engine running now and then.

After every step all invariants hold, and what was refused has changed nothing. Hypothesis finds short counterexamples;
the long walks get deep into the lives of tickets.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.core.desk import invariants
from tests.core.desk.scene import Scene, copy_scene, make_scene
from tests.core.desk.walk import Walk

MOVES = (
    "report",
    "act",
    "act",
    "act",
    "act",
    "act",
    "forward",
    "forward",
    "wait",
    "wait",
    "set_back",
    "engine_cycle",
    "mode",
)
DEEP = {"dispatch", "acknowledge", "complete", "check"}
KINDS = 9
"""What a long walk must have done, and how many verbs, or it proves little."""


def walk(scene: Scene, seed: str, steps: int) -> Walk:
    """A long walk, drawn from a seed."""
    drawn = random.Random(seed)

    def choose(_: str, options: Sequence[Any]) -> Any:
        return drawn.choice(options)

    found = Walk(scene)
    for step in range(steps):
        if step == steps // 2:
            found.new_holidays(choose)
        move = "report" if len(found.tickets) < 2 else drawn.choice(MOVES)
        getattr(found, move)(choose)
        invariants.check(scene)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("number", range(2))
def test_a_long_walk(street: Path, tmp_path: Path, seed: int, number: int) -> None:
    scene = copy_scene(street, tmp_path)
    found = walk(scene, f"{seed}:{number}", 250)
    assert found.done.keys() >= DEEP
    assert len(found.done) >= KINDS, found.done
    scene.store.close()


@pytest.mark.slow
@pytest.mark.pg
def test_a_long_walk_on_postgresql(postgres_database: str, seed: int) -> None:
    scene = make_scene(postgres_database)
    walk(scene, f"{seed}:pg", 80)
    scene.store.close()


class DeskMachine(RuleBasedStateMachine):
    """The same moves, drawn by hypothesis."""

    street: Path

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()

    @initialize()
    def begin(self) -> None:
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        scene = copy_scene(self.street, folder)
        self.stack.callback(scene.store.close)
        self.walk = Walk(scene)

    @rule(data=st.data())
    def report(self, data: st.DataObject) -> None:
        self.walk.report(chooser(data))

    @precondition(lambda self: self.walk.tickets)
    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        self.walk.act(chooser(data))

    @precondition(lambda self: self.walk.tickets)
    @rule(data=st.data())
    def forward(self, data: st.DataObject) -> None:
        self.walk.forward(chooser(data))

    @rule(data=st.data(), move=st.sampled_from(["wait", "set_back", "engine_cycle", "new_holidays", "mode"]))
    def time(self, data: st.DataObject, move: str) -> None:
        getattr(self.walk, move)(chooser(data))

    @invariant()
    def holds(self) -> None:
        if hasattr(self, "walk"):
            invariants.check(self.walk.scene)

    def teardown(self) -> None:
        self.stack.close()


def chooser(data: st.DataObject) -> Any:
    """Draws from hypothesis, so that a failure shrinks."""
    return lambda name, options: data.draw(st.sampled_from(options), label=name)


@pytest.mark.slow
def test_random_operations_keep_every_invariant(street: Path) -> None:
    class OnThisStreet(DeskMachine):
        pass

    OnThisStreet.street = street
    thorough = settings().max_examples > 1000
    run_state_machine_as_test(
        OnThisStreet,
        settings=settings(
            max_examples=300 if thorough else 12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # To make a failure short takes minutes: asked for with the thorough profile.
            phases=[*Phase] if thorough else [Phase.explicit, Phase.generate],
        ),
    )
