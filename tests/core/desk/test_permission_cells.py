"""The table of permissions, cell by cell: roles, verbs, own and other units, stages, by the menu and by orders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from console.backend.rights import ASKED, rights_of
from console.backend.store import StoreBackend
from console.permits import ACTIONS
from core.desk.verbs.table import VERBS
from core.rules import permission_table
from core.rules.permission_table import TICKET, grants_of
from data.errors import NotFound
from data.terms import ADMIN_ROLES, Role, Stage
from tests.core.desk.permission_cells import Street, wrong
from tests.core.desk.scene import BY_ROLE, make_scene


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    scene = make_scene(str(tmp_path_factory.mktemp("cells") / "store.sqlite"))
    yield Street(scene)
    scene.store.close()


def test_every_cell_of_the_menu(town: Street) -> None:
    cells = list(town.by_menu())
    assert len(cells) == len(VERBS) * len(Role) * 2 * len(Stage)
    assert not wrong(cells)
    # What is tried covers both sides of every kind of reach.
    assert {cell.expected for cell in cells} == {
        *("", "stage", "closed", "joined", "not-permitted", "not-own-unit", "ticket-unknown"),
    }


def test_a_wider_row_is_noticed(town: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cells are worked out before: a desk that lets more people do more differs from them."""
    said = {verb: town.expected(verb, Role.POST_MEMBER, True, Stage.HANDLING) for verb in ("void", "complete")}
    assert said == {"void": "not-permitted", "complete": ""}
    monkeypatch.setattr(permission_table, "TICKET", {**TICKET, "void": (permission_table.ANYBODY,)})
    assert {cell.verb for cell in wrong(list(town.by_menu(Role.POST_MEMBER)))} == {"void"}


def test_orders_are_refused_as_the_menu_says(town: Street) -> None:
    cells = list(town.by_orders(every=11))
    assert {cell.verb for cell in cells} == {*TICKET}
    assert {cell.role for cell in cells} == {*Role}
    assert not wrong(cells)
    assert sum(not cell.found for cell in cells) > 20


def test_the_screen_shows_what_the_desk_says(town: Street) -> None:
    scene = town.scene
    backend = StoreBackend(scene.store.url, scene.clock, scene.desk.now, None, None)
    apart = {BY_ROLE[role] for role in ADMIN_ROLES}
    assert {row.code for row in backend.officers()} & {*BY_ROLE.values()} == {*BY_ROLE.values()} - apart
    for role, officer in BY_ROLE.items():
        backend.act_as(officer)
        for stage in (Stage.REPORTED, Stage.HANDLING):
            if not _shown(backend, town.codes[stage]):
                with pytest.raises(NotFound):
                    backend.possible(town.codes[stage])
                continue
            shown = {choice.verb: choice.allowed for choice in backend.possible(town.codes[stage])}
            for verb, allowed in shown.items():
                roles = {role for grant in TICKET[verb] for role in grant.roles}
                assert not allowed or role in roles, (role, verb)
        with scene.reader() as reader:
            barred = rights_of(reader, 1, officer, scene.desk.now()).barred
        held = scene.who(officer).roles
        assert barred == {
            operation
            for operation in ASKED
            if not any(grant.vacant is None and grant.roles & held for grant in grants_of(operation))
        }
        assert barred <= {*ACTIONS.values()}
    backend.close()


def test_two_roles_of_one_officer_reach_as_far_as_the_farther(town: Street) -> None:
    member = town.actor(Role.POST_MEMBER, False)
    both = replace(member, roles=member.roles | {Role.DUTY_OFFICER.value})
    code = town.codes[Stage.HANDLING]
    with pytest.raises(NotFound):
        town.scene.desk.possible(code, member)
    found = {item.verb.name: item.allowed for item in town.scene.desk.possible(code, both)}
    assert found["complete"]


def _shown(backend: StoreBackend, code: str) -> bool:
    """Whether the officer of the console can open the ticket."""
    try:
        return bool(backend.ticket_number(code))
    except NotFound:
        return False
