"""The wall's app: goes from page to page by the injected clock, reads now and then, and changes nothing."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from textual.app import ComposeResult
from textual.binding import Binding

from console.terminal.cell_output import CellOutput
from console.terminal.driver import ConsoleDriver
from console.terminal.line import LOCAL, Line
from console.theming.live import default_variables, put_on
from console.theming.shelf import STYLE_SHEET
from console.wall.screen import WallWidget
from console.wall.view import EVERY, WallSource, WallTicket, WallView

LOOK_EVERY = 3
"""Seconds between looks at the store."""
ALARM_SECONDS = 20
"""Seconds that an alarm stands between the pages."""
HOLD_LIMIT = 600
"""Seconds after which a page that was held goes on: nobody may be there to let it go."""
WAITING_ALARMS = 20
"""Alarms that wait for their turn; older ones give way."""


class WallApp(CellOutput):
    """Large pages in turn, read-only: no key of it changes any data."""

    TITLE = "zhihui wall"
    CSS_PATH = [STYLE_SHEET]
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [
        Binding("space", "hold", show=False),
        Binding("right,down,pagedown,enter", "turn(1)", show=False),
        Binding("left,up,pageup", "turn(-1)", show=False),
        Binding("escape,f10,ctrl+q", "leave", show=False, priority=True),
        Binding("ctrl+l", "repaint", show=False),
    ]

    def __init__(
        self, source: WallSource, seconds: Callable[[], int], every: int = EVERY, theme: str = "", line: Line = LOCAL
    ) -> None:
        """`seconds` is the injected clock: epoch seconds, now; a page stays for `every` of them."""
        super().__init__(driver_class=ConsoleDriver, line=line)
        self.animation_level = "none"
        self._source = source
        self._seconds = seconds
        self._every = every
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="wall")
        self._loop_here: asyncio.AbstractEventLoop | None = None
        self._looking = False
        self._looked_at: int | None = None
        self._since = seconds()
        self._held_at: int | None = None
        self._alarm_at: int | None = None
        self.alarms: deque[WallTicket] = deque(maxlen=WAITING_ALARMS)
        """Alarms that are shown and wait for it, the one on the wall first."""
        put_on(self, theme)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colours, so that a theme without them still shows everything."""
        return default_variables()

    def compose(self) -> ComposeResult:
        yield WallWidget()

    @property
    def wall(self) -> WallWidget:
        """All there is on the screen."""
        return self.query_one(WallWidget)

    # ------------------------------------------------------------------------------------------- life

    def on_mount(self) -> None:
        self._loop_here = asyncio.get_running_loop()
        self.set_interval(1.0, self.beat)
        self.call_after_refresh(self.beat)

    def on_unmount(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def leave_from_outside(self) -> None:
        """Leave; may be called from any thread."""
        if self._loop_here is not None:
            self._loop_here.call_soon_threadsafe(self.exit)

    async def beat(self) -> None:
        """Once a second: turn the page when it is time, show what the clock changes, and look at the store."""
        if not self.screen_stack or not self.wall.is_mounted:
            return
        now = self._seconds()
        self.catch_up_terminal()
        self._turn_by_clock(now)
        self.wall.tick(now)
        if self._looked_at is None or not 0 <= now - self._looked_at < LOOK_EVERY:
            self._look(now)

    def _turn_by_clock(self, now: int) -> None:
        """Alarms come first, each for its time; then the page stays for its time, or as long as it is held."""
        if now < self._since:
            self._since = now  # the clock was set back
        if self.alarms:
            if self._alarm_at is None:
                self._alarm_at = now
            elif not 0 <= now - self._alarm_at < ALARM_SECONDS:
                self.alarms.popleft()
                self._alarm_at = now if self.alarms else None
                self._since = now
        if self._held_at is not None and not 0 <= now - self._held_at < HOLD_LIMIT:
            self._held_at, self._since = None, now
        if not self.alarms and self._held_at is None and now - self._since >= self._every:
            self._since = now
            self.wall.turn(1)
        self.wall.show_alarm(self.alarms[0] if self.alarms else None)
        self.wall.held = self._held_at is not None

    # ------------------------------------------------------------------------------------------- reading

    def _look(self, now: int) -> None:
        """Read on the reading thread, one look at a time."""
        self._looked_at = now
        if not self._looking:
            self._looking = True
            self.run_worker(self._read(now), group="look", exit_on_error=False)

    async def _read(self, now: int) -> None:
        def look() -> tuple[WallView, list[WallTicket]]:
            return self._source.look(now), list(self._source.alarms(now))

        reading: Awaitable[tuple[WallView, list[WallTicket]]]
        try:
            reading = asyncio.get_running_loop().run_in_executor(self._pool, look)
            view, alarms = await reading
        except Exception:  # noqa: BLE001 - whatever the store has, the wall stays and says how old its figures are
            if self.wall.is_mounted:
                self.wall.lost()
            return
        finally:
            self._looking = False
        self.alarms.extend(alarms)
        if self.wall.is_mounted:
            self.wall.show(view)

    # ------------------------------------------------------------------------------------------- keys

    def action_hold(self) -> None:
        """Keep the page, or let it go on."""
        now = self._seconds()
        self._held_at, self._since = (None if self._held_at is not None else now), now
        self.wall.held = self._held_at is not None
        self.wall.tick(now)

    def action_turn(self, step: int) -> None:
        """To the next page or the one before; an alarm on the wall is left for it."""
        now = self._seconds()
        self._since = now
        if self.alarms:
            self.alarms.popleft()
            self._alarm_at = now if self.alarms else None
            self.wall.show_alarm(self.alarms[0] if self.alarms else None)
        else:
            self.wall.turn(step)
        self.wall.tick(now)

    def action_leave(self) -> None:
        self.exit()

    def action_help_quit(self) -> None:
        """Nothing: the foot of the wall says how to leave."""
