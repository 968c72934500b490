"""The filter prompt: offers while one types, mistakes explained in place, Escape layer by layer, orders."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.pilot import Pilot

from console import views
from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.completion import offers, spoken
from console.ports import QueueProvider
from console.screens.queue import QueueScreen
from console.widgets.bars import Banner
from console.widgets.filter_line import FilterLine
from core.desk.desk import Desk
from data.queries import orders
from tests.console.conftest import StreetCopy
from tests.console.memory import NOW, MemoryBackend, made_row
from tests.console.pilots import at_rest, banner_text, ready, said, screen_text, street_app, until


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
        ("dsl", "阶段:待受理 "),
        ("井盖 阶段:dsl", "井盖 阶段:待受理 "),
        ("-stage:待受", "-stage:待受理 "),
        ("stage：待受", "stage:待受理 "),
        ("stage:待受理|待签", "stage:待受理|待签收 "),
        ("csgx", "岗位:城市更新岗 "),
        ("城市", "岗位:城市更新岗 "),
        ("unit:chengshi", "unit:城市更新岗 "),
        ("urg", "紧急:"),
        ("due", "时限<"),
        ("cq", "超期 "),
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
        assert screen(app).filter_field.value == "阶段:待签收 "
        await pilot.press("enter")
        await until(pilot, lambda: view.total == 12)
        assert "阶段:待签收" in line_text(app)
        assert "12  按时限" in line_text(app)
        assert app.focused is view


async def test_down_goes_through_the_offers_and_enter_takes_one(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await open_prompt(pilot, app)
        await pilot.press(*"待", "down", "down", "enter")
        assert screen(app).filter_field.value == "阶段:待研判 "
        await pilot.press("enter", "slash", "up")
        assert screen(app).filter_field.value.strip() == "阶段:待研判"


async def test_a_wrong_term_is_explained_where_it_is_typed_and_the_list_stays(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await open_prompt(pilot, app)
        await pilot.press(*"井盖")
        await until(pilot, lambda: view.total == 9)
        screen(app)._put("井盖 colour:red")
        await pilot.press("enter")
        await until(pilot, lambda: "没有字段“colour”" in screen_text(app))
        assert "可用" in screen_text(app)
        assert view.total == 9
        assert app.focused is screen(app).filter_field
        await pilot.press(*["backspace"] * 10, "enter")
        await until(pilot, lambda: app.focused is view)
        assert "没有字段" not in screen_text(app)


async def test_half_a_value_is_no_mistake_while_something_is_offered(
    street: tuple[Desk, StoreBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    _desk, backend = street
    looked_up: list[str] = []
    queue = backend.queue

    def looking(words: str, order: str = "due") -> QueueProvider:
        looked_up.append(words)
        return queue(words, order)

    monkeypatch.setattr(backend, "queue", looking)
    app = ZhihuiApp(backend, lambda: backend.seconds())
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await open_prompt(pilot, app)
        await pilot.press(*"stage:dsl")
        await until(pilot, lambda: "stage:dsl" in looked_up, "looked up as it is")
        await at_rest(pilot)
        assert "待受理" in screen_text(app)
        assert "没有“dsl”" not in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: "没有“dsl”" in screen_text(app), "Enter says why it cannot be")


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
        assert said(app, "别处有事")
        await pilot.press("escape")
        assert "别处有事" not in banner_text(app)


async def test_a_filter_that_nothing_fits_is_not_an_empty_street(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        view = await ready(pilot)
        await open_prompt(pilot, app)
        await pilot.press(*"无此事", "enter")
        await until(pilot, lambda: "没有符合筛选的工单" in screen_text(app))
        assert "没有未结工单" not in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: view.total == 60)


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


def test_views_and_lists_know_the_same_orders() -> None:
    assert views.ORDERS == orders.ORDERS


@pytest.fixture
def street(street_copy: StreetCopy) -> Iterator[tuple[Desk, StoreBackend]]:
    desk, officer = street_copy()
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    yield desk, backend
    backend.close()
    desk.store.close()


async def test_on_a_real_store_offers_views_and_orders_work(street: tuple[Desk, StoreBackend]) -> None:
    desk, backend = street
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        everything = view.total
        await open_prompt(pilot, app)
        await pilot.press(*"dsl", "tab", "enter")
        reports = backend.queue("stage:reported").count().number
        await until(pilot, lambda: view.ready and view.total == reports and app.focused is view)
        await pilot.press("escape")
        await until(pilot, lambda: view.total == everything)
        await pilot.press("end", "up")
        ticket = view.cursor_id
        for order in ("urgency", "age", "unit", "due"):
            await pilot.press("9")
            await until(pilot, lambda order=order: view.ready and screen(app).order == order)
            assert view.cursor_id == ticket
        for saved in screen(app).known_views():
            assert backend.queue(saved.filter, saved.order).count().number >= 0


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mine", "我的"),
        ("-late stage:accepted|assessed", "-超期 阶段:待研判|待派单"),
        ("unit:urban_renewal due<30m 井盖", "岗位:城市更新岗 due<30m 井盖"),
        ("colour:red", "colour:red"),
    ],
)
def test_a_filter_is_shown_in_the_users_language(text: str, shown: str) -> None:
    assert spoken(text, MemoryBackend().filter_words()) == shown
