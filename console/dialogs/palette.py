"""The palette: commands, themes, and what a list can be narrowed to, all by name, pinyin or initials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from console.dialogs.choose import Item, SearchDrawer
from console.dialogs.themes import THEME_KEY, theme_items
from console.i18n import _
from console.intake_ports import FilterWord
from console.keyboard.availability import why_not
from console.keyboard.table import Action, actions_of, key_name
from console.terminal.legible import clean

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.duty import DutyScreen

FILTER_KEY = "filter "


def open_palette(app: ZhihuiApp, screen: DutyScreen) -> None:
    """Read the units and matters of the centre and open the palette; without them where they cannot be read."""
    app.hold_keys()

    async def show() -> None:
        words: Sequence[FilterWord] = ()
        try:
            words = await app.load(app.backend.filter_words)
        except Exception as error:  # noqa: BLE001 - a failed query is a banner
            screen.refuse(error)
        items = [
            *(_command(app, screen, item) for item in actions_of(screen.NAME) if item.id != "palette"),
            *theme_items(app.themes.shelf, THEME_KEY),
            *(_narrowed(word) for word in words if word.field),
        ]
        app.open_drawer(SearchDrawer(_("Commands"), lambda: items, _("name, pinyin or initials")), run)
        app.release_keys()

    async def run(key: str | None) -> None:
        if key is None:
            return
        if key.startswith(THEME_KEY):
            app.themes.choose(key.removeprefix(THEME_KEY))
        elif key.startswith(FILTER_KEY):
            await app.show_in_queue(key.removeprefix(FILTER_KEY))
        else:
            await app.run_named(key)

    screen.run_worker(show(), group="palette", exclusive=True, exit_on_error=False)


def _command(app: ZhihuiApp, screen: DutyScreen, item: Action) -> Item:
    """What an action does, and first of all why it cannot run now."""
    reason = why_not(app, screen, item)
    words = _("x {reason}: {words}").format(reason=reason, words=_(item.help)) if reason else _(item.help)
    return Item(item.id, _(item.title), f"{key_name(item.keys[0])}  {words}", found_by=item.initials)


def _narrowed(word: FilterWord) -> Item:
    """The queue with nothing but a unit, a matter or a stage."""
    shows = _("queue: {filter}").format(filter=clean(word.text, 80))
    detail = f"{shows}  {clean(word.aside, 100)}".rstrip()
    return Item(FILTER_KEY + word.text, word.title, detail, found_by=" ".join(word.names))
