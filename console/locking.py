"""The lock of a console that nobody sits at: people and tickets are hidden, alarms and counts stay.

Its screen is a mode of its own, so that drawers, fields and places of the others come back as they were. What opens
meanwhile opens behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.keyboard.table import action_of

if TYPE_CHECKING:
    from console.app import ZhihuiApp

MODE = "lock"
SURVIVES = frozenset({"app.repaint"})
"""Calls of the table of keys that a locked console follows."""


class Locking:
    """Locks by a key, or after minutes without one; lifted by whoever goes on."""

    def __init__(self, app: ZhihuiApp) -> None:
        self._app = app
        self._quiet = 0
        """Seconds without a key or a click, counted by the app's beat: no jump of a clock locks or keeps open."""
        self.behind = ""
        """The mode that the lock hides; empty while it is off."""

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
        state = self._app.status.lock
        if state.session_over or 0 < state.minutes * 60 <= self._quiet:
            await self.lock()

    def _can_lock(self) -> bool:
        """An observer and a training have nobody to come back; before an officer is named nobody could lift it."""
        app = self._app
        return not self.locked and not app.backend.read_only and app.coach is None and bool(app.backend.officer)

    async def lock(self) -> None:
        """Hide everything now."""
        if not self._can_lock():
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
        else:
            behind = app.DEFAULT_MODE
            await app.forget_panes()
            app.backend.act_as(officer)
            app.attention.start_over()
        self.behind = ""
        self._quiet = 0
        await app.switch_mode(behind)
        if app.duty_screen is not None and app.duty_screen.is_mounted:
            app.duty_screen.tick(app.now)
            app.duty_screen.changed()
        app.heard()

    def forbids(self, call: str) -> bool:
        """Whether a call of the table of keys does nothing now."""
        return self.locked and action_of(call) is not None and call not in SURVIVES
