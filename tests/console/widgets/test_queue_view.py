"""The list of tickets on a million rows: what it shows, what it sends, and that nothing shifts under the reader."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from console import i18n
from console.app import ZhihuiApp
from console.ports import QueueRow
from console.widgets.pages import MemoryProvider
from console.widgets.queue_view import QueueView
from data.queries.counted import Counted, capped
from tests.console.counting import CountingDriver, count_output
from tests.console.list_app import ListApp, settle, text_of
from tests.console.memory import NOW, EndlessProvider, MemoryBackend, made_row
from tests.console.pilots import until

MILLION = 1_000_000
SIZE = (160, 50)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    i18n.set_language("zh")


async def test_a_million_rows_open_with_two_reads() -> None:
    provider = EndlessProvider(MILLION)
    app = ListApp(provider)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        assert app.view.total == MILLION
        assert provider.asked <= 2
        assert "井盖破损" in text_of(app.view, 1)
        assert text_of(app.view, 0).rstrip().endswith("1/1,000,000")


async def test_moves_over_the_whole_list() -> None:
    app = ListApp(EndlessProvider(MILLION))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        for key, line in [
            ("end", MILLION - 1),
            ("up", MILLION - 2),
            ("home", 0),
            ("pagedown", 48),
            ("j", 49),
            ("k", 48),
        ]:
            await pilot.press(key)
            await settle(pilot, app.view)
            assert app.view.cursor == line, key
            row = app.view.row
            assert row is not None
            assert row.id == line + 1


async def test_keys_typed_ahead_of_a_slow_store_all_count() -> None:
    app = ListApp(EndlessProvider(MILLION))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        app.gate.clear()
        await pilot.press("end", "up", "up", "pageup")
        assert app.view.cursor == 0
        app.gate.set()
        await settle(pilot, app.view)
        assert app.view.cursor == MILLION - 1 - 2 - 48


async def test_bytes_per_tick_and_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The budgets for a slow line, on a full screen of live countdowns."""
    count_output(monkeypatch)
    clock = [NOW]
    app = ZhihuiApp(MemoryBackend(provider=EndlessProvider(MILLION)), lambda: clock[0])
    async with app.run_test(size=SIZE) as pilot:
        view = app.screen.query_one(QueueView)
        driver = app._driver
        assert isinstance(driver, CountingDriver)

        async def measured(seconds: int = 0, key: str = "") -> int:
            """What a tick or a key sends, without what follows when the cursor rests."""
            driver.take()
            clock[0] += seconds
            if seconds:
                await app._beat()
            if key:
                await pilot.press(key)
            await settle(pilot, view)
            return driver.bytes()

        await settle(pilot, view)
        await pilot.pause(0.4)
        found = {"first paint": driver.bytes(), "tick": await measured(1), "down": await measured(key="down")}
        await pilot.pause(0.4)
        await measured(key="pagedown")
        await pilot.pause(0.4)
        found |= {
            "scroll by one": await measured(key="up"),
            "end": await measured(key="end"),
            "page": await measured(key="pageup"),
        }
        await pilot.pause(0.4)
        found["quiet"] = await measured()
        found["far tick"] = await measured(1)
    print(found)
    assert found["first paint"] <= 40_000
    assert 0 < found["tick"] <= 1000
    assert 0 < found["down"] <= 1000
    assert 0 < found["scroll by one"] <= 1_000
    assert 0 < found["page"] <= 15_000
    assert found["quiet"] == 0
    assert found["far tick"] <= 100


async def test_the_cursor_stays_on_its_ticket_when_the_list_is_read_anew() -> None:
    rows = [made_row(number) for number in range(300)]
    provider = MemoryProvider(rows)
    app = ListApp(provider)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        await pilot.press("pagedown", "down", "space")
        ticket = app.view.cursor_id
        on_screen = app.view.cursor - int(app.view.scroll_offset.y)
        provider.all = sorted(
            [*provider.all, made_row(900, NOW - 9000), made_row(901, NOW - 8000)], key=lambda row: row.key
        )
        app.view.catch_up()
        await settle(pilot, app.view)
        assert app.view.cursor_id == ticket
        assert app.view.cursor - int(app.view.scroll_offset.y) == on_screen
        assert app.view.total == 302
        assert app.view.marks.ids == {50}


async def test_new_tickets_are_counted_and_shift_nothing() -> None:
    provider = MemoryProvider([made_row(number) for number in range(300)])
    app = ListApp(provider)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        await pilot.press("down")
        before = [text_of(app.view, y) for y in range(1, 40)]
        provider.all = sorted(
            [*provider.all, *[made_row(900 + n, NOW - 9000) for n in range(12)]], key=lambda row: row.key
        )
        app.view.changed()
        await settle(pilot, app.view)
        assert [text_of(app.view, y) for y in range(1, 40)] == before
        assert "+12" in text_of(app.view, 0)
        await pilot.press("home")
        await settle(pilot, app.view)
        assert "+12" not in text_of(app.view, 0)
        assert app.view.total == 312
        assert app.view.cursor_id == 901


class Capped(MemoryProvider):
    """Counted up to 500."""

    def count(self) -> Counted:
        return capped(len(self.all), 500)


async def test_more_than_was_counted_is_said_and_news_at_the_top_are_seen() -> None:
    provider = Capped([made_row(number) for number in range(700)])
    app = ListApp(provider)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        assert text_of(app.view, 0).rstrip().endswith("1/500+")
        await pilot.press("end")
        await settle(pilot, app.view)
        assert app.view.cursor_id == 700
        await pilot.press("home", "down")
        await settle(pilot, app.view)
        app.view.changed()
        await settle(pilot, app.view)
        assert not app.view.stale
        provider.all = [made_row(900, NOW - 9000), *provider.all]
        app.view.changed()
        await settle(pilot, app.view)
        assert "已变动" in text_of(app.view, 0)
        await pilot.press("home")
        await settle(pilot, app.view)
        assert app.view.cursor_id == 901


