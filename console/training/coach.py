"""The coach beside the screen: lets the scenario happen, rings when a call comes in, scores at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from console.dialogs.choose import Item, MenuDrawer
from console.i18n import _, language
from console.terminal.legible import clean
from console.training.drawers import CallDrawer, ResultDrawer, spoken
from core.clock import ScaledClock
from core.training.play import Play
from core.training.scenario import Arrival
from core.training.score import Score

if TYPE_CHECKING:
    from console.app import ZhihuiApp


class Coach:
    """Runs one play for a console. Nothing here touches the store on the event loop."""

    def __init__(self, app: ZhihuiApp, play: Play, clock: ScaledClock, finished: Callable[[Score], None]) -> None:
        """`finished` is told the score when the trainee ends the play."""
        self.app = app
        self.play = play
        self.clock = clock
        self.finished = finished
        self.call: Arrival | None = None
        """The last call that came in."""
        self._stepping = False
        self._told_over = False
        self._usual = clock.speed
        clock.run(0)  # until the trainee can see the screen
        self._started = False

    @property
    def caller_words(self) -> str:
        """What the last caller said, until the report is taken down."""
        return spoken(self.call) if self.call is not None else ""

    def taken_down(self) -> None:
        """A report went in."""
        self.call = None

    def beat(self) -> None:
        """Once a second: let happen what is due."""
        if self._stepping:
            return
        if not self._started:
            self._started = True
            self.clock.run(self._usual)
        self._stepping = True

        async def step() -> None:
            try:
                calls, over = await self.app.write(lambda: (self.play.step(), self.play.over()))
            except Exception as error:  # noqa: BLE001 - whatever the store has, the screen stays open
                self.app.watch_store.failed(error)
                return
            finally:
                self._stepping = False
            for call in calls:
                self._ring(call)
            if over and not self._told_over:
                self._told_over = True
                self.show_result()

        self.app.run_worker(step(), group="coach", exit_on_error=False)

    # ------------------------------------------------------------------------------------------- calls

    def _ring(self, call: Arrival) -> None:
        self.call = call
        self.app.bell()
        duty = self.app.duty_screen
        if duty is not None and self.app.screen is duty:
            self._show_call()
        elif duty is not None:
            duty.say(_("The telephone rings: Ctrl+T."), "alarm")

    def _show_call(self) -> None:
        if self.call is not None:
            self.app.open_drawer(CallDrawer(self.call), self._answered)

    async def _answered(self, answer: str | None) -> None:
        if answer == "intake":
            await self.app.action_pane("intake")

    # ------------------------------------------------------------------------------------------- the menu

    def menu(self) -> None:
        """What a trainee can do besides the work."""
        paused = self.clock.speed == 0
        items = [
            Item("brief", _("What is to be done"), self._brief()),
            Item("skip", _("Skip ahead to the next thing that happens")),
            Item("pause", _("Let the clock run on") if paused else _("Stop the clock")),
            Item("result", _("Score so far, and end the training")),
            # Last, because what is off goes to the end: the others keep their digits.
            Item("call", _("Hear the caller again"), off="" if self.call is not None else _("nobody has called")),
        ]
        self.app.open_drawer(MenuDrawer(_("Training"), items), self._chosen)

    def _brief(self) -> str:
        scenario = self.play.scenario
        return clean(scenario.brief_en if language() == "en" else scenario.brief, 300)

    def _chosen(self, key: str | None) -> None:
        if key == "call":
            self._show_call()
        elif key == "brief" and self.app.duty_screen is not None:
            self.app.duty_screen.say(self._brief())
        elif key == "skip":
            self._skip()
        elif key == "pause":
            self.clock.run(self._usual if self.clock.speed == 0 else 0)
        elif key == "result":
            self.show_result()

    def _skip(self) -> None:
        async def skip() -> None:
            there_was = await self.app.write(self.play.skip)
            if not there_was and self.app.duty_screen is not None:
                self.app.duty_screen.say(_("Nothing happens by itself any more: it is your turn."))
            self.beat()

        self.app.run_worker(skip(), group="coach", exit_on_error=False)

    def show_result(self) -> None:
        """Show the score as things stand; Enter ends the training."""

        async def show() -> None:
            score = await self.app.write(self.play.score)

            def answered(answer: str | None) -> None:
                if answer == "end":
                    self.finished(score)
                    self.app.exit()

            self.app.open_drawer(ResultDrawer(self.play.scenario, score), answered)

        self.app.run_worker(show(), group="coach-result", exclusive=True, exit_on_error=False)
