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

from console import keys
from console.widgets.fields import ChoiceField, TextField
from console.widgets.lines import LinesView
from console.widgets.queue_view import QueueView
from data.errors import BadInput
from tests.console import key_sheet


@pytest.fixture(autouse=True)
def _own_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "ACTIONS", keys.ACTIONS)


def test_other_keys_are_taken_over() -> None:
    keys.rebind({"pane.queue": "f11, ctrl+y"})
    assert next(item.keys for item in keys.ACTIONS if item.id == "pane.queue") == ("f11", "ctrl+y")
    assert any(binding.key == "f11,ctrl+y" for binding in keys.bindings("app") if not isinstance(binding, tuple))


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"pane.nowhere": "f11"}, "no such action"),
        ({"pane.queue": " , "}, "no key"),
        ({"pane.queue": "f3"}, "taken by"),
    ],
)
def test_what_cannot_be_followed_is_refused(wanted: dict[str, str], words: str) -> None:
    before = keys.ACTIONS
    with pytest.raises(BadInput) as caught:
        keys.rebind(wanted)
    assert words in caught.value.en
    assert keys.ACTIONS is before


@pytest.mark.parametrize("digit", "123456789")
@pytest.mark.parametrize("sent", ["\x1b{}", "\x1b[{code};3u"])
def test_alt_with_a_digit_arrives_from_every_terminal(sent: str, digit: str) -> None:
    """Most terminals send Escape and the digit, those with newer key reports a number of its own."""
    (event,) = XTermParser(False).feed(sent.format(digit, code=ord(digit)))
    assert isinstance(event, Key)
    bound = BindingsMap(keys.bindings("screen")).get_bindings_for_key(event.key)
    assert [binding.action for binding in bound] == [f"screen.view('{digit}')"]


def test_the_file_is_read_before_anything_is_drawn(home: Path, repository: Path) -> None:
    folder = home / "config" / "zhihui"
    folder.mkdir(parents=True)
    (folder / "keys.toml").write_text('"pane.queue" = "f3"\n', encoding="utf-8")
    code = "from console.run import read_keymap; read_keymap()"
    done = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=False)
    assert "BadInput" in done.stderr
    assert "f3" in done.stderr


def test_the_printed_sheet_is_the_table() -> None:
    """`python -m tests.console.key_sheet` writes it anew."""
    assert key_sheet.SHEET.read_text(encoding="utf-8") == key_sheet.sheet()


@pytest.mark.parametrize("widget", [QueueView, LinesView, TextField, ChoiceField])
def test_a_widget_takes_no_key_of_an_action_away(widget: type[Widget]) -> None:
    """Lists and fields keep the keys of moving and typing for themselves, and no others."""
    moving = {"up", "down", "left", "right", "pageup", "pagedown", "home", "end", "enter", "space", "j", "k"}
    own = {key for binding in widget.BINDINGS if isinstance(binding, Binding) for key in binding.key.split(",")}
    assert own - moving <= {str(digit) for digit in range(10)}
