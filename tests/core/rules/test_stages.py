"""The pure parts of the guards; the desk's tests prove the whole table."""

from __future__ import annotations

import pytest

from core.rules.case import Case
from core.rules.stages import (
    OUT,
    STAGES,
    may_approve_pause,
    refusal_of_lead,
    refusal_of_open_assists,
    refusal_of_stage,
    tier_above,
)
from data.tables import TaskRecord, TicketRecord
from data.terms import PauseReason, Role, Stage, Tier


def case(**facts: object) -> Case:
    return Case(TicketRecord.model_construct(centre_id=1, id=1, code="T1", **facts))


def test_a_refusal_names_the_stages_in_their_order_and_in_both_languages() -> None:
    why = refusal_of_stage("complete", "办结", "complete", case(stage="reported"))
    assert why is not None
    assert why.zh == "T1 现在是“待受理”，办结要在“已签收”、“已到场”、“处置中”"
    assert why.en == "T1 is reported; to complete it must be acknowledged or on scene or handling"


def test_out_is_where_a_unit_has_it() -> None:
    assert {"dispatched", "acknowledged", "on_scene", "handling"} == OUT
    assert STAGES["redispatch"] == STAGES["return"] == OUT


@pytest.mark.parametrize(
    ("pending", "roles", "allowed"),
    [
        ("", set(), True),
        ("lead", {"duty_officer", "shift_leader", "section_leader"}, False),
        ("lead", {"duty_leader"}, True),
        ("lead", {"commander"}, True),
    ],
)
def test_the_lead_after_the_third_bounce(pending: str, roles: set[str], allowed: bool) -> None:
    assert (refusal_of_lead(case(pending=pending, bounces=3), frozenset(roles)) is None) == allowed


@pytest.mark.parametrize(("reason", "allowed"), [("", False), ("  ", False), ("不再需要", True)])
def test_open_assisting_tasks(reason: str, allowed: bool) -> None:
    found = case()
    assert refusal_of_open_assists(found, "") is None
    found.tasks.append(TaskRecord.model_construct(id=1, no=1, role="assist", state="sent", unit_id=4))
    assert (refusal_of_open_assists(found, reason) is None) == allowed
    found.tasks[0].state = "done"
    assert refusal_of_open_assists(found, "") is None


def test_tiers_from_below() -> None:
    climbed = [Tier.MICRO_GRID]
    while (above := tier_above(climbed[-1])) is not None:
        climbed.append(above)
    assert climbed == [Tier.MICRO_GRID, Tier.GRID, Tier.COMMUNITY, Tier.CENTRE, Tier.DISTRICT, Tier.JOINT]


@pytest.mark.parametrize("role", list(Role))
def test_who_may_put_a_ticket_on_the_books(role: Role) -> None:
    assert may_approve_pause(PauseReason.APPROVED, frozenset({role})) == (role == Role.COMMANDER)
    assert may_approve_pause(PauseReason.CITIZEN, frozenset({role}))


def test_a_case_knows_its_tasks() -> None:
    found = case(stage=Stage.HANDLING)
    rows = [(1, "lead", "returned", 3), (2, "assist", "done", 4), (3, "lead", "sent", 3), (4, "assist", "arrived", 4)]
    for number, role, state, unit in rows:
        found.tasks.append(TaskRecord.model_construct(id=number, no=number, role=role, state=state, unit_id=unit))
    lead, last = found.lead_task(), found.last_lead_task()
    assert lead is last is found.tasks[2]
    assert found.open_assists() == [found.tasks[3]]
    assert found.task_of(4) is found.tasks[3]
    assert found.task_of(9) is None
