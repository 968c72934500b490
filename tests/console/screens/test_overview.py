"""The overview: what it shows at each size, where its lines lead, and what it costs."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.screens.dispatch import DispatchScreen
from console.screens.overview import REFRESH_EVERY, OverviewScreen
from console.screens.queue import QueueScreen
from console.screens.ticket import TicketScreen
from console.widgets.bars import KeyBar
from tests.console.counting import CountingDriver, count_output
from tests.console.memory import NOW, MemoryBackend, made_row
from tests.console.pilots import banner_text, ready, said, screen_text, speaking, street_app, until

HOSTILE = "\x1b[31m坏名字\u202e[red]"


@pytest.fixture
def backend() -> MemoryBackend:
    return MemoryBackend([made_row(number) for number in range(60)])


async def overview(pilot: Pilot[None]) -> OverviewScreen:
    """Open the overview and wait until it is drawn."""
    await ready(pilot)
    await pilot.press("5")
    await until(pilot, lambda: isinstance(pilot.app.screen, OverviewScreen))
    screen = pilot.app.screen
    assert isinstance(screen, OverviewScreen)
    await until(pilot, lambda: screen.view is not None and "合计" in screen_text(pilot.app), "figures")
    return screen


async def still(pilot: Pilot[None], driver: CountingDriver) -> None:
    """Wait until nothing more comes: plots and maps are drawn away from the event loop."""
    await pilot.pause(0.3)
    while driver.take():
        await pilot.pause(0.3)


def app_of(pilot: Pilot[None]) -> ZhihuiApp:
    assert isinstance(pilot.app, ZhihuiApp)
    return pilot.app


@pytest.mark.parametrize("size", [(120, 36), (160, 50)])
async def test_everything_is_on_one_screen(backend: MemoryBackend, size: tuple[int, int]) -> None:
    app = street_app(backend)
    async with app.run_test(size=size) as pilot:
        screen = await overview(pilot)
        await until(pilot, lambda: screen.map.drawing is not None, "map")
        text = screen_text(app)
        for words in (
            "按来源",
            "按板块",
            "来电",
            "超期 19",
            "即将到期",
            "柏华社区",
            "===",
            "上报 46",
            "在岗值班",
            "规划建设岗",
        ):
            assert words in text, words
        assert any("\u2801" <= char <= "\u28ff" for char in text), "outlines in braille"


async def test_a_small_screen_pages_through_all_panels(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await overview(pilot)
        seen = []
        for _page in range(3):
            text = screen_text(app)
            seen.append([title for title in ("数字", "时限  ", "社区  ", "地图", "趋势", "在岗  ") if title in text])
            assert f"> {seen[-1][0].strip()}" in text, "the title of the panel with the keys is marked"
            await pilot.press("right", "right")
            await pilot.pause()
        assert [len(titles) for titles in seen] == [2, 2, 2], seen
        assert len({title for titles in seen for title in titles}) == 6
        assert screen.focused is screen.figures, "round and back at the first"
        await pilot.press("shift+tab")
        assert screen.focused is screen.people
        assert "无人在岗的岗位 1" in screen_text(app)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (("down", "enter"), "source:phone"),
        (("right", "right", "enter"), "柏华社区"),
        (("right", "right", "right", "down", "enter"), "锦霞社区"),
        (("left", "left", "enter"), "reported>=2026-07-20T09:00 reported<2026-07-20T10:00"),
    ],
)
async def test_enter_shows_what_is_behind_a_line(backend: MemoryBackend, keys: tuple[str, ...], words: str) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await overview(pilot)
        await until(pilot, lambda: screen.map.drawing is not None, "map")
        await pilot.press(*keys)
        await until(pilot, lambda: isinstance(app.screen, QueueScreen), "queue")
        queue = app.screen
        assert isinstance(queue, QueueScreen)
        await until(pilot, lambda: queue.words == words, "filter")
        assert words in screen_text(app), "the filter is in view"
        await pilot.press("escape")
        await until(pilot, lambda: queue.words == "", "Escape shows all again")


async def test_a_deadline_leads_to_its_ticket_and_a_post_into_the_tree(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await overview(pilot)
        await pilot.press("right", "enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen), "ticket")
        assert "20260720-0001" in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen, "back")
        await pilot.press("left", "left", "enter")
        await until(pilot, lambda: isinstance(app.screen, DispatchScreen), "dispatch")
        tree = app.screen
        assert isinstance(tree, DispatchScreen)
        await until(pilot, lambda: tree.posts.key == "planning" and tree.focused is tree.posts, "post")


async def test_keys_work_on_the_ticket_of_the_deadlines_only(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await overview(pilot)
        await pilot.press("f8")
        await until(pilot, lambda: said(app, "没有选中工单") or bool(banner_text(app)))
        assert not backend.done
        await pilot.press("escape", "right", "f7")
        await until(pilot, lambda: "受理" in screen_text(app), "menu")


async def test_the_mouse_chooses_an_area(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await overview(pilot)
        await until(pilot, lambda: screen.map.drawing is not None, "map")
        drawing = screen.map.drawing
        assert drawing is not None
        spot = drawing.spots[3]
        assert spot is not None
        for _click in range(2):
            await pilot.click(screen.map, offset=(spot.column, spot.row))
        await until(pilot, lambda: isinstance(app.screen, QueueScreen), "queue")
        assert isinstance(app.screen, QueueScreen)
        assert app.screen.words == "阳光社区"


async def test_without_a_map_there_is_the_tree_of_units(backend: MemoryBackend) -> None:
    backend.with_map = False
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await overview(pilot)
        await pilot.press("right", "right", "right")
        assert screen.focused is screen.grids
        assert "- 柏华社区第1网格" in screen_text(app)
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen) and app.screen.words == "grid:c0-1", "grid")


async def test_it_is_read_again_when_something_changed_but_not_at_every_change(backend: MemoryBackend) -> None:
    clock = [NOW]
    app = street_app(backend, clock)
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await overview(pilot)
        reads = backend.overviews
        backend.tickets.append(made_row(60))
        for _change in range(5):
            screen.changed()
            await pilot.pause()
        assert backend.overviews == reads
        clock[0] += REFRESH_EVERY
        app.now = clock[0]
        screen.tick(clock[0])
        await until(pilot, lambda: screen.view is not None and screen.view.open == 61, "new figures")
        assert backend.overviews == reads + 1


async def test_a_failed_reading_is_a_banner(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await overview(pilot)
        backend.broken = RuntimeError("gone")
        screen._read()
        await until(pilot, lambda: said(app, "RuntimeError"), "banner")
        assert "合计" in screen_text(app), "what was read stays in view"


async def test_hostile_names_are_shown_harmless(backend: MemoryBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.console.memory.PLACES", (HOSTILE, "锦霞社区"))
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await overview(pilot)
        await until(pilot, lambda: screen.map.drawing is not None, "map")
        text = screen_text(app)
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "坏名字" in text


async def test_a_tick_sends_the_countdowns_and_nothing_else(
    backend: MemoryBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most the seconds of the deadlines in view: well below the 150 bytes a second of an idle screen."""
    count_output(monkeypatch)
    clock = [NOW]
    app = street_app(backend, clock)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await overview(pilot)
        driver = app._driver
        assert isinstance(driver, CountingDriver)
        await still(pilot, driver)
        spent = []
        for _second in range(5):
            clock[0] += 1
            app.now = clock[0]
            screen.tick(clock[0])
            await pilot.pause()
            spent.append(driver.bytes())
        assert 0 < sum(spent) / 5 <= 150, spent
        await pilot.press("right", "right", "right", "right")
        await still(pilot, driver)
        clock[0] += 1
        app.now = clock[0]
        screen.tick(clock[0])
        await pilot.pause()
        assert driver.bytes() == 0, "where no deadline is in view nothing is sent"


