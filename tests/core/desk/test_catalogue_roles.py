"""Catalogue, calendar, policy, cards, lists, plans and the webhook ask the table themselves, whoever calls them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Connection

from core.catalogue.calendars import read_calendars
from core.catalogue.cards import shipped_texts
from core.catalogue.days import set_day
from core.catalogue.lists import read_lists, shipped_lists
from core.catalogue.load import (
    begin_catalogue,
    load_calendar,
    load_card,
    load_lists,
    load_matters,
    load_plan,
    load_policy,
)
from core.catalogue.plans import shipped_plans
from core.catalogue.read import read_catalogue, read_policy
from core.desk.actor import ENGINE, IMPORT, SENSOR, Actor
from core.engine.webhook import clear_webhook, set_webhook
from core.rules.permission_table import roles_of
from data.errors import Conflict, NotAllowed
from data.terms import Role
from tests.core.desk.scene import Scene

CENTRE = 1
Work = Callable[[Connection, int, Actor], object]
HOOK = "https://example.test/in"
CHANGES: dict[str, tuple[str, Work]] = {
    "matters": ("catalogue", lambda db, at, who: load_matters(db, CENTRE, read_catalogue(), at, who)),
    "policy": ("catalogue", lambda db, at, who: load_policy(db, CENTRE, read_policy()[1], at, who)),
    "calendar": ("catalogue", lambda db, at, who: load_calendar(db, CENTRE, read_calendars()[0], at, who)),
    "day": ("catalogue", lambda db, at, who: set_day(db, CENTRE, date(2027, 2, 12), "holiday", [], at, who)),
    "card": ("catalogue", lambda db, at, who: load_card(db, CENTRE, next(iter(shipped_texts().values())), at, who)),
    "lists": ("lists", lambda db, at, who: load_lists(db, CENTRE, read_lists(shipped_lists()), at, who)),
    "plan": ("plans", lambda db, at, who: load_plan(db, CENTRE, next(iter(shipped_plans().values())), at, who)),
    "webhook": ("engine", lambda db, at, who: set_webhook(db, CENTRE, HOOK, "0123456789abcdef", who, at)),
    "no webhook": ("engine", lambda db, at, who: clear_webhook(db, CENTRE, who, at)),
}


class _Undo(Exception):
    """So that every role finds the same."""


def allowed(scene: Scene, work: Work, actor: Actor) -> bool:
    try:
        with scene.store.write() as connection:
            work(connection, scene.desk.now(), actor)
            raise _Undo
    except _Undo:
        return True
    except NotAllowed:
        return False


@pytest.mark.parametrize("change", CHANGES)
def test_each_is_for_the_roles_of_its_row_and_for_nobody_without_one(scene: Scene, change: str) -> None:
    row, work = CHANGES[change]
    actors = {role: Actor("x", "某人", 99, frozenset({role.value})) for role in Role}
    assert {role for role, actor in actors.items() if allowed(scene, work, actor)} == roles_of(row)
    for actor in (Actor("x", "某人"), ENGINE, IMPORT, SENSOR):
        assert not allowed(scene, work, actor), actor.code
    before = scene.rows("SELECT count(*) AS n FROM organisation_event WHERE centre_id = :centre")
    assert not allowed(scene, work, actors[Role.POST_MEMBER])
    assert scene.rows("SELECT count(*) AS n FROM organisation_event WHERE centre_id = :centre") == before


def test_the_way_in_of_a_new_centre_is_shut_once_there_is_a_catalogue(scene: Scene) -> None:
    policy, body = read_policy()
    with scene.store.write() as connection:
        load_matters(connection, CENTRE, read_catalogue(None, policy), scene.desk.now(), scene.who("wang"))
        with pytest.raises(Conflict):
            begin_catalogue(connection, CENTRE, [], body, read_catalogue(), scene.desk.now(), "x")
