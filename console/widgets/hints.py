"""A line that names keys and what they do; a click on a name, or on what stands behind it, presses the key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from textual import events

from console.terminal.width import cells
from console.widgets.lines import Line, LinesView

NAMES: Mapping[str, str] = {"Enter": "enter", "Esc": "escape", "F6": "f6", "F8": "f8", "Ctrl+T": "ctrl+t"}
"""Names of keys as hints print them → as they arrive."""


class HintLine(LinesView, can_focus=False):
    """Words of ours only: a text from outside that names a key must not press it."""

    def __init__(
        self,
        build: Callable[[int], Sequence[Line]] | None = None,
        *,
        name: str | None = None,
        names: Mapping[str, str] = NAMES,
    ) -> None:
        super().__init__(build, name=name)
        self.styles.height = 1
        self._names = names
        self._named = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in names), re.ASCII)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        text = "".join(part for line in self.lines[event.y : event.y + 1] for part, _style in line.parts)
        meant = [found for found in self._named.finditer(text) if cells(text[: found.start()]) <= event.x]
        if meant and event.x < cells(text):
            self.app.post_message(events.Key(self._names[meant[-1][0]], None))
