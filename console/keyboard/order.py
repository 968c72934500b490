"""Takes keys strictly one after the other, so that what is typed ahead on a slow line reaches what it was meant for.

Textual hands a key to the focused widget, from where it climbs back to the app, whose actions move the focus or open
a drawer; meanwhile the keys behind it have gone to the old widget. Here the next key waits until the one before has
come to its end, and until a drawer that is opening is there.
"""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from textual import events
from textual.app import App
from textual.message import Message
from textual.widgets import Input

from console.keyboard.full_width import half_width
from console.keyboard.shifted import numbered

PATIENCE = 5.0
"""Seconds after which a key that got lost with its widget holds up nothing any more."""
DRAWER_PATIENCE = 30.0
"""The same for a drawer: on a slow machine it takes its time, and what was typed for it must not go elsewhere."""


class KeyDone(Message):
    """Climbs behind a key, the same way, and arrives when the key has been dealt with."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class KeyOrder(App[None]):
    """An app that deals with one key at a time."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._waiting_keys: deque[events.Key] = deque()
        self._busy_since: float | None = None
        self._number = 0
        """Of the key that is under way: one that comes to its end after its patience is over releases no other."""
        self._holds = 0
        self._held_since: float | None = None
        self.last_key_at = 0.0
        """When a key came last, in seconds that only run forward."""

    def hold_keys(self) -> None:
        """What comes next decides where keys go: a drawer is about to open or to hand over. `release_keys` ends it."""
        self._holds = self._holds + 1 if _recent(self._held_since, DRAWER_PATIENCE) else 1
        self._held_since = time.monotonic()

    def release_keys(self) -> None:
        """The drawer is there, or will not come."""
        self._holds = max(self._holds - 1, 0)
        if not self._holds:
            # The key that led here has come to its end, even where its widget went before it could say so.
            self._held_since = self._busy_since = None
            if self._waiting_keys:
                self.call_later(self._take_keys)

    def forget_keys(self) -> None:
        """The drawer was refused: what was typed ahead was meant for it, and here it would do what nobody asked for."""
        self._waiting_keys.clear()

    @property
    def keys_settled(self) -> bool:
        """Whether each key that came has been dealt with, and no drawer is on its way."""
        return not self._waiting_keys and self._busy_since is None and self._held_since is None

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.last_key_at = time.monotonic()
            if self._lost_patience():
                self.forget_keys()
            self._waiting_keys.append(event)
            await self._take_keys()
        else:
            await super().on_event(event)

    async def on_key_done(self, message: KeyDone) -> None:
        if message.number == self._number:
            self._busy_since = None
        await self._take_keys()

    def _lost_patience(self) -> bool:
        """Whether what the waiting keys wait for must be lost."""
        lost_key = self._busy_since is not None and not _recent(self._busy_since, PATIENCE)
        lost_drawer = self._held_since is not None and not _recent(self._held_since, DRAWER_PATIENCE)
        return lost_key or lost_drawer

    async def _take_keys(self) -> None:
        """Deal with the next key if nothing is under way."""
        while (
            self._waiting_keys
            and not _recent(self._busy_since, PATIENCE)
            and not _recent(self._held_since, DRAWER_PATIENCE)
        ):
            event = half_width(numbered(self._waiting_keys.popleft()), isinstance(self.focused, Input))
            self._busy_since = time.monotonic()
            self._number = number = self._number + 1
            target = self.focused or self.screen
            await super().on_event(event)
            if not target.post_message(KeyDone(number)):
                self._busy_since = None


def _recent(since: float | None, patience: float) -> bool:
    """Whether something has begun, and not so long ago that it must be lost."""
    return since is not None and time.monotonic() - since < patience
