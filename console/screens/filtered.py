"""A screen around one list of tickets with a filter field above it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from console.i18n import _
from console.ports import QueueProvider
from console.screens.duty import DutyScreen
from console.widgets.fields import FieldSpec, TextField
from console.widgets.queue_view import QueueView
from data.errors import Refusal

TYPING_PAUSE = 0.2
"""Seconds without a key before a filter is applied."""


class FilteredScreen(DutyScreen):
    """Shows what a filter text lets through, as one types."""

    provide: Callable[[str], QueueProvider]
    """Makes the list for a filter text."""

    def body(self) -> Iterable[Widget]:
        yield TextField(
            FieldSpec("filter", "", hint=_("Filter: words, late, stage:..., place; Enter keeps, Esc clears"))
        )
        yield from self.lists()

    def lists(self) -> Iterable[Widget]:
        """The list, and what stands beside it."""
        return ()

    def on_mount(self) -> None:
        self.words = ""
        self._typing = self.set_timer(TYPING_PAUSE, self._apply_filter, pause=True)
        self.filter_field.display = False
        self.view.show(self.provide(""))
        self.set_focus(self.view)

    @property
    def view(self) -> QueueView:
        """The list."""
        return self.query_one(QueueView)

    @property
    def filter_field(self) -> TextField:
        """Where the filter is typed."""
        return self.query_one(TextField)

    def action_filter(self) -> None:
        self.filter_field.display = True
        self.set_focus(self.filter_field)

    @on(Input.Changed)
    def _typed(self, _event: Input.Changed) -> None:
        self._typing.stop()
        self._typing = self.set_timer(TYPING_PAUSE, self._apply_filter)

    def step_field(self, _origin: Widget, _step: int, _done: bool) -> None:
        """Enter or an arrow in the filter: to the list."""
        self._typing.stop()
        self._apply_filter()
        self.set_focus(self.view)

    def _apply_filter(self) -> None:
        self.show_filter(self.filter_field.filled)

    def show_filter(self, words: str) -> None:
        """Show only what a filter text lets through; a text that cannot be understood changes nothing."""
        if words == self.words:
            return
        try:
            provider = self.provide(words)
        except Refusal as error:
            self.refuse(error)
            return
        self.words = words
        self.view.show(provider)

    def look_for(self, words: str) -> None:
        """Show a filter that comes from elsewhere, and say in the field what it is; empty shows all."""
        self.filter_field.display = bool(words)
        with self.prevent(Input.Changed):
            self.filter_field.value = words
        self.show_filter(words)
        self.set_focus(self.view)

    def step_back(self) -> bool:
        if self.filter_field.display:
            self.filter_field.value = ""
            self.filter_field.display = False
            self.set_focus(self.view)
            self.show_filter("")
            return True
        if self.words:
            self.show_filter("")
            return True
        return self.view.clear_marks()

    def action_mark(self) -> None:
        self.view.action_mark()

    def action_mark_range(self) -> None:
        self.view.action_mark_range()

    def action_mark_all(self) -> None:
        self.view.action_mark_all()
