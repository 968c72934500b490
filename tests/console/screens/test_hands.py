"""Many hands at once on the real screens: found by pinyin, marked, asked each for its own, sent in one event."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.dialogs.choose import MenuDrawer
from console.dialogs.hands import HandsDrawer
from console.screens.dispatch import DispatchScreen
from console.screens.ticket import TicketScreen
from console.widgets.queue_view import QueueView
from core.desk.desk import Desk
from core.desk.orders import Accept, Acknowledge, Arrive, Report
from data.queries import tickets
from tests.console.pilots import said, screen_text, speaking, until
from tests.console.real_street import made_street


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, str]:
    return made_street(tmp_path_factory.mktemp("hands") / "street.sqlite", 1)


@asynccontextmanager
async def opened(street: tuple[Desk, str]) -> AsyncIterator[tuple[Pilot[None], ZhihuiApp]]:
    """The console on the street; no engine, the clock stands still."""
    desk, officer = street
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]
    app = ZhihuiApp(backend, desk.now)
    with speaking("zh"):
        async with app.run_test(size=(120, 36)) as pilot:
            await until(pilot, lambda: bool(app.status.centre))
            yield pilot, app
    backend.close()


def new_ticket(street: tuple[Desk, str], **facts: Any) -> str:
    desk, officer = street
    code = desk.do(Report(title="宾馆聚集，疑似诈骗", matter="ZA0101", **facts), desk.actor(officer)).ticket
    desk.do(Accept(ticket=code), desk.actor(officer))
    return code


def tasks(street: tuple[Desk, str], code: str) -> dict[str, tuple[str, str]]:
    """What each hand is and what it was asked to do."""
    desk = street[0]
    with desk.store.reader() as reader:
        number = tickets.ticket_id(reader, desk.centre_id, code)
        rows = tickets.tasks(reader, desk.centre_id, number)
    return {row["hand"]: (row["role"], row["instruction"]) for row in rows}


async def at(pilot: Pilot[None], app: ZhihuiApp, code: str) -> None:
    """The cursor of the queue on a ticket."""
    view = app.screen.query_one(QueueView)

    def there() -> bool:
        row = next((row for row in view._rows_on_screen() if row.code == code), None)
        if row is None:
            view.catch_up()
            return False
        view.go_to(row.id)
        return view.row is not None and view.row.code == code

    await until(pilot, there, f"{code} under the cursor")


async def typed(pilot: Pilot[None], app: ZhihuiApp, words: str, sees: Callable[[], bool] = lambda: True) -> None:
    await pilot.press(*words)
    await until(pilot, sees, words)


def drawer(app: ZhihuiApp) -> HandsDrawer:
    assert isinstance(app.screen, HandsDrawer)
    return app.screen


async def test_marked_asked_for_their_own_and_sent_in_one_event(street: tuple[Desk, str]) -> None:
    code = new_ticket(street)
    async with opened(street) as (pilot, app):
        await at(pilot, app, code)
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(app.screen, HandsDrawer))
        assert "协办：派出所" in screen_text(app), "the catalogue's are marked"
        await pilot.press(*"pcs", "tab", *"zbld=到场指挥", "tab", *"sq01", "tab", "tab")
        await until(pilot, lambda: drawer(app).view.key == "PAZZ" and "告知：派出所、望江社区" in screen_text(app))
        await pilot.press(*"wjsqgwg", "tab")
        await until(pilot, lambda: len(drawer(app).marks) > 10, "all grids of the community")
        await pilot.press("tab", "tab")
        await until(pilot, lambda: len(drawer(app).marks) < 10, "informed, and not at all")
        await pilot.press(*"fns,xfjy", "tab")
        await until(pilot, lambda: {"FNS", "XFJY"} <= drawer(app).marks.keys(), "two names at once")
        await pilot.press("enter")
        await until(pilot, lambda: said(app, "待签收"))
    found = tasks(street, code)
    assert found.pop("PAZZ") == ("lead", "")
    assert (found["PCS"], found["SQ01"]) == (("inform", ""), ("inform", ""))
    assert next(part for hand, part in found.items() if hand.startswith("@")) == ("assist", "到场指挥")
    assert found.keys() - {"PCS", "SQ01"} >= {"ZHXT", "ZHZF", "JYWS", "SCJG", "FNS", "XFJY"}
    assert len(found) == 9, "no grid"


async def test_another_lead_goes_without_the_proposed_ones(street: tuple[Desk, str]) -> None:
    code = new_ticket(street)
    async with opened(street) as (pilot, app):
        await at(pilot, app, code)
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(app.screen, HandsDrawer))
        await pilot.press(*"yjgl=先到先处")
        await until(pilot, lambda: "主办：应急管理岗=先到先处" in screen_text(app))
        assert "协办：" not in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: said(app, "待签收"))
    assert tasks(street, code) == {"YJGL": ("lead", "先到先处")}


async def test_several_lines_never_lead_and_nobody_is_said(street: tuple[Desk, str]) -> None:
    code = new_ticket(street)
    async with opened(street) as (pilot, app):
        await at(pilot, app, code)
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(app.screen, HandsDrawer))
        await pilot.press(*"sysq", "enter")
        await until(pilot, lambda: "SQ01" in drawer(app).marks, "Enter on several marks them")
        await pilot.press(*"qqqqq")
        await until(pilot, lambda: "没有" in screen_text(app))
        await pilot.press("enter", "tab")
        assert isinstance(app.screen, HandsDrawer)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, HandsDrawer))
    assert tasks(street, code) == {}


async def test_more_hands_later_and_each_on_the_ticket_s_page(street: tuple[Desk, str]) -> None:
    desk, officer = street
    code = new_ticket(street)
    async with opened(street) as (pilot, app):
        await at(pilot, app, code)
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(app.screen, HandsDrawer))
        await pilot.press("enter")
        await until(pilot, lambda: said(app, "待签收"))
        desk.do(Acknowledge(ticket=code, unit="PCS"), desk.actor(officer))
        desk.do(Arrive(ticket=code, unit="PCS", people=7), desk.actor(officer))
        app.heard()
        view = app.screen.query_one(QueueView)
        await until(pilot, lambda: view.row is not None and view.row.revision > 3)
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, MenuDrawer))
        assert isinstance(app.screen, MenuDrawer)
        place = next(number for number, item in enumerate(app.screen.items) if item.key == "add_task")
        await pilot.press(str((place + 1) % 10))
        await until(pilot, lambda: isinstance(app.screen, HandsDrawer))
        await pilot.press(*"xfz=警戒", "tab", *"sq02", "tab", "tab", "enter")
        await until(pilot, lambda: "XFZ" in tasks(street, code))
        await until(pilot, lambda: app.screen is app.duty_screen)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.shown is not None)
        await pilot.press("left", "left")
        await until(pilot, lambda: "调动 7 人" in screen_text(app))
        page = screen_text(app)
        assert "7 人" in page
        assert "已到场" in page
        assert "警戒" in page
    assert tasks(street, code)["XFZ"] == ("assist", "警戒")


async def test_posts_are_marked_in_the_tree(street: tuple[Desk, str]) -> None:
    code = new_ticket(street)
    async with opened(street) as (pilot, app):
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, DispatchScreen) and bool(app.screen.view.row))
        await at(pilot, app, code)
        screen = app.duty_screen
        assert isinstance(screen, DispatchScreen)
        await until(pilot, lambda: screen.posts.key == "PAZZ" and screen.proposed_for == screen.view.row)
        await pilot.press("enter", "down", "space", "down", "space", "space", "up", "up")
        await until(pilot, lambda: screen.posts.key == "PAZZ")
        await pilot.press("enter")
        await until(pilot, lambda: said(app, "待签收"))
    found = tasks(street, code)
    assert (found["PAZZ"][0], found["YJGL"][0]) == ("lead", "assist")
    assert found.keys() >= {"PCS", "ZHXT"}, "the catalogue's are marked already"
    assert "ZHZF" not in found, "taken off"
