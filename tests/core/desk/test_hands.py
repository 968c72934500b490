"""Hands: units, officers by name and whoever is on duty in a role, in one dispatch and later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from core.desk.actor import Actor
from core.desk.hands import Hand
from core.desk.orders import Acknowledge, AddTask, Arrive, Complete, Dispatch, FinishTask, Redispatch, Undo
from core.desk.undo_plan import undo_plan
from data.errors import BadInput, NotAllowed, NotFound, Refusal
from data.tables import Duty, Officer, table
from data.terms import ClockKind, Role, Stage, TaskRole, TaskState
from tests.core.desk.scene import Scene, make_scene
from tests.core.desk.test_timing import load, policy


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder: Path = tmp_path_factory.mktemp("hands")
    scene = make_scene(str(folder / "store.sqlite"))
    yield scene
    scene.store.close()


def tasks(scene: Scene, code: str) -> list[tuple[str, int, int | None, str]]:
    return [(row["role"], row["unit_id"], row["officer_id"], row["addressed"]) for row in scene.of("task", code, "no")]


def code_of(scene: Scene, order: object, who: str = "zhang") -> str:
    """The code of the refusal that an order meets."""
    with pytest.raises(Refusal) as refused:
        scene.do(order, who)  # type: ignore[arg-type]
    assert refused.value.zh != refused.value.en
    return refused.value.code


@pytest.mark.parametrize(
    ("text", "hand"),
    [
        ("PAZZ", Hand(TaskRole.ASSIST, unit="PAZZ")),
        ("平安综治岗=核实活动情况", Hand(TaskRole.ASSIST, unit="平安综治岗", instruction="核实活动情况")),
        ("@张三", Hand(TaskRole.ASSIST, officer="张三")),
        ("＠值班领导＝到场", Hand(TaskRole.ASSIST, duty=Role.DUTY_LEADER, instruction="到场")),
        ("@duty_leader", Hand(TaskRole.ASSIST, duty=Role.DUTY_LEADER)),
        ("XF=a=b", Hand(TaskRole.ASSIST, unit="XF", instruction="a=b")),
    ],
)
def test_what_is_written_is_read_and_written_again(text: str, hand: Hand) -> None:
    found = Hand.read(text, TaskRole.ASSIST)
    assert found == hand
    assert Hand.read(found.written, TaskRole.ASSIST) == hand


@pytest.mark.parametrize("text", ["@", "=做什么", " @ =x", "＠"])
def test_a_hand_that_is_nobody_is_refused(scene: Scene, text: str) -> None:
    code = scene.at_stage(Stage.ASSESSED)
    assert code_of(scene, Dispatch(ticket=code, to="CSGX", assist=[text])) == "hand-empty"
    assert tasks(scene, code) == []


def test_a_mix_of_hands_in_one_event(scene: Scene) -> None:
    code = scene.at_stage(Stage.ASSESSED)
    before = len(scene.events(code))
    scene.do(
        Dispatch(
            ticket=code,
            to="CSGX=围护",
            assist=["@qian=带队", "@值班领导", "C01", "G02", "XF"],
            inform=["@周兰"],
            instruction="到场",
        )
    )
    assert len(scene.events(code)) == before + 1
    rows = scene.of("task", code, "no")
    assert [row["instruction"] for row in rows] == ["围护", "带队", "到场", "到场", "到场", "到场", "到场"]
    assert tasks(scene, code)[1][2:] == (13, "officer")
    assert tasks(scene, code)[2][3] == "duty_leader"
    assert tasks(scene, code)[6] == ("inform", 5, 14, "officer")
    acknowledge = [row["task_id"] for row in scene.of("clock", code, "id") if row["kind"] == "acknowledge"]
    assert sorted(acknowledge) == sorted(row["id"] for row in rows[:6]), "each with a clock of its own"
    told = {(row["unit_id"], row["officer_id"]) for row in scene.notices("dispatch")}
    assert {(None, 13), (None, 14)} <= told, "an officer is told, not the unit"


def test_nobody_on_duty_in_the_role_is_said(scene: Scene) -> None:
    code = scene.at_stage(Stage.ASSESSED)
    wang = scene.who("wang").id
    now = scene.desk.now()
    with scene.store.write() as connection:
        row = {"centre_id": 1, "id": 900, "officer_id": wang, "kind": "leave", "role": "", "note": "培训"}
        connection.execute(insert(table(Duty)), {**row, "from_at": now, "to_at": now + 60})
    with pytest.raises(NotAllowed) as refused:
        scene.do(Dispatch(ticket=code, to="CSGX", assist=["@值班领导"]))
    assert refused.value.code == "nobody-on-duty"
    assert "培训" in refused.value.zh
    assert tasks(scene, code) == []
    scene.wait(minutes=2)
    scene.do(Dispatch(ticket=code, to="CSGX", assist=["@值班领导"]))
    assert tasks(scene, code)[1][2] == wang


def test_who_may_answer_for_a_task_given_by_name(scene: Scene) -> None:
    """The officer, whatever role they have, and the desk for them; nobody else, not even of the same unit."""
    code = scene.at_stage(Stage.ASSESSED)
    scene.do(Dispatch(ticket=code, to="CSGX", assist=["@tan"]))
    assert code_of(scene, Acknowledge(ticket=code, unit="@tan"), "pan") == "ticket-unknown"
    assert code_of(scene, Acknowledge(ticket=code, unit="@tan"), "li") == "not-own-unit", "the lead's people"
    scene.do(Acknowledge(ticket=code), "tan")
    scene.do(Arrive(ticket=code, people=3), "tan")
    scene.do(FinishTask(ticket=code, unit="@谭网", people=4), "zhang")
    row = scene.of("task", code, "no")[1]
    assert (row["state"], row["people"], row["officer_id"]) == ("done", 4, 20)
    bodies = [event["body"] for event in scene.events(code)[-3:]]
    assert ["by_desk" in body for body in bodies] == [False, False, True]
    assert {body["officer"] for body in bodies} == {20}


def test_an_officer_without_any_role_can_be_asked_and_answer(scene: Scene) -> None:
    with scene.store.write() as connection:
        values = {"centre_id": 1, "id": 77, "code": "solo", "name": "独行", "phone": "", "title": "", "active": True}
        connection.execute(insert(table(Officer)), {**values, "created_at": 0})
    code = scene.at_stage(Stage.ASSESSED)
    scene.do(Dispatch(ticket=code, to="CSGX", assist=["@solo"]))
    solo = Actor(code="solo", name="独行", id=77)
    scene.desk.do(Acknowledge(ticket=code), solo)
    with pytest.raises(NotAllowed):
        scene.desk.do(Complete(ticket=code, outcome="好了"), solo)
    assert scene.of("task", code, "no")[1]["state"] == TaskState.ACKNOWLEDGED


def test_the_ladder_asks_the_officer_and_not_the_colleagues(scene: Scene) -> None:
    from core.desk.ledger import Ledger
    from core.desk.people import people_at

    code = scene.at_stage(Stage.ASSESSED)
    scene.do(Dispatch(ticket=code, to="CSGX", assist=["@pan"]))
    clock = next(row for row in scene.of("clock", code, "id") if row["unit_id"] == 6)
    with scene.store.read() as connection:
        people = people_at(connection, 1, scene.desk.now())
        case = Ledger(connection, 1, scene.desk.now(), reading=True).case_by_code(code)
    duty = people.duty_for(case, clock["unit_id"], clock["task_id"])
    assert [officer.officer_id for officer in duty.of("holder")] == [21]


def test_more_hands_later_and_no_hand_twice(scene: Scene) -> None:
    code = scene.at_stage(Stage.ACKNOWLEDGED)
    scene.do(AddTask(ticket=code, to=["@tan=清点", "G01"], inform=["@feng"]))
    assert scene.events(code)[-1]["body"]["assist"] == ["@tan", "G01"]
    assert [row[0] for row in tasks(scene, code)[-3:]] == ["assist", "assist", "inform"]
    for again in ("@谭网", "G01"):
        assert code_of(scene, AddTask(ticket=code, to=[again])) == "unit-has-task"
    assert code_of(scene, AddTask(ticket=code, to=["@pan", "@潘兼"])) == "unit-twice"
    assert code_of(scene, AddTask(ticket=code)) == "no-target"
    assert code_of(scene, AddTask(ticket=code, to=["@nobody"])) == "officer-unknown"
    scene.do(AddTask(ticket=code, to=["@pan"])), "another officer of the unit is another hand"


def test_to_an_officer_and_to_a_colleague_of_theirs(scene: Scene) -> None:
    code = scene.at_stage(Stage.ACKNOWLEDGED)
    assert code_of(scene, Redispatch(ticket=code, to="CSGX", reason="x")) == "same-unit"
    scene.do(Redispatch(ticket=code, to="@li", reason="专人"))
    assert scene.ticket(code)["holder_officer_id"] == scene.who("li").id
    assert code_of(scene, Redispatch(ticket=code, to="@li", reason="x")) == "same-unit"
    scene.do(Redispatch(ticket=code, to="CSGX", reason="不必专人"))
    assert scene.ticket(code)["holder_officer_id"] is None


def test_undone_the_officer_is_told(scene: Scene) -> None:
    code = scene.at_stage(Stage.ASSESSED)
    scene.do(Dispatch(ticket=code, to="CSGX", assist=["@tan"]))
    assert len(undo_plan(scene.desk, code, scene.who("zhang")).withdrawn) == 2
    scene.do(Undo(ticket=code))
    ticket = scene.ticket(code)["id"]
    told = {(row["unit_id"], row["officer_id"]) for row in scene.notices("undo") if row["ticket_id"] == ticket}
    assert (None, 20) in told


def test_a_unit_that_is_unknown_says_so(scene: Scene) -> None:
    code = scene.at_stage(Stage.ASSESSED)
    with pytest.raises(NotFound):
        scene.do(Dispatch(ticket=code, to="@没有这个人"))
    with pytest.raises(BadInput):
        scene.do(Dispatch(ticket=code, to="ZX"))


def test_an_assisting_part_has_a_limit_where_the_policy_gives_one(scene: Scene) -> None:
    """The fire brigade has an hour from the dispatch; met when it is finished, called off with the ticket."""
    body = policy()
    for values in body["urgency"].values():
        values["part"] = "1 urgent_hour"
    load(scene.store, "policy", "", 2, body)
    code = scene.at_stage(Stage.ASSESSED)
    scene.do(Dispatch(ticket=code, to="CSGX", assist=["XF", "@tan"], inform=["C02"]))
    running = [row for row in scene.of("clock", code, "id") if row["kind"] == ClockKind.PART]
    assert [(row["unit_id"], row["budget"]) for row in running] == [(8, "1 urgent_hour"), (6, "1 urgent_hour")]
    assert {row["due_at"] for row in running} == {scene.desk.now() + 3600}
    scene.wait(minutes=59)
    scene.do(FinishTask(ticket=code, unit="XF", result="好了"))
    scene.do(Acknowledge(ticket=code))
    scene.do(Complete(ticket=code, outcome="好了", open_assist_reason="不再需要"))
    assert [row["state"] for row in scene.of("clock", code, "id") if row["kind"] == ClockKind.PART] == [
        "met",
        "cancelled",
    ]
