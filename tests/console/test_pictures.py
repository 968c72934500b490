"""What the screens look like, at the three sizes that matter, with a clock that stands still.

`pytest tests/console/test_pictures.py --snapshot-update` draws them anew; look at each before committing it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from console.ports import Heartbeat, NoticeRow
from console.screens.intake import IntakeScreen
from console.screens.ticket import TicketScreen
from tests.console.memory import MemoryBackend, made_row
from tests.console.pilots import ready, screen_text, speaking, street_app, until

Compare = Callable[..., bool]
Before = Callable[[Pilot[None]], Awaitable[None]]
SIZES = [(80, 24), (120, 36), (160, 50)]


@pytest.fixture
def backend() -> MemoryBackend:
    return MemoryBackend([made_row(number) for number in range(60)])


def after(*keys: str, shows: str = "") -> Before:
    """Press keys once the list is there, and wait until a text shows."""

    async def run(pilot: Pilot[None]) -> None:
        await ready(pilot)
        await until(pilot, lambda: "目录" in screen_text(pilot.app) or "20260720-0001" in screen_text(pilot.app))
        await pilot.press(*keys)
        if shows:
            await until(pilot, lambda: shows in screen_text(pilot.app), shows)
        await pilot.pause(0.3)

    return run


@pytest.mark.parametrize("size", SIZES)
def test_queue(backend: MemoryBackend, snap_compare: Compare, size: tuple[int, int]) -> None:
    """Countdown first, late and soon marked by sign and colour, the ticket beside the list or below it."""
    assert snap_compare(street_app(backend), terminal_size=size, run_before=after("down", "space", shows="0003"))


@pytest.mark.parametrize("size", SIZES)
def test_dispatch(backend: MemoryBackend, snap_compare: Compare, size: tuple[int, int]) -> None:
    """Tickets that wait on the left; on the right the tree with who is on, load, overdue, and the proposal chosen."""
    assert snap_compare(street_app(backend), terminal_size=size, run_before=after("f3", shows="应急管理岗"))


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
def test_leaders(backend: MemoryBackend, snap_compare: Compare, size: tuple[int, int]) -> None:
    """Who is away and who covers; what climbed, what the section holds, the nearest deadlines."""
    assert snap_compare(street_app(backend), terminal_size=size, run_before=after("f4", shows="顶替"))


def test_timers(backend: MemoryBackend, snap_compare: Compare) -> None:
    """Every running clock with what the ladder does next."""
    assert snap_compare(street_app(backend), terminal_size=(120, 36), run_before=after("f5", shows="提醒 B 岗"))


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
def test_ticket_custody(backend: MemoryBackend, snap_compare: Compare, size: tuple[int, int]) -> None:
    """The whole ticket, here who held it how long; the sum stands at the end."""

    async def run(pilot: Pilot[None]) -> None:
        await after()(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TicketScreen))
        await pilot.press("right", "right")
        await until(pilot, lambda: "合计" in screen_text(pilot.app))

    assert snap_compare(street_app(backend), terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
def test_intake(backend: MemoryBackend, snap_compare: Compare, size: tuple[int, int]) -> None:
    """A report being taken down: the matter proposed with its limits and why, what to ask, the community found."""

    async def run(pilot: Pilot[None]) -> None:
        await after()(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(pilot.app.screen, IntakeScreen))
        await pilot.press(*"井盖破了", "enter", *"柏华路口")
        await until(pilot, lambda: "[柏华社区]" in screen_text(pilot.app))
        await pilot.press("enter", *"赵大海", "enter", *"13900001111")
        await until(pilot, lambda: "139****1111" in screen_text(pilot.app))
        await pilot.pause(0.5)

    assert snap_compare(street_app(backend), terminal_size=size, run_before=run)


def test_menu(backend: MemoryBackend, snap_compare: Compare) -> None:
    """What can be done by number; what cannot, with its reason; the list stays visible above."""
    assert snap_compare(street_app(backend), terminal_size=(80, 24), run_before=after("f7", shows="尚未核查"))


def test_help(backend: MemoryBackend, snap_compare: Compare) -> None:
    """The focused part explained, every key of the screen in groups."""
    assert snap_compare(street_app(backend), terminal_size=(120, 36), run_before=after("f1", shows="首列为倒计时"))


def test_palette(backend: MemoryBackend, snap_compare: Compare) -> None:
    """A command found by its initials."""
    assert snap_compare(
        street_app(backend), terminal_size=(80, 24), run_before=after("f12", "p", "d", shows="派到岗位")
    )


def test_silence_and_an_alarm(backend: MemoryBackend, snap_compare: Compare) -> None:
    """The engine is silent: red from edge to edge, said in words; an alarm below it."""
    backend.heartbeat = Heartbeat(14, "console")
    backend.news = [NoticeRow(9, "alarm", "20260720-0001 受理已超期 30 分钟，请您督促解决", 1)]
    assert snap_compare(street_app(backend), terminal_size=(80, 24), run_before=after(shows="请您督促解决"))


def test_day(backend: MemoryBackend, snap_compare: Compare) -> None:
    """The day theme."""
    assert snap_compare(street_app(backend), terminal_size=(120, 36), run_before=after("f9"))


def test_english(backend: MemoryBackend, snap_compare: Compare) -> None:
    """English words; data stays as it was written."""
    with speaking("en"):
        assert snap_compare(street_app(backend), terminal_size=(120, 36), run_before=after(shows="F2Queue"))
