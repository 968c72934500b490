"""A scrolling list of ready-made lines, with or without a cursor: trees, menus, histories, help.

Lines are pairs of text and part; the text must be clean already (`data.clean`). Drawn by the widget itself, so a
change of cursor sends two lines and no markup is ever parsed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from console.terminal.width import cells, cut
from console.widgets.barless import Barless

Part = tuple[str, str]
"""A text and the component class of its style, after `lines--`; empty for the plain one."""

CURSOR, AWAY = ">", "-"
"""What stands before the line under the cursor: with the keys here, and with the keys elsewhere."""

PARTS = ("title", "label", "muted", "late", "soon", "ok", "urgent")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. With a key it can be chosen; `off` greys it, and it can still be chosen to hear why it is off."""

    parts: tuple[Part, ...]
    key: str | None = None
    off: bool = False


def text_line(text: str = "", part: str = "") -> Line:
    """A line of one style that cannot be chosen."""
    return Line(((text, part),))


class LinesView(Barless, can_focus=True):
    """Shows lines that a builder makes for the width at hand; the cursor stays on its key when they are made anew."""

    COMPONENT_CLASSES = {"lines--plain", "lines--cursor", "lines--cursor-away", "lines--off"} | {
        f"lines--{part}" for part in PARTS
    }

    DEFAULT_CSS = """
    LinesView { height: 1fr; overflow: hidden auto; scrollbar-size: 0 0; }
    """

    BINDINGS = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
        Binding("enter", "pick", show=False),
    ]

    class Moved(Message):
        """The cursor stands on another line."""

        def __init__(self, view: LinesView, key: str | None) -> None:
            super().__init__()
            self.view = view
            self.key = key

        @property
        def control(self) -> LinesView:
            return self.view

    class Picked(Message):
        """A line was chosen."""

        def __init__(self, view: LinesView, key: str) -> None:
            super().__init__()
            self.view = view
            self.key = key

        @property
        def control(self) -> LinesView:
            return self.view

    def __init__(
        self,
        build: Callable[[int], Sequence[Line]] | None = None,
        *,
        name: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=name, classes=classes)
        self._build = build
        self._lines: list[Line] = []
        self._gutter = 0
        """Cells at the left edge for the cursor's sign: one where there are lines to choose."""
        self._styles: dict[str, Style] = {}
        self.click_picks = False
        """Whether one click chooses, as in a menu; otherwise the first goes there."""
        self.on_pick: Callable[[str], object] | None = None
        """Called with the key at once when a line is chosen: a message would come after the next key."""
        self.key: str | None = None
        self._drawn_key: str | None = None

    # ------------------------------------------------------------------------------------------- content

    def show(self, build: Callable[[int], Sequence[Line]], key: str | None = None) -> None:
        """Show other lines; the cursor goes to `key`, or stays on its own key."""
        self._build = build
        if key is not None:
            self.key = key
        self.rebuild()

    def rebuild(self) -> None:
        """Make the lines again and draw those that differ."""
        if self._build is None or not self.size.width:
            return
        old, old_key = self._lines, self._drawn_key
        self._lines = list(self._build(self.size.width - self._gutter))
        gutter = 1 if any(line.key is not None for line in self._lines) else 0
        if gutter != self._gutter:
            self._gutter = gutter
            self._lines = list(self._build(self.size.width - gutter))
        self.virtual_size = Size(self.size.width, len(self._lines))
        if self.key is None or self._at() is None:
            first = next((line.key for line in self._lines if line.key is not None), None)
            if first != self.key:
                self.key = first
                self.post_message(self.Moved(self, first))
        self._keep_in_view()
        top = int(self.scroll_offset.y)
        self._drawn_key = self.key
        changed = [
            y for y in range(self.size.height) if _seen(old, top + y, old_key) != _seen(self._lines, top + y, self.key)
        ]
        if changed:
            self.refresh(*[Region(0, y, self.size.width, 1) for y in changed])

    @property
    def lines(self) -> Sequence[Line]:
        """What is shown."""
        return self._lines

    def _at(self) -> int | None:
        """The line of the cursor."""
        return next((index for index, line in enumerate(self._lines) if line.key == self.key), None)

    # ------------------------------------------------------------------------------------------- moving

    def select(self, key: str) -> None:
        """Put the cursor on a line."""
        old = self._at()
        if key == self.key and old is not None:
            return
        self.key = self._drawn_key = key
        self._keep_in_view()
        for line in (old, self._at()):
            if line is not None:
                self.refresh(Region(0, line - int(self.scroll_offset.y), self.size.width, 1))
        self.post_message(self.Moved(self, key))

    def action_move(self, step: int) -> None:
        keys = [index for index, line in enumerate(self._lines) if line.key is not None]
        if not keys:
            self.scroll_to(y=self.scroll_offset.y + step, animate=False, force=True, immediate=True)
            return
        here = self._at()
        ahead = [index for index in keys if here is None or (index > here if step > 0 else index < here)]
        if ahead:
            self.select(self._lines[ahead[0] if step > 0 else ahead[-1]].key or "")

    def action_page(self, direction: int) -> None:
        height = max(self.size.height - 1, 1)
        here = self._at()
        if here is None:
            self.scroll_to(y=self.scroll_offset.y + direction * height, animate=False, force=True, immediate=True)
            return
        for _step in range(height):
            self.action_move(direction)

    def action_first(self) -> None:
        self._go_to_edge(0)

    def action_last(self) -> None:
        self._go_to_edge(-1)

    def _go_to_edge(self, which: int) -> None:
        keys = [line.key for line in self._lines if line.key is not None]
        if keys:
            self.select(keys[which])
        self.scroll_to(y=0 if which == 0 else len(self._lines), animate=False, force=True, immediate=True)

    def action_pick(self) -> None:
        if self.key is None or self._at() is None:
            return
        if self.on_pick is not None:
            self.on_pick(self.key)
        else:
            self.post_message(self.Picked(self, self.key))

    def _keep_in_view(self) -> None:
        line, top, height = self._at(), int(self.scroll_offset.y), max(self.size.height, 1)
        if line is not None and not top <= line < top + height:
            self.scroll_to(y=line - height // 2, animate=False, force=True, immediate=True)

    # ------------------------------------------------------------------------------------------- events

    def on_resize(self) -> None:
        self.rebuild()
        self.refresh()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        index = int(self.scroll_offset.y) + event.y
        if 0 <= index < len(self._lines) and self._lines[index].key is not None:
            again = self._lines[index].key == self.key
            self.select(self._lines[index].key or "")
            if again or self.click_picks:
                self.action_pick()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    # ------------------------------------------------------------------------------------------- drawing

    def render_line(self, y: int) -> Strip:
        """One line of the screen, exactly as wide as the widget."""
        width = self.size.width
        index = int(self.scroll_offset.y) + y
        if not 0 <= index < len(self._lines):
            return Strip.blank(width, self._style("plain"))
        line = self._lines[index]
        current = line.key is not None and line.key == self.key
        under = self._style(("cursor" if self.has_focus else "cursor-away") if current else "plain")
        here = (CURSOR if self.has_focus or not self.can_focus else AWAY) if current else " "
        segments, room = [Segment(here * self._gutter, under)], width - self._gutter
        for text, part in line.parts:
            shown = cut(text, room)
            # A blank has no state: a theme that reverses or underlines one must not draw bars.
            style = under + self._style(part) if part and text.strip() else under
            segments.append(Segment(shown, style + self._style("off") if line.off else style))
            room -= cells(shown)
        return Strip(segments).adjust_cell_length(width, under)

    def _style(self, name: str) -> Style:
        """The style of a part, worked out once per theme."""
        if name not in self._styles:
            partial = name in PARTS or name == "off"
            self._styles[name] = self.get_component_rich_style(f"lines--{name}", partial=partial)
        return self._styles[name]


def _seen(lines: Sequence[Line], index: int, key: str | None) -> tuple[Line | None, bool]:
    """What a line looks like: its content, and whether the cursor is on it."""
    line = lines[index] if index < len(lines) else None
    return line, line is not None and line.key is not None and line.key == key
