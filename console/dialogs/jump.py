"""Jump mode: a number on every part that takes keys and on every line of a list; the number goes there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widget import Widget

from console.keyboard.jump_labels import DIGITS, labels
from console.keyboard.order import KeyOrder
from console.terminal.compositing import DirtyLinesScreen
from console.widgets.lines import LinesView
from console.widgets.queue_view import HEADER, QueueView


@dataclass(frozen=True, slots=True)
class Target:
    """A place of the screen, in cells, and what going there does."""

    x: int
    y: int
    go: Callable[[], object]


def targets(screen: Screen[object]) -> list[Target]:
    """Every part that can have the keys, from the top down; then the lines of the list that has them."""
    parts = [part for part in screen.focus_chain if part.display and part.size.height]
    found = [Target(part.region.x, part.region.y, partial(screen.set_focus, part)) for part in parts]
    focused = screen.focused
    for part in sorted(parts, key=lambda one: one is not focused):
        found += _lines(screen, part)
    return found


def _lines(screen: Screen[object], part: Widget) -> Iterable[Target]:
    """The lines of a list that can be gone to."""
    top = int(part.scroll_offset.y)

    def put(select: Callable[[], object]) -> None:
        screen.set_focus(part)
        select()

    if isinstance(part, QueueView):
        for y in range(HEADER, part.size.height):
            line = top + y - HEADER
            if line < part.total:
                yield Target(part.region.x, part.region.y + y, partial(put, partial(part.go_to_line, line)))
    elif isinstance(part, LinesView):
        for y, row in enumerate(part.lines[top : top + part.size.height]):
            if row.key is not None:
                yield Target(part.region.x, part.region.y + y, partial(put, partial(part.select, row.key)))


class Label(Widget):
    """A number over a place of the screen; a click on it is as good as typing it."""

    DEFAULT_CSS = "Label { position: absolute; height: 1; }"
    COMPONENT_CLASSES = {"label--number"}

    def __init__(self, text: str, target: Target) -> None:
        super().__init__()
        self.text = text
        self.target = target
        self.styles.width = len(text)  # digits are one cell wide
        self.styles.offset = (target.x, target.y)

    def render_line(self, y: int) -> Strip:
        return Strip([Segment(self.text, self.rich_style)], len(self.text))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if isinstance(self.screen, JumpScreen):
            self.screen.end(self.target)


class JumpScreen(DirtyLinesScreen, ModalScreen[Target | None]):
    """Shows the numbers until one is typed; any other key leaves everything as it was."""

    BINDINGS = [
        Binding("escape,ctrl+g,g", "leave", show=False),
        *[Binding(digit, f"digit('{digit}')", show=False) for digit in DIGITS],
    ]

    def __init__(self, found: list[Target]) -> None:
        super().__init__()
        self.by_label = dict(zip(labels(len(found)), found, strict=False))
        self.typed = ""

    def compose(self) -> Iterable[Widget]:
        for text, target in self.by_label.items():
            yield Label(text, target)

    def on_mount(self) -> None:
        if isinstance(self.app, KeyOrder):
            self.call_after_refresh(self.app.release_keys)

    def action_digit(self, digit: str) -> None:
        self.typed += digit
        if self.typed in self.by_label:
            self.end(self.by_label[self.typed])
        elif not any(text.startswith(self.typed) for text in self.by_label):
            self.end(None)

    def action_leave(self) -> None:
        self.end(None)

    def on_click(self) -> None:
        self.end(None)

    def end(self, target: Target | None) -> None:
        """Go away, to a target or to none."""
        if isinstance(self.app, KeyOrder):
            self.app.hold_keys()
        self.dismiss(target)
