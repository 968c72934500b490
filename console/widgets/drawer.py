"""A drawer: a panel that comes up from the bottom, asks one thing, and goes away with the answer."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget

from console.keyboard.order import KeyOrder
from console.terminal.compositing import DirtyLinesScreen
from console.terminal.legible import clean
from console.widgets.lines import LinesView, text_line

Answer = TypeVar("Answer")


LAYOUT_PAUSE = 0.02
"""Seconds between looks whether a drawer is laid out."""


class Title(LinesView, can_focus=False):
    """A line of heading that never takes the keys."""

    DEFAULT_CSS = "Title { height: 1; }"

    def __init__(self, text: str) -> None:
        super().__init__(lambda _width: [text_line(clean(text, 200), "title")])


class Drawer(DirtyLinesScreen, ModalScreen[Answer | None]):
    """The frame of all drawers. Escape gives no answer; the screen below stays visible and its clocks go on."""

    DEFAULT_CSS = """
    Drawer { align: center bottom; background: transparent; }
    Drawer > .drawer--panel { width: 100%; height: auto; max-height: 80%; padding: 0 1; }
    """

    BINDINGS = [
        Binding("escape", "cancel", show=False),
        Binding("ctrl+l", "app.repaint", show=False, priority=True),
    ]

    def __init__(self, heading: str) -> None:
        super().__init__()
        self.heading = heading

    def compose(self) -> ComposeResult:
        with Vertical(classes="drawer--panel"):
            yield Title(self.heading)
            yield from self.content()

    def on_mount(self) -> None:
        self.call_after_refresh(self._open)

    def _open(self, looks: int = 50) -> None:
        """Once every list in it is laid out and has its lines, the keys may come."""
        if looks and any(view.display and not view.size.width for view in self.query(LinesView)):
            self.set_timer(LAYOUT_PAUSE, partial(self._open, looks - 1))
        elif isinstance(self.app, KeyOrder):
            self.app.release_keys()

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Go away with an answer; the keys that follow wait for what comes of it."""
        if isinstance(self.app, KeyOrder):
            self.app.hold_keys()
        return super().dismiss(result)

    def content(self) -> list[Widget]:
        """The widgets under the heading."""
        raise NotImplementedError

    def on_click(self, event: events.Click) -> None:
        """Beside the panel: what Escape does."""
        if self.is_current and self.get_widget_at(event.screen_x, event.screen_y)[0] is self:
            self.action_cancel()

    def action_cancel(self) -> None:
        self.dismiss(None)
