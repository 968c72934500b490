"""Who may do what: a matrix of every role and every verb, deny by default."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.desk.actor import Actor
from core.desk.ledger import Ledger
from core.desk.orders import (
    Accept,
    Acknowledge,
    AddTask,
    Arrive,
    Complete,
    Dispatch,
    FinishTask,
    HandUp,
    Note,
    Pause,
    Remind,
    Report,
    Return,
    Supervise,
)
from core.desk.permissions import refusal_of_role
from core.desk.references import References
from core.desk.verbs.table import VERBS
from core.rules.case import Case
from core.rules.permission_table import NAMED, TICKET, Reach
from data.errors import NotAllowed, NotFound, Refusal
from data.terms import PauseReason, ReturnReason, Role, Stage, Tier
from tests.core.desk.scene import BY_ROLE, CENTRE, CSGX, ECONOMY, SAFETY, Scene, make_scene

DESK = {"duty_officer", "shift_leader", "duty_leader", "commander"}
LEADERS = {"duty_leader", "commander", "section_leader"}
SENIOR = {"shift_leader", "duty_leader", "commander"}
ALL = {role.value for role in Role} - {"system_admin", "security_admin", "audit_admin"}
MEETING = ALL - {"grid_worker_part", "force_contact", "district_officer"}

MATRIX = {
    "report": ALL,
    "accept": DESK,
    "refuse": DESK,
    "amend": DESK,
    "assess": DESK,
    "dispatch": DESK | {"section_leader"},
    "redispatch": DESK,
    "add_task": DESK | {"section_leader"},
    "activate_plan": DESK | {"section_leader"},
    "tick": ALL,
    "acknowledge": ALL,
    "arrive": ALL,
    "handle": ALL,
    "finish_task": ALL,
    "finding": ALL,
    "complete": ALL,
    "return": ALL,
    "check": DESK,
    "call_back": DESK,
    "archive": DESK,
    "void": SENIOR,
    "hand_up": ALL,
    "hand_down": DESK | {"community_secretary"},
    "remind": DESK | LEADERS,
    "supervise": LEADERS,
    "ask": ALL,
    "note": ALL,
    "pause": DESK | LEADERS,
    "resume": DESK | LEADERS,
    "take_back": ALL,
    "recompute": SENIOR,
    "grade": SENIOR,
    "report_up": DESK,
    "request": ALL,
    "grant": DESK | {"section_leader"},
    "decline": DESK | {"section_leader"},
    "withdraw": ALL,
    "undo": DESK,
    "review_open": SENIOR | {"section_leader"},
    "review_hold": SENIOR | {"section_leader"},
    "review_lesson": DESK | {"section_leader"},
    "review_follow_up": SENIOR | {"section_leader"},
    "review_conclude": SENIOR | {"section_leader"},
    "classify": MEETING,
    "convene": MEETING,
    "put_off": MEETING,
    "attend": MEETING,
    "minutes": MEETING,
    "decide": MEETING,
    "consult": MEETING,
    "collect": MEETING,
    "conclude": MEETING,
    "publish": MEETING,
    "mediate": ALL,
    "fulfil": ALL,
    "join": DESK,
    "separate": DESK,
    "link": DESK,
    "sweep": DESK,
    "cordon": ALL,
    "remind_hands": DESK | LEADERS,
    "name_readers": {"duty_leader", "commander"},
}
"""Said a second time, by hand: a verb without a row here, or a role let in by accident, fails."""


def reaching(*reaches: Reach) -> list[str]:
    """Verbs that a post's member, or a section leader, may use as far as this."""
    roles = {Role.POST_MEMBER, Role.SECTION_LEADER}
    return [
        verb
        for verb, grants in TICKET.items()
        if any(grant.reach in reaches and grant.roles & roles for grant in grants)
    ]


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder: Path = tmp_path_factory.mktemp("permissions")
    scene = make_scene(str(folder / "store.sqlite"))
    yield scene
    scene.store.close()


@pytest.fixture(scope="module")
def out(street: Scene) -> str:
    """A ticket in the hands of the urban renewal post, with the fire brigade assisting."""
    code = street.at_stage(Stage.ACKNOWLEDGED)
    street.do(AddTask(ticket=code, to=["XF"]))
    return code


def refusal(scene: Scene, verb: str, actor: Actor, code: str | None) -> str:
    """The code of the refusal; empty where the actor may."""
    with scene.store.read() as connection:
        refs = References(connection, 1)
        case: Case | None = None
        if code is not None:
            case = Ledger(connection, 1, scene.desk.now(), reading=True).case_by_code(code)
        why = refusal_of_role(verb, "某事", "do it", actor, case, refs)
    return "" if why is None else why.code


def holding(role: str, unit: int) -> Actor:
    return Actor(code="x", name="某人", id=99, roles=frozenset({role}), units=frozenset({unit}))


def test_every_verb_stands_in_the_matrix() -> None:
    assert MATRIX.keys() == TICKET.keys() == VERBS.keys() | {"report"}


def test_a_role_may_what_the_matrix_says() -> None:
    """The table itself; that the desk goes by it, cell by cell, is `test_permission_cells`."""
    for verb, roles in MATRIX.items():
        found = {role.value for grant in TICKET[verb] if grant is not NAMED for role in grant.roles}
        assert found == roles, verb


@pytest.mark.parametrize("verb", [*TICKET, "no_such_verb"])
def test_nobody_without_a_role_may_anything(street: Scene, out: str, verb: str) -> None:
    nobody = Actor(code="x", name="某人", id=99, roles=frozenset(), units=frozenset({CSGX}))
    assert refusal(street, verb, nobody, None if verb == "report" else out) == "not-permitted"


