"""The filters that an officer used, so that the prompt brings them back, in the next session too.

One file per store and officer in the XDG state folder. A filter that holds a telephone number, a name or another
personal thing is remembered until the console ends, and never written.
"""

from __future__ import annotations

import json

from console.officer_files import officer_path, write_whole
from data.masking import mask_text

KEPT = 30
LONGEST = 300
"""Characters of a filter that is worth keeping."""
LIMIT = 100_000
"""Bytes: a larger file is none of ours."""


def filters_path(store: str, officer: str) -> str:
    """The file of an officer's filters on a store."""
    return officer_path("filters", store, officer)


class FilterHistory:
    """The filters of one officer, oldest first. Using one changes memory only; `save` writes, from any thread."""

    def __init__(self, path: str) -> None:
        """Read what is there; a file that cannot be read counts as empty."""
        self.path = path
        self._texts = _read(path)
        self._used: list[str] = []
        """What was used since the last save."""

    def use(self, text: str) -> None:
        """A filter was put on: it is the newest now, wherever it stood before."""
        self._texts = _newest([*self._texts, text])
        if len(text) <= LONGEST and mask_text(text) == text:
            self._used = _newest([*self._used, text])

    def back(self, steps: int) -> str | None:
        """The filter so many steps back, from 1 on; None where there is none."""
        return self._texts[-steps] if 1 <= steps <= len(self._texts) else None

    @property
    def unsaved(self) -> bool:
        """Whether a filter was used since the last save."""
        return bool(self._used)

    def save(self) -> None:
        """Add what was used here to the file, which another console may share. Raises OSError."""
        used, self._used = self._used, []
        write_whole(self.path, json.dumps(_newest([*_read(self.path), *used]), ensure_ascii=False))


def _newest(texts: list[str]) -> list[str]:
    """Each text once, at its last place; the newest only."""
    return list(reversed(dict.fromkeys(reversed(texts))))[-KEPT:]


def _read(path: str) -> list[str]:
    try:
        with open(path, "rb") as file:
            given = json.loads(file.read(LIMIT))
    except (OSError, ValueError):
        return []
    texts = given if isinstance(given, list) else []
    return _newest([text for text in texts if isinstance(text, str) and 0 < len(text) <= LONGEST])
