"""How the app reaches the terminal: changed cells only, nothing while the terminal does not read, then the newest."""

from __future__ import annotations

from typing import Any

from rich.color import ColorSystem
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.screen import Screen

from console.painter import CellPainter


class CellOutput(App[None]):
    """An app that sends the terminal cells instead of regions."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._painter = CellPainter()
        self._behind = False

    def _display(self, screen: Screen[object], renderable: object) -> None:
        """Send an update as changed cells only; leave it out while the terminal does not take what it has."""
        driver = self._driver
        silent = driver is None or driver.is_headless or self._batch_count or not self._running or self._closed
        if silent or driver is None or not isinstance(renderable, LayoutUpdate | ChopsUpdate):
            if renderable is not None and not silent:
                self._painter.forget()
            super()._display(screen, renderable)  # type: ignore[arg-type]
            return
        try:
            if getattr(driver, "behind", False):
                self._behind = True
                return
            system = self.console._color_system or ColorSystem.TRUECOLOR
            text = self._painter.encode(renderable, (self.size.width, self.size.height), system)
            cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
            if text or cursor != self._previous_cursor_position:
                self._begin_update()
                driver.write(f"{text}\x1b[{cursor.y + 1};{cursor.x + 1}H")
                self._end_update()
                driver.flush()
                self._previous_cursor_position = cursor
        finally:
            self.post_display_hook()

    def scrolled(self, top: int, bottom: int, lines: int) -> None:
        """A hint of a list that its lines move: see `CellPainter.scrolled`."""
        if len(self.screen_stack) == 1:
            self._painter.scrolled(top, bottom, lines)

    def catch_up_terminal(self) -> None:
        """Frames were left out and the terminal takes output again: bring it up to date in one go."""
        if self._behind and not getattr(self._driver, "behind", False):
            self._behind = False
            self.screen.refresh()

    def action_repaint(self) -> None:
        self._painter.forget()
        self.screen.refresh()

    def on_resize(self, _event: events.Resize) -> None:
        self._painter.forget()
