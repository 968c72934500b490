"""The centre's map as a setting: who may change it, what is written down, what a refusal leaves."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text, update

from core.clock import SetClock
from core.demo_map import demo_map
from core.desk.actor import Actor, find_actor
from core.desk.desk import Desk
from core.desk.orders import Report
from core.organisation.area_map import clear_area_map, set_area_map
from core.organisation.geojson import read_map
from data.errors import NotAllowed
from data.location import locate
from data.queries.area_map import areas_with_places, placed_tickets, stored_areas, stored_grid
from data.store import Store
from data.tables import Ticket, table
from tests.street import START, small_street

DRAWN = demo_map([("C01", "x"), ("", "第一网格"), ("nowhere", "别处")], "seed")
MAP = read_map(json.dumps(DRAWN).encode())


@pytest.fixture
def store(store_url: str) -> Store:
    made = Store(locate(store_url), create=True)
    small_street(made, SetClock(START))
    return made


def actor(store: Store, code: str) -> Actor:
    with store.read() as connection:
        return find_actor(connection, 1, code, int(START.timestamp()))


def events(store: Store) -> list[tuple[str, str, object]]:
    with store.read() as connection:
        rows = connection.execute(
            text("SELECT actor, kind, body FROM organisation_event WHERE centre_id = :centre ORDER BY id"),
            {"centre": 1},
        ).all()
    return [(row[0], row[1], json.loads(row[2]) if isinstance(row[2], str) else row[2]) for row in rows]


def test_set_shown_and_cleared_on_the_record(store: Store) -> None:
    duty = actor(store, "zhang")
    for _twice in range(2):
        with store.write() as connection:
            set_area_map(connection, 1, MAP, "street\x1b.geojson", duty, 100)
    with store.reader() as reader:
        found = areas_with_places(reader, 1)
    assert [(area["name"], place.code if place else "") for area, place in found] == [
        ("x", "C01"), ("第一网格", "G01"), ("别处", ""),
    ]  # fmt: skip
    with store.write() as connection:
        assert clear_area_map(connection, 1, duty, 200)
        assert not clear_area_map(connection, 1, duty, 200)
    with store.reader() as reader:
        assert stored_areas(reader, 1) == []
    told = events(store)
    assert [(who, kind) for who, kind, _body in told] == [("zhang", "area_map")] * 3
    assert told[0][2] == {"source": "street\u241b.geojson", "areas": 3}
    store.close()


def test_only_the_desk_may(store: Store) -> None:
    with store.write() as connection:
        set_area_map(connection, 1, MAP, "a", actor(store, "wang"), 100)
    for code in ("li", "zhao"):
        with pytest.raises(NotAllowed), store.write() as connection:
            set_area_map(connection, 1, MAP, "b", actor(store, code), 100)
        with pytest.raises(NotAllowed), store.write() as connection:
            clear_area_map(connection, 1, actor(store, code), 100)
    with store.reader() as reader:
        assert len(stored_areas(reader, 1)) == 3
    assert len(events(store)) == 1
    store.close()


def test_tickets_with_coordinates_have_a_point_on_the_grid_of_the_map(store: Store) -> None:
    """What was imported stands on the outline that it was measured at; rubbish and confidential tickets nowhere."""
    desk, ticket = Desk(store, SetClock(START), 1), table(Ticket)
    corners = [feature["geometry"]["coordinates"][0][0] for feature in DRAWN["features"]]
    given: list[dict[str, object]] = [{"lon": str(x), "lat": str(y)} for x, y in corners]
    given += [{"lon": "不详", "lat": "29"}, {"lon": "nan", "lat": "29"}, {"lon": "107"}, {}]
    hidden = Report(title="不公开", confidential=True)
    with store.write() as connection:
        set_area_map(connection, 1, MAP, "a", actor(store, "zhang"), 100)
    for order, facts in [*((Report(title="井盖"), facts) for facts in given), (hidden, given[0])]:
        code = desk.do(order, desk.actor("zhang")).ticket
        with store.write() as connection:
            here = (ticket.c.centre_id == 1) & (ticket.c.code == code)
            connection.execute(update(ticket).where(here).values(facts=facts))
    with store.reader() as reader:
        found = placed_tickets(reader, 1, stored_grid(reader, 1))
    assert len(found) == len(corners)
    for one, area in zip(found, MAP.areas, strict=True):
        assert min(abs(one.x - x) + abs(one.y - y) for ring in area.rings for x, y in ring) <= 1
    store.close()
