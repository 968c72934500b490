"""A console that nobody sits at, or at which nobody is signed in: people and tickets are hidden, alarms stay.

Its screen is a mode of its own, so that drawers, fields and places of the others come back as they were. What opens
meanwhile opens behind it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from console.keyboard.table import action_of
from console.ports import Status

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.lock import LockScreen

MODE = "lock"
FIRST_PANE = "queue"
"""Where whoever comes new begins."""
SURVIVES = frozenset({"app.repaint", "screen.back"})
"""Calls of the table of keys that a locked console follows."""
LEAVE = "app.leave"
"""Followed besides where nobody is signed in: nobody is called here who would not hear it."""
HALF_TYPED = 300
"""Seconds without a key after which what was begun on the lock is forgotten."""


class Locking:
    """Locks by a key, or after minutes without one; lifted by whoever goes on."""

    def __init__(self, app: ZhihuiApp) -> None:
        self._app = app
        self._quiet = 0
        """Seconds without a key or a click, counted by the app's beat: no jump of a clock locks or keeps open."""
        self.behind = FIRST_PANE if app.backend.signed_out else ""
        """The mode that the lock hides; empty while it is off."""
        self.named = ""
        """Whom the command line named: the sign-in asks this officer first."""

    @property
    def locked(self) -> bool:
        """Whether the lock is on."""
        return bool(self.behind)

    def touched(self) -> None:
        """Somebody is there."""
        self._quiet = 0

    async def beat(self) -> None:
        """A second has passed."""
        self._quiet += 1
        if self.locked and self._quiet == HALF_TYPED:
            self._begin_again()
        state = self._app.status.lock
        if state.session_over or 0 < state.minutes * 60 <= self._quiet:
            await self.lock()

    def nobody_here(self) -> bool:
        """Whether there is nobody who could come back: an observer, a training, a console that nobody has taken."""
        app = self._app
        return app.backend.read_only or app.coach is not None or not app.backend.officer

    async def lock(self) -> None:
        """Hide everything now. Where nobody could come back, nothing is locked."""
        if self.locked or self.nobody_here():
            return
        app = self._app
        self.behind = app.current_mode
        app.hold_keys()
        try:
            await app.switch_mode(MODE)
        finally:
            app.forget_keys()  # what was typed ahead was meant for what is hidden now
            app.screen.call_after_refresh(app.release_keys)

    async def lift(self, officer: str) -> None:
        """Somebody goes on: as it was for the officer who acted, on fresh panes for another one."""
        app = self._app
        if officer == app.backend.officer:
            behind = self.behind
            app.status = replace(app.status, lock=replace(app.status.lock, session_over=False))
        else:
            behind = FIRST_PANE
            await self._change_officer()
            app.backend.act_as(officer)
            app.attention.start_over()
        app.watch_store.look_at_all()
        self.behind = ""
        self._quiet = 0
        await app.switch_mode(behind)
        if app.duty_screen is not None and app.duty_screen.is_mounted:
            app.duty_screen.tick(app.now)
            app.duty_screen.changed()

    async def sign_out(self) -> None:
        """The officer goes: hide everything, end the session on record, ask who comes next. A remote session ends."""
        app = self._app
        if self.locked or self.nobody_here():
            return
        if app.backend.remote:
            app.action_leave()
            return
        await self.lock()
        await self._change_officer()
        self.behind, self.named = FIRST_PANE, ""
        trouble: Exception | None = None
        try:
            await app.write(app.backend.sign_out)
        except Exception as error:  # noqa: BLE001 - whatever the store has: nobody is signed in here, and that is said
            trouble = error
        app.attention.start_over()
        self._begin_again(trouble)

    async def _change_officer(self) -> None:
        """What was shown to the officer before goes, and what is known of them."""
        app = self._app
        await app.forget_officer()
        kept = app.status
        app.status = Status(kept.centre, "", kept.zone, kept.counts, kept.heartbeat, kept.mode)

    def _begin_again(self, trouble: Exception | None = None) -> None:
        screen = self._app.duty_screen
        if self.locked and screen is not None and screen.is_mounted:
            locked: LockScreen = screen  # type: ignore[assignment]  # the mode has no other
            locked.begin(trouble)

    def forbids(self, call: str) -> bool:
        """Whether a call of the table of keys does nothing now."""
        if not self.locked or action_of(call) is None or call in SURVIVES:
            return False
        return not (call == LEAVE and self._app.backend.signed_out)