async def test_it_speaks_english(backend: MemoryBackend) -> None:
    with speaking("en"):
        app = street_app(backend)
        async with app.run_test(size=(160, 50)) as pilot:
            await ready(pilot)
            await pilot.press("v")
            await until(pilot, lambda: "Posts without staff: 1" in screen_text(app))
            assert "By source" in screen_text(app)


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize(("language", "here", "last"), [("zh", "[5总览]", "F10退出"), ("en", "[5Overview]", "F10Quit")])
async def test_the_footer_leads_here_and_is_never_cut(
    backend: MemoryBackend, width: int, language: str, here: str, last: str
) -> None:
    """Where there is room for all, a click on it does; where there is not, other keys give way to where one is."""
    with speaking(language):
        app = street_app(backend)
        async with app.run_test(size=(width, 24)) as pilot:
            await ready(pilot)
            footer = screen_text(app).splitlines()[-1]
            assert last in footer
            place = footer.find("5" + here[2:-1])
            assert place >= 0 or (language, width) == ("en", 80)
            if place >= 0:
                await pilot.click(KeyBar, offset=(len(footer[:place].encode("gbk")), 0))
            else:
                await pilot.press("5")
            await until(pilot, lambda: isinstance(app.screen, OverviewScreen))
            await until(pilot, lambda: here in screen_text(app).splitlines()[-1])
            assert last in screen_text(app).splitlines()[-1]
