"""Help: what the focused part does and its keys, then every action of the screen; type to narrow, Enter runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textual.widget import Widget

from console.dialogs.choose import Item, SearchDrawer
from console.i18n import _
from console.keyboard.parts import part_of
from console.keyboard.table import actions_of, key_name
from console.terminal.legible import clean
from console.terminal.width import pad, wrap
from console.widgets.lines import LinesView, text_line

HEADING = "heading "
"""Begins the keys of lines that are only read."""
SHOWN = 18


class HelpDrawer(SearchDrawer):
    """Explains the focused part and lists the keys; the answer is the id of the action to run."""

    HEIGHT = SHOWN

    def __init__(self, screen_name: str, focused: Widget | None, why: Callable[[str], str] = lambda _name: "") -> None:
        """`why` says why an action cannot run now."""
        self.part = part_of(focused)
        self.reasons: dict[str, str] = {}
        self.screen_name = screen_name
        self.why = why
        super().__init__(_("Help"), self.help_items, _("what to look for; Enter does it"))

    def content(self) -> list[Widget]:
        about = _(self.part.about) if self.part is not None else ""
        view = LinesView(lambda width: [text_line(row) for row in wrap(about, width - 2)])
        view.can_focus = False
        view.styles.height = 3
        return [*([view] if about else []), *super().content()]

    def help_items(self) -> Sequence[Item]:
        """The lines: the part's own keys first, then the actions of the screen group by group."""
        items = [_own(keys, _(words)) for keys, words in (self.part.keys if self.part is not None else ())]
        group = ""
        for action in actions_of(self.screen_name):
            if action.group != group:
                group = action.group
                items.append(Item(HEADING + group, _(group), off=" ", part="title"))
            keys = " ".join(key_name(key) for key in action.keys)
            reason = self.reasons.get(action.id, "") or self.why(action.id)
            title = pad(f"{keys}", 20) + pad(_(action.title), 14)
            words = _(action.help)
            off = _("x {reason}: {words}").format(reason=clean(reason, 80), words=words) if reason else ""
            items.append(Item(action.id, title, words, off, f"{action.initials} {action.id}"))
        return items

    def know(self, reasons: Mapping[str, str]) -> None:
        """The desk has said what the ticket's stage and the officer's roles forbid: id → why."""
        self.reasons |= reasons
        self.refresh_items()

    def action_choose(self) -> None:
        """An action that cannot run is chosen too: then the banner says why."""
        view = self.query_one(".drawer--list", LinesView)
        if view.key is not None and not view.key.startswith(HEADING):
            self.dismiss(view.key)


def _own(keys: str, words: str) -> Item:
    """A key of the focused part, to be read."""
    return Item(HEADING + keys, pad(keys, 20) + words, off=" ")
