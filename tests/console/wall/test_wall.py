"""The wall: turns its pages by the clock, lets alarms through, says what is wrong, changes nothing, never grows."""

from __future__ import annotations

import gc
import tracemalloc
import unicodedata
from dataclasses import replace

import pytest

from console.keyboard import table as keys
from console.ports import Heartbeat
from console.theming.colours import TEXT_CONTRAST, contrast
from console.theming.shelf import ORDER
from console.wall.app import ALARM_SECONDS, HOLD_LIMIT, WallApp
from data.instants import FAR
from tests.console.counting import CountingDriver, count_output
from tests.console.memory import NOW
from tests.console.pilots import speaking, until
from tests.console.scenes import colours_of
from tests.console.wall.street import MemoryWall, made_ticket, made_view, settle, wall_text

EVERY = 15
SIZES = [(80, 24), (120, 36), (160, 50), (200, 60)]


def wall_app(source: MemoryWall, clock: list[int], every: int = EVERY) -> WallApp:
    return WallApp(source, lambda: clock[0], every)


async def test_pages_turn_by_the_clock_and_come_round() -> None:
    clock = [NOW]
    app = wall_app(MemoryWall(), clock)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.wall.page == "总览")
        await settle(pilot, app)
        seen = []
        for _turn in range(len(app.wall._pages)):
            seen.append(app.wall.page)
            clock[0] += EVERY - 1
            await settle(pilot, app)
            assert app.wall.page == seen[-1], "too early"
            clock[0] += 1
            await settle(pilot, app)
        assert app.wall.page == seen[0]
        assert list(dict.fromkeys(seen)) == ["总览", "最近时限", "最新来件", "板块未结", "在岗值班", "时间与引擎"]


async def test_a_held_page_stays_and_goes_on_by_itself_in_the_end() -> None:
    clock = [NOW]
    long_name = replace(made_view().status, centre="春晖路街道基层治理指挥中心（示范）")
    app = wall_app(MemoryWall(made_view(status=long_name)), clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.wall.page == "总览")
        await pilot.press("space")
        clock[0] += EVERY * 3
        await settle(pilot, app)
        assert app.wall.page == "总览"
        assert "[停留]  07-20 09:16 " in wall_text(app)  # whole beside a long name
        await pilot.press("right")
        assert app.wall.page == "最近时限"
        await pilot.press("left", "left")
        assert app.wall.page == "时间与引擎"
        clock[0] += HOLD_LIMIT
        await settle(pilot, app)
        assert "[停留]" not in wall_text(app)
        clock[0] += EVERY
        await settle(pilot, app)
        assert app.wall.page == "总览"


async def test_a_clock_that_is_set_back_does_not_stop_the_wall() -> None:
    clock = [NOW]
    source = MemoryWall()
    app = wall_app(source, clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.wall.page == "总览")
        clock[0] -= 86_400
        await settle(pilot, app)
        looks = source.looks
        clock[0] += EVERY
        await settle(pilot, app)
        assert app.wall.page == "最近时限"
        assert source.looks > looks


@pytest.mark.parametrize("size", SIZES)
async def test_every_page_fits_and_says_what_it_is_about(size: tuple[int, int]) -> None:
    clock = [NOW]
    app = wall_app(MemoryWall(), clock)
    shown: dict[str, str] = {}
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: bool(app.wall.page))
        for _page in range(len(app.wall._pages)):
            await pilot.pause()
            text = wall_text(app)
            assert len(text.splitlines()) == size[1]
            shown[app.wall.page] = shown.get(app.wall.page, "") + text
            await pilot.press("right")
    assert "未 结" in shown["总览"]
    assert "!超期 17" in shown["总览"]
    assert "20260720-0001  " in shown["最近时限"]
    assert "! 已超期（时:分）" in shown["最近时限"]
    assert "20260720-0008" in shown["最新来件"]
    assert "平 安 法 治" in shown["板块未结"]
    assert "!超期 3" in shown["板块未结"]
    assert "陈 一" in shown["在岗值班"]
    assert "! 规 划 建 设 岗" in shown["在岗值班"]
    assert "引 擎 正 常" in shown["时间与引擎"]
    for text in shown.values():
        ambiguous = {char for char in text if unicodedata.east_asian_width(char) == "A"}
        assert not ambiguous


async def test_an_alarm_comes_between_the_pages_in_red_and_in_words() -> None:
    clock = [NOW]
    source = MemoryWall()
    app = wall_app(source, clock)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.wall.page == "总览")
        source.ringing = [made_ticket(3, NOW - 60), made_ticket(4, NOW + 60)]
        clock[0] += 3
        await settle(pilot, app)
        clock[0] += 1
        await settle(pilot, app)
        assert "! 告 警 !" in wall_text(app)
        assert "20260720-0003" in wall_text(app)
        assert app.wall.has_class("-silent")
        clock[0] += ALARM_SECONDS
        await settle(pilot, app)
        assert "20260720-0004" in wall_text(app)
        clock[0] += ALARM_SECONDS
        await settle(pilot, app)
        assert "告 警" not in wall_text(app)
        assert app.wall.page == "总览", "goes on where it was"
        assert not app.wall.has_class("-silent")


async def test_a_silent_engine_turns_every_page_red_and_is_said() -> None:
    clock = [NOW]
    source = MemoryWall()
    app = wall_app(source, clock)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: bool(app.wall.page))
        assert not app.wall.has_class("-silent")
        source.view = replace(source.view, status=replace(source.view.status, heartbeat=Heartbeat(14, "service")))
        clock[0] += 3
        await settle(pilot, app)
        for _page in range(len(app.wall._pages)):
            assert app.wall.has_class("-silent")
            assert "! 引 擎 静 默 14 秒  时限不会自动升级" in wall_text(app)
            await pilot.press("right")
            await pilot.pause()


