"""With an input method on, every main action is reached, full-width keys do what half-width ones do, nothing moves."""

from __future__ import annotations

import re

import pytest
from textual.binding import Binding
from textual.screen import Screen

from console.cli.key_echo import name_of
from console.dialogs.choose import MenuDrawer, SearchDrawer
from console.keyboard import table as keys
from console.screens.intake import IntakeScreen
from console.widgets.fields import TextField
from tests.console.counting import CountingDriver, count_output
from tests.console.memory import NOW
from tests.console.pilots import ready, street_app, until

BY_NUMBER = "verb."
"""The operations of a ticket are lines of the menu of F7, by number."""


def arrives(key: str) -> bool:
    """Whether a key comes while an input method is on: letters, and signs that it makes its own, do not."""
    return not re.fullmatch(r"[a-z]", key) and key not in ("slash", "colon", "question_mark", "full_stop")


def test_no_action_is_reached_by_a_letter_alone() -> None:
    only_letters = [item.id for item in keys.ACTIONS if not any(map(arrives, item.keys))]
    assert [name for name in only_letters if not name.startswith(BY_NUMBER)] == []
    assert any(item.id == "actions" and "f7" in item.keys for item in keys.ACTIONS)


def all_screens(kind: type = Screen) -> set[type]:
    return {
        one for sub in kind.__subclasses__() for one in {sub, *all_screens(sub)} if one.__module__[:8] == "console."
    }


def test_no_drawer_has_an_action_by_a_letter_alone() -> None:
    import console.dialogs.changeover
    import console.dialogs.form
    import console.dialogs.help
    import console.dialogs.plan  # noqa: F401

    assert len(all_screens()) > 8
    for screen in all_screens():
        ways: dict[str, set[str]] = {}
        for binding in vars(screen).get("BINDINGS", []):
            # the arrows and Enter reach every line of a menu as well
            if isinstance(binding, Binding) and not binding.id and not binding.action.startswith("number("):
                ways.setdefault(binding.action, set()).update(binding.key.split(","))
        assert [action for action, own in ways.items() if not any(map(arrives, own))] == [], screen


async def test_full_width_keys_do_what_half_width_ones_do() -> None:
    app = street_app()
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await pilot.press("\u3000")
        await until(pilot, lambda: len(view.marks) == 1, "marked by a full-width blank")
        await pilot.press("４")
        await until(pilot, lambda: app.current_mode == "timers", "pane by a full-width digit")
        await pilot.press("１")
        await until(pilot, lambda: app.current_mode == "queue")
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, MenuDrawer))
        await pilot.press("１")
        await until(pilot, lambda: not isinstance(app.screen, MenuDrawer), "menu by a full-width digit")


async def test_full_width_digits_stay_what_they_are_in_a_field() -> None:
    app = street_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, IntakeScreen) and isinstance(app.focused, TextField))
        await pilot.press("１", "２")
        field = app.focused
        assert isinstance(field, TextField)
        await until(pilot, lambda: field.value == "１２")


@pytest.mark.parametrize("key", ["f6", "f12"])
async def test_nothing_is_sent_behind_a_field_and_the_cursor_stays_at_the_caret(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    count_output(monkeypatch)
    clock = [NOW]
    app = street_app(clock=clock)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.focused, TextField))
        await pilot.press("井")
        await pilot.pause(0.3)
        driver, field = app._driver, app.focused
        assert isinstance(driver, CountingDriver)
        assert isinstance(field, TextField)
        if key == "f12":
            assert isinstance(app.screen, SearchDrawer)
        app._drawn_at = clock[0]
        driver.take()
        for _second in range(4):
            clock[0] += 1
            await app._beat()
            await pilot.pause()
        assert driver.take() == ""
        await pilot.press("盖")
        await until(pilot, lambda: bool(driver.sent))
        await pilot.pause(0.2)
        caret = field.cursor_screen_offset
        assert re.findall(r"\x1b\[(\d+);(\d+)H", driver.take())[-1] == (str(caret.y + 1), str(caret.x + 1))


@pytest.mark.parametrize(
    ("heard", "name"),
    [(b"\x1bOP", "F1"), (b"\x1b[[E", "F5"), (b"\x1b[19~", "F8"), (b"\x1b[A", "Up"), (b"\x11", "Ctrl+Q"),
     (b"\r", "Enter"), ("、".encode(), "、"), (b"\x1bx", "Alt+x"), (b"\x1b[?1z", "?")],
)  # fmt: skip
def test_keys_are_named(heard: bytes, name: str) -> None:
    assert name_of(heard) == name
