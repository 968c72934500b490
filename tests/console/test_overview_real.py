"""The overview on a real store: at each size, with and without a map, each figure leading to as many tickets."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.screens.overview import OverviewScreen
from console.screens.queue import QueueScreen
from core.demo_map import demo_map
from core.desk.desk import Desk
from core.organisation.area_map import set_area_map
from core.organisation.geojson import read_map
from data.queries import overview
from tests.console.conftest import StreetCopy
from tests.console.pilots import banner_text, said, screen_text, until

HOSTILE = "\x1b]0;x\x07坏[b]名\u202e"


@pytest.fixture
def street(street_copy: StreetCopy) -> Iterator[tuple[Desk, str, StoreBackend]]:
    desk, officer = street_copy()
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    yield desk, officer, backend
    backend.close()
    desk.store.close()


def draw_map(desk: Desk, officer: str) -> None:
    """A map of the street's communities, and of one area that is none of them."""
    with desk.store.reader() as reader:
        places = overview.places(reader, desk.centre_id)
    communities = [(place.code, place.name) for place in places if place.kind == "community"]
    drawn = read_map(json.dumps(demo_map([*communities, ("", HOSTILE)], "seed")).encode())
    actor = desk.actor(officer)
    with desk.store.write() as connection:
        set_area_map(connection, desk.centre_id, drawn, "made", actor, desk.now())


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 50)])
async def test_each_size_shows_the_street(street: tuple[Desk, str, StoreBackend], size: tuple[int, int]) -> None:
    desk, officer, backend = street
    draw_map(desk, officer)
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: bool(app.status.centre))
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, OverviewScreen))
        screen = app.screen
        assert isinstance(screen, OverviewScreen)
        await until(pilot, lambda: screen.view is not None)
        seen = ""
        for _panel in screen.panels:
            await until(pilot, lambda: not screen.map.size.area or screen.map.drawing is not None, "map")
            await pilot.pause()
            seen += screen_text(app)
            await pilot.press("right")
            await pilot.pause()
        for words in ("按来源", "即将到期", "社区", "上报", "在岗值班", "无人在岗的岗位"):
            assert words in seen, words
        assert any("\u2801" <= char <= "\u28ff" for char in seen)
        assert not {"\x1b", "\x07", "\u202e"} & set(seen)
        assert not banner_text(app)


async def test_each_figure_leads_to_as_many_tickets(street: tuple[Desk, str, StoreBackend]) -> None:
    desk, _officer, backend = street
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: bool(app.status.centre))
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, OverviewScreen) and app.screen.view is not None)
        screen = app.screen
        assert isinstance(screen, OverviewScreen)
        assert screen.view is not None
        shares = [*screen.view.sources, *screen.view.sections, *screen.view.urgencies]
        assert len(shares) > 4
        for number, share in enumerate(shares, 1):
            await pilot.press(*["down"] * number, "enter")
            await until(pilot, lambda: isinstance(app.screen, QueueScreen), "queue")
            queue = app.screen
            assert isinstance(queue, QueueScreen)
            await until(pilot, lambda q=queue, s=share: q.words == s.words and q.view.ready, share.words)
            assert queue.view.total == share.open, share
            await pilot.press("escape", "5", "home")
            await until(pilot, lambda: app.screen is screen, "back")
        assert screen.grids.display, "the tree of units where there is no map"


async def test_a_new_ticket_and_a_new_map_come_up_by_themselves(street: tuple[Desk, str, StoreBackend]) -> None:
    desk, officer, backend = street
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: bool(app.status.centre))
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, OverviewScreen) and app.screen.view is not None)
        screen = app.screen
        assert isinstance(screen, OverviewScreen)
        assert screen.grids.display
        draw_map(desk, officer)
        desk.clock.advance(seconds=6)  # type: ignore[attr-defined]
        await until(pilot, lambda: screen.map.display and screen.map.drawing is not None, "map")


async def test_an_older_store_is_counted_anew_when_the_console_starts(street: tuple[Desk, str, StoreBackend]) -> None:
    desk, _officer, backend = street
    newer = "('reported_hour', 'closed_hour', 'open_source', 'open_community', 'open_grid')"
    with desk.store.write() as connection:
        values = {"centre": desk.centre_id}
        connection.execute(text(f"DELETE FROM centre_stat WHERE centre_id = :centre AND dimension IN {newer}"), values)
        connection.execute(text("DELETE FROM setting WHERE centre_id = :centre AND name = 'counters'"), values)
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: bool(app.status.centre))
        await pilot.press("5")
        await until(pilot, lambda: said(app, "重新统计"), "says so")
        StoreBackend.start(backend)
        desk.clock.advance(seconds=6)  # type: ignore[attr-defined]
        await until(pilot, lambda: isinstance(app.screen, OverviewScreen) and app.screen.view is not None)
        assert "来电" in screen_text(app)