async def test_a_lost_store_is_said_with_the_age_of_the_figures() -> None:
    clock = [NOW]
    source = MemoryWall()
    app = wall_app(source, clock)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: bool(app.wall.page))
        source.broken = OSError("gone")
        clock[0] += 60
        await settle(pilot, app)
        await until(pilot, lambda: "数据库无响应，显示的是 07-20 09:16:00 的数据" in wall_text(app))
        source.broken = None
        clock[0] += 5
        await settle(pilot, app)
        await until(pilot, lambda: "数据库无响应" not in wall_text(app))


async def test_a_store_that_never_answers_is_said_too() -> None:
    source = MemoryWall()
    source.broken = OSError("gone")
    app = wall_app(source, [NOW])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "数 据 库 无 响 应" in wall_text(app))


async def test_no_key_does_anything_but_turn_hold_and_leave() -> None:
    clock = [NOW]
    app = wall_app(MemoryWall(), clock)
    ours = {"space", "right", "left", "up", "down", "pageup", "pagedown", "enter", "escape", "f10", "ctrl+q", "ctrl+l"}
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(app.wall.page))
        for action in keys.ACTIONS:
            for key in set(action.keys) - ours:
                await pilot.press(key)
        await pilot.press("ctrl+c", "ctrl+z", "ctrl+s")
        assert app.wall.page == "总览"
        assert not app.wall.held
        assert len(app.screen_stack) == 1
        await pilot.press("escape")
    assert app.return_code == 0


async def test_english(monkeypatch: pytest.MonkeyPatch) -> None:
    with speaking("en"):
        app = wall_app(MemoryWall(), [NOW])
        async with app.run_test(size=(120, 36)) as pilot:
            await until(pilot, lambda: "Open tickets" in wall_text(app))
            assert "Space hold, arrows turn, Esc leaves" in wall_text(app)


async def test_odd_tickets_are_drawn() -> None:
    """Paused, without a deadline, hundreds of hours late, confidential, of no known place, with hostile texts."""
    odd = (
        replace(made_ticket(1), paused=True),
        replace(made_ticket(2), due=FAR),
        replace(made_ticket(3), due=NOW - 500 * 86_400),
        replace(made_ticket(4), confidential=True),
        replace(made_ticket(5), place="", code="\x1b[2J" * 20, holder="[red]" * 30),
    )
    app = wall_app(MemoryWall(made_view(nearest=odd, sections=(), on_duty=(), unstaffed=())), [NOW])
    text = ""
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(app.wall.page))
        for _page in range(len(app.wall._pages)):
            await pilot.press("right")
            await pilot.pause()
            text += wall_text(app)
    assert "暂停计时" in text
    assert "天" in text
    assert "保 密 事 件" in text
    assert "地 点 未 定" in text
    assert "无 人 当 班" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]])
@pytest.mark.parametrize("theme", ORDER)
async def test_text_on_the_wall_has_enough_contrast(theme: str, size: tuple[int, int]) -> None:
    clock = [NOW]
    source = MemoryWall()
    app = wall_app(source, clock)
    app.theme = theme
    poor: dict[tuple[str, str], str] = {}
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: bool(app.wall.page))
        for heartbeat in (Heartbeat(1, "x"), Heartbeat(20, "x")):
            source.view = replace(source.view, status=replace(source.view.status, heartbeat=heartbeat))
            clock[0] += 3
            await settle(pilot, app)
            for _page in range(len(app.wall._pages)):
                for strip in app.screen._compositor.render_strips():
                    for segment in strip:
                        if segment.style is not None and (segment.text.strip() or segment.style.reverse):
                            pair = colours_of(segment.style)
                            if contrast(*pair) < TEXT_CONTRAST:
                                poor[pair] = segment.text
                await pilot.press("right")
                await pilot.pause()
    assert poor == {}


async def test_few_bytes_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page with clocks that run to the second, on the largest wall."""
    count_output(monkeypatch)
    clock = [NOW]
    near = tuple(made_ticket(number, NOW + 100 + number) for number in range(1, 5))
    app = wall_app(MemoryWall(made_view(nearest=near)), clock, every=3600)
    async with app.run_test(size=(160, 50)) as pilot:
        await until(pilot, lambda: bool(app.wall.page))
        driver = app._driver
        assert isinstance(driver, CountingDriver)
        await pilot.press("right")
        await settle(pilot, app)
        driver.take()
        spent = []
        for _second in range(20):
            clock[0] += 1
            await settle(pilot, app)
            spent.append(driver.bytes())
        assert sum(spent) / len(spent) < 900, spent
        await pilot.press("left")
        clock[0] += 1
        await settle(pilot, app)
        driver.take()
        clock[0] += 1
        await settle(pilot, app)
        assert driver.bytes() == 0, "a page without running clocks sends nothing"


async def test_it_does_not_grow_over_many_turns() -> None:
    clock = [NOW]
    source = MemoryWall()
    app = wall_app(source, clock, every=3)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(app.wall.page))

        async def live(beats: int) -> int:
            for beat in range(beats):
                clock[0] += 3
                if beat % 10 == 0:
                    source.ringing = [made_ticket(number, clock[0]) for number in range(30)]
                await app.beat()
                await pilot.pause()
            gc.collect()
            return tracemalloc.get_traced_memory()[0]

        tracemalloc.start()
        try:
            await live(20)
            before = await live(60)
            after = await live(120)
        finally:
            tracemalloc.stop()
        assert after - before < 50_000
        assert len(app.alarms) <= 20
