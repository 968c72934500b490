"""Devices, signals and plans of a centre: each row of the permissions is asked by each of its operations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from console.cli import words
from console.entry import main
from core.desk.actor import Actor
from core.sensing.orders import Away, DeviceEntry
from core.sensing.register import Register
from core.sensing.signals import Intake
from data.device_terms import DeviceKind
from data.errors import Refusal
from data.terms import ADMIN_ROLES, Role
from tests.core.desk.scene import BY_ROLE, G02, Scene

DESK = {Role.DUTY_OFFICER, Role.SHIFT_LEADER, Role.DUTY_LEADER, Role.COMMANDER}
SENIOR = DESK - {Role.DUTY_OFFICER}
DOOR = DeviceEntry(code="M1", kind=DeviceKind.DOOR, unit="G01", person_name="林兴玉")
DAY = 86_400

EVERYBODY = set(Role) - set(ADMIN_ROLES)
OPERATIONS: dict[str, tuple[set[Role], Callable[[Register], object]]] = {
    "add": (DESK, lambda register: register.add(DOOR.model_copy(update={"code": "M2"}))),
    "put": (DESK, lambda register: register.put(DOOR.model_copy(update={"name": "门磁"}))),
    "retire": (DESK, lambda register: register.retire("M1", "损坏")),
    "away": (EVERYBODY, lambda register: register.away(Away(code="M1", until=register.now + DAY))),
    "back": (EVERYBODY, lambda register: register.back("M1")),
}


class _Undo(Exception):
    """So that every role finds the register as it was."""


def refusal(scene: Scene, actor: Actor, work: Callable[[Register], object]) -> str:
    try:
        with scene.store.write() as connection:
            work(Register(connection, 1, scene.desk.now(), actor))
            raise _Undo
    except _Undo:
        return ""
    except Refusal as refused:
        return refused.code


@pytest.fixture
def registered(scene: Scene) -> Scene:
    with scene.store.write() as connection:
        register = Register(connection, 1, scene.desk.now(), scene.who("zhang"))
        register.add(DOOR)
        register.away(Away(code="M1", until=scene.desk.now() + DAY))
    return scene


def test_devices_and_absences_and_signals_each_for_the_roles_of_their_row(registered: Scene) -> None:
    for role in [*Role, None]:
        actor = Actor("x", "某人", 99, frozenset({role.value} if role else ()))
        for name, (allowed, work) in OPERATIONS.items():
            denied = refusal(registered, actor, work) == "not-permitted"
            assert denied == (role not in allowed), (name, role)
        try:
            Intake(registered.desk, actor)
            denied = False
        except Refusal as refused:
            denied = refused.code == "not-permitted"
        assert denied == (role not in DESK), role


def test_an_absence_is_said_by_the_desk_or_by_whoever_answers_for_the_place(registered: Scene) -> None:
    """The grid's own worker and the community's secretary; not the grid next door, nor a post."""
    for name in ("away", "back"):
        work = OPERATIONS[name][1]
        found = {who: refusal(registered, registered.who(who), work) for who in ("zhang", "zhao", "zhou", "tao", "li")}
        assert found == {"zhang": "", "zhao": "", "zhou": "", "tao": "not-own-unit", "li": "not-own-unit"}, name
    assert registered.who("tao").units == {G02}


def test_an_absence_that_is_over_and_a_retired_device_are_refused(registered: Scene) -> None:
    zhang, now = registered.who("zhang"), registered.desk.now()
    over = Away(code="M1", since=now - 2 * DAY, until=now)
    assert refusal(registered, zhang, lambda register: register.away(over)) == "away-until"
    with registered.store.write() as connection:
        Register(connection, 1, now, zhang).retire("M1", "损坏")
    for name in ("put", "retire", "away", "back"):
        assert refusal(registered, zhang, OPERATIONS[name][1]) == "device-retired", name
    assert registered.rows("SELECT watch_at FROM device_state WHERE centre_id = :centre") == [{"watch_at": None}]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (
            "import",
            '[[plan]]\ncode = "OWN"\nname = "本街预案"\nwords = ["水"]\nhand = [{ post = "AJ", part = "lead" }]\n',
        ),
        ("card-load", '[[card]]\nmatter = "BJ0101"\nask = ["先围护"]\n'),
    ],
    ids=["plans", "cards"],
)
def test_plans_and_cards_are_imported_by_senior_roles(scene: Scene, tmp_path: Path, command: str, text: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f'version = "1"\n{text}', encoding="utf-8")
    noun = "plan" if command == "import" else "matter"
    exits = {}
    for role in Role:
        given = [noun, command, str(file), "--dry-run", "--store", scene.store.url, "--as", BY_ROLE[role]]
        exits[role] = main(given, scene.clock)
        words.choose("")
    assert exits == {role: 0 if role in SENIOR else 4 for role in Role}
