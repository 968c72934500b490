"""A ticket at an earlier moment: what the log says, row by row, and nothing of today."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.accountability.rewind import Rewind
from core.desk.orders import Acknowledge, AddTask, Arrive, FinishTask, Handle, Note, Pause, Resume, Supervise
from data.queries import tickets
from data.terms import PauseReason, Stage
from tests.core.desk.scene import Scene, make_scene


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder: Path = tmp_path_factory.mktemp("rewind")
    made = make_scene(str(folder / "store.sqlite"))
    yield made
    made.store.close()


def rows_now(scene: Scene, number: int) -> dict[str, list[dict[str, Any]]]:
    """Today's rows, as the ticket's page reads them."""
    with scene.reader() as reader:
        return {
            "ticket": [tickets.ticket(reader, 1, number) or {}],
            "tasks": tickets.tasks(reader, 1, number),
            "clocks": tickets.clocks(reader, 1, number),
            "custody": tickets.custody(reader, 1, number),
        }


def same(then: list[dict[str, Any]], stored: list[dict[str, Any]]) -> None:
    """Every field that the rewound rows have is as it was read at that moment."""
    assert len(then) == len(stored)
    for one, other in zip(then, stored, strict=True):
        for name in one.keys() & other.keys():
            empty = name.endswith(("_name", "_code")) and not one[name] and not other[name]
            assert empty or one[name] == other[name], name


def test_every_moment_is_rebuilt_as_it_was_stored_then(scene: Scene) -> None:
    """What was read at the time is kept; afterwards each moment is asked for again."""
    code = scene.at_stage(Stage.DISPATCHED)
    steps = [
        (AddTask(ticket=code, to=["XF"]), "zhang"),
        (Acknowledge(ticket=code), "li"),
        (Acknowledge(ticket=code, unit="XF"), "feng"),
        (Arrive(ticket=code, unit="XF", people=7), "feng"),
        (Supervise(ticket=code), "wang"),
        (Pause(ticket=code, code=PauseReason.CITIZEN, reason="等居民"), "zhang"),
        (Resume(ticket=code), "zhang"),
        (Handle(ticket=code, note="处置"), "li"),
    ]
    number, seen = scene.ticket(code)["id"], []
    for order, who in steps:
        at = scene.wait(minutes=7)
        scene.do(order, who)
        seen.append((at, rows_now(scene, number)))
    with scene.reader() as reader:
        rewind = Rewind(reader, 1, number)
    for at, stored in seen:
        stood = rewind.at(at)
        assert stood is not None
        same([stood.ticket], stored["ticket"])
        same(stood.tasks, stored["tasks"])
        same(stood.clocks, stored["clocks"])
        same(stood.custody, stored["custody"])
        before = rewind.at(at - 1)
        assert before is not None
        assert len(before.events) == len(stood.events) - 1
    assert [step.ticket["stage"] for step in rewind.walk()][-1] == seen[-1][1]["ticket"][0]["stage"]
    assert rewind.at(rewind.first_at - 1) is None
    assert [(step.open_hands, step.people) for step in rewind.walk()][-5:] == [(2, 7)] * 5


def test_figures_of_a_moment_count_open_hands_who_came_and_what_is_late(scene: Scene) -> None:
    code = scene.at_stage(Stage.DISPATCHED)
    scene.do(AddTask(ticket=code, to=["XF"]))
    due = min(clock["due_at"] for clock in scene.of("clock", code, "id") if clock["state"] == "running")
    scene.wait(seconds=due - scene.desk.now())
    scene.do(Note(ticket=code, text="此刻到期"))
    scene.wait(seconds=1)
    scene.do(Note(ticket=code, text="已过一秒"))
    scene.do(FinishTask(ticket=code, unit="XF", people=3), "feng")
    with scene.reader() as reader:
        steps = list(Rewind(reader, 1, scene.ticket(code)["id"]).walk())
    on_time, late, finished = [(step.open_hands, step.people) for step in steps[-3:]]
    assert (on_time, late, finished[0]) == ((2, 0), (2, 0), 1)
    assert steps[-3].late == 0
    assert steps[-2].late > 0


def test_jumps_go_from_event_to_event(scene: Scene) -> None:
    code = scene.at_stage(Stage.ASSESSED)
    first = scene.desk.now()
    then = scene.wait(minutes=3)
    scene.do(Supervise(ticket=code), "wang")
    with scene.reader() as reader:
        rewind = Rewind(reader, 1, scene.ticket(code)["id"])
    assert (rewind.first_at, rewind.last_at) == (first, then)
    assert rewind.next_event(first) == then
    assert rewind.next_event(then) is None
    assert rewind.event_before(then) == first
    assert rewind.event_before(first) is None
