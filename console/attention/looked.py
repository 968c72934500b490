"""What an officer has looked at: the revision of each ticket that the cursor rested on or that was opened, and when.

A ticket is marked that has changed since, or that came in after this officer first opened the console on this store
and was not looked at yet. Kept in the XDG state folder, one file per store and officer, ids and numbers only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from console.officer_files import officer_path, write_whole
from console.ports import QueueRow

KEPT = 5000
"""Tickets that are remembered; of older ones only changes after the next look are marked."""
LIMIT = 1_000_000
"""Bytes: a larger file is none of ours."""
BEGAN = 0
"""In the file, in place of a ticket: the newest ticket that is not marked as new, as a revision."""
CHANGED, NEW = "^", "+"
"""Signs in front of a line."""


class Look(NamedTuple):
    """The revision that was looked at, and when (epoch seconds; 0: it was only on the screen)."""

    revision: int
    at: int


def looked_path(store: str, officer: str) -> str:
    """The file of an officer on a store."""
    return officer_path("looked", store, officer)


class Looked:
    """The memory of one officer. Looking changes memory only; `save` writes, from any thread."""

    def __init__(self, path: str) -> None:
        """Read what is there; a file that cannot be read counts as none."""
        self.path = path
        self._known = _read(path)
        began = self._known.pop(BEGAN, None)
        self._began: int | None = began.revision if began is not None else None
        """The newest ticket that is not marked as new; ids grow with time."""
        self.unsaved = False

    @property
    def has_begun(self) -> bool:
        """Whether it is known which tickets were there before this officer."""
        return self._began is not None

    def begin(self, newest: int) -> None:
        """The officer opens the console for the first time: tickets beyond the `newest` of the store are new."""
        if self._began is None:
            self._began, self.unsaved = newest, True

    def sign(self, row: QueueRow) -> str:
        """The sign of a row: changed or new since the last look, or none."""
        known = self._known.get(row.ticket)
        if known is not None:
            return CHANGED if row.revision > known.revision else ""
        if self._began is None:
            return ""
        if row.ticket > self._began:
            return NEW
        self._known[row.ticket] = Look(row.revision, 0)  # from here on its changes are marked
        return ""

    def look(self, row: QueueRow, now: int) -> bool:
        """The officer looks at a row; whether its sign goes."""
        marked = bool(self.sign(row))
        self._known[row.ticket] = Look(row.revision, now)
        self.unsaved = True
        return marked

    def last_look(self, ticket: int) -> int:
        """When the officer last looked at a ticket; 0 when never."""
        known = self._known.get(ticket)
        return known.at if known is not None else 0

    def save(self) -> None:
        """Write the newest down, whole or not at all. Raises OSError where the folder takes nothing."""
        self.unsaved = False
        known = sorted(dict(self._known).items())
        kept = dict(known[-KEPT:])
        if self._began is not None:
            forgotten = known[-KEPT - 1][0] if len(known) > KEPT else 0
            kept[BEGAN] = Look(max(self._began, forgotten), 0)
        write_whole(self.path, json.dumps({str(ticket): look for ticket, look in kept.items()}))


def _read(path: str) -> dict[int, Look]:
    try:
        with open(path, "rb") as file:
            given: Mapping[str, list[int]] = json.loads(file.read(LIMIT))
        return {int(ticket): Look(int(revision), int(at)) for ticket, (revision, at) in given.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
