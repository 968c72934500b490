"""Every verb at every stage: what the stage table forbids is refused with a reason and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.desk.verbs.table import VERBS
from core.rules.case import Case
from core.rules.stages import LIVING, STAGES, refusal_of_stage
from data.errors import NotAllowed
from data.tables import TicketRecord
from data.terms import CLOSED_STAGES, Stage
from tests.core.desk.scene import REACHABLE, Scene, make_scene, orders_of

LIFE = {
    "accept": {"reported"},
    "refuse": {"reported", "accepted", "assessed"},
    "assess": {"accepted", "assessed"},
    "dispatch": {"accepted", "assessed"},
    "complete": {"acknowledged", "on_scene", "handling"},
    "check": {"completed"},
    "call_back": {"checked", "merged"},
    "join": {"reported", "accepted", "assessed", "dispatched", "acknowledged", "on_scene", "handling"},
    "separate": {"merged"},
    "archive": {"called_back"},
    "review_open": {"completed", "checked", "called_back", "archived"},
    "resume": {"suspended"},
    "pause": {"dispatched", "acknowledged", "on_scene", "handling"},
    "return": {"dispatched", "acknowledged", "on_scene", "handling"},
}
"""Written down once more by hand: the field's own order of things (domain.md 2.4)."""
AFTERWARDS = (
    *("note", "link", "sweep", "name_readers", "request", "grant", "decline", "withdraw"),
    *("convene", "put_off", "attend", "minutes", "decide", "consult", "collect", "conclude", "publish"),
    *("review_open", "review_hold", "review_lesson", "review_follow_up", "review_conclude"),
)
"""Possible when a life is over: an appeal is a request, too, and a meeting may look back on what was filed."""


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Scene, dict[Stage, str]]]:
    """One ticket at each stage."""
    folder: Path = tmp_path_factory.mktemp("stages")
    scene = make_scene(str(folder / "store.sqlite"))
    yield scene, {stage: scene.at_stage(stage) for stage in REACHABLE}
    scene.store.close()


@pytest.mark.parametrize(("verb", "stages"), LIFE.items())
def test_the_table_is_the_field_s(verb: str, stages: set[str]) -> None:
    assert STAGES[verb] == stages


def test_every_verb_has_a_row_and_every_row_a_verb() -> None:
    assert STAGES.keys() - {"engine_step", "mode", "take_over", "meeting_step"} == VERBS.keys()


@pytest.mark.parametrize("verb", VERBS)
def test_closed_tickets_take_notes_and_nothing_else(verb: str) -> None:
    assert (not STAGES[verb] & (CLOSED_STAGES - {Stage.MERGED})) or verb in AFTERWARDS
    assert set(Stage) - CLOSED_STAGES == LIVING


@pytest.mark.parametrize("stage", REACHABLE)
@pytest.mark.parametrize("verb", VERBS)
def test_a_wrong_stage_is_refused(street: tuple[Scene, dict[Stage, str]], verb: str, stage: Stage) -> None:
    scene, tickets = street
    if stage in STAGES[verb]:
        return
    code = tickets[stage]
    before = scene.ticket(code)
    with pytest.raises(NotAllowed) as refused:
        scene.do(orders_of(code)[verb], "chen")
    assert refused.value.code == {Stage.MERGED: "joined"}.get(stage, "closed" if stage in CLOSED_STAGES else "stage")
    assert code in refused.value.zh
    assert stage.zh in refused.value.zh
    assert stage.en in refused.value.en
    assert scene.ticket(code) == before
    why = {found.verb.name: found.why for found in scene.desk.possible(code, scene.who("chen"))}[verb]
    assert why is not None
    assert why.code == refused.value.code


@pytest.mark.parametrize("verb", VERBS)
def test_a_joined_ticket_that_was_filed_is_closed_too(verb: str) -> None:
    case = Case(TicketRecord(centre_id=1, id=1, code="T", stage=Stage.MERGED.value, closed_at=1))
    why = refusal_of_stage(verb, "某事", "do it", case)
    assert (why is None) == (verb in ("note", "link", "sweep", "name_readers"))
    assert why is None or why.code == "closed"


def test_possible_lists_every_verb_in_the_order_of_a_life(street: tuple[Scene, dict[Stage, str]]) -> None:
    scene, tickets = street
    found = scene.desk.possible(tickets[Stage.REPORTED], scene.who("zhang"))
    assert [possibility.verb.name for possibility in found] == list(VERBS)
    assert {possibility.verb.name for possibility in found if possibility.allowed} >= {"accept", "refuse", "note"}