async def test_a_ticket_that_leaves_stays_in_its_place_and_says_so() -> None:
    provider = MemoryProvider([made_row(number) for number in range(300)])
    app = ListApp(provider)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        await pilot.press("down", "down")
        before = [text_of(app.view, y) for y in range(1, 40)]
        provider.all = [row for row in provider.all if row.id != 5]
        app.view.changed()
        await settle(pilot, app.view)
        after = [text_of(app.view, y) for y in range(1, 40)]
        assert [line for number, line in enumerate(after) if number != 4] == [
            line for number, line in enumerate(before) if number != 4
        ]
        assert "已离列" in after[4]
        assert "+1" not in text_of(app.view, 0)
        assert "已变动" in text_of(app.view, 0)
        await pilot.press("home")
        await settle(pilot, app.view)
        assert app.view.total == 299
        assert "已变动" not in text_of(app.view, 0)


async def test_at_the_top_new_tickets_come_in_by_themselves() -> None:
    provider = MemoryProvider([made_row(number) for number in range(30)])
    app = ListApp(provider)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        provider.all = [made_row(900, NOW - 9000), *provider.all]
        app.view.changed()
        await settle(pilot, app.view)
        assert app.view.total == 31
        assert app.view.pending == 0
        assert app.view.cursor_id == 1


HOSTILE = [
    "\x1b]0;pwned\x07\x1b[2J\x9b31m",
    "[@click=app.quit]点我[/]",
    "楼道[/]灯坏",
    "[/foo][link=file:///etc/passwd]x[/link]",
    "[a区3号]漏水",
    "\u202egnp.exe\u200b\ufeff" + "e" + "\u0301" * 50,
    "长" * 10_000,
    "一\n二\r\n三\t四\x00",
    "👨‍👩‍👧 🇨🇳 ﷽",
]


async def test_hostile_text_is_shown_and_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    count_output(monkeypatch)
    rows = [QueueRow(n + 1, 1, NOW + n, f"c{n}", title=text, place=text, holder=text) for n, text in enumerate(HOSTILE)]
    app = ListApp(MemoryProvider(rows))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        lines = [text_of(app.view, y) for y in range(1, len(rows) + 1)]
        assert "[@click=app.quit]点我[/]" in lines[1]
        assert "楼道[/]灯坏" in lines[2]
        for y in range(50):
            assert app.view.render_line(y).cell_length == SIZE[0]
        for line in lines:
            assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in line)
        await pilot.click(QueueView, offset=(40, 2))
        assert app.is_running


async def test_a_failed_page_is_a_message_and_the_list_stays() -> None:
    class Failing(EndlessProvider):
        broken = False

        def after(self, key: tuple[int, int] | None, size: int, skip: int = 0) -> Sequence[QueueRow]:
            if self.broken:
                raise OSError("disk")
            return super().after(key, size, skip)

        before = after  # type: ignore[assignment]

    failures: list[Exception] = []

    class Watching(ListApp):
        def on_list_reading_failed(self, event: QueueView.Failed) -> None:
            failures.append(event.error)

    provider = Failing(MILLION)
    app = Watching(provider)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        provider.broken = True
        await pilot.press("end")
        await settle(pilot, app.view)
        assert [str(error) for error in failures] == ["disk"]
        assert "井盖破损" in text_of(app.view, 1)


async def test_a_click_moves_and_a_second_click_opens() -> None:
    picked: list[int] = []

    class Watching(ListApp):
        def on_queue_view_picked(self, event: QueueView.Picked) -> None:
            picked.append(event.row.id)

    app = Watching(EndlessProvider(MILLION))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        await pilot.click(QueueView, offset=(20, 5))
        assert app.view.cursor == 4
        await pilot.click(QueueView, offset=(20, 5))
        await pilot.pause()
        assert picked == [5]


async def test_an_empty_list_says_so() -> None:
    app = ListApp(MemoryProvider([]))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, app.view)
        assert "没有" in "".join(text_of(app.view, y) for y in range(24))
        await pilot.press("down", "end", "enter", "space")
        assert app.view.row is None


async def test_the_first_ticket_of_an_empty_list_is_shown_at_once() -> None:
    """Whatever was pressed before: there is nobody's place to be kept."""
    provider = MemoryProvider([])
    app = ListApp(provider)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        await pilot.press("down", "end")
        provider.all = [made_row(0)]
        app.view.changed()
        await settle(pilot, app.view)
        assert (app.view.total, app.view.pending) == (1, 0)
        assert app.view.row == made_row(0)


class Breaking(MemoryProvider):
    """A short list that can be broken."""

    broken = False

    def count(self) -> int:
        if self.broken:
            raise OSError("disk")
        return super().count()


async def test_a_list_that_could_not_be_read_never_says_that_nothing_is_open() -> None:
    provider = Breaking([made_row(number) for number in range(3)])
    provider.broken = True
    app = ListApp(provider)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, app.view)
        assert "没有读到" in text_of(app.view, 2)
        provider.broken = False
        await pilot.press("home")
        await settle(pilot, app.view)
        assert "井盖破损" in text_of(app.view, 1)


async def test_a_list_that_could_not_be_read_shows_by_itself_when_it_can() -> None:
    provider = Breaking([])
    provider.broken = True
    app = ListApp(provider)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, app.view)
        provider.all, provider.broken = [made_row(0)], False
        app.view.changed()
        await until(pilot, lambda: app.view.total == 1)
        await settle(pilot, app.view)
        assert "井盖破损" in text_of(app.view, 1)
        assert app.view.cursor_id == 1
