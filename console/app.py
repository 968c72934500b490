"""The console: wires screens, clock, backend and terminal together. It decides nothing about tickets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, TypeVar

from rich.text import Text
from textual import events
from textual.screen import Screen
from textual.widgets import Input

from console.at_work import AtWork
from console.attention.attention import Attention
from console.drafts import Drafts, drafts_path
from console.i18n import _, language
from console.incidents import record
from console.keyboard.availability import why_not
from console.keyboard.bindings import bindings
from console.keyboard.order import KeyOrder
from console.keyboard.table import action, action_of
from console.locking import FIRST_PANE, Locking
from console.locking import MODE as LOCK
from console.officer_memory import OfficerMemory
from console.ports import Backend, QueueRow, Status
from console.screens.duty import DutyScreen
from console.store_watch import News, StoreWatch
from console.terminal.cell_output import CellOutput
from console.terminal.driver import ConsoleDriver
from console.terminal.legible import clean
from console.terminal.line import LOCAL, Line
from console.theming.live import LiveThemes, default_variables
from console.theming.shelf import STYLE_SHEET
from console.thread_loader import ThreadLoader
from console.widgets import countdown
from console.widgets.bars import StatusBar
from console.widgets.drawer import Answer, Drawer
from data.errors import Refusal

if TYPE_CHECKING:
    from textual.actions import ActionParseResult

    from console.dialogs.help import HelpDrawer
    from console.training.coach import Coach

Result = TypeVar("Result")

TYPING_BEAT = 5
"""Seconds between countdown updates while a field has the keys: an input method's window hates repaints."""


LONGEST_REST = 60
"""The same on a long line, while keys keep coming."""

WARM_UP_AFTER = 0.5
"""Seconds after which what is heavy is loaded: the first screen must not share the processor with it."""

PANES = {
    "queue": "QueueScreen",
    "dispatch": "DispatchScreen",
    "leaders": "LeadersScreen",
    "timers": "TimersScreen",
    "overview": "OverviewScreen",
    "roster": "RosterScreen",
    "intake": "IntakeScreen",
}


OVER_A_PANE = frozenset({"ticket", "review", "replay"})
"""Screens of one ticket; they stand over a pane."""


TOUCHES = (events.Key, events.Paste, events.MouseDown, events.MouseScrollUp, events.MouseScrollDown)
"""What says that somebody sits here."""


def pane(name: str) -> DutyScreen:
    """The screen of a pane, or of the lock; its module is loaded when it is first shown."""
    module = import_module(f"console.screens.{name}")
    made: DutyScreen = getattr(module, PANES.get(name, "LockScreen"))()
    return made


