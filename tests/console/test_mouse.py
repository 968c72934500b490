"""The mouse works everywhere and is never needed: each chief flow by clicks leaves the log that its keys leave."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import NamedTuple

import pytest
from textual.widget import Widget

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.dialogs.changeover import HandoverDrawer
from console.dialogs.choose import MenuDrawer, SearchDrawer
from console.dialogs.contingency import OffersDrawer
from console.dialogs.form import FormDrawer
from console.dialogs.hands import HandsDrawer
from console.dialogs.help import HelpDrawer
from console.dialogs.notices import NoticesDrawer
from console.dialogs.plan import PlanDrawer
from console.dialogs.views import ViewsDrawer
from console.handover_ports import HandoverShown
from console.ports import NoticeRow
from console.screens.filtered import FilterPrompt
from console.screens.intake import IntakeScreen
from console.screens.ticket import TABS, TicketScreen
from console.screens.timers import TimersScreen
from console.terminal.width import cells
from console.widgets.bars import Banner
from console.widgets.fields import ChoiceField, TextField
from console.widgets.filter_line import FilterLine, Offers
from console.widgets.lines import LinesView
from console.widgets.queue_view import QueueView
from core.desk.centre_desk import CentreDesk
from core.desk.desk import Desk
from core.desk.handover_orders import HandoverRefuse
from core.desk.orders import Report
from data.inside import InsideReader
from data.queries.handovers import officer_code, unsigned
from tests.console import key_counts
from tests.console.conftest import StreetCopy
from tests.console.key_counts import Hand
from tests.console.memory import MemoryBackend, made_row
from tests.console.pilots import banner_text, ready, said, screen_text, speaking, street_app, until


class Mouse(Hand):
    """Clicks what can be read; the keyboard only types words."""

    async def press(self, *keys: str) -> None:
        raise AssertionError(f"{keys}: without keys")

    async def click(self, text: str, last: bool = False) -> None:
        """Click the first, or the last, place where a text stands; in a drawer where there is one."""
        places: list[tuple[int, int]] = []

        def found() -> bool:
            top = next((panel.region.y for panel in self.app.screen.query(".drawer--panel")), 0)
            rows = screen_text(self.app).splitlines()
            places[:] = [(cells(row[: row.index(text)]), y) for y, row in enumerate(rows) if y >= top and text in row]
            return bool(places)

        await until(self.pilot, found, text)
        await self.pilot.click(offset=places[-1 if last else 0])

    async def click_in(self, widget: Widget) -> None:
        await self.pilot.click(offset=(widget.region.x, widget.region.y))

    async def by_help(self, title: str, drawer: type) -> None:
        """F1 in the bottom line, and the action in the help, found by its name."""
        await self.click("F1")
        await self.drawer(HelpDrawer)
        await self.type(title)
        view = self.app.screen.query_one(".drawer--list", LinesView)
        await until(self.pilot, lambda: len(view.lines) < 6, "narrowed")
        await self.click(f" {title}", last=True)
        await self.drawer(drawer)

    async def choose(self, title: str, drawer: type) -> None:
        """F7 in the bottom line, then a line of the menu."""
        await self.click("F7")
        await self.drawer(MenuDrawer)
        await self.click(f" {title}")
        await self.drawer(drawer)


async def take_down(mouse: Mouse, title: str, address: str) -> IntakeScreen:
    """A report from the first click to the one that sends it."""
    await mouse.at(mouse.ticket(0))
    await mouse.click("F6")
    await until(mouse.pilot, lambda: isinstance(mouse.app.screen, IntakeScreen))
    screen = mouse.app.screen
    assert isinstance(screen, IntakeScreen)
    await until(mouse.pilot, lambda: mouse.app.focused is screen.text("title"))
    for name, words in (("address", address), ("title", title)):
        await mouse.click_in(screen.text(name))
        await until(mouse.pilot, lambda: mouse.app.focused is screen.text(name))  # noqa: B023
        await mouse.type(words)
    await until(mouse.pilot, lambda: bool(screen.hits), "proposed")
    await mouse.click("F8", last=True)
    return screen


async def report(mouse: Mouse) -> str:
    await take_down(mouse, "松青路井盖缺失", "松青路9号")
    await until(mouse.pilot, lambda: said(mouse.app, "已上报"), "reported")
    return banner_text(mouse.app)[:13]


async def as_proposed(mouse: Mouse) -> str:
    code = mouse.ticket(0)
    await mouse.at(code)
    await mouse.by_help("按建议", PlanDrawer)
    await mouse.click("Enter")
    await mouse.done(code, "accept", "assess", "dispatch")
    return code


async def elsewhere(mouse: Mouse) -> str:
    code = mouse.ticket(2)
    await mouse.at(code)
    await mouse.choose("派单", SearchDrawer)
    await mouse.type("yjgl")
    await mouse.click("应急管理岗", last=True)
    await mouse.done(code, "dispatch")
    return code


async def many_hands(mouse: Mouse) -> str:
    screen = await take_down(mouse, "宾馆聚集听课，疑似诈骗", "望江路12号")
    await until(mouse.pilot, lambda: bool(screen.sent_code), "reported")
    code = screen.sent_code
    await mouse.click("F8", last=True)
    await mouse.drawer(HandsDrawer)
    for words in ("zbld", "gsqsj"):
        await mouse.type(words)
        await mouse.click("Tab")
    await mouse.click("Enter", last=True)
    await mouse.done(code, "accept", "dispatch")
    return code


async def by_plan(mouse: Mouse) -> str:
    order = Report(title="宾馆聚集听课，疑似诈骗", community="SQ01")
    code = mouse.desk.do(order, mouse.desk.actor(mouse.officer)).ticket
    await mouse.at(code)
    await mouse.by_help("预案", OffersDrawer)
    await mouse.click("Enter")
    await mouse.done(code, "accept", "dispatch", "activate_plan")
    return code


async def sweep(mouse: Mouse) -> str:
    code = mouse.ticket(4, "老旧居民楼起火")
    await mouse.at(code)
    await mouse.by_help("举一反三", SearchDrawer)
    await mouse.type("ljxq")
    await mouse.click("老旧小区", last=True)
    await mouse.drawer(FormDrawer)
    await mouse.click("F8 提交")
    await mouse.done(code, "sweep")
    return code


async def send_back(mouse: Mouse) -> str:
    code = mouse.ticket(4)
    await mouse.at(code)
    await mouse.choose("退单", FormDrawer)
    choice = mouse.app.screen.query_one(ChoiceField)
    await mouse.click(f"2{choice.options[1][1]}")
    await until(mouse.pilot, lambda: choice.at == 1)
    field = mouse.app.screen.query_one(TextField)
    await mouse.click_in(field)
    await until(mouse.pilot, lambda: mouse.app.focused is field)
    await mouse.type("不属本岗")
    await mouse.click("F8 提交")
    await mouse.done(code, "return")
    return code


async def hand_up(mouse: Mouse) -> str:
    code = mouse.ticket(2)
    await mouse.at(code)
    await mouse.choose("上报", FormDrawer)
    await mouse.type("需区级协调")
    await mouse.click("F8 提交")
    await mouse.done(code, "hand_up")
    return code


async def ask(mouse: Mouse) -> str:
    code = mouse.ticket(3)
    await mouse.at(code)
    await mouse.choose("请示", FormDrawer)
    await mouse.click("F8 提交")
    await mouse.done(code, "ask")
    return code


async def close(mouse: Mouse) -> str:
    code = mouse.ticket(6)
    await mouse.at(code)
    await mouse.click("F8", last=True)
    await mouse.drawer(FormDrawer)
    await mouse.click("F8 提交")
    await mouse.done(code, "call_back")
    await mouse.at(code)
    await mouse.click("F8", last=True)
    await mouse.done(code, "archive")
    return code


async def find(mouse: Mouse) -> str:
    code = mouse.ticket(0, "银杏路漏水")
    await mouse.at(code)
    line = mouse.app.screen.query_one(FilterLine)
    await mouse.pilot.click(offset=(line.region.x + 20, line.region.y))
    await until(mouse.pilot, lambda: isinstance(mouse.app.focused, FilterPrompt))
    await mouse.type("银杏")
    view = mouse.app.screen.query_one(QueueView)
    await until(mouse.pilot, lambda: view.ready and view.total == 1 and view.row is not None and view.row.code == code)
    await mouse.pilot.click(offset=(view.region.x + 30, view.region.y + 1))
    await until(mouse.pilot, lambda: isinstance(mouse.app.screen, TicketScreen))
    return code


async def hand_over(mouse: Mouse) -> str:
    def shown() -> HandoverShown | None:
        return mouse.app.screen.found if isinstance(mouse.app.screen, HandoverDrawer) else None

    code = mouse.ticket(0)
    await mouse.at(code)
    await mouse.by_help("交接班", HandoverDrawer)
    await mouse.click("F8", last=False)
    await until(mouse.pilot, lambda: (found := shown()) is not None and found.step == "give")
    await mouse.click("F8", last=False)
    await until(mouse.pilot, lambda: (found := shown()) is not None and found.state == "given")
    await mouse.pilot.press("escape")
    with mouse.desk.store.read() as connection:
        reader, centre = InsideReader(connection), mouse.desk.centre_id
        coming = officer_code(reader, centre, unsigned(reader, centre)[0].incoming[0])
    # So that the shift is to be handed over again.
    CentreDesk(mouse.desk).do(HandoverRefuse(reason="缺项"), mouse.desk.actor(coming))
    return code


async def what_next(mouse: Mouse) -> str:
    code = mouse.ticket(0)
    await mouse.at(code)
    await mouse.click("F5")
    await until(mouse.pilot, lambda: isinstance(mouse.app.screen, TimersScreen) and bool(mouse.app.screen.coming))
    await until(mouse.pilot, lambda: "下一步" in screen_text(mouse.app), "what fires next")
    return code


class Twin(NamedTuple):
    by_mouse: Callable[[Mouse], Awaitable[str]]
    by_keys: Callable[[Hand], Awaitable[None]]


TWINS = {
    flow.drive.__name__: Twin(globals()[flow.drive.__name__], flow.drive) for flow in key_counts.FLOWS
}  # every one, or this fails


@pytest.fixture
def street(street_copy: StreetCopy) -> Iterator[tuple[Desk, str, StoreBackend]]:
    desk, officer = street_copy()
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    yield desk, officer, backend
    backend.close()
    desk.store.close()


class KeptCode(Hand):
    """A hand on the keyboard that remembers its ticket."""

    code = ""

    async def at(self, code: str) -> None:
        self.code = code
        await super().at(code)


@pytest.mark.slow
@pytest.mark.parametrize("flow", TWINS)
async def test_a_chief_flow_by_clicks_leaves_the_log_that_its_keys_leave(
    street: tuple[Desk, str, StoreBackend], flow: str
) -> None:
    desk, officer, backend = street
    app = ZhihuiApp(backend, desk.now)
    with speaking("zh"):
        async with app.run_test(size=(120, 36)) as pilot:
            await until(pilot, lambda: bool(app.status.centre))
            mouse, hand = Mouse(pilot, desk, officer), KeptCode(pilot, desk, officer)
            code = await TWINS[flow].by_mouse(mouse)
            kinds = mouse.kinds(code)
            await pilot.press("escape", "escape", "escape", "f2")
            await TWINS[flow].by_keys(hand)
            twin = banner_text(app)[:13] if flow in ("report", "many_hands") else hand.code
            assert twin != code
            assert hand.kinds(twin) == kinds


async def test_the_tabs_of_a_ticket_take_a_click() -> None:
    app = street_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.shown is not None)
        screen = app.screen
        assert isinstance(screen, TicketScreen)
        mouse = Mouse(pilot, None, "")  # type: ignore[arg-type]
        for number, name in ((3, "时限"), (1, "流转"), (0, "概况"), (2, "在手"), (4, "承办")):
            assert TABS[number][0]
            await mouse.click(f" {name} ")
            await until(pilot, lambda: screen.tab == number, name)  # noqa: B023
            await pilot.press("right")
            await until(pilot, lambda: screen.tab == (number + 1) % len(TABS))  # noqa: B023


async def test_the_line_above_the_list_and_the_offers_take_clicks() -> None:
    app = street_app()
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        mouse = Mouse(pilot, None, "")  # type: ignore[arg-type]
        await mouse.click("全部")
        await until(pilot, lambda: isinstance(app.screen, ViewsDrawer))
        await mouse.click("超期", last=True)
        await until(pilot, lambda: app.screen is app.duty_screen and view.ready and 0 < view.total < 60, "a view")
        order = app.screen.order  # type: ignore[attr-defined]
        await mouse.click("按时限")
        await until(pilot, lambda: app.screen.order != order)  # type: ignore[attr-defined]
        line = app.screen.query_one(FilterLine)
        await pilot.click(offset=(line.region.x + 30, line.region.y))
        await until(pilot, lambda: isinstance(app.focused, FilterPrompt))
        await pilot.press(*"csgx")
        offers = app.screen.query_one(Offers)
        await until(pilot, lambda: bool(offers.offers))
        await mouse.click("城市更新岗", last=False)
        field = app.screen.query_one(FilterPrompt)
        await until(pilot, lambda: "城市更新岗" in field.value and app.focused is field)


async def test_the_banner_takes_clicks_on_its_keys_and_on_its_words() -> None:
    backend = MemoryBackend([made_row(number) for number in range(20)])
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        mouse = Mouse(pilot, None, "")  # type: ignore[arg-type]
        backend.news = [NoticeRow(5, "alarm", "派单超期", 3), NoticeRow(6, "alarm", "签收超期", 4)]
        backend.mark += 1
        await until(pilot, lambda: banner_text(app) == "签收超期")
        banner = app.screen.query_one(Banner)
        await mouse.click("0收到")
        await until(pilot, lambda: backend.seen == [6] and banner_text(app) == "派单超期")
        await pilot.click(offset=(banner.region.right - 2, banner.region.y))
        await until(pilot, lambda: banner_text(app) == "" and backend.seen == [6], "put away, not acknowledged")
        await mouse.by_help("通知", NoticesDrawer)
        await mouse.click("派单超期")
        await mouse.click("0 收到")
        await until(pilot, lambda: backend.seen == [6, 5])
        await pilot.click(offset=(5, 3))
        await until(pilot, lambda: app.screen is app.duty_screen, "a click beside a drawer is Escape")


async def test_what_is_new_is_taken_in_by_a_click_on_the_header() -> None:
    backend = MemoryBackend([made_row(number) for number in range(20)])
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await pilot.press("down", "down")
        backend.tickets.append(made_row(30))
        backend.mark += 1
        await until(pilot, lambda: bool(view.pending))
        await pilot.click(offset=(view.region.x + 5, view.region.y))
        await until(pilot, lambda: view.total == 21 and not view.pending)


async def test_what_a_text_from_outside_names_is_no_key() -> None:
    """Only our own hints press keys: a report that speaks of Enter and F10 is just read."""
    row = made_row(0)
    backend = MemoryBackend([row.__class__(**{**{n: getattr(row, n) for n in row.__slots__}, "title": "F10 Enter F6"})])
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, MenuDrawer))
        mouse = Mouse(pilot, None, "")  # type: ignore[arg-type]
        await mouse.click("F10 Enter F6", last=True)
        await pilot.pause()
        assert isinstance(app.screen, MenuDrawer)
