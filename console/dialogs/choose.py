"""Drawers with a list to choose from: by number, or by typing part of a name."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import on
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input

from console.i18n import _
from console.terminal.legible import clean
from console.widgets.drawer import Drawer
from console.widgets.fields import FieldSpec, TextField
from console.widgets.lines import Line, LinesView, Part, text_line


@dataclass(frozen=True, slots=True)
class Item:
    """Something to choose. `found_by` is further text that a search looks into (codes, pinyin)."""

    key: str
    title: str
    detail: str = ""
    off: str = ""
    """Why it cannot be chosen now."""
    found_by: str = ""
    part: str = ""


class MenuDrawer(Drawer[str]):
    """A numbered menu: a digit runs the line, a letter from the eleventh on. What cannot run stands below, with why."""

    SIGNS = "1234567890abcdefghijklmnopqrstuvwxyz"
    BINDINGS = [Binding(sign, f"number({place})", show=False) for place, sign in enumerate(SIGNS)]

    def __init__(self, heading: str, items: Sequence[Item], key: str | None = None) -> None:
        super().__init__(heading)
        self.items = [item for item in items if not item.off] + [item for item in items if item.off]
        self.key = key

    def content(self) -> list[Widget]:
        view = LinesView(self._lines, classes="drawer--list")
        view.key = self.key or (self.items[0].key if self.items else None)
        view.styles.height = min(max(len(self.items), 1), 16)
        view.on_pick, view.click_picks = self.dismiss, True
        return [view]

    def _lines(self, _width: int) -> list[Line]:
        lines = []
        for number, item in enumerate(self.items):
            sign = self.SIGNS[number] if number < len(self.SIGNS) and not item.off else " "
            parts: list[Part] = [(f" {sign} ", "title"), (clean(item.title, 60), item.part)]
            aside = item.off or item.detail
            if aside:
                parts.append((f"  {clean(aside, 200)}", "muted"))
            lines.append(Line(tuple(parts), item.key, off=bool(item.off)))
        return lines or [text_line(_("Nothing to choose from."), "muted")]

    def action_number(self, index: int) -> None:
        if index < len(self.items) and not self.items[index].off:
            self.dismiss(self.items[index].key)


class SearchDrawer(Drawer[str]):
    """A list with a search field above it: type to narrow, arrows to move, Enter to choose."""

    BINDINGS = [
        Binding("down", "list('move', 1)", show=False, priority=True),
        Binding("up", "list('move', -1)", show=False, priority=True),
        Binding("pagedown", "list('page', 1)", show=False, priority=True),
        Binding("pageup", "list('page', -1)", show=False, priority=True),
        Binding("enter", "choose", show=False, priority=True),
    ]
    HEIGHT = 14

    def __init__(
        self, heading: str, items: Callable[[], Sequence[Item]], hint: str, key: str | None = None, note: str = ""
    ) -> None:
        super().__init__(heading)
        self.items = items
        self.hint = hint
        self.key = key
        self.note = note

    def content(self) -> list[Widget]:
        view = LinesView(classes="drawer--list")
        view.styles.height = self.HEIGHT
        view.on_pick, view.click_picks = self._chosen, True
        view.can_focus = False
        field = TextField(FieldSpec("words", "", hint=self.hint))
        note = [] if not self.note else [LinesView(lambda _width: [text_line(clean(self.note, 300), "soon")])]
        for widget in note:
            widget.styles.height = 1
            widget.can_focus = False
        return [*note, field, view]

    def on_mount(self) -> None:
        self.refresh_items()
        for field in self.query(TextField):  # none where the console closes before the drawer is there
            self.set_focus(field)

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self._show(event.value)

    def refresh_items(self) -> None:
        """Show the items as they are now, narrowed to what is typed."""
        for field in self.query(TextField):
            self._show(field.value)

    def _show(self, words: str) -> None:
        found = matching(self.items(), words)
        view = self.query_one(".drawer--list", LinesView)

        def build(_width: int) -> list[Line]:
            return [item_line(item) for item in found] or [text_line(_("Nothing found."), "muted")]

        key = self.key if not words else None
        if words and found:
            key = found[0].key
        view.show(build, key)

    def action_list(self, what: str, step: int) -> None:
        view = self.query_one(".drawer--list", LinesView)
        view.action_move(step) if what == "move" else view.action_page(step)

    def action_choose(self) -> None:
        view = self.query_one(".drawer--list", LinesView)
        if view.key is not None and any(line.key == view.key and not line.off for line in view.lines):
            self.dismiss(view.key)

    def _chosen(self, _key: str) -> None:
        self.action_choose()


def item_line(item: Item) -> Line:
    """The line of an item."""
    aside = item.off or item.detail
    parts: list[Part] = [(f"  {clean(item.title, 80)}", item.part)]
    if aside:
        parts.append((f"  {clean(aside, 200)}", "muted"))
    return Line(tuple(parts), item.key, off=bool(item.off))


def matching(items: Sequence[Item], words: str) -> list[Item]:
    """The items in which every typed word occurs; those that begin with it first, by name before pinyin or code."""
    wanted = unicodedata.normalize("NFKC", words).lower().split()
    if not wanted:
        return list(items)

    def place(item: Item) -> int | None:
        title, known = item.title.strip().lower(), item.found_by.lower().split()
        text = unicodedata.normalize("NFKC", f"{title} {item.detail} {item.found_by}").lower()
        if not all(word in text for word in wanted):
            return None
        if title.startswith(wanted[0]):
            return 0
        if wanted[0] in known:
            return 1
        return 2 if any(word.startswith(wanted[0]) for word in known) else 3

    ranked = [(rank, number, item) for number, item in enumerate(items) if (rank := place(item)) is not None]
    return [item for _rank, _number, item in sorted(ranked, key=lambda entry: entry[:2])]
