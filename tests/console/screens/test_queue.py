"""The queue: the ticket beside it, the filter, and working on tickets from it."""

from __future__ import annotations

import pytest

from console.dialogs.choose import MenuDrawer
from console.dialogs.form import FormDrawer
from console.screens.ticket import TicketScreen
from console.widgets.bars import Banner
from console.widgets.queue_view import QueueView
from data.errors import Conflict, StoreTrouble
from tests.console.memory import MemoryBackend, made_row
from tests.console.pilots import banner_text, ready, said, screen_text, street_app, until


@pytest.fixture
def backend() -> MemoryBackend:
    return MemoryBackend([made_row(number) for number in range(60)])


async def test_the_ticket_under_the_cursor_stands_beside_the_list(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "20260720-0001" in screen_text(app))
        await pilot.press("down", "down")
        await until(pilot, lambda: "20260720-0003" in screen_text(app))
        assert "139****1111" in screen_text(app)


async def test_the_filter_narrows_while_one_types_and_escape_clears(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await pilot.press("slash", "井", "盖")
        await until(pilot, lambda: view.total == 9)
        await pilot.press("enter", "down")
        assert view.cursor == 1
        await pilot.press("escape")
        await until(pilot, lambda: view.total == 60)


async def test_the_menu_numbers_what_is_possible_and_gives_reasons_for_the_rest(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, MenuDrawer) and "1 受理" in screen_text(app))
        assert "尚未核查" in screen_text(app)
        await pilot.press("1")
        await until(pilot, lambda: bool(backend.done))
        assert backend.done == [("accept", "20260720-0001", 1, {})]
        await until(pilot, lambda: said(app, "完成"))


async def test_next_step_follows_the_stage(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("f8")
        await until(pilot, lambda: bool(backend.done))
        assert backend.done[0][0] == "accept"


async def test_a_letter_for_something_impossible_says_why(backend: MemoryBackend) -> None:
    app = street_app(backend)
    backend.choices = [
        choice if choice.verb != "accept" else type(choice)("accept", "受理", False, "已经受理")
        for choice in backend.choices
    ]
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("a")
        await until(pilot, lambda: said(app, "已经受理"))
        assert backend.done == []


async def test_a_form_asks_what_a_verb_needs(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("down", "r")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer))
        await pilot.press("f8")
        await until(pilot, lambda: "请填写原因" in screen_text(app))
        await pilot.press("up", "2", "enter", *"不在辖区内", "enter")
        await until(pilot, lambda: bool(backend.done))
        assert backend.done == [("return", "20260720-0002", 1, {"code": "wrong_place", "reason": "不在辖区内"})]


async def test_keys_are_meant_for_the_ticket_that_was_shown(backend: MemoryBackend) -> None:
    """The list changes between the key and the answer: the order still names the first ticket and its revision."""
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, MenuDrawer))
        backend.tickets = backend.tickets[5:]
        backend.mark += 1
        app.heard()
        await pilot.pause(0.2)
        await pilot.press("1")
        await until(pilot, lambda: bool(backend.done))
        assert backend.done[0][1:3] == ("20260720-0001", 1)


async def test_a_conflict_is_said_and_nothing_is_lost(backend: MemoryBackend) -> None:
    app = street_app(backend)
    backend.refusal = Conflict("changed", "已被他人更新（林 受理）", "changed by somebody")
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("f8")
        await until(pilot, lambda: said(app, "已被他人更新"))


async def test_a_failing_store_is_a_banner_and_the_screen_stays(backend: MemoryBackend) -> None:
    clock = [1_784_510_160]
    app = street_app(backend, clock)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        backend.broken = StoreTrouble("store-read", "读取数据失败", "reading failed")
        await app._beat()
        await until(pilot, lambda: said(app, "读取数据失败"))
        await pilot.press("escape", "down")
        assert view.cursor == 1
        backend.broken = None
        await app._beat()
        await until(pilot, lambda: not app.watch_store.failing)


async def test_enter_opens_the_whole_ticket(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        await until(pilot, lambda: "群众来电反映" in screen_text(app))
        for tab, words in [("流转", "按目录派"), ("在手", "合计"), ("时限", "持单岗")]:
            await pilot.press("right")
            await until(pilot, lambda tab=tab: f"[{tab}]" in screen_text(app))
            assert words in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, TicketScreen))


async def test_escape_takes_the_filter_away_before_the_notice(backend: MemoryBackend) -> None:
    """In a busy hour there is always another notice: it must not stand between the officer and the way back."""
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await pilot.press("slash", "井", "盖", "enter")
        await until(pilot, lambda: view.total == 9)
        app.duty_screen.query_one(Banner).say("别处有事", "alarm")
        await pilot.press("escape")
        await until(pilot, lambda: view.total == 60)
        assert said(app, "别处有事")
        await pilot.press("escape")
        await until(pilot, lambda: "别处有事" not in banner_text(app))


async def test_an_empty_list_takes_in_what_comes(backend: MemoryBackend) -> None:
    tickets, backend.tickets = backend.tickets[:2], []
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "没有未结工单" in screen_text(app))
        await pilot.press("end")  # the reader has moved, as far as one can
        backend.tickets, backend.mark = tickets, backend.mark + 1
        await app._beat()
        await until(pilot, lambda: "20260720-0001" in screen_text(app))
        assert app.screen.query_one(QueueView).row == backend.tickets[0]
