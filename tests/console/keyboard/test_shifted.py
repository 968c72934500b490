"""Function keys with Shift do what the help says, as terminals send them."""

from __future__ import annotations

import curses

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from console.keyboard import table as keys
from console.keyboard.shifted import numbered
from console.screens.lock import LockScreen
from tests.console.pilots import ready, street_app, until

SHIFTED = sorted({key for item in keys.ACTIONS for key in item.keys if key in {f"f{n}" for n in range(13, 25)}})


def sent(key: str) -> events.Key:
    """What arrives when a terminal sends a key, by the system's own description of terminals."""
    curses.setupterm("xterm-256color", fd=1)
    # Where Shift+F3 looks like a report of the cursor's place, it is taken for one: the action has other keys too.
    sequence = b"\x1b[13;2~" if key == "f15" else curses.tigetstr(f"k{key}")
    assert sequence
    (event,) = [one for one in XTermParser(False).feed(sequence.decode()) if isinstance(one, events.Key)]
    return event


@pytest.mark.parametrize("key", SHIFTED)
def test_each_arrives_as_the_table_has_it(key: str) -> None:
    assert numbered(sent(key)).key == key


async def test_shift_f1_locks() -> None:
    app = street_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        driver = app._driver
        assert driver is not None
        event = sent("f13")
        event.set_sender(app)
        driver.send_message(event)
        await until(pilot, lambda: isinstance(app.screen, LockScreen), "locked")
