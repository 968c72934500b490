"""A screen around one list of tickets: the filter prompt with its offers, saved views and the order, above the list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from textual import on
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input

from console.completion import offers
from console.i18n import _
from console.intake_ports import FilterWord
from console.ports import QueueProvider
from console.screens.duty import DutyScreen, sentence
from console.views import View, shipped, views
from console.widgets.fields import FieldSpec, TextField
from console.widgets.filter_line import FilterLine, Offers
from console.widgets.queue_view import QueueView
from data.errors import Refusal

TYPING_PAUSE = 0.2
"""Seconds without a key before a filter is applied."""


class FilterPrompt(TextField):
    """Where a filter is typed. Tab and Right take the first offer, the arrows go through the offers."""

    BINDINGS = [
        Binding("enter", "screen.prompt_enter", show=False),
        Binding("down", "screen.prompt_move(1)", show=False),
        Binding("up", "screen.prompt_move(-1)", show=False),
        Binding("tab", "screen.prompt_take", show=False),
        Binding("right", "take_or_right", show=False),
    ]

    def action_take_or_right(self) -> None:
        """At the end of the text Right takes an offer, elsewhere it moves."""
        screen = self.screen
        if self.cursor_position < len(self.value) or not isinstance(screen, FilteredScreen):
            self.action_cursor_right()
        else:
            screen.action_prompt_take()


class FilteredScreen(DutyScreen):
    """Shows what a view and a filter text let through, as one types."""

    provide: Callable[[str, str], QueueProvider]
    """Makes the list for a filter text and an order."""

    def body(self) -> Iterable[Widget]:
        yield FilterLine()
        yield FilterPrompt(
            FieldSpec("filter", "", hint=_("words, late, mine, stage:..., due<30m; -term turns it around"))
        )
        yield Offers()
        yield from self.lists()

    def lists(self) -> Iterable[Widget]:
        """The list, and what stands beside it."""
        return ()

    def on_mount(self) -> None:
        self.words = ""
        """The filter that is on, besides the view's."""
        self.saved = shipped()[0]
        """The view that is on."""
        self.order = self.saved.order
        self._known: Sequence[FilterWord] = ()
        self._recalled = 0
        self._holding = False
        self._typing = self.set_timer(TYPING_PAUSE, self._apply_filter, pause=True)
        self.filter_field.display = False
        self.view.on_shown = self._list_shown
        self.view.show(self.provide("", self.order), order=self.order)
        self._tell_line()
        self.set_focus(self.view)

    @property
    def view(self) -> QueueView:
        """The list."""
        return self.query_one(QueueView)

    @property
    def orders(self) -> Sequence[str]:
        """The orders that the list can have."""
        return self.app.backend.orders

    @property
    def filter_field(self) -> FilterPrompt:
        """Where the filter is typed."""
        return self.query_one(FilterPrompt)

    @property
    def offers(self) -> Offers:
        """What the text may become, and why it cannot be understood."""
        return self.query_one(Offers)

    # ------------------------------------------------------------------------------------------- the prompt

    def action_filter(self) -> None:
        if not self.filter_field.display:
            self.query_one(FilterLine).display = False
            self.filter_field.display = True
            with self.prevent(Input.Changed):
                self.filter_field.value = self.words
            self.filter_field.cursor_position = len(self.words)
            self._recalled = 0
            self.run_worker(self._learn_words(), group="filter-words", exclusive=True, exit_on_error=False)
        self.set_focus(self.filter_field)

    async def _learn_words(self) -> None:
        try:
            self._known = await self.app.load(self.app.backend.filter_words)
        except Exception as error:  # noqa: BLE001 - a failed query is a banner
            self.refuse(error)
            return
        if self.filter_field.display and not self.offers.refusal:
            self._place_offers()
            self.offers.offer(offers(self.filter_field.value, self._known))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._typing.stop()
        self._typing = self.set_timer(TYPING_PAUSE, self._apply_filter)
        self._place_offers()
        self.offers.refuse("")
        self.offers.offer(offers(event.value, self._known))

    def _place_offers(self) -> None:
        self.offers.styles.offset = (0, self.filter_field.region.bottom)

    def action_prompt_move(self, step: int) -> None:
        """Through the offers; above them through earlier filters, below them into the list."""
        if self.offers.move(step):
            return
        if step > 0 and not self.offers.offers:
            self._leave_prompt()
        elif step < 0 and (earlier := self.app.memory.filters.back(self._recalled + 1)) is not None:
            self._recalled += 1
            self._put(earlier)

    @on(Offers.Taken)
    def _offer_clicked(self) -> None:
        self.action_prompt_take()
        self.set_focus(self.filter_field)

    def action_prompt_take(self) -> None:
        """Take the offer that the arrows stand on, or the first."""
        found = self.offers
        if found.offers:
            self._put(found.offers[found.at or 0].text)

    def action_prompt_enter(self) -> None:
        """Take the offer that the arrows stand on; otherwise the filter stands, and the keys are for the list."""
        if self.offers.at is not None:
            self.action_prompt_take()
        else:
            self._leave_prompt()

    def _put(self, text: str) -> None:
        self.filter_field.value = text
        self.filter_field.cursor_position = len(text)

    def _leave_prompt(self) -> None:
        """Apply what stands in the prompt and go to the list."""
        self._typing.stop()
        self._change(self.filter_field.filled, self.saved, self.order, leave=True)

    def _close_prompt(self) -> None:
        self._typing.stop()
        self.offers.hide()
        self.filter_field.display = False
        self.query_one(FilterLine).display = True
        self.set_focus(self.view)

    # ------------------------------------------------------------------------------------------- what is shown

    def _apply_filter(self) -> None:
        if self.filter_field.display:
            self._change(self.filter_field.filled, self.saved, self.order, typing=True)

    def look_for(self, words: str) -> None:
        """Show a filter that comes from elsewhere; empty shows all."""
        if self.filter_field.display:
            self._close_prompt()
        self._change(words, shipped()[0], self.order)
        self.set_focus(self.view)

    def _change(
        self, words: str, saved: View, order: str, *, keep: bool = False, leave: bool = False, typing: bool = False
    ) -> None:
        """Show another list; what cannot be understood is explained where it was typed, and the last list stays.

        Except while one types, the keys that follow are for the new list and wait until it is there.
        """
        if not typing and not self._holding:
            self._holding = True
            self.app.hold_keys()
        same = (words, saved, order) == (self.words, self.saved, self.order)
        if same and not self.offers.refusal:
            self._changed(leave)
            return
        text = f"{saved.filter} {words}".strip()

        async def run() -> None:
            try:
                provider = await self.app.load(lambda: self.provide(text, order))
            except Exception as error:  # noqa: BLE001 - a failed query is a banner
                self._release()
                if isinstance(error, Refusal) and self.filter_field.display:
                    if typing and self.offers.offers:
                        return  # what is typed may yet become one of these
                    self._place_offers()
                    self.offers.refuse(sentence(error))
                else:
                    self.refuse(error)
                return
            self.words, self.saved, self.order = words, saved, order
            self.view.narrowed = bool(text)
            self.view.show(provider, keep=keep, order=order)
            self._changed(leave, waits=True)

        self.run_worker(run(), group="filter", exclusive=True, exit_on_error=False)

    def _changed(self, leave: bool, waits: bool = False) -> None:
        """What was asked for is on, or on its way."""
        if leave:
            if self.words:
                self.app.memory.filters.use(self.words)
            self._close_prompt()
        if not waits:
            self._release()
        self._tell_line()

    def _release(self) -> None:
        if self._holding:
            self._holding = False
            self.app.release_keys()

    def _list_shown(self) -> None:
        self._release()
        self._tell_line()

    def _tell_line(self) -> None:
        line = self.query_one(FilterLine)
        line.view_name, line.words, line.order, line.total = self.saved.name, self.words, self.order, self.view.counted
        line.sortable = len(self.orders) > 1
        line.update()

    @on(QueueView.Failed)
    def _list_failed(self) -> None:
        self._release()

    # ------------------------------------------------------------------------------------------- order and views

    def action_sort(self) -> None:
        """The next order; the cursor stays on its ticket."""
        orders = self.orders
        if len(orders) < 2:
            self.say(_("This list is always by deadline."))
            return
        order = orders[(orders.index(self.order) + 1) % len(orders)]
        self._change(self.words, self.saved, order, keep=True)

    def known_views(self) -> tuple[View, ...]:
        """Ours with the officer's own; ours alone, said in the banner, where the file cannot be followed."""
        try:
            return views()
        except Refusal as error:
            self.refuse(error, _(" The views of the program are shown."))
            return shipped()

    def action_view(self, key: str) -> None:
        """The view of a digit."""
        found = next((view for view in self.known_views() if view.key == key), None)
        if found is None:
            self.say(_("No view has the key {key}; 6 shows all.").format(key=key))
        else:
            self.show_view(found)

    def show_view(self, view: View) -> None:
        """Show a saved view in its own order, without further words."""
        if self.filter_field.display:
            self._close_prompt()
        self._change("", view, view.order if view.order in self.orders else self.orders[0])

    def action_views(self) -> None:
        """The menu of views with their counts."""
        from console.dialogs.views import open_views

        open_views(self)

    # ------------------------------------------------------------------------------------------- layers and marks

    def step_back(self) -> bool:
        """One layer: the offers, the prompt, the filter, the view, the marks."""
        if self.offers.shown:
            self.offers.hide()
        elif self.filter_field.display:
            self.workers.cancel_group(self, "filter")  # what is not on yet will not come on behind the closed prompt
            self._close_prompt()
        elif self.words:
            self._change("", self.saved, self.order)
        elif self.saved != shipped()[0]:
            self._change("", shipped()[0], shipped()[0].order)
        else:
            return self.view.clear_marks()
        return True

    def action_mark(self) -> None:
        self.view.action_mark()

    def action_mark_range(self) -> None:
        self.view.action_mark_range()

    def action_mark_all(self) -> None:
        self.view.action_mark_all()
