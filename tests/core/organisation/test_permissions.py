"""Who may change the organisation: one row per kind of change, refused with nothing changed and nothing recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from core.desk.actor import Actor
from core.organisation.change import Part, Redrawing
from core.organisation.load import load_organisation, load_roster
from core.organisation.roster import roster
from core.organisation.template import read_template
from core.rules.permission_table import roles_of
from data.errors import NotAllowed
from data.terms import Role
from tests.core.organisation.conftest import NOW, Street

AT = int(NOW.timestamp()) + 86_400
TEMPLATE = read_template("s3")
COMMUNITIES = [unit.code for unit in TEMPLATE.units if unit.kind == "community"]
GRID = next(unit for unit in TEMPLATE.units if unit.kind == "grid")
HALVES = (
    Part("GA", "甲", tuple(unit.code for unit in TEMPLATE.units if unit.parent == GRID.code)), Part("GB", "乙", ())
)  # fmt: skip


def _redraw(work: Callable[[Redrawing], object]) -> Callable[[Connection, int, Actor], object]:
    return lambda connection, centre, actor: work(Redrawing(connection, centre, AT, AT, actor))


def _load(connection: Connection, centre: int, actor: Actor) -> object:
    return load_organisation(connection, centre, replace(TEMPLATE, name="新街道"), AT, actor)


def _roster(connection: Connection, centre: int, actor: Actor) -> object:
    turns = roster(TEMPLATE, NOW.date().replace(year=NOW.year + 1), 3)
    return load_roster(connection, centre, turns, AT, actor)


CHANGES: dict[str, tuple[str, Callable[[Connection, int, Actor], object]]] = {
    "rename": ("organisation", _redraw(lambda drawing: drawing.rename(COMMUNITIES[0], "新社区"))),
    "move": ("organisation", _redraw(lambda drawing: drawing.move(GRID.code, COMMUNITIES[-1]))),
    "merge": ("organisation", _redraw(lambda drawing: drawing.merge(COMMUNITIES[:2], "NEW", "新社区"))),
    "split": ("organisation", _redraw(lambda drawing: drawing.split(GRID.code, HALVES))),
    "load": ("organisation", _load),
    "roster": ("roster", _roster),
}


def recorded(street: Street) -> object:
    return street.one("SELECT count(*) FROM organisation_event WHERE centre_id = :centre")


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_for_the_roles_of_its_row(street: Street, change: str) -> None:
    row, work = CHANGES[change]
    allowed = roles_of(row)
    assert allowed < set(Role)
    before = recorded(street)
    for role in Role:
        actor = Actor("x", "某人", roles=frozenset({role}))
        if role not in allowed:
            with pytest.raises(NotAllowed) as refused, street.store.write() as connection:
                work(connection, street.centre.centre_id, actor)
            assert "某人" in refused.value.zh
            assert "x may not" in refused.value.en
    assert recorded(street) == before
    with street.store.write() as connection:
        work(connection, street.centre.centre_id, Actor("x", "某人", roles=frozenset({min(allowed)})))
    assert recorded(street) != before
