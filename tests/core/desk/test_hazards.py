"""The hazard register: whose files, what may follow on what, looks that are due and told again, the log rebuilds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.accountability.audit import verify
from core.desk.centre_desk import CentreDesk
from core.desk.centre_orders import CentreOrder
from core.desk.hazard_orders import (
    HazardChange,
    HazardCheck,
    HazardClosed,
    HazardFound,
    HazardRemedied,
    HazardReopened,
)
from core.engine.loop import Engine
from core.rules.hazards import FOLLOWS, mark_of, refusal_of_step
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.queries.hazards import hazard, hazards
from data.terms import CheckResult, HazardState, HazardStep
from tests.core.desk.scene import G01, G02, Scene, make_scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return make_scene(str(tmp_path / "store.sqlite"))


def act(scene: Scene, order: CentreOrder, who: str = "zhang") -> int:
    return CentreDesk(scene.desk).do(order, scene.who(who)).item


def found(unit: str = "G01", household: str = "3-2", **more: object) -> HazardFound:
    return HazardFound(place="滨江路3号", what="外墙空鼓", unit=unit, household=household, register_only=True, **more)


def engine(scene: Scene) -> None:
    running = Engine(scene.store, scene.clock, 1, steady_clock=lambda: 0.0)
    running.once(send=False)
    running.close()


def told(scene: Scene) -> list[tuple[int | None, int | None]]:
    return [(row["unit_id"], row["officer_id"]) for row in scene.notices("hazard")]


def test_looks_are_told_when_due_and_each_day_until_somebody_looks(scene: Scene) -> None:
    act(scene, found(every_days=7))
    act(scene, found("G02", household="9-9", every_days=7))
    act(scene, found("G02", household="3-3"))
    engine(scene)
    assert told(scene) == []
    scene.wait(days=7)
    engine(scene)
    engine(scene)
    assert sorted(told(scene)) == [(G01, None), (G02, None)]
    act(scene, HazardCheck(hazard=1, result=CheckResult.SAME), "zhao")
    scene.wait(days=1)
    engine(scene)
    shift = scene.who("gao").id
    assert told(scene)[2:] == [(G02, None), (None, shift)], "again, and the shift leader hears that it is overdue"
    act(scene, HazardClosed(hazard=2, reason="拆除"))
    scene.wait(days=2)
    engine(scene)
    assert len(told(scene)) == 4
    with scene.reader() as reader:
        assert [line.id for line in hazards(reader, 1)] == [1, 3]
        assert hazard(reader, 1, 1).checks == 1
        assert verify(reader, 1) == []


def test_a_changed_row_is_found(scene: Scene) -> None:
    act(scene, found())
    with scene.store.write() as connection:
        connection.exec_driver_sql("UPDATE hazard SET grade = 'serious' WHERE centre_id = 1")
        connection.exec_driver_sql("UPDATE hazard_entry SET note = 'x' WHERE centre_id = 1")
    with scene.reader() as reader:
        assert [(one.place, one.field) for one in verify(reader, 1)] == [("hazard", "grade"), ("hazard_entry", "note")]


def test_what_is_refused_changes_nothing(scene: Scene) -> None:
    act(scene, found(), "zhao")
    refused: tuple[tuple[CentreOrder, str, type[Exception], str], ...] = (
        (found(household="３－２"), "zhao", Conflict, "hazard-known"),
        (found("G02", household="8"), "zhao", NotAllowed, "not-own-unit"),
        (HazardRemedied(hazard=1, note="已清"), "tao", NotAllowed, "not-own-unit"),
        (found("CSGX", household="8"), "zhang", BadInput, "not-a-place"),
        (found(household="9", sweep=scene.new()), "zhang", BadInput, "not-a-sweep"),
        (found(household="9", matter="没有"), "zhang", NotFound, "matter-unknown"),
        (HazardReopened(hazard=1, reason="x"), "zhang", NotAllowed, "hazard-state"),
        (HazardChange(hazard=1), "zhang", BadInput, "no-change"),
        (HazardCheck(hazard=9, result=CheckResult.SAME), "zhang", NotFound, "hazard-unknown"),
    )
    before = scene.rows("SELECT chain_no FROM centre_seq WHERE centre_id = :centre")
    for order, who, kind, code in refused:
        with pytest.raises(kind) as caught:
            act(scene, order, who)
        assert getattr(caught.value, "code", "") == code
    assert scene.rows("SELECT chain_no FROM centre_seq WHERE centre_id = :centre") == before
    # The secretary answers for the grids of the community, whoever found it.
    act(scene, HazardChange(hazard=1, remedy_by="物业"), "zhou")


def test_every_step_in_every_state() -> None:
    allowed = {step: {state for state in HazardState if refusal_of_step(step, state, 1) is None} for step in FOLLOWS}
    assert allowed == {
        HazardStep.CHECKED: {"open", "remedied"},
        HazardStep.CHANGED: {"open", "remedied"},
        HazardStep.REMEDIED: {"open"},
        HazardStep.CLOSED: {"open", "remedied"},
        HazardStep.REOPENED: {"remedied", "closed"},
    }


def test_one_household_is_one_file_however_it_is_written() -> None:
    same = {mark_of(place, house, "AQ0201", "x") for place, house in (("滨江路3号", "3-2"), ("滨江路 ３号", "３－２"))}
    assert len(same) == 1
    assert mark_of("滨江路3号", "3-2", "", "空鼓") not in same
    assert mark_of("滨江路3", "号3-2", "AQ0201", "x") not in same
