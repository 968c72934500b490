"""The line above a list that always says what it shows, and the offers below the prompt while one types."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message

from console.completion import Offer
from console.i18n import _, mark
from console.keyboard import table as keys
from console.terminal.legible import clean
from console.terminal.width import cells, cut, wrap
from console.widgets.bars import Bar, KeyBar, Parts
from console.widgets.lines import Line, LinesView, Part, text_line
from data.queries.counted import Counted

ORDER_NAMES = {
    "due": mark("by deadline"),
    "urgency": mark("by urgency"),
    "age": mark("oldest first"),
    "unit": mark("by unit"),
}
REFUSAL_LINES = 3


class FilterLine(Bar):
    """The view, the filter, how many tickets it lets through, and their order."""

    COMPONENT_CLASSES = {"filter--title", "filter--muted"}
    FAMILY = "filter"

    def __init__(self) -> None:
        super().__init__()
        self.view_name = ""
        self.words = ""
        self.order = "due"
        self.total = Counted(0)
        self.sortable = True

    def on_click(self, event: events.Click) -> None:
        """The view's name, the filter, and the order do what their keys do."""
        name, _words, _gap, right = (cells(text) for text, _style in self.parts(self.size.width))
        place = "views" if event.x < name else "sort" if event.x >= self.size.width - right else "filter"
        self.post_message(KeyBar.Chosen(keys.action(place)))

    def parts(self, width: int) -> Parts:
        right = f"{self.total}  {_(ORDER_NAMES[self.order])} "
        name = f" {clean(self.view_name, 40)} "
        room = max(width - cells(right) - cells(name) - 1, 0)
        hint = _("/ filters, 6 views, 9 order") if self.sortable else _("/ filters, 6 views")
        words = cut(clean(self.words, 300) or hint, room)
        gap = " " * max(width - cells(name) - cells(words) - cells(right), 1)
        return [(name, "title"), (words, "" if self.words else "muted"), (gap, ""), (right, "")]


class Offers(LinesView, can_focus=False):
    """What the term that is being typed may become, or why the text cannot be understood; over the list."""

    DEFAULT_CSS = "Offers { display: none; }"

    class Taken(Message):
        """An offer was clicked."""

    def __init__(self) -> None:
        super().__init__(self._built, name="offers")
        self.offers: Sequence[Offer] = ()
        self.refusal = ""
        self.at: int | None = None
        """The offer that the arrows stand on."""

    @property
    def shown(self) -> bool:
        """Whether there is anything."""
        return bool(self.offers or self.refusal)

    def offer(self, offers: Sequence[Offer]) -> None:
        """Show other offers."""
        if list(offers) != list(self.offers) or self.at is not None:
            self.offers, self.at = offers, None
            self._fit()

    def refuse(self, text: str) -> None:
        """Say why the text cannot be understood; an empty text takes that away."""
        if text != self.refusal:
            self.refusal = text
            self._fit()

    def move(self, step: int) -> bool:
        """Go to the next offer; False where there is none in this direction."""
        at = (-1 if self.at is None else self.at) + step
        if not self.offers or at >= len(self.offers) or (self.at is None and step < 0):
            return False
        self.at = at if at >= 0 else None
        self.rebuild()
        return True

    def hide(self) -> None:
        """Take everything away."""
        self.offers, self.refusal, self.at = (), "", None
        self._fit()

    def on_click(self, event: events.Click) -> None:
        """Take the offer that was clicked."""
        if not self.refusal and event.y < len(self.offers):
            self.at = event.y
            self.post_message(self.Taken())

    def on_resize(self) -> None:
        self.rebuild()

    def _fit(self) -> None:
        """Be as high as what there is to say."""
        self.display = self.shown
        width = self.app.size.width
        self.styles.height = max(len(self._built(width)), 1)
        self.rebuild()

    def _built(self, width: int) -> list[Line]:
        lines = [text_line(f" ! {row}", "late") for row in wrap(self.refusal, max(width - 4, 20))[:REFUSAL_LINES]]
        if not self.refusal:
            lines = []
        for number, offer in enumerate(self.offers):
            here = number == self.at
            parts: list[Part] = [
                (f" {'>' if here else ' '} ", "title"),
                (clean(offer.title, 40), "title" if here else ""),
            ]
            parts.append((f"  {clean(offer.text.split()[-1], 60)}  {clean(offer.detail, 40)}", "muted"))
            if not number and self.at is None:
                parts.append(("  Tab", "label"))
            lines.append(Line(tuple(parts)))
        return lines