def test_a_verb_without_a_row_is_denied_to_everybody(street: Scene, out: str) -> None:
    everything = Actor(code="x", name="某人", id=99, roles=frozenset(ALL), units=frozenset({CENTRE, CSGX}))
    assert refusal(street, "no_such_verb", everything, out) == "not-permitted"


@pytest.mark.parametrize("verb", reaching(Reach.UNIT, Reach.LEAD))
def test_a_field_role_of_another_unit_is_told_that_it_is_not_theirs(street: Scene, out: str, verb: str) -> None:
    assert refusal(street, verb, holding("post_member", SAFETY), out) == "not-own-unit"
    assert refusal(street, verb, holding("duty_officer", CENTRE), out) == ""


@pytest.mark.parametrize("verb", reaching(Reach.SECTION))
def test_a_section_leader_keeps_to_the_own_section(street: Scene, out: str, verb: str) -> None:
    assert refusal(street, verb, holding("section_leader", ECONOMY), out) == ""
    assert refusal(street, verb, holding("section_leader", SAFETY), out) == "not-own-section"
    leader_too = replace(holding("section_leader", SAFETY), roles=frozenset({"section_leader", "duty_leader"}))
    assert refusal(street, verb, leader_too, out) == ""


def test_every_role_has_an_officer_to_test_with(street: Scene) -> None:
    assert BY_ROLE.keys() == set(Role)
    assert all(role in street.who(code).roles for role, code in BY_ROLE.items())


def test_an_assisting_unit_answers_for_itself_only(street: Scene) -> None:
    code = street.at_stage(Stage.DISPATCHED)
    street.do(AddTask(ticket=code, to=["XF"]))
    for order in (
        Complete(ticket=code, outcome="代办"),
        Return(ticket=code, code=ReturnReason.NOT_OURS, reason="不要"),
        HandUp(ticket=code, reason="往上"),
    ):
        with pytest.raises(NotAllowed):
            street.do(order, "feng")
    with pytest.raises(NotAllowed, match="feng may not act for CSGX"):
        street.do(Acknowledge(ticket=code, unit="CSGX"), "feng")
    street.do(Acknowledge(ticket=code), "feng")
    states = {task["unit_id"]: task["state"] for task in street.of("task", code, "no")}
    assert states[CSGX] == "sent"
    assert street.ticket(code)["stage"] == "dispatched"
    street.do(Acknowledge(ticket=code), "li")
    street.do(Arrive(ticket=code), "feng")
    with pytest.raises(NotFound):
        street.do(FinishTask(ticket=code, unit="XF"), "ma")
    street.do(FinishTask(ticket=code, unit="XF", result="已灭火"), "feng")
    assert street.ticket(code)["stage"] == "acknowledged"


def test_a_section_leader_acts_for_the_posts_of_the_section(street: Scene) -> None:
    code = street.at_stage(Stage.DISPATCHED)
    with pytest.raises(NotFound):
        street.do(Acknowledge(ticket=code), "lin")
    street.do(Acknowledge(ticket=code), "hu")
    assert street.of("task", code, "no")[0]["officer_id"] == street.who("hu").id


def test_the_desk_may_note_what_came_by_phone_and_does_not_become_the_holder(street: Scene) -> None:
    code = street.at_stage(Stage.DISPATCHED)
    street.do(Acknowledge(ticket=code), "zhang")
    assert street.of("task", code, "no")[0]["officer_id"] is None
    assert street.ticket(code)["holder_officer_id"] is None


def test_a_grid_reports_into_its_own_hands_and_into_no_others(street: Scene) -> None:
    street.new("楼道堆物", "zhao", tier=Tier.GRID, grid="G01")
    with pytest.raises(NotAllowed) as refused:
        street.new("楼道堆物", "zhao", tier=Tier.GRID, grid="G02")
    assert refused.value.code == "not-own-unit"
    street.new("楼道堆物", "zhang", tier=Tier.GRID, grid="G02")


@pytest.mark.parametrize(
    ("who", "order"),
    [
        ("li", lambda code: Accept(ticket=code)),
        ("zhao", lambda code: Dispatch(ticket=code, to="CSGX")),
        ("zhang", lambda code: Supervise(ticket=code)),
        ("li", lambda code: Remind(ticket=code)),
        ("ma", lambda code: Note(ticket=code, text="旁观")),
    ],
)
def test_nothing_changes_when_it_is_refused(street: Scene, who: str, order: object) -> None:
    code = street.at_stage(Stage.ASSESSED)
    before = street.ticket(code)
    with pytest.raises(Refusal) as refused:
        street.do(order(code), who)  # type: ignore[operator]
    assert refused.value.zh
    assert refused.value.en
    assert street.ticket(code) == before


def test_suspending_on_the_books_needs_the_commander(street: Scene) -> None:
    code = street.at_stage(Stage.HANDLING)
    order = Pause(ticket=code, code=PauseReason.APPROVED, reason="拆迁未定")
    with pytest.raises(NotAllowed) as refused:
        street.do(order, "wang")
    assert refused.value.code == "pause-approval"
    street.do(order, "chen")
    assert street.ticket(code)["holder"] == "suspension"


def test_reporting_needs_a_role(street: Scene) -> None:
    with pytest.raises(NotAllowed):
        street.desk.do(Report(title="x"), Actor(code="x", name="x"))
