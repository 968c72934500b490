"""The officer's own keys: taken over everywhere, refused when they cannot be followed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from textual._xterm_parser import XTermParser
from textual.binding import Binding, BindingsMap
from textual.events import Key
from textual.widget import Widget

from console import exit_codes
from console.dialogs.choose import MenuDrawer, SearchDrawer
from console.dialogs.hands import HandsDrawer
from console.dialogs.notices import NoticesDrawer
from console.keyboard import keymap
from console.keyboard import table as keys
from console.keyboard.bindings import bindings
from console.keyboard.parts import PARTS
from console.screens.duty import DutyScreen
from console.screens.leaders import LeadersScreen
from console.screens.ticket import TicketScreen
from console.widgets.bars import KeyBar
from console.widgets.fields import ChoiceField, TextField
from console.widgets.lines import LinesView
from console.widgets.queue_view import QueueView
from tests.console import key_sheet
from tests.console.pilots import ready, street_app, until


@pytest.fixture(autouse=True)
def _own_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "ACTIONS", keys.ACTIONS)


def test_other_keys_are_taken_over(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text('"pane.queue" = "f2, ctrl+v"\n', encoding="utf-8")
    assert keymap.follow(str(file)) is None
    assert keys.action("pane.queue").keys == ("f2", "ctrl+v")
    found = bindings("app")
    assert any(binding.key == "f2,ctrl+v" for binding in found if not isinstance(binding, tuple))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"pane.nowhere" = "f11"', ["line 1", "pane.nowhere", "no such action"]),
        ('"pane.queeu" = "f11"', ["did you mean", "pane.queue"]),
        ('"pane.queue" = " , "', ["no key"]),
        ('# mine\n\n"pane.queue" = "f3"', ["line 3", "pane.queue", "f3", "pane.dispatch", "Dispatch", "queue"]),
        ('theme = "up"', ["theme", "up", "lists and fields"]),
        ('theme = "enter"', ["theme", "enter", "lists and fields"]),
        ("theme = [", ["Cannot read"]),
    ],
)
def test_what_cannot_be_followed_changes_nothing_and_is_named(tmp_path: Path, text: str, words: list[str]) -> None:
    before = keys.ACTIONS
    file = tmp_path / "keys.toml"
    file.write_text(text, encoding="utf-8")
    trouble = keymap.follow(str(file))
    assert trouble is not None
    assert [word for word in words if word not in trouble.en] == []
    assert keys.ACTIONS is before


def test_a_broken_keymap_is_checked_by_a_command_and_the_keys_are_shown(home: Path, repository: Path) -> None:
    folder = home / "config" / "zhihui"
    folder.mkdir(parents=True)
    (folder / "keys.toml").write_text('"pane.queue" = "f3"\nthemee = "f9"\n', encoding="utf-8")

    def zhihui(*words: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "console", "--lang", "en", "keys", *words]
        return subprocess.run(line, cwd=repository, capture_output=True, text=True, check=False)

    checked = zhihui("check")
    assert checked.returncode == exit_codes.FAILED
    assert "line 1" in checked.stdout
    assert "did you mean theme" in checked.stdout
    shown = zhihui("show", "--csv")
    assert shown.returncode == exit_codes.OK
    assert "pane.queue,F2 1,Queue" in shown.stdout


@pytest.mark.parametrize("language", sorted(key_sheet.SHEETS))
def test_the_printed_sheets_are_the_table(language: str) -> None:
    """`python -m tests.console.key_sheet` writes them anew."""
    assert key_sheet.SHEETS[language].read_text(encoding="utf-8") == key_sheet.sheet(language)


@pytest.mark.parametrize(
    "widget",
    [QueueView, LinesView, TextField, ChoiceField, MenuDrawer, SearchDrawer, HandsDrawer, NoticesDrawer, TicketScreen],
)
def test_a_part_has_exactly_the_keys_that_its_help_names(widget: type[Widget]) -> None:
    part = next(part for part in PARTS if part.kind == widget.__name__)
    own = {key for binding in widget.BINDINGS if isinstance(binding, Binding) for key in binding.key.split(",")}
    assert own - {item.id for item in keys.ACTIONS} >= set(part.names)
    assert own & set(part.names) == set(part.names)


@pytest.mark.parametrize("widget", [QueueView, LinesView, TextField, ChoiceField])
def test_a_widget_takes_no_key_of_an_action_away(widget: type[Widget]) -> None:
    """Lists and fields keep the keys of moving and typing for themselves, and no others."""
    moving = {"up", "down", "left", "right", "pageup", "pagedown", "home", "end", "enter", "space", "j", "k"}
    own = {key for binding in widget.BINDINGS if isinstance(binding, Binding) for key in binding.key.split(",")}
    assert own - moving <= {str(digit) for digit in range(10)}


WITH_ALT = {key: action for action in keys.ACTIONS for key in action.keys if key.startswith("alt+")}


def test_keys_with_alt_have_digits_only() -> None:
    """How letters arrive with it is another matter."""
    assert WITH_ALT.keys() == {f"alt+{digit}" for digit in range(10)}


@pytest.mark.parametrize("key", WITH_ALT)
@pytest.mark.parametrize("sent", ["\x1b{}", "\x1b[{code};3u"])
def test_alt_with_a_digit_arrives_from_every_terminal(sent: str, key: str) -> None:
    """Most terminals send Escape and the digit, those with newer key reports a number of its own."""
    digit = key[-1]
    (event,) = XTermParser(False).feed(sent.format(digit, code=ord(digit)))
    assert isinstance(event, Key)
    bound = BindingsMap(bindings("screen")).get_bindings_for_key(event.key)
    assert [binding.action for binding in bound] == [WITH_ALT[key].call]


async def test_the_bottom_line_knows_at_once_whether_a_ticket_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not only at the next second."""
    app = street_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        monkeypatch.setattr(DutyScreen, "tick", lambda _screen, _now: None)
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, LeadersScreen) and app.screen.ticket() is not None)
        await until(pilot, lambda: "actions" not in app.screen.query_one(KeyBar).off)
        await pilot.press("f2", "slash", *"zzz", "enter")
        await until(pilot, lambda: app.screen.query_one(QueueView).total == 0)
        await until(pilot, lambda: "actions" in app.screen.query_one(KeyBar).off)


async def test_the_bottom_line_of_a_ticket_knows_it_as_soon_as_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not only at the next second: keys that work stood there as off."""
    app = street_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        monkeypatch.setattr(DutyScreen, "tick", lambda _screen, _now: None)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.shown is not None)
        await until(pilot, lambda: "actions" not in app.screen.query_one(KeyBar).off)
