"""A ticket that somebody does not see is not there for them: every order, on whatever stage, is answered alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.cli import words
from console.entry import main
from core.desk.actor import Actor
from core.desk.centre_desk import CentreDesk
from core.desk.centre_orders import CentreOrder
from core.desk.hazard_orders import HazardFound
from core.desk.orders import Complete, Note, Order, Report
from core.desk.personal_orders import ShowField
from core.desk.references import References
from core.desk.verbs.table import VERBS
from data.access_terms import PersonalField
from data.errors import Conflict, NotFound, Refusal
from data.terms import Role, Stage
from tests.core.desk.scene import Scene, make_scene, orders_of

STRANGERS = ("ma", "feng", "lin", "tao", "xi", "an", "shen")
"""Of another post, force, section and grid, and the three administrators."""
NOWHERE = "20991231-9999"
Answer = tuple[type[Refusal], str, str, str]


class Town:
    """A ticket of the urban renewal post at three stages of its life."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.scene: Scene = make_scene(self.path)
        self.codes = [self.scene.at_stage(stage) for stage in (Stage.REPORTED, Stage.HANDLING, Stage.ARCHIVED)]

    def head(self) -> list[dict[str, Any]]:
        """How far the log of all that was done has come."""
        return self.scene.rows("SELECT chain_no, chain_hash FROM centre_seq WHERE centre_id = :centre")

    def answer(self, order: Order, who: str, code: str) -> Answer:
        """How an order is refused, with the ticket's code taken out."""
        before, actor, desk = self.head(), self.scene.who(who), self.scene.desk
        with pytest.raises(Refusal) as refused:
            CentreDesk(desk).do(order, actor) if isinstance(order, CentreOrder) else desk.do(order, actor)
        assert self.head() == before
        return said_of(refused.value, code)

    def answers(self, who: str, verb: str) -> list[Answer]:
        """The same for a verb on a ticket that is nowhere, on each that is there, and there on a revision long past.

        In one transaction, which is given up.
        """
        desk, actor, found = self.scene.desk, self.scene.who(who), []
        tries = [(NOWHERE, None), *((code, None) for code in self.codes), (self.codes[1], 1)]
        with self.scene.store.write() as connection:
            refs = References(connection, 1)
            for code, seen in tries:
                with pytest.raises(Refusal) as refused:
                    desk.do_in(connection, orders_of(code)[verb], actor, seen, refs=refs)
                found.append(said_of(refused.value, code))
            connection.rollback()
        return found


def said_of(refusal: Refusal, code: str) -> Answer:
    """A refusal with the ticket's code taken out; it gives no other details."""
    assert refusal.details in ({}, {"ticket": code})
    return type(refusal), refusal.code, refusal.zh.replace(code, "…"), refusal.en.replace(code, "…")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = Town(tmp_path_factory.mktemp("sight") / "store.sqlite")
    yield town
    town.scene.store.close()


@pytest.mark.parametrize("who", STRANGERS)
def test_no_order_tells_that_it_is_there(town: Town, who: str) -> None:
    before = town.head()
    for verb in VERBS:
        assert len(set(town.answers(who, verb))) == 1, verb
    assert town.head() == before


@pytest.mark.parametrize("who", STRANGERS)
def test_no_menu_and_no_rehearsal_does(town: Town, who: str) -> None:
    desk, actor = town.scene.desk, town.scene.who(who)
    for code in town.codes:
        with pytest.raises(NotFound):
            desk.possible(code, actor)
        with pytest.raises(Refusal) as refused:
            desk.rehearse(Note(ticket=code, text="旁观"), actor)
        assert refused.value.code in ("ticket-unknown", "not-permitted")
    ids = [int(town.scene.ticket(code)["id"]) for code in town.codes]
    assert desk.possible_each(ids, actor) == {}
    assert desk.possible_each(ids, town.scene.who("zhang")).keys() == {*ids}


def _naming(code: str) -> list[Order]:
    """Orders of the field that name another ticket than their own."""
    return [
        Report(title="空鼓", part_of=code),
        HazardFound(unit="G02", place="三栋", what="电线老化", matter="BJ0101", ticket=code),
        ShowField(ticket=code, field=PersonalField.REPORTER_PHONE, reason="联系来电人"),
    ]


def test_nothing_is_tied_to_it(town: Town) -> None:
    who = "tao"
    for place, order in enumerate(_naming(NOWHERE)):
        expected = town.answer(order, who, NOWHERE)
        assert expected[0] is NotFound
        for code in town.codes:
            assert town.answer(_naming(code)[place], who, code) == expected


def test_a_report_that_is_known_names_no_ticket_to_strangers(town: Town) -> None:
    first = town.scene.do(Report(title="外系统", external_id="X-1", origin="12345")).ticket
    again = Report(title="外系统", external_id="X-1", origin="12345")
    for who, told in (("zhang", True), ("ma", False)):
        with pytest.raises(Conflict) as refused:
            town.scene.do(again, who)
        assert refused.value.code == "external-known"
        assert (first in f"{refused.value.zh}{refused.value.en}{refused.value.details}") is told


def test_what_is_seen_is_refused_with_its_reason(town: Town) -> None:
    """The closed eye is for strangers only: the lead's people hear why, and the district may supervise the urgent."""
    reported, handled, filed = town.codes
    assert town.answer(Complete(ticket=filed, outcome="x"), "li", filed)[1] == "closed"
    assert town.answer(Note(ticket=handled, text="x"), "zhou", handled)[1] == "not-own-unit"
    urgent = town.scene.new("燃气泄漏", urgency="emergency")
    with pytest.raises(NotFound):
        town.scene.desk.possible(reported, town.scene.who("dai"))
    assert town.scene.desk.possible(urgent, town.scene.who("dai"))


def test_who_is_below_a_role_of_the_desk_is_not_hidden_from_it(town: Town) -> None:
    both = Actor("x", "某人", 99, frozenset({Role.POST_MEMBER.value, Role.DUTY_LEADER.value}), frozenset({10}))
    assert town.scene.desk.possible(town.codes[1], both)


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "recommend"),
        ("plan", "status"),
        ("permission", "explain", "zhang", "accept"),
        ("ticket", "note", "旁观"),
    ],
)
def test_the_commands_answer_alike(town: Town, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    def said(code: str) -> tuple[int, str]:
        line = [*arguments[:2], code, *arguments[2:]] if arguments[0] == "ticket" else [*arguments, code]
        words.choose("")
        capsys.readouterr()
        number = main([*line, "--store", town.path, "--as", "ma"], town.scene.clock)
        found = capsys.readouterr()
        return number, f"{found.out}|{found.err}".replace(code, "…")

    expected = said(NOWHERE)
    assert expected[0] != 0
    assert [said(code) for code in town.codes] == [expected] * len(town.codes)
