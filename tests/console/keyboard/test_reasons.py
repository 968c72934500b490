"""Help runs what it names; what cannot run says why everywhere; a broken keymap opens the console and is said."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.dialogs.choose import MenuDrawer, SearchDrawer
from console.dialogs.help import HelpDrawer
from console.widgets.bars import KeyBar
from console.widgets.lines import LinesView
from tests.console.conftest import StreetCopy
from tests.console.memory import MemoryBackend, made_row
from tests.console.pilots import banner_text, ready, said, screen_text, street_app, until
from tests.console.terminals import Emulator, Session, console_on, environment

F5, F10 = "\x1b[15~", "\x1b[21~"


async def _chosen(pilot: Pilot[None], words: str, key: str) -> LinesView:
    """Narrow an open search by words until its cursor stands on a key."""
    await pilot.press(*words)
    view = pilot.app.screen.query_one(".drawer--list", LinesView)
    await until(pilot, lambda: view.key == key, f"{words}: {view.key}")
    return view


@pytest.mark.parametrize(
    ("words", "key", "wanted"),
    [
        ("shixian", "pane.timers", "timers"),
        ("paiban", "pane.roster", "roster"),
        ("zzzz", "", ""),
        ("banli", "actions", "MenuDrawer"),
        ("zonglan", "pane.overview", "overview"),
    ],
)
async def test_enter_in_the_help_runs_the_action(words: str, key: str, wanted: str) -> None:
    app = street_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpDrawer))
        if not key:  # nothing is found: Enter does nothing
            await pilot.press(*words, "enter")
            await until(pilot, lambda: "没有找到" in screen_text(app))
            assert isinstance(app.screen, HelpDrawer)
            return
        await _chosen(pilot, words, key)
        await pilot.press("enter")
        await until(pilot, lambda: wanted in (app.current_mode, type(app.screen).__name__), wanted)


async def _where(app: ZhihuiApp, pilot: Pilot[None], place: str) -> None:
    await until(pilot, lambda: bool(app.status.centre))
    if place == "overview":
        await pilot.press("5")
        await until(pilot, lambda: app.current_mode == "overview")
    await app._beat()


@pytest.mark.parametrize(
    ("place", "key", "action", "letters", "title", "reason"),
    [
        ("empty queue", "f7", "actions", "banli", "F7办理", "没有选中工单"),
        ("overview", "8", "as_proposed", "ajy", "", "没有选中工单"),
        ("observer", "f8", "next", "xiayibu", "F8下一步", "这里是只读观察"),
    ],
)
async def test_what_cannot_run_says_why_in_the_bottom_line_the_help_and_the_palette(
    place: str, key: str, action: str, letters: str, title: str, reason: str
) -> None:
    backend = MemoryBackend([] if place == "empty queue" else [made_row(number) for number in range(9)])
    backend.read_only = place == "observer"
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await _where(app, pilot, place)
        if title:
            bar = app.screen.query_one(KeyBar)
            await until(pilot, lambda: action in bar.off)
            foot = screen_text(app).splitlines()[-1]
            before, after = foot[foot.index(title) - 1], foot[foot.index(title) + len(title)]
            assert before in "(|", foot
            assert after in ")|", foot
        await pilot.press(key)
        await until(pilot, lambda: said(app, reason), f"{key} in the banner: {banner_text(app)}")
        for opening, kind in (("f1", HelpDrawer), ("f12", SearchDrawer)):
            await pilot.press(opening)
            await until(pilot, lambda: isinstance(app.screen, kind))  # noqa: B023
            view = app.screen.query_one(".drawer--list", LinesView)
            await pilot.press(*letters)

            def line(view: LinesView = view) -> str:
                return "".join(text for one in view.lines if one.key == action for text, _part in one.parts)

            await until(pilot, lambda: f"x {reason}" in line(), opening)
            await pilot.press("escape", "escape")
            await until(pilot, lambda: app.screen is app.duty_screen)


async def test_a_key_of_another_screen_says_so() -> None:
    app = street_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await _where(app, pilot, "overview")
        await pilot.press("9")
        await until(pilot, lambda: said(app, "本界面没有此操作"))


async def test_choosing_it_in_the_help_says_why_as_its_key_does() -> None:
    app = street_app(MemoryBackend([]))
    async with app.run_test(size=(120, 36)) as pilot:
        await _where(app, pilot, "queue")
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpDrawer))
        await _chosen(pilot, "banli", "actions")
        await pilot.press("enter")
        await until(pilot, lambda: said(app, "没有选中工单"))
        assert not isinstance(app.screen, MenuDrawer)


@pytest.fixture
def broken_keymap(home: Path) -> Path:
    folder = home / "config" / "zhihui"
    folder.mkdir(parents=True)
    (folder / "keys.toml").write_text('"pane.queue" = "ctrl+v"\nthemee = "f9"\n', encoding="utf-8")
    return folder


def test_a_broken_keymap_opens_the_console_and_is_said(broken_keymap: Path, street_copy: StreetCopy) -> None:
    desk, officer = street_copy()
    desk.store.close()
    assert os.environ["XDG_CONFIG_HOME"] == str(broken_keymap.parent)
    with console_on(desk.store.path, officer, Emulator(120, 30)) as session:
        session.until(lambda text: "按键设置 第 2 行 themee" in text and "现用默认按键" in text)
        session.press(F5)
        session.until("F5时限]")
        session.press("\x1bOQ")
        session.until("F2队列]")
        session.press(F10)
        assert session.ended() == 0


@pytest.mark.slow
def test_a_training_says_it_too(broken_keymap: Path) -> None:
    command = [sys.executable, "-m", "console", "train", "AS-8"]
    session = Session(command, Emulator(120, 30), environment())
    try:
        session.until(lambda text: "按键设置 第 2 行 themee" in text)
        session.press("\x1b")
        session.press(F10)
        assert session.ended() == 0
    finally:
        session.close()
