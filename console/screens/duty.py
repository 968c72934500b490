"""What every screen of the console has: status above, keys below, and how a ticket is worked on from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from console.i18n import _, language
from console.keyboard.availability import why_not
from console.keyboard.bindings import bindings
from console.ports import QueueRow
from console.terminal.compositing import DirtyLinesScreen
from console.terminal.legible import clean
from console.widgets.bars import Banner, KeyBar, StatusBar
from console.widgets.gap_bar import GapBar
from console.widgets.glass_bar import GlassBar, over_words
from console.widgets.handover_bar import HandoverBar
from console.widgets.lines import LinesView
from console.widgets.mode_bar import ModeBar
from console.widgets.queue_view import QueueView
from data.errors import Refusal, StoreTrouble

if TYPE_CHECKING:
    from console.app import ZhihuiApp


Standing = TypeVar("Standing", bound=Widget)


class DutyScreen(DirtyLinesScreen, Screen[None]):
    """The frame of a screen. `NAME` is its name in the table of keys."""

    NAME = "queue"
    OWN_KEYS: Mapping[str, str] = {}
    """Actions of the key bar that mean something else on this screen: id → title."""
    OWN_CALLS: Mapping[str, str] = {}
    """What they do: id → action."""
    BINDINGS = bindings("screen")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (150, "-huge")]
    app: ZhihuiApp

    def __init__(self) -> None:
        super().__init__()
        self._standing: dict[type[Widget], tuple[Widget, ...]] = {}

    def compose(self) -> ComposeResult:
        yield ModeBar()
        yield HandoverBar()
        yield GapBar()
        yield GlassBar()
        yield StatusBar()
        yield Banner()
        yield from self.body()
        yield KeyBar(self.NAME, self.OWN_KEYS)

    def body(self) -> Iterable[Widget]:
        """The widgets between the bars."""
        return ()

    def standing(self, kind: type[Standing]) -> Sequence[Standing]:
        """The widgets of a kind on this screen; none while it is put together, and none when the program ends.

        They are looked for once: every second and every key asks for them, and none comes or goes on its own.
        """
        known = self._standing.get(kind, ())
        if not known or not all(widget.is_attached for widget in known):
            known = tuple(self.query(kind))
            if self.is_mounted:
                self._standing[kind] = known
        return cast("tuple[Standing, ...]", known)

    # ------------------------------------------------------------------------------------------- live

    def on_mount(self) -> None:
        for view in self.standing(QueueView):
            view.on_pick = self.picked
        self.tick(self.app.now)

    def tick(self, now: int) -> None:
        """A second has passed: bring countdowns and the status bar up to date."""
        for line in self.standing(ModeBar):
            line.show(self.app.status.mode, self.app.status.zone, now)
        for broken in self.standing(GlassBar):
            for use in broken.show(self.app.status.rights.glass, self.app.status.zone, now):
                self.say(over_words(use), "warning")
        for signed in self.standing(HandoverBar):
            signed.show(self.app.status.handover, now)
        for ahead in self.standing(GapBar):
            ahead.show(self.app.status.gaps, self.app.status.zone, now)
        for bar in self.standing(StatusBar):
            bar.link = self.app.link_text()
            bar.show(self.app.status, now)
        for view in self.standing(QueueView):
            if view.display:
                view.tick(now)
        self._show_reasons()

    @on(QueueView.Moved)
    @on(LinesView.Moved)
    @on(events.DescendantFocus)
    def _show_reasons(self) -> None:
        """Another ticket is chosen, or none: other keys can be used."""
        for keys in self.standing(KeyBar):
            keys.show_reasons(lambda item: why_not(self.app, self, item))

    def changed(self) -> None:
        """Somebody wrote to the store: read again what is shown."""
        for view in self.standing(QueueView):
            view.changed()

    def say(self, text: str, severity: str = "info") -> None:
        """Put a sentence of ours into the banner."""
        for banner in self.standing(Banner):
            banner.say(text, severity)

    def refuse(self, error: Exception, more: str = "") -> None:
        """Say why something did not happen, and what `more` there is to know."""
        said = sentence(error) + more
        if isinstance(error, StoreTrouble) and self.app.watch_store.failing:
            # What still works goes first: the words of a database driver are long, and the banner is one line.
            said = _("The store is silent: read and type on, nothing can be sent.") + " " + sentence(error)
        self.say(said, "warning" if isinstance(error, Refusal) else "error")

    @on(QueueView.Failed)
    def _reading_failed(self, event: QueueView.Failed) -> None:
        self.refuse(event.error)

    @on(QueueView.Said)
    def _list_says(self, event: QueueView.Said) -> None:
        self.say(event.text)

    @on(KeyBar.Chosen)
    async def _key_clicked(self, event: KeyBar.Chosen) -> None:
        await self.run_action(self.OWN_CALLS.get(event.action.id, event.action.call))

    @on(Banner.Clicked)
    def _banner_clicked(self, event: Banner.Clicked) -> None:
        """What is spoken of, or away with it."""
        tickets = {notice.ticket_id for notice in event.notices if notice.ticket_id}
        if event.key == "acknowledge":
            self.action_acknowledge()
        elif event.key or not event.notices:
            self.app.attention.put_away(self.query_one(Banner).dismiss())
        elif len(tickets) == 1:
            self.app.open_ticket(tickets.pop())
        else:
            self.action_notices()

    # ------------------------------------------------------------------------------------------- the ticket at hand

    def ticket(self) -> QueueRow | None:
        """The ticket that keys are meant for, as it was shown."""
        for view in self.standing(QueueView):
            if view.display:
                return view.row
        return None

    def action_actions(self) -> None:
        row = self.ticket()
        if row is None:
            self.say(_("No ticket is chosen."))
        else:
            self.app.work.choose_action(self, row)

    def action_next_step(self) -> None:
        row = self.ticket()
        if row is None:
            self.say(_("No ticket is chosen."))
        else:
            self.app.work.next_step(self, row)

    def action_verb(self, verb: str) -> None:
        row = self.ticket()
        if row is None:
            self.say(_("No ticket is chosen."))
        else:
            self.app.work.start(self, row, verb)

    def action_as_proposed(self) -> None:
        row = self.ticket()
        if row is None:
            self.say(_("No ticket is chosen."))
        else:
            self.app.planned.as_proposed(self, row)

    def action_undo(self) -> None:
        row = self.ticket()
        if row is None:
            self.say(_("No ticket is chosen."))
        else:
            self.app.planned.undo(self, row)

    def action_meetings(self) -> None:
        self.app.meetings.open(self, self.ticket())

    def action_emergency(self) -> None:
        self.app.emergency.open(self)

    def action_devices(self) -> None:
        self.app.sensing.open(self)

    def action_duty_asks(self) -> None:
        self.app.duty_asks.open(self)

    def action_rights(self) -> None:
        self.app.granting.open(self)

    def action_watch(self) -> None:
        self.app.watching.open(self)

    def action_join(self) -> None:
        row = self.ticket()
        if row is None:
            self.say(_("No ticket is chosen."))
        else:
            self.app.joining.propose(self, row)

    def action_plans(self) -> None:
        row = self.ticket()
        if row is None:
            self.say(_("No ticket is chosen."))
        else:
            self.app.contingency.open(self, row)

    def action_card(self) -> None:
        row = self.ticket()
        if row is None:
            self.say(_("No ticket is chosen."))
        else:
            self.app.contingency.card_of_ticket(self, row)

    def action_review(self) -> None:
        row = self.ticket()
        if row is None:
            self.say(_("No ticket is chosen."))
        else:
            self.app.open_review(row)

    def action_handover(self) -> None:
        self.app.handing_over.open(self)

    def action_open_ticket(self) -> None:
        row = self.ticket()
        if row is not None:
            self.app.open_ticket(row.ticket)

    def picked(self, row: QueueRow) -> None:
        """What Enter on a line of a list does."""
        self.app.open_ticket(row.ticket)

    # ------------------------------------------------------------------------------------------- lists

    def action_mark(self) -> None:
        """Only lists with marks do this."""

    def action_mark_range(self) -> None:
        """Only lists with marks do this."""

    def action_mark_all(self) -> None:
        """Only lists with marks do this."""

    def action_newest(self) -> None:
        for view in self.standing(QueueView):
            view.action_first()

    def action_filter(self) -> None:
        """Only screens with a filter do this."""

    def action_views(self) -> None:
        """Only screens with a filter do this."""

    def action_view(self, key: str) -> None:
        """Only screens with a filter do this."""

    def action_sort(self) -> None:
        """Only screens with a filter do this."""

    def action_back(self) -> None:
        """One layer of the user's own first: in a busy hour there is always another notice."""
        if self.step_back():
            return
        self.app.attention.put_away(self.query_one(Banner).dismiss())

    def action_acknowledge(self) -> None:
        self.app.attention.acknowledge(self)

    def action_notices(self) -> None:
        self.app.attention.open_list(self)

    def step_back(self) -> bool:
        """Peel off one layer; False when there is none, and Escape is for the banner."""
        return False

    def focused_lines(self) -> LinesView | None:
        """The list of lines that has the keys."""
        return self.focused if isinstance(self.focused, LinesView) else None


def sentence(error: Exception) -> str:
    """What an error says to the person at the screen."""
    if isinstance(error, Refusal):
        return clean(error.text(language()), 300)
    return _("Something failed ({kind}); the log has the details.").format(kind=type(error).__name__)
