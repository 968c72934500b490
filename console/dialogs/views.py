"""The menu of saved views: each with its digit and its count; and saving the filter that is on as a view."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.widget import Widget

from console.completion import spoken
from console.dialogs.form import FormDrawer
from console.i18n import _
from console.intake_ports import FilterWord
from console.terminal.legible import clean
from console.terminal.width import pad
from console.views import KEYS, View, save
from console.widgets.drawer import Drawer
from console.widgets.fields import FieldSpec
from console.widgets.lines import Line, LinesView, Part
from data.errors import Refusal

if TYPE_CHECKING:
    from console.screens.filtered import FilteredScreen

SAVE = "save"


class ViewsDrawer(Drawer[str]):
    """Views by digit; 0 saves the filter that is on. Counts come in one by one."""

    BINDINGS = [
        *[Binding(digit, f"digit('{digit}')", show=False) for digit in KEYS],
        Binding("0", f"digit('{SAVE}')", show=False),
    ]

    def __init__(self, views: Sequence[View], now: View, words: str) -> None:
        super().__init__(_("Views"))
        self.views = views
        self.now = now
        self.words = words
        self.filters: dict[str, str] = {}
        """Filters of views in the user's language."""
        self.counts: dict[str, str] = {}
        self.closed = False
        """Nobody waits for counts any more."""

    def content(self) -> list[Widget]:
        view = LinesView(self._lines, classes="drawer--list")
        view.key = self.now.title
        view.styles.height = min(len(self.views) + 1, 16)
        view.on_pick, view.click_picks = self._picked, True
        return [view]

    def count(self, view: View, text: str) -> None:
        """A count has come."""
        self.counts[view.title] = text
        self._rebuild()

    def translate(self, words: Sequence[FilterWord]) -> None:
        """What filters are made of is known."""
        self.filters = {view.title: spoken(view.filter, words) for view in self.views}
        self._rebuild()

    def _rebuild(self) -> None:
        for lines in self.query(".drawer--list").results(LinesView):
            lines.rebuild()

    def _lines(self, _width: int) -> list[Line]:
        lines = []
        for view in self.views:
            here = "*" if view.title == self.now.title else " "
            parts: tuple[Part, ...] = (
                (f"{here}{view.key or ' '} ", "title"),
                (pad(clean(view.name, 40), 20), ""),
                (pad(self.counts.get(view.title, ".."), 9, right=True), ""),
                (f"  {clean(self.filters.get(view.title, view.filter), 100)}", "muted"),
            )
            lines.append(Line(parts, view.title))
        words = clean(self.words, 100) or _("no filter is on")
        save_line: tuple[Part, ...] = ((" 0 ", "title"), (_("Save the filter as a view"), ""), (f"  {words}", "muted"))
        return [*lines, Line(save_line, SAVE, off=not self.words)]

    def action_digit(self, digit: str) -> None:
        chosen = next((view.title for view in self.views if view.key == digit), None)
        self._picked(SAVE if digit == SAVE else chosen)

    def _picked(self, key: str | None) -> None:
        if key is not None and (key != SAVE or self.words):
            self.dismiss(key)


def open_views(screen: FilteredScreen) -> None:
    """Open the menu over a screen, and count behind it."""
    known = screen.known_views()
    drawer = ViewsDrawer(known, screen.saved, f"{screen.saved.filter} {screen.words}".strip() if screen.words else "")

    def chosen(title: str | None) -> None:
        drawer.closed = True
        if title == SAVE:
            _ask_name(screen, drawer.words)
        elif title is not None:
            screen.show_view(next(view for view in known if view.title == title))

    def read(view: View) -> str:
        try:
            return str(screen.provide(view.filter, "due").count())
        except Refusal:
            return "?"

    async def count() -> None:
        try:
            drawer.translate(await screen.app.load(screen.app.backend.filter_words))
        except Exception as error:  # noqa: BLE001 - a failed query is a banner
            screen.refuse(error)
        for view in known:
            if drawer.closed:
                return
            drawer.count(view, await screen.app.load(partial(read, view)))

    screen.app.open_drawer(drawer, chosen)
    screen.run_worker(count(), group="views", exclusive=True, exit_on_error=False)


def _ask_name(screen: FilteredScreen, words: str) -> None:
    """Ask for name and digit, then save."""
    fields = (
        FieldSpec("title", _("Name"), required=True, limit=20),
        FieldSpec("key", _("Digit"), limit=1, hint=_("1 to 9, or nothing")),
    )

    def filled(answer: dict[str, str] | None) -> None:
        if answer is None:
            return
        digit = unicodedata.normalize("NFKC", answer.get("key", ""))
        view = View(answer["title"], "", words, screen.order, digit)
        try:
            save(view)
        except (Refusal, OSError) as error:
            screen.refuse(error)
            return
        screen.say(_("Saved as view {name}.").format(name=clean(view.name, 40)))
        screen.show_view(view)

    screen.app.open_drawer(FormDrawer(_("Save as a view: {filter}").format(filter=clean(words, 80)), fields), filled)
