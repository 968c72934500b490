"""An app with nothing but the list of tickets, on a loader that answers at once or when told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.ports import QueueProvider
from console.theming.live import as_theme
from console.theming.shelf import STYLE_SHEET, bundled
from console.widgets.columns import queue_columns
from console.widgets.queue_view import QueueView
from tests.console.memory import NOW


class ListApp(App[None]):
    """Only the list, on a loader that answers at once or when told."""

    CSS_PATH = [STYLE_SHEET]

    def __init__(self, provider: QueueProvider) -> None:
        super().__init__()
        for recipe in bundled().values():
            self.register_theme(as_theme(recipe))
        self.theme = "night"
        self.provider = provider
        self.moves: list[int | None] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def load(self, work: Callable[[], object]) -> object:
        await self.gate.wait()
        return work()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return ZhihuiApp.get_theme_variable_defaults(self)  # type: ignore[arg-type]

    def compose(self) -> ComposeResult:
        yield QueueView(self.load, queue_columns, empty="没有")  # type: ignore[arg-type]

    def on_mount(self) -> None:
        self.view.tick(NOW)
        self.view.show(self.provider)
        self.view.focus()

    @property
    def view(self) -> QueueView:
        return self.query_one(QueueView)

    def on_queue_view_moved(self, event: QueueView.Moved) -> None:
        self.moves.append(event.row.id if event.row else None)


async def settle(pilot: Pilot[None], view: QueueView) -> None:
    """Wait until everything asked for is here and drawn."""
    for _round in range(200):
        await pilot.pause()
        if view.ready:
            break
    await pilot.pause()


def text_of(view: QueueView, y: int) -> str:
    return view.render_line(y).text
