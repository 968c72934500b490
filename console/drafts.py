"""What was typed and not sent yet: kept in a file of the officer's own, so that no crash or lost line takes it away.

A draft belongs to a form (`intake`, or a verb on a ticket) and is dropped when the form is sent. The file lies in the
XDG state folder, one per store and officer, readable by its owner alone, for it may hold names and numbers; drafts
that nobody went on with are forgotten after a week. Consoles that share the file each change their own forms only.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from console.officer_files import officer_path, write_whole

KEPT_SECONDS = 7 * 86_400
"""How long a draft is kept that nobody goes on with."""
KEPT_DRAFTS = 100
INTAKE = "intake"
"""The form of a new report."""
ASIDE = "intake aside"
"""A report that was put aside for another call."""
LIMIT = 1_000_000
"""Bytes: a larger file is none of ours."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form held, and when it was last typed in (epoch seconds)."""

    values: Mapping[str, str] = field(default_factory=dict)
    at: int = 0

    def __bool__(self) -> bool:
        return bool(self.values)


def drafts_path(store: str, officer: str) -> str:
    """The file of an officer's drafts on a store."""
    return officer_path("drafts", store, officer)


class Drafts:
    """The drafts of one officer on one store. Typing changes memory only; `save` writes, from any thread."""

    def __init__(self, path: str, seconds: Callable[[], int]) -> None:
        """Read what is there; a file that cannot be read counts as empty. `seconds` is the injected clock."""
        self.path = path
        self._seconds = seconds
        found = _read(path)
        self._drafts = _fresh(found, seconds())
        # What is too old goes out of the file with the next save, not only out of sight.
        self._changed = found.keys() - self._drafts.keys()

    def get(self, form: str) -> Draft:
        """The draft of a form; an empty one where there is none."""
        return self._drafts.get(form, Draft())

    def keep(self, form: str, values: Mapping[str, str]) -> None:
        """Remember what a form holds now; nothing filled in drops its draft."""
        filled = {name: text for name, text in values.items() if text}
        if filled == self.get(form).values:
            return
        self._changed.add(form)
        if filled:
            self._drafts[form] = Draft(filled, self._seconds())
        else:
            self._drafts.pop(form, None)

    def drop(self, form: str) -> None:
        """The form was sent."""
        self.keep(form, {})

    @property
    def unsaved(self) -> bool:
        """Whether something was typed since the last save."""
        return bool(self._changed)

    def save(self) -> None:
        """Write what changed; raises OSError where the folder takes nothing, and then it is tried again later."""
        if not self._changed:
            return
        changed: set[str] = set()
        try:
            os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
            with open(os.open(self.path + ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                # Only now: another thread that saves has older words, and must not write them over these.
                changed, self._changed = self._changed, set()
                mine = dict(self._drafts)
                whole = _fresh(_read(self.path), self._seconds())
                for form in changed:
                    whole.pop(form, None)
                    if form in mine:
                        whole[form] = mine[form]
                _write(self.path, whole)
        except OSError:
            self._changed |= changed
            raise


def _fresh(drafts: Mapping[str, Draft], now: int) -> dict[str, Draft]:
    """Those that are not too old."""
    return {form: draft for form, draft in drafts.items() if draft and now - draft.at < KEPT_SECONDS}


def _read(path: str) -> dict[str, Draft]:
    """The drafts in a file."""
    try:
        with open(path, "rb") as file:
            given = json.loads(file.read(LIMIT + 1)[:LIMIT])
        return {form: Draft(_texts(entry["values"]), int(entry["at"])) for form, entry in given.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    return {str(name): text for name, text in values.items() if isinstance(text, str)}


def _write(path: str, drafts: Mapping[str, Draft]) -> None:
    """Put the newest drafts into the file, all at once."""
    newest = sorted(drafts.items(), key=lambda item: item[1].at)[-KEPT_DRAFTS:]
    text = json.dumps({form: {"values": dict(d.values), "at": d.at} for form, d in newest}, ensure_ascii=False)
    write_whole(path, text)
