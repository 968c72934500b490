"""The console as a whole: engine silence, notices, officer, palette, help, what is closed, crashes, live changes."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from console.app import ZhihuiApp
from console.dialogs.choose import SearchDrawer
from console.dialogs.help import HelpDrawer
from console.keyboard.order import DRAWER_PATIENCE, KeyDone
from console.keyboard.table import ACTIONS, actions_of
from console.ports import Heartbeat, NoticeRow
from console.screens.queue import QueueScreen
from console.screens.timers import TimersScreen
from console.widgets.bars import Banner, StatusBar
from console.widgets.queue_view import QueueView
from tests.console.counting import CountingDriver, count_output
from tests.console.memory import NOW, MemoryBackend, made_row
from tests.console.pilots import banner_text, ready, screen_text, speaking, street_app, until


@pytest.fixture
def backend() -> MemoryBackend:
    return MemoryBackend([made_row(number) for number in range(60)])


async def test_a_silent_engine_is_red_everywhere_and_deadlines_still_show(backend: MemoryBackend) -> None:
    clock = [NOW]
    app = street_app(backend, clock)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        assert not app.screen.query_one(StatusBar).has_class("-silent")
        backend.heartbeat = Heartbeat(11, "console")
        for pane in ("f2", "f3", "f4", "f5", "f6"):
            await pilot.press(pane)
            clock[0] += 1
            await app._beat()
            await until(pilot, lambda: app.screen.query_one(StatusBar).has_class("-silent"), pane)
            assert "引擎静默 11 秒" in screen_text(app)


async def test_notices_show_ring_and_are_noted_as_seen(backend: MemoryBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[int] = []
    app = street_app(backend)
    monkeypatch.setattr(app, "bell", lambda: rung.append(1))
    backend.news = [NoticeRow(5, "warning", "旧通知")]
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: banner_text(app) == "旧通知")
        assert rung == []
        backend.news += [
            NoticeRow(6, "alarm", "20260720-0001 已超期[/]", 1),
            NoticeRow(7, "alarm", "再次超期\x1b[2J", 1),
        ]
        backend.mark += 1
        await until(pilot, lambda: banner_text(app).startswith("再次超期"))
        await until(pilot, lambda: bool(rung))
        assert rung == [1], "two alarms that come together ring once"
        assert "\x1b" not in banner_text(app)
        await pilot.press("0")
        await until(pilot, lambda: sorted(backend.seen) == [6, 7])
        assert banner_text(app) == "旧通知"


async def test_the_officer_is_asked_once(backend: MemoryBackend) -> None:
    backend.officer = None
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, SearchDrawer))
        await pilot.press(*"zhou", "enter")
        await until(pilot, lambda: backend.officer == "zhou")
        await app._beat()
        await pilot.pause(0.1)
        assert not isinstance(app.screen, SearchDrawer)


async def test_the_palette_finds_by_initials_and_runs(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("：")
        await until(pilot, lambda: isinstance(app.screen, SearchDrawer))
        text = screen_text(app).lower()
        assert "screenshot" not in text
        await pilot.press(*"sx", "enter")
        await until(pilot, lambda: isinstance(app.screen, TimersScreen))


@pytest.mark.parametrize(
    ("typed", "words"),
    [("csgx", "岗位:城市更新岗"), ("chengshi", "岗位:城市更新岗"), ("吴", "岗位:城市更新岗"), ("jgqs", "事项:M0101")],
    ids=["initials", "pinyin", "person", "matter"],
)
async def test_the_palette_leads_to_the_tickets_of_a_unit_or_a_matter(
    backend: MemoryBackend, typed: str, words: str
) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("f5", "f12", *typed, "enter")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen) and app.screen.words == words)


async def test_the_palette_opens_without_a_store(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        backend.broken_words = OSError("gone")
        await pilot.press("f12", *"sx", "enter")
        await until(pilot, lambda: isinstance(app.screen, TimersScreen))


async def test_help_explains_the_focused_part_and_lists_every_key(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 50)) as pilot:
        await ready(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpDrawer) and "首列为倒计时" in screen_text(app))
        from console.widgets.lines import LinesView

        lines = "\n".join(
            "".join(text for text, _part in line.parts)
            for line in app.screen.query_one(".drawer--list", LinesView).lines
        )
        from console.i18n import _

        for action in actions_of("queue"):
            assert _(action.title) in lines


async def test_english_on_request(backend: MemoryBackend) -> None:
    with speaking("en"):
        app = street_app(backend)
        async with app.run_test(size=(160, 50)) as pilot:
            await ready(pilot)
            assert "F2Queue" in screen_text(app)
            assert "engine ok" in screen_text(app)


async def test_the_clock_rests_while_somebody_types(backend: MemoryBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    """An input method's window must not be repainted away."""
    count_output(monkeypatch)
    clock = [NOW]
    app = street_app(backend, clock)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("slash")
        assert isinstance(app.focused, Input)
        clock[0] += 1
        app._drawn_at = clock[0]
        await pilot.pause(0.3)
        driver = app._driver
        assert isinstance(driver, CountingDriver)
        driver.take()
        for _second in range(4):
            clock[0] += 1
            await app._beat()
            await pilot.pause(0.05)
        assert driver.take() == ""
        clock[0] += 2
        await app._beat()
        await pilot.pause(0.05)
        assert driver.take()


