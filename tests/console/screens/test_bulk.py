"""Marked tickets worked on at once: a preview, then each by itself, and what came of each."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

import pytest
from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.dialogs.bulk import BulkDrawer
from console.dialogs.choose import MenuDrawer, SearchDrawer
from console.dialogs.form import FormDrawer
from console.ports import Receipt
from console.widgets.queue_view import QueueView
from core.desk.desk import Desk
from core.desk.orders import Accept
from data.errors import Conflict, StoreTrouble
from tests.console.conftest import StreetCopy
from tests.console.memory import MemoryBackend, made_row
from tests.console.pilots import ready, said, screen_text, street_app, until
from tests.console.real_street import made_street


@pytest.fixture
def backend() -> MemoryBackend:
    return MemoryBackend([made_row(number) for number in range(60)])


async def drawer_of(pilot: Pilot[None], app: ZhihuiApp) -> BulkDrawer:
    await until(pilot, lambda: isinstance(app.screen, BulkDrawer), "the preview")
    assert isinstance(app.screen, BulkDrawer)
    return app.screen


async def test_a_preview_says_which_can_and_which_cannot_before_anything_is_done(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        view = await ready(pilot)
        await pilot.press(*["space"] * 6, "f7")
        await until(pilot, lambda: isinstance(app.screen, MenuDrawer) and "可办 2，共 6" in screen_text(app))
        await pilot.press("1")
        drawer = await drawer_of(pilot, app)
        assert [piece.row.id for piece in drawer.able] == [1, 6]
        assert "可办 2 张，不可办 4 张" in screen_text(app)
        assert "不在待受理环节" in screen_text(app)
        assert backend.done == []
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.duty_screen)
        assert backend.done == []
        assert len(view.marks) == 6


async def test_each_goes_through_the_desk_by_itself_and_failures_stay_marked(backend: MemoryBackend) -> None:
    backend.refused = {6: Conflict("changed", "已被他人更新", "changed")}
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await pilot.press(*["space"] * 11, "a")
        drawer = await drawer_of(pilot, app)
        await pilot.press("f8")
        await until(pilot, lambda: drawer.over)
        assert [(verb, code, revision) for verb, code, revision, _values in backend.done] == [
            ("accept", "20260720-0001", 1),
            ("accept", "20260720-0011", 1),
        ]
        assert "已被他人更新" in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: said(app, "已办 2"))
        assert said(app, "拒绝 1")
        assert view.marks.ids == {2, 3, 4, 5, 6, 7, 8, 9, 10}


async def test_a_form_is_asked_once_for_all(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("space", "space", "o")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer))
        await pilot.press(*"已通知", "f8")
        drawer = await drawer_of(pilot, app)
        await pilot.press("f8")
        await until(pilot, lambda: drawer.over)
        assert [values["text"] for *_rest, values in backend.done] == ["已通知", "已通知"]


async def test_each_is_sent_where_the_catalogue_proposes(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("space", "space", "d")
        await until(pilot, lambda: isinstance(app.screen, SearchDrawer) and "按目录建议" in screen_text(app))
        await pilot.press("enter")
        drawer = await drawer_of(pilot, app)
        assert "城市更新岗" in screen_text(app)
        await pilot.press("f8")
        await until(pilot, lambda: drawer.over)
        assert backend.done[0] == ("dispatch", "20260720-0001", 1, {"to": "urban_renewal", "assist": ["emergency"]})


async def test_escape_stops_between_two_tickets(backend: MemoryBackend) -> None:
    """The ticket under way is finished, the rest is left alone and stays marked."""
    app = street_app(backend)
    gate = asyncio.Event()
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        loop = asyncio.get_running_loop()
        do = backend.do

        def slow(verb: str, code: str, revision: int | None, values: Mapping[str, object], key: str) -> Receipt:
            if code.endswith("0002"):
                asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(20)
            return do(verb, code, revision, values, key)

        backend.do = slow  # type: ignore[method-assign]
        await pilot.press("space", "space", "space", "o")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer))
        await pilot.press(*"x", "f8")
        drawer = await drawer_of(pilot, app)
        await pilot.press("f8")
        await until(pilot, lambda: len(backend.done) == 1)
        await pilot.press("escape")
        assert drawer.stopping
        gate.set()
        await until(pilot, lambda: drawer.over)
        assert len(backend.done) == 2
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.duty_screen)
        assert view.marks.ids == {3}


async def test_a_lost_store_stops_it_at_once(backend: MemoryBackend) -> None:
    backend.refused = {1: StoreTrouble("store-write", "写入失败", "writing failed")}
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await pilot.press("space", "space", "o")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer))
        await pilot.press(*"x", "f8")
        drawer = await drawer_of(pilot, app)
        await pilot.press("f8")
        await until(pilot, lambda: drawer.over)
        assert "写入失败" in screen_text(app)
        assert backend.done == []
        assert view.marks.ids == {1, 2}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def street(request: pytest.FixtureRequest) -> Iterator[tuple[Desk, str, StoreBackend]]:
    """The same street in a store of each kind."""
    if request.param == "sqlite":
        copy: StreetCopy = request.getfixturevalue("street_copy")
        desk, officer = copy()
    else:
        desk, officer = made_street(request.getfixturevalue("postgres_database"), 12)
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    yield desk, officer, backend
    backend.close()
    desk.store.close()


async def test_on_a_real_store_a_colleagues_ticket_is_refused_and_the_rest_is_done(
    street: tuple[Desk, str, StoreBackend],
) -> None:
    desk, officer, backend = street
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: bool(app.status.centre))
        view = app.screen.query_one(QueueView)
        await until(pilot, lambda: view.ready and view.total > 0)
        reports = [row.code for row in backend.queue("stage:reported").after(None, 50)]
        await pilot.press("slash", *"stage:reported", "enter")
        await until(pilot, lambda: view.ready and view.total == len(reports) and app.focused is view)
        await pilot.press("asterisk")
        await until(pilot, lambda: len(view.marks) == len(reports))
        await pilot.press("a")
        drawer = await drawer_of(pilot, app)
        desk.do(Accept(ticket=reports[0]), desk.actor(officer), None, "colleague")
        await pilot.press("f8")
        await until(pilot, lambda: drawer.over)
        assert [piece.done for piece in drawer.able] == [False] + [True] * (len(reports) - 1)
        assert "已被他人更新" in drawer.able[0].outcome
        assert [row.code for row in view.marks] == reports[:1]
        assert backend.queue("stage:reported").count().number == 0
