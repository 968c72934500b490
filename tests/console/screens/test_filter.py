"""The filter prompt: offers while one types, mistakes explained in place, Escape layer by layer, orders."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.completion import offers
from console.screens.queue import QueueScreen
from console.widgets.bars import Banner
from console.widgets.filter_line import FilterLine
from tests.console.memory import NOW, MemoryBackend, made_row
from tests.console.pilots import banner_text, ready, screen_text, street_app, until


@pytest.fixture
def backend() -> MemoryBackend:
    return MemoryBackend([made_row(number) for number in range(60)])


def screen(app: ZhihuiApp) -> QueueScreen:
    found = app.duty_screen
    assert isinstance(found, QueueScreen)
    return found


def line_text(app: ZhihuiApp) -> str:
    """What the line above the list says."""
    return screen(app).query_one(FilterLine).render_line(0).text


async def open_prompt(pilot: Pilot[None], app: ZhihuiApp) -> None:
    await pilot.press("slash")
    await until(pilot, lambda: bool(screen(app)._known), "the words of filters")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("dsl", "stage:待受理 "),
        ("井盖 stage:dsl", "井盖 stage:待受理 "),
        ("-stage:待受", "-stage:待受理 "),
        ("stage：待受", "stage:待受理 "),
        ("stage:待受理|待签", "stage:待受理|待签收 "),
        ("csgx", "unit:urban_renewal "),
        ("城市", "unit:urban_renewal "),
        ("unit:chengshi", "unit:urban_renewal "),
        ("urg", "urgency:"),
        ("due", "due<"),
    ],
)
def test_offers_go_on_from_what_is_typed(typed: str, first: str) -> None:
    assert offers(typed, MemoryBackend().filter_words())[0].text == first


@pytest.mark.parametrize("typed", ["", "late ", '"井', "不会有这样的词"])
def test_where_no_term_begins_nothing_is_offered(typed: str) -> None:
    assert offers(typed, MemoryBackend().filter_words()) == []


async def test_tab_takes_the_first_offer_and_the_line_says_what_is_on(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await open_prompt(pilot, app)
        await pilot.press(*"dqs")
        assert "待签收" in screen_text(app)
        await pilot.press("tab")
        assert screen(app).filter_field.value == "stage:待签收 "
        await pilot.press("enter")
        await until(pilot, lambda: view.total == 12)
        assert "stage:待签收" in line_text(app)
        assert "12  按时限" in line_text(app)
        assert app.focused is view


async def test_down_goes_through_the_offers_and_enter_takes_one(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await open_prompt(pilot, app)
        await pilot.press(*"待", "down", "down", "enter")
        assert screen(app).filter_field.value == "stage:待研判 "
        await pilot.press("enter", "slash", "up")
        assert screen(app).filter_field.value.strip() == "stage:待研判"


async def test_a_wrong_term_is_explained_where_it_is_typed_and_the_list_stays(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await open_prompt(pilot, app)
        await pilot.press(*"井盖")
        await until(pilot, lambda: view.total == 9)
        await pilot.press(*" colour:red", "enter")
        await until(pilot, lambda: "没有字段“colour”" in screen_text(app))
        assert "可用" in screen_text(app)
        assert view.total == 9
        assert app.focused is screen(app).filter_field
        await pilot.press(*["backspace"] * 10, "enter")
        await until(pilot, lambda: app.focused is view)
        assert "没有字段" not in screen_text(app)


async def test_escape_peels_one_layer_at_a_time(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await pilot.press("space", "alt+3")
        await until(pilot, lambda: view.total == 19)
        await open_prompt(pilot, app)
        await pilot.press(*"裂")
        await until(pilot, lambda: view.total == 3)
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is view)
        await open_prompt(pilot, app)
        await pilot.press(*" 待")
        screen(app).query_one(Banner).say("别处有事", "alarm")
        found = screen(app)
        await until(pilot, lambda: found.offers.shown)
        await pilot.press("escape")
        assert not found.offers.shown
        assert app.focused is found.filter_field
        await pilot.press("escape")
        await until(pilot, lambda: app.focused is view)
        await until(pilot, lambda: found.saved.key == "3" and view.ready)
        assert found.words
        await pilot.press("escape")
        await until(pilot, lambda: view.total == 19)
        assert not found.words
        await pilot.press("escape")
        await until(pilot, lambda: view.total == 60)
        assert len(view.marks) == 1
        await pilot.press("escape")
        assert not view.marks
        assert "别处有事" in banner_text(app)
        await pilot.press("escape")
        assert "别处有事" not in banner_text(app)


async def test_the_list_is_looked_up_after_a_pause_not_at_each_key(backend: MemoryBackend) -> None:
    asked: list[str] = []
    ask = backend.queue
    backend.queue = lambda words, order="due": (asked.append(words), ask(words, order))[1]  # type: ignore[method-assign]
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await pilot.press("slash", *"外墙瓷砖")
        await until(pilot, lambda: view.total == 8)
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is view)
        assert len(asked) < 4
        assert asked[-1] == "外墙瓷砖"


async def test_keys_behind_enter_wait_for_the_filtered_list(backend: MemoryBackend) -> None:
    """Typed ahead on a slow line: the step is for the first ticket that the filter lets through."""
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("slash", *"独居", "enter", "f8")
        await until(pilot, lambda: bool(backend.done))
        assert backend.done[0][1] == "20260720-0006"


async def test_orders_keep_the_cursor_on_its_ticket_and_are_said(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await pilot.press(*["down"] * 7)
        ticket = view.cursor_id
        for words in ("按紧急程度", "按上报先后", "按单位", "按时限"):
            await pilot.press("9")
            await until(pilot, lambda words=words: words in line_text(app) and view.ready)
            assert view.cursor_id == ticket
        await pilot.press("t")
        await until(pilot, lambda: "按紧急程度" in line_text(app) and view.ready)
        rows = [view._pages.row(line) for line in range(view.total)]
        assert [row.urgency for row in rows if row][:10] == ["emergency"] * 10


async def test_arrivals_are_counted_in_a_filtered_and_sorted_list(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await pilot.press("9", "slash", *"井盖", "enter")
        await until(pilot, lambda: view.total == 9 and app.focused is view)
        await pilot.press("down")
        ticket = view.cursor_id
        backend.tickets += [made_row(700 + 7 * number, NOW - 9000) for number in range(12)]
        backend.tickets += [made_row(701, NOW - 9000)]
        backend.mark += 1
        app.heard()
        await until(pilot, lambda: view.pending == 12)
        assert view.cursor_id == ticket
        assert "+12" in view.render_line(0).text
        await pilot.press("home")
        await until(pilot, lambda: view.total == 21)
        assert view.cursor == 0
