"""Every screen, drawer and state of the console, one after the other, for tests that look at what is drawn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from typing import NamedTuple

from rich.style import Style
from textual.pilot import Pilot

from console.app import PANES, ZhihuiApp
from console.dialogs.form import FormDrawer
from console.dialogs.verb_forms import FORMS
from console.ports import Heartbeat, NoticeRow
from console.screens.ticket import TABS
from console.theming.live import as_theme
from console.theming.recipe import COLOURS
from console.theming.shelf import bundled
from console.widgets.bars import Banner
from console.widgets.drawer import Drawer
from console.widgets.fields import TextField
from console.widgets.queue_view import QueueView
from tests.console.memory import NOW, MemoryBackend, made_row
from tests.console.pilots import ready, screen_text, strips_of, until


class Run(NamedTuple):
    """Neighbouring characters of one look."""

    text: str
    style: Style


def drawn(app: ZhihuiApp) -> list[list[Run]]:
    """The screen as it would be sent, line by line."""
    return [
        [Run(segment.text, segment.style or Style()) for segment in strip if not segment.control]
        for strip in strips_of(app)
    ]


def colours_of(style: Style) -> tuple[str, str]:
    """Text and ground as they reach the eye."""
    exact = [colour.triplet.hex if colour and colour.triplet else "" for colour in (style.color, style.bgcolor)]
    assert all(exact), f"a colour of the terminal's own: {style}"
    text, ground = reversed(exact) if style.reverse else exact
    return text, ground


def put_on_probe(app: ZhihuiApp) -> dict[str, str]:
    """Put a theme on in which every variable is another colour; gives the variable of each colour."""
    night = bundled()["night"]
    named = {name: f"#{number:02x}{number:02x}80" for number, name in enumerate(sorted(COLOURS), 16)}
    app.register_theme(as_theme(replace(night, name="probe", variables={**night.variables, **named})))
    app.theme = "probe"
    return {colour: name for name, colour in named.items()}


def busy_street() -> MemoryBackend:
    """Tickets that are late, soon, paused, urgent and in time."""
    rows = [made_row(number) for number in range(60)]
    rows[2] = replace(rows[2], paused=True)
    rows[30] = replace(rows[30], due=NOW + 90_000)
    backend = MemoryBackend(rows)
    backend.news = [NoticeRow(1, "warning", "旧通知")]
    return backend


FEW_FORMS = ("assess", "complete")


async def scenes(pilot: Pilot[None], backend: MemoryBackend, forms: Iterable[str] = FEW_FORMS) -> AsyncIterator[str]:
    """Lead the console through everything it can show; yields the name of what is shown now."""
    app = pilot.app
    assert isinstance(app, ZhihuiApp)
    view = await ready(pilot)
    await until(pilot, lambda: "20260720-0001" in screen_text(app), "the ticket beside the list")
    yield "queue"
    await pilot.press("down", "space", "down", "down")
    yield "queue with a mark"
    backend.tickets = [row for row in backend.tickets if row.id != 3] + [made_row(70)]
    backend.mark += 1
    await app._beat()
    await until(pilot, lambda: view.pending > 0, "a new ticket")
    yield "queue with news"
    async for name in _filter(pilot):
        yield name
    for severity in ("info", "warning", "error"):
        assert app.duty_screen is not None
        app.duty_screen.say("说明", severity)
        await pilot.pause()
        yield f"banner {severity}"
    app.screen.query_one(Banner).dismiss()
    async for name in _drawers(pilot):
        yield name
    async for name in _forms(pilot, forms):
        yield name
    async for name in _panes(pilot):
        yield name
    async for name in _alarms(pilot, backend):
        yield name


async def _filter(pilot: Pilot[None]) -> AsyncIterator[str]:
    app = pilot.app
    await pilot.press("slash")
    await pilot.pause()
    yield "empty filter"
    await pilot.press(*"zzz", "shift+left")
    assert app.screen.query_one(TextField).selected_text
    yield "selected text"
    await until(pilot, lambda: app.screen.query_one(QueueView).total == 0, "nothing fits")
    yield "empty list"
    await pilot.press("escape")  # the prompt; then the filter
    await pilot.press("escape")
    await until(pilot, lambda: app.screen.query_one(QueueView).total > 0, "all again")


async def _drawers(pilot: Pilot[None]) -> AsyncIterator[str]:
    app = pilot.app
    assert isinstance(app, ZhihuiApp)
    for key in ("7", "8", "ctrl+o"):
        await pilot.press(key)
        await pilot.pause(0.2)
        yield f"after {key}"
        if isinstance(app.screen, Drawer):
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(app.screen, Drawer), f"{key} closed")
    for key in ("f1", "f7", "f12", "f21", "d"):
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, Drawer), key)
        yield f"drawer {key}"
        if key == "f12":
            await pilot.press(*"zzzz")
            yield "nothing found"
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Drawer), f"{key} closed")


async def _forms(pilot: Pilot[None], forms: Iterable[str]) -> AsyncIterator[str]:
    app = pilot.app
    assert isinstance(app, ZhihuiApp)
    for verb in forms:
        app.open_drawer(FormDrawer(verb, FORMS[verb]()))
        await until(pilot, lambda: isinstance(app.screen, FormDrawer), verb)
        yield f"form {verb}"
        await pilot.press("down", "f8")
        yield f"form {verb} sent with nothing in it"
        if isinstance(app.screen, Drawer):
            await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Drawer), f"{verb} closed")


async def _panes(pilot: Pilot[None]) -> AsyncIterator[str]:
    app = pilot.app
    assert isinstance(app, ZhihuiApp)
    for name in [*(name for name in PANES if name != "intake"), "intake"]:
        await app.action_pane(name)
        await pilot.pause(0.3)
        yield f"pane {name}"
        await pilot.press("tab", "right", "down")
        await pilot.pause(0.3)
        yield f"pane {name}, on the other side"
    app.screen.set_focus(app.screen.query(TextField).first())
    await pilot.press(*"井盖", "enter", *"柏华路口")
    await until(pilot, lambda: "[柏华社区]" in screen_text(app), "the community is found")
    yield "intake filled in"
    await pilot.press("f7")
    yield "matters of the intake"
    await app.action_pane("queue")
    await pilot.press("enter")
    await until(pilot, lambda: app.duty_screen is not None and app.duty_screen.NAME == "ticket", "ticket")
    for tab, _title in TABS:
        await pilot.pause(0.1)
        yield f"ticket {tab}"
        await pilot.press("right")
    await pilot.press("escape")
    await until(pilot, lambda: app.duty_screen is not None and app.duty_screen.NAME == "queue", "queue")


async def _alarms(pilot: Pilot[None], backend: MemoryBackend) -> AsyncIterator[str]:
    app = pilot.app
    assert isinstance(app, ZhihuiApp)
    backend.heartbeat = Heartbeat(14, "console")
    backend.news = [*backend.news, NoticeRow(9, "alarm", "20260720-0001 受理已超期", 1)]
    await app._beat()

    def alarmed() -> bool:
        return any("受理已超期" in entry.text for banner in app.screen.query(Banner) for entry in banner.entries)

    await until(pilot, alarmed, "alarm")
    await until(pilot, lambda: "引擎静默" in screen_text(app), "silence")
    yield "silence and an alarm"