class ZhihuiApp(KeyOrder, CellOutput, AtWork):
    """The duty officer's console."""

    TITLE = "zhihui"
    CSS_PATH = [STYLE_SHEET]
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = bindings("app")
    MODES = {name: partial(pane, name) for name in (*PANES, LOCK)}
    DEFAULT_MODE = FIRST_PANE

    def __init__(self, backend: Backend, seconds: Callable[[], int], theme: str = "", line: Line = LOCAL) -> None:
        """On a backend; `seconds` is the injected clock: epoch seconds, now; `line` leads to the terminal.

        `theme` goes before the one remembered on this machine.
        """
        super().__init__(driver_class=ConsoleDriver, line=line)
        countdown.show_seconds_below(line.seconds_below)
        self.animation_level = "none"
        self.backend = backend
        self.seconds = seconds
        self.load = ThreadLoader("reading")
        self.listen = ThreadLoader("listening")
        self.write = ThreadLoader("writing")
        self.keeping = ThreadLoader("keeping")
        self._drafts: Drafts | None = None
        self.memory = OfficerMemory(self)
        self._said_unkept = False
        self.status = Status()
        self.now = seconds()
        self._drawn_at = 0
        self.watch_store = StoreWatch(self, self._take_news, self._store_trouble)
        self.attention = Attention(self)
        self.locking = Locking(self)
        self.troubles: list[Refusal] = []
        """What is wrong with the officer's own settings, to be said once the console is open."""
        self._asked_officer = False
        self.coach: Coach | None = None
        """Runs a training, where this is one."""
        self._loop_here: asyncio.AbstractEventLoop | None = None
        self.themes = LiveThemes(self, theme)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colours, so that a theme without them still shows everything."""
        return default_variables()

    # ------------------------------------------------------------------------------------------- life

    def on_mount(self) -> None:
        self._loop_here = asyncio.get_running_loop()
        self.set_interval(1.0, self._beat)
        self.watch_store.start()
        self.themes.start()
        self.call_after_refresh(self._beat)
        self.call_after_refresh(self._say_what_is_wrong)
        self.set_timer(WARM_UP_AFTER, self._warm_up)
        self.set_timer(WARM_UP_AFTER, self.watch_store.hear_bell)

    def _say_what_is_wrong(self) -> None:
        """The officer's own settings could not be followed: the console opens with the usual ones and says so."""
        found = [*self.troubles, *([self.attention.trouble] if self.attention.trouble else [])]
        duty = self.duty_screen
        if found and duty is not None:
            duty.say("  ".join(clean(error.text(language()), 300) for error in found), "warning")

    def on_unmount(self) -> None:
        self.attention.close()
        self.watch_store.stop()
        self._save_drafts()
        self.memory.save()
        for loader in (self.load, self.listen, self.write, self.keeping):
            loader.close()

    def leave_from_outside(self) -> None:
        """Leave; may be called from any thread."""
        if self._loop_here is not None:
            self._loop_here.call_soon_threadsafe(self.exit)

    def _warm_up(self) -> None:
        """The first screen is drawn: load the desk and start the engine behind it."""

        async def prepare() -> None:
            try:
                await self.write(self.backend.start)
            except Exception as error:  # noqa: BLE001 - whatever the store has, the duty screen stays open
                self.watch_store.failed(error)

        self.run_worker(prepare(), group="warm-up", exit_on_error=False)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, TOUCHES):
            self.locking.touched()
        await super().on_event(event)

    async def _beat(self) -> None:
        """Once a second: move the countdowns, and listen whether the store changed."""
        self.now = self.seconds()
        if not self.screen_stack or not self.is_running:
            return  # the first screen is not there yet, or the program is ending
        self._keep_drafts()
        self.memory.beat(self.now)
        if self.coach is not None:
            self.coach.beat()
        if self.watch_store.failing:
            self.status = replace(self.status, lost=self.watch_store.lost)
        await self._take_keys()
        await self.locking.beat()
        self.catch_up_terminal()
        self.attention.beat(self.now)
        if not self._field_wants_rest():
            self._drawn_at = self.now
            for screen in self.screen_stack:
                if isinstance(screen, DutyScreen) and screen.is_mounted:
                    screen.tick(self.now)
        self.heard()

    def _field_wants_rest(self) -> bool:
        """Whether somebody composes text, on a long line for as long as keys come: then nothing moves behind it."""
        if not isinstance(self.focused, Input):
            return False
        composing = time.monotonic() - self.last_key_at < self.line.typing_rest
        return 0 <= self.now - self._drawn_at < (LONGEST_REST if composing else TYPING_BEAT)

    def heard(self) -> None:
        """Something may have changed in the store: look soon."""
        self.watch_store.look()

    def _take_news(self, news: News) -> None:
        """Show what a look at the store found."""
        self.status = news.status
        nobody = self.backend.officer is None and not self.backend.signed_out
        if nobody and not self.backend.read_only and not self._asked_officer:
            self._ask_officer()
        duty = self.duty_screen
        if duty is None:
            return
        for bar in duty.standing(StatusBar):  # none while the screen is still being put together
            bar.show(news.status, self.now)
        if news.silence is not None:
            duty.say(_("The store answers again, after {n} s. Everything is up to date.").format(n=news.silence))
            self.backend.renew()
            self._warm_up()
        if news.changed:
            duty.changed()
        self.attention.take(duty, news)

    def _store_trouble(self, error: Exception) -> None:
        """Say what is wrong and what still works."""
        if self.duty_screen is not None:
            self.duty_screen.refuse(error)

    # ------------------------------------------------------------------------------------------- drafts

    @property
    def drafts(self) -> Drafts:
        """What the acting officer typed and did not send yet."""
        path = drafts_path(self.backend.name, self.backend.officer or "")
        if self._drafts is None or self._drafts.path != path:
            self._save_drafts()
            self._drafts = Drafts(path, self.seconds)
        return self._drafts

    def _keep_drafts(self) -> None:
        """Write down what was typed in the last second, away from the event loop."""
        drafts = self._drafts
        if drafts is None or not drafts.unsaved:
            return

        async def keep() -> None:
            try:
                await self.keeping(drafts.save)
            except OSError as error:
                if not self._said_unkept and self.duty_screen is not None:
                    self._said_unkept = True
                    words = _("What you type cannot be kept on this disk ({reason}): send it before you leave.")
                    self.duty_screen.say(words.format(reason=clean(error.strerror or "", 60)), "warning")

        self.run_worker(keep(), group="drafts", exit_on_error=False)

    def _save_drafts(self) -> None:
        """Write everything down at once: the console ends, or another officer goes on."""
        if self._drafts is not None:
            with suppress(OSError):
                self._drafts.save()

    def _ask_officer(self) -> None:
        """Ask once who acts here; without an answer everything can be read and nothing changed."""
        self._asked_officer = True

        async def ask() -> None:
            from console.dialogs.choose import Item, SearchDrawer

            officers = await self.load(self.backend.officers)
            items = [Item(one.code, one.name, one.posts, found_by=one.found_by) for one in officers]

            def chosen(code: str | None) -> None:
                if code is not None:
                    self.backend.act_as(code)
                    self.attention.start_over()

            heading = _("Who is on duty here? Every action carries this name.")
            self.open_drawer(SearchDrawer(heading, lambda: items, _("name, code or post")), chosen)

        self.run_worker(ask(), group="officer", exit_on_error=False)

    # ------------------------------------------------------------------------------------------- moving about

    @property
    def duty_screen(self) -> DutyScreen | None:
        """The topmost screen that is no drawer."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, DutyScreen)), None)

    async def action_pane(self, name: str) -> None:
        """Show a pane; a ticket that is open over another pane is closed."""
        if name == "intake" and self.backend.read_only and self.duty_screen is not None:
            self.duty_screen.say(_("This console only observes: no report can be taken down here."), "warning")
            return
        while self.duty_screen is not None and self.duty_screen.NAME in OVER_A_PANE:
            await self.pop_screen()
        if self.current_mode == name:
            return
        self.hold_keys()  # what is typed ahead is for the new pane, however long it takes to come
        try:
            await self.switch_mode(name)
            duty = self.duty_screen
            if duty is not None and duty.is_mounted:
                duty.tick(self.now)
                duty.changed()
        finally:
            self.screen.call_after_refresh(self.release_keys)

    def open_drawer(self, drawer: Drawer[Answer], then: Callable[[Answer | None], object] | None = None) -> None:
        """Open a drawer; the keys that follow are for it, and after it for what `then` opens."""

        async def finished(answer: Answer | None) -> None:
            try:
                outcome = then(answer) if then is not None else None
                if isawaitable(outcome):
                    await outcome
            finally:
                self.release_keys()

        self.hold_keys()
        self.push_screen(drawer, finished)

    def open_ticket(self, ticket_id: int) -> None:
        """Show a whole ticket over the pane."""
        from console.screens.ticket import TicketScreen

        if not isinstance(self.screen, TicketScreen):
            self.push_screen(TicketScreen(ticket_id))

    def show_ticket(self, ticket_id: int) -> None:
        """The same from another ticket: it stands on top, Escape leads back."""
        from console.screens.ticket import TicketScreen

        self.push_screen(TicketScreen(ticket_id))

    def open_review(self, row: QueueRow) -> None:
        """Look back on a ticket; Escape leads back."""
        from console.screens.review import ReviewScreen

        if not isinstance(self.screen, ReviewScreen):
            self.push_screen(ReviewScreen(row))

    def action_training(self) -> None:
        """The coach's menu; outside a training there is none."""
        if self.coach is not None and self.screen is self.duty_screen:
            self.coach.menu()
        elif self.coach is None and self.duty_screen is not None:
            self.duty_screen.say(_("This is no training: zhihui train starts one."))

    async def run_action(self, action: str | ActionParseResult, *args: Any, **options: Any) -> bool:
        """Run an action; one of the table that cannot run now says why instead. Behind the lock none runs."""
        if isinstance(action, str) and self.locking.forbids(action):
            return True
        item, duty = (action_of(action) if isinstance(action, str) else None), self.duty_screen
        reason = why_not(self, duty, item) if item is not None and duty is not None and self.screen is duty else ""
        if item is None or duty is None or not reason:
            return await super().run_action(action, *args, **options)
        duty.say(_("{action}: {reason}").format(action=_(item.title), reason=reason), "warning")
        return True

    async def run_named(self, name: str) -> None:
        """Run an action of the table on the screen in front, as its key does there."""
        duty = self.duty_screen
        if duty is not None:
            await duty.run_action(duty.OWN_CALLS.get(name, action(name).call))

    def action_help(self) -> None:
        from console.dialogs.help import HelpDrawer

        duty = self.duty_screen
        if duty is None or self.screen is not duty:
            return
        drawer = HelpDrawer(duty.NAME, self.focused, lambda name: why_not(self, duty, action(name)))

        async def run(name: str | None) -> None:
            if name is not None:
                await self.run_named(name)

        self.open_drawer(drawer, run)
        self.run_worker(self._know_reasons(duty, drawer), group="help", exclusive=True, exit_on_error=False)

    async def _know_reasons(self, duty: DutyScreen, drawer: HelpDrawer) -> None:
        """Ask the desk what stage and role forbid on the ticket at hand; without an answer the help stands as it is."""
        row = duty.ticket()
        if row is not None:
            with suppress(Exception):
                choices = await self.write(lambda: self.backend.possible(row.code))
                drawer.know({f"verb.{choice.verb}": choice.reason for choice in choices if not choice.allowed})

    def action_jump(self) -> None:
        """Numbers over everything that can be gone to; the number goes there."""
        from console.dialogs.jump import JumpScreen, Target, targets

        if isinstance(self.screen, JumpScreen):
            return

        def go(target: Target | None) -> None:
            if target is not None:
                target.go()
            self.release_keys()

        self.hold_keys()
        self.push_screen(JumpScreen(targets(self.screen)), go)

    def action_command_palette(self) -> None:
        from console.dialogs.palette import open_palette

        if self.duty_screen is not None and self.screen is self.duty_screen:
            open_palette(self, self.duty_screen)

    async def show_in_queue(self, words: str) -> None:
        """The queue with a filter that comes from elsewhere."""
        from console.screens.filtered import FilteredScreen

        await self.action_pane("queue")
        if isinstance(self.duty_screen, FilteredScreen):
            self.duty_screen.look_for(words)

    def action_next_theme(self) -> None:
        self.themes.next()

    def action_choose_theme(self) -> None:
        """A menu of the themes."""
        from console.dialogs.choose import MenuDrawer
        from console.dialogs.themes import theme_items

        if self.duty_screen is self.screen:
            menu = MenuDrawer(_("Themes"), theme_items(self.themes.shelf), self.theme)
            self.open_drawer(menu, lambda name: self.themes.choose(name) if name is not None else None)

    async def action_lock(self) -> None:
        await self.locking.lock()

    async def action_sign_out(self) -> None:
        await self.locking.sign_out()

    async def forget_officer(self) -> None:
        """Another officer goes on: what stood open was the last one's. What was typed is kept as drafts."""
        for name in PANES:
            await self.remove_mode(name)
            self.add_mode(name, partial(pane, name))
        self._save_drafts()
        self._drafts = None
        self.memory.save()
        self.forget_work()
        self._clipboard = ""

    def push_screen(self, screen: Screen[Any] | str, *given: Any, mode: str | None = None, **options: Any) -> Any:
        """Push a screen; what opens while the console is locked opens behind the lock."""
        behind = mode or self.locking.behind or None
        return super().push_screen(screen, *given, mode=behind, **options)

    def action_leave(self) -> None:
        self.exit()

    # ------------------------------------------------------------------------------------------- crashes

    def _fatal_error(self) -> None:
        """Show an incident number; the details, without the values of variables, go to the log."""
        self._save_drafts()
        number = record(self._exception)[0] if self._exception is not None else "-"
        self.bell()
        words = _("The console stopped (incident {number}). The log has the details; the store is unharmed.")
        self._exit_renderables.append(Text(clean(words.format(number=number))))
        self._close_messages_no_wait()


class SignInApp(ZhihuiApp):
    """The console where somebody must sign in first: before that no pane is made."""

    DEFAULT_MODE = LOCK