async def test_a_change_elsewhere_is_seen(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        backend.tickets.insert(0, made_row(500, NOW - 99_999))
        backend.mark += 1
        await until(pilot, lambda: view.total == 61)


async def test_what_could_start_programs_or_copy_the_screen_is_closed(
    backend: MemoryBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    import webbrowser

    monkeypatch.setattr(webbrowser, "open", lambda *_: pytest.fail("a browser was started"))
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        app.open_url("https://example.org")
        app.action_suspend_process()
        assert app.deliver_screenshot() is None
        await pilot.press("ctrl+z", "ctrl+c")
        assert app.is_running


async def crash(app: ZhihuiApp, secret: str) -> None:
    """Run the app into an unexpected error."""
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)

        def fail() -> None:
            hidden = secret
            raise ZeroDivisionError(hidden)

        app.call_later(fail)
        await pilot.pause(0.2)


async def test_a_crash_shows_a_number_and_no_values(backend: MemoryBackend, home: Path) -> None:
    app = street_app(backend)
    secret = "机密内容"
    printed: list[object] = []
    app._print_error_renderables = lambda: printed.extend(app._exit_renderables)  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        await crash(app, secret)
    shown = "".join(str(item) for item in app._exit_renderables or printed)
    logs = "".join(path.read_text(encoding="utf-8") for path in home.rglob("*.log"))
    assert "控制台已停止" in shown
    assert "ZeroDivisionError" in logs
    assert secret not in shown + logs


def test_every_main_action_works_under_an_input_method() -> None:
    """Letters never arrive while Chinese is typed: each action of the footer has another key."""
    for action in ACTIONS:
        if action.footer:
            assert action.keys[0].removeprefix("f").isdigit(), action.id


@pytest.mark.parametrize("screen", ["queue", "dispatch", "leaders", "timers", "ticket", "intake"])
def test_no_key_means_two_things_on_a_screen(screen: str) -> None:
    seen: dict[str, str] = {}
    for action in actions_of(screen):
        for key in action.keys:
            assert key not in seen, f"{key}: {seen.get(key)} and {action.id}"
            seen[key] = action.id


def test_ids_are_unique() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


async def test_every_key_and_screen_survives_a_small_terminal(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(40, 10)) as pilot:
        await ready(pilot)
        for key in (
            "f2",
            "f3",
            "f4",
            "f5",
            "f6",
            "f2",
            "f1",
            "escape",
            "f7",
            "escape",
            "f12",
            "escape",
            "f9",
            "enter",
            "escape",
        ):
            await pilot.press(key)
            await pilot.pause()
        assert isinstance(app, ZhihuiApp)
        assert app.is_running
        assert app.screen.query(Banner)


def burst(app: ZhihuiApp, *keys: str) -> None:
    """Keys that arrive all at once, as they do after a stall of the line."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_what_is_typed_ahead_reaches_the_field_it_was_meant_for(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        burst(app, "slash", "a", "d", "r")
        await until(pilot, lambda: isinstance(app.focused, Input) and app.focused.value == "adr")
        assert backend.done == []
        burst(app, "escape", "escape", "down", "down")
        await until(pilot, lambda: view.ready and view.cursor == 2)


async def test_what_is_typed_ahead_waits_for_a_drawer_that_opens(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        burst(app, "f7", "2", *"重复来件", "enter")
        await until(pilot, lambda: bool(backend.done))
        assert backend.done == [("refuse", "20260720-0001", 1, {"reason": "重复来件"})]
        burst(app, "d", *"yjgl", "enter", "down")
        await until(pilot, lambda: len(backend.done) == 2)
        assert backend.done[1][0] == "dispatch"
        assert backend.done[1][3] == {"to": "emergency"}


async def test_what_was_typed_for_a_refused_drawer_does_nothing(backend: MemoryBackend) -> None:
    """Ctrl+D is refused: the name typed ahead for it must not act on the list as letters."""
    backend.choices = [
        replace(choice, allowed=choice.verb not in ("accept", "dispatch"), reason="现在不能派单")
        for choice in backend.choices
    ]
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        burst(app, "ctrl+d", *"ajkzs", "enter")
        await until(pilot, lambda: "现在不能派单" in screen_text(app))
        await pilot.press("down")
        await until(pilot, lambda: view.cursor == 1)
        assert app.screen.query_one(QueueView) is view
        assert backend.done == []


async def test_a_drawer_that_never_comes_holds_nothing_up(backend: MemoryBackend) -> None:
    app = street_app(backend)
    backend.broken = OSError("disk")
    async with app.run_test(size=(120, 36)) as pilot:
        view = app.screen.query_one(QueueView)
        await until(pilot, lambda: view.ready and view.total == 60)
        burst(app, "f7", "down", "down")
        await until(pilot, lambda: not app._waiting_keys and "OSError" in screen_text(app))
        await pilot.press("down")
        await until(pilot, lambda: view.cursor == 1)


async def test_a_whole_form_can_be_typed_ahead(backend: MemoryBackend) -> None:
    """Field after field in one burst: each character lands in its own field."""
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        burst(app, "f6", *"ab", "enter", *"cd", "enter", *"ef", "f8")
        await until(pilot, lambda: bool(backend.done))
        values = backend.done[0][3]
        assert (values["title"], values["address"], values["reporter_name"]) == ("ab", "cd", "ef")


async def test_keys_typed_for_a_drawer_that_never_came_are_dropped(backend: MemoryBackend) -> None:
    """They must not act on whatever has the focus instead."""
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        app.hold_keys()
        await pilot.press("f5", "f5")
        assert app.screen.query_one(QueueView) is view, "held back"
        app._held_since = time.monotonic() - DRAWER_PATIENCE - 1
        await pilot.press("down")
        await until(pilot, lambda: view.cursor == 1)
        assert app.screen.query_one(QueueView) is view
        assert not app._waiting_keys


async def test_a_key_that_took_too_long_releases_only_itself(backend: MemoryBackend) -> None:
    """Its end comes while the next key is under way; the one behind that must go on waiting."""
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await pilot.press("down")
        app._busy_since = time.monotonic()
        late, app._number = app._number, app._number + 1
        burst(app, "down")
        await app.on_key_done(KeyDone(late))
        assert view.cursor == 1, "the key still waits"
        await app.on_key_done(KeyDone(app._number))
        await until(pilot, lambda: view.cursor == 2)
