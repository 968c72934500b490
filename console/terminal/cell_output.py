"""How the app reaches the terminal: changed cells only, as fast as it takes them, and always the newest state."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from time import monotonic
from typing import Any

from rich.color import ColorSystem
from rich.text import Text
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.geometry import Size
from textual.screen import Screen

from console.closed import APP, closing
from console.i18n import _
from console.terminal.compositing import PAINT
from console.terminal.legible import clean, stand_ins
from console.terminal.line import LOCAL, Line
from console.terminal.link import LinkSign
from console.terminal.pacing import Pacer
from console.terminal.painter import CellPainter
from console.theming.stylesheet import KeptStylesheet

SMALL = 1000
"""Bytes that reach a far terminal in one packet anyhow: holding the picture meanwhile would only cost bytes."""
SETTLING = 3.0
"""Seconds after the first picture within which a terminal tells its size, perhaps more than once, without a change."""


log = logging.getLogger("zhihui.console")


@closing(APP)
class CellOutput(App[None]):
    """An app that sends the terminal cells instead of regions."""

    def __init__(self, line: Line = LOCAL, **options: Any) -> None:
        super().__init__(**options)
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())
        self.line = line
        self._painter = CellPainter(stand_ins())
        self._stock = os.environ.get(PAINT) == "stock"
        self.pacer = Pacer() if line.paced and not self._stock else None
        self._sign = LinkSign(self.pacer) if self.pacer is not None and line.shows_link else None
        self._first_frame_at: float | None = None
        self._told_size: Size | None = None
        self._behind = False
        self._catching_up = False
        self.hang_up: Callable[[], object] = lambda: None
        """Sees to it that the program ends, even when the terminal takes nothing any more."""
        self.typed_ahead = b""
        """What was typed before the terminal was taken over."""

    def _display(self, screen: Screen[object], renderable: object) -> None:
        """Send an update as changed cells only; leave it out while the terminal does not take what it has."""
        driver = self._driver
        silent = driver is None or driver.is_headless or self._batch_count or not self._running or self._closed
        if silent or driver is None or not isinstance(renderable, LayoutUpdate | ChopsUpdate):
            if renderable is not None and not silent:
                self._painter.forget()
            super()._display(screen, renderable)  # type: ignore[arg-type]
            return
        if not self._terminal_is_free():
            self._behind = True
            self._catch_up_later()
            self.post_display_hook()
            return
        if self._stock:
            super()._display(screen, renderable)
            return
        try:
            self._send(renderable)
        finally:
            self.post_display_hook()

    def _send(self, update: LayoutUpdate | ChopsUpdate) -> None:
        """Send what an update changes, and the cursor to where it belongs."""
        driver = self._driver
        assert driver is not None
        system = self.console._color_system or ColorSystem.TRUECOLOR
        text = self._painter.encode(update, (self.size.width, self.size.height), system)
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
        if not text and cursor == self._previous_cursor_position:
            return
        if self._first_frame_at is None:
            self._first_frame_at = monotonic()
        text = f"{text}\x1b[{cursor.y + 1};{cursor.x + 1}H"
        if self.pacer is not None:
            text += self.pacer.send(len(text.encode()))
        in_one = self.pacer is None or len(text) > SMALL
        if in_one:
            self._begin_update()
        driver.write(text)
        if in_one:
            self._end_update()
        driver.flush()
        self._previous_cursor_position = cursor

    # ------------------------------------------------------------------------------------------- not too fast

    def _terminal_is_free(self) -> bool:
        """Whether the terminal takes a frame now."""
        return not getattr(self._driver, "behind", False) and (self.pacer is None or self.pacer.may_send())

    def catch_up_terminal(self) -> None:
        """Frames were left out and the terminal takes output again: bring it up to date in one go."""
        self._catching_up = False
        if self.pacer is not None and self.pacer.gone:
            self._leave_lost_line(self.pacer.silent_for)
            return
        if self.pacer is not None and self._driver is not None and not getattr(self._driver, "behind", False):
            self._driver.write(self.pacer.remind())
        if not self._behind:
            return
        if self._terminal_is_free():
            self._behind = False
            self.screen.refresh()
        else:
            self._catch_up_later()

    def _catch_up_later(self) -> None:
        """A mute terminal says not when it is ready: look when it must be."""
        wait = self.pacer.wait() if self.pacer is not None else 0
        if wait and not self._catching_up:
            self._catching_up = True
            self.set_timer(wait, self.catch_up_terminal)

    def believe_terminal(self, answered: bool) -> None:
        """Whether the terminal answered before the first screen: then it counts as gone when it does not any more."""
        if answered and self.pacer is not None:
            self.pacer.believe()

    def terminal_answered(self, amount: int) -> None:
        """The terminal has drawn what was sent before its `amount` oldest open questions."""
        if self.pacer is not None:
            self.pacer.answered(amount)
            if self._running and self.screen_stack:
                with self._context():
                    self.catch_up_terminal()

    def terminal_heard(self) -> None:
        """The terminal sent something else."""
        if self.pacer is not None:
            self.pacer.heard()

    def _leave_lost_line(self, seconds: float) -> None:
        """Nobody is there: end as if the line had dropped, and say so should it come back after all."""
        if not self._exit:
            words = _("The terminal answered nothing for {n} s: the console has ended. What was typed is kept.")
            self.exit(message=Text(clean(words.format(n=round(seconds)))))
            self.hang_up()

    def _handle_exception(self, error: Exception) -> None:
        """What breaks while the console leaves, as a drawer that was never drawn, is noted and changes nothing."""
        if self._exit or self._closing:
            log.warning("broke while leaving: %s", type(error).__name__)
        else:
            super()._handle_exception(error)

    def link_text(self) -> str:
        """What the status bar says about the line; nothing when it is short."""
        return self._sign.text() if self._sign is not None else ""

    # ------------------------------------------------------------------------------------------- the picture

    def scrolled(self, top: int, bottom: int, lines: int) -> None:
        """A hint of a list that its lines move: see `CellPainter.scrolled`."""
        if len(self.screen_stack) == 1:
            self._painter.scrolled(top, bottom, lines)

    def action_repaint(self) -> None:
        self._painter.forget()
        self.screen.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """The terminal may have moved everything about; another size and back again, it has."""
        changed = self._told_size not in (None, event.size)
        settled = self._first_frame_at is not None and monotonic() - self._first_frame_at > SETTLING
        if changed or settled:
            self._painter.forget()
        self._told_size = event.size
