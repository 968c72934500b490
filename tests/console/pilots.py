"""Driving the console in tests: start it on a street, wait for what must happen instead of sleeping."""

from __future__ import annotations

import asyncio
import os
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from textual._context import visible_screen_stack
from textual._xterm_parser import XTermParser
from textual.app import App, ScreenStackError
from textual.pilot import Pilot
from textual.strip import Strip

from console import i18n
from console.app import ZhihuiApp
from console.keyboard.order import KeyOrder
from console.screens.duty import DutyScreen
from console.widgets.bars import Banner
from console.widgets.queue_view import QueueView
from tests.console.memory import NOW, MemoryBackend, made_row

PATIENCE = 30.0
STILL = 6
"""Looks in a row at which the screen must read the same before it is at rest."""


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while."""
    before = i18n._spoken["language"]
    i18n.set_language(language)
    try:
        yield
    finally:
        i18n._spoken["language"] = before


async def until(pilot: Pilot[Any], condition: Callable[[], bool], what: str = "") -> None:
    """Wait until a condition holds; fails when patience is over, which costs nothing while all is well."""
    deadline = time.monotonic() + PATIENCE
    while not _holds(pilot, condition):
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen: {what or condition}\n{screen_text(pilot.app)}")
        await pilot.pause()
        await asyncio.sleep(0.01)
    await pilot.pause()


def _holds(pilot: Pilot[Any], condition: Callable[[], bool]) -> bool:
    """Ask the condition; before the first screen is there it does not hold. A crash of the app is shown as such."""
    try:
        return condition()
    except ScreenStackError:
        if pilot.app._exception is not None:
            raise pilot.app._exception from None
        return False


async def arrive(pilot: Pilot[None], text: str) -> None:
    """Keys as a terminal sends them, one after the other: the pilot's own names know no full-width signs."""
    driver = pilot.app._driver
    assert driver is not None
    for char in text:
        for event in XTermParser(False).feed(char):
            event.set_sender(pilot.app)
            driver.send_message(event)
        await pilot.pause()


async def at_rest(pilot: Pilot[Any]) -> None:
    """Wait until each key has been dealt with and nothing is read or drawn any more."""
    seen: list[str] = []

    def rests() -> bool:
        app = pilot.app
        read = all(one.ready for one in app.screen.query(QueueView)) and all(one.is_finished for one in app.workers)
        idle = read and (not isinstance(app, KeyOrder) or app.keys_settled)
        seen.append(screen_text(app) if idle else "")
        return idle and len(seen) >= STILL and len(set(seen[-STILL:])) == 1

    await until(pilot, rests, "a screen at rest")


def screen_text(app: App[Any]) -> str:
    """What the screen shows, as text."""
    return "\n".join(strip.text for strip in strips_of(app))


def strips_of(app: App[Any]) -> list[Strip]:
    """The lines of the screen, with the screens that show behind a drawer.

    The compositor has to be told of them: it would draw, and keep, a drawer over nothing.
    """
    visible_screen_stack.set(app._background_screens)
    return app.screen._compositor.render_strips()


def street_app(backend: MemoryBackend | None = None, clock: list[int] | None = None) -> ZhihuiApp:
    """The console on a street in memory, its clock in a list of one."""
    moment = clock if clock is not None else [NOW]
    return ZhihuiApp(backend or MemoryBackend([made_row(number) for number in range(60)]), lambda: moment[0])


async def ready(pilot: Pilot[None]) -> QueueView:
    """Wait until the list and the status are there; gives the list."""
    app = pilot.app
    assert isinstance(app, ZhihuiApp)
    await until(pilot, lambda: bool(app.status.centre), "status")
    view = app.screen.query_one(QueueView)
    await until(pilot, lambda: view.ready and view.total > 0, "list")
    return view


def banner_text(app: ZhihuiApp) -> str:
    """What the banner says."""
    screen = app.duty_screen
    assert isinstance(screen, DutyScreen)
    entries = screen.query_one(Banner).entries
    return entries[-1].text if entries else ""


def said(app: ZhihuiApp, text: str) -> bool:
    """Whether a text stands in the banner, also under what came up since: the line is shared with alarms."""
    screen = app.duty_screen
    assert isinstance(screen, DutyScreen)
    return any(text in entry.text for entry in screen.query_one(Banner).entries)


def paint(ours: int, wanted: str | Callable[[str], bool], seconds: float) -> str:
    """Read from a real terminal until a text shows, or until a condition on what was read holds."""
    seen = b""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                seen += os.read(ours, 65536)
            except OSError:
                break
        text = seen.decode("utf-8", "replace")
        if wanted in text if isinstance(wanted, str) else wanted(text):
            return text
    raise AssertionError(f"{wanted!r} did not show; the last of it: {seen[-400:]!r}")
