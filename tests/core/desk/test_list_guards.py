"""The list guards at the desk, on both stores: the order of refusal, what is kept and counted, what is possible."""

from __future__ import annotations

import pytest

from core.accountability.listed import list_cases, list_report
from core.catalogue.load import load_lists
from core.catalogue.stored import stored_lists
from core.desk.orders import Dispatch, Grant, HandDown, Request, Undo
from core.rules.lists import ListEntry, Lists
from data.errors import NotAllowed
from data.terms import ListKind, RequestKind, Stage
from tests.core.desk.scene import Scene

LISTS = Lists("1", (ListEntry(ListKind.NEGATIVE, "F1", "部件维修", "repairs", ("BJ01",), says="由城市更新岗办理"),))


def load(scene: Scene, lists: Lists) -> None:
    with scene.store.write() as connection:
        load_lists(connection, 1, lists, scene.desk.now(), scene.who("wang"))


def possible(scene: Scene, code: str, who: str) -> str:
    found = next(item for item in scene.desk.possible(code, scene.who(who)) if item.verb.name == "hand_down")
    return found.why.code if found.why else ""


def test_stopped_overridden_counted(any_scene: Scene) -> None:
    scene = any_scene
    code = scene.at_stage(Stage.ASSESSED)
    assert possible(scene, code, "zhang") == ""
    load(scene, LISTS)
    with scene.reader() as reader:
        assert stored_lists(reader.rows, 1) == LISTS
    assert possible(scene, code, "zhang") == "list-negative"
    assert possible(scene, code, "chen") == ""

    down = Dispatch(ticket=code, to="CSGX", assist=["G01"])
    for order, who, why in (
        (down, "zhang", "list-negative"),
        (down.model_copy(update={"override": "急"}), "zhang", "list-override"),
        (down.model_copy(update={"override": "急"}), "hu", "list-override"),
        (down, "chen", "list-negative"),
        (HandDown(ticket=code, to="C01", reason="就近"), "chen", "list-negative"),
    ):
        with pytest.raises(NotAllowed) as refused:
            scene.do(order, who)
        assert refused.value.code == why
        assert refused.value.details.get("may_override", False) is (who == "chen")
    assert scene.ticket(code)["stage"] == Stage.ASSESSED

    scene.do(down.model_copy(update={"override": "汛期临时"}), "chen")
    scene.do(Undo(ticket=code), "chen")
    scene.do(Dispatch(ticket=code, to="CSGX", inform=["G01"], override="没有用上"), "zhang")
    assert "override" not in scene.events(code)[-1]["body"], "nothing was stopped, nothing is kept"
    with scene.reader() as reader:
        (line,) = list_report(list_cases(reader, 1))
        (case,) = list_cases(reader, 1)
    assert (line.deed, line.stop, line.listed, line.times) == ("overridden", "list-negative", "negative F1", 1)
    assert (case.unit, case.actor, case.reason) == ("G01", "chen", "汛期临时")


def test_hands_that_were_asked_for_pass_the_guard_as_well(any_scene: Scene) -> None:
    scene = any_scene
    code = scene.at_stage(Stage.ACKNOWLEDGED)
    load(scene, LISTS)
    scene.do(Request(ticket=code, kind=RequestKind.MORE_HANDS, to=["G01"], reason="缺人"), "zhang")
    before = scene.ticket(code)["revision"]
    with pytest.raises(NotAllowed) as refused:
        scene.do(Grant(ticket=code), "wang")
    assert refused.value.code == "list-negative"
    assert scene.ticket(code)["revision"] == before
    assert scene.ticket(code)["pending"] == RequestKind.MORE_HANDS, "it waits until it is refused or withdrawn"
