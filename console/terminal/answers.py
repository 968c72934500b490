"""Takes the terminal's answers out of what is typed.

Each frame on a long line ends with the question where the cursor stands (CSI 6n); the answer (CSI row ; column R)
comes among the keys, perhaps in pieces, late, or in the middle of a paste, and must never reach the app as keys. So do
answers to questions that others asked (what terminal this is, its colours, its clipboard): each letter and digit of
them would be a key.
"""

from __future__ import annotations

import re

ESCAPE = "\x1b"
ESCAPE_PATIENCE = 0.1
"""Seconds until a lone ESC is the Escape key; as long as Textual itself would wait."""
PIECE_PATIENCE = 1.0
"""Seconds until the beginning of an answer is taken for something else. No key of ours begins like one."""
TAIL_PATIENCE = 3.0
"""Seconds within which the rest of an answer is still known after its ESC was taken for the Escape key."""

_ANSWER = re.compile(r"\x1b\[\d+;\d+R")
_OF_OTHERS = re.compile(
    r"\x1b\[[?>=][\d;:]*\$?[A-Za-xz]"  # what kind of terminal; a mode it has (final y) is for Textual
    r"|\x1b\[\d+(?:;\d+)*[cntx]"  # a state, a size
    r"|\x1b[]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # strings: colours, clipboard, version, graphics
)
_BEGINNING = re.compile(r"\x1b(?:\[(?:[?>=]?[\d;:]{0,60}\$?)?|[]PX^_][^\x07\x1b]*\x1b?)?\Z")
LONGEST = 65536
"""Characters of an answer that are held back; of a longer one the beginning is forgotten."""
_TAIL = re.compile(r"\[\d+;\d+R")


class Answers:
    """The input stream without the answers. Times are seconds of any clock that only runs forward."""

    def __init__(self) -> None:
        self._held = ""
        self._held_since = 0.0
        self._escaped_at: float | None = None

    def feed(self, text: str, now: float) -> tuple[str, int]:
        """What of the input is for the app, and how many answers were in it; an unfinished one is held back."""
        text = self._held + text
        found = 0
        if not self._held and self._escaped_at is not None and now - self._escaped_at < TAIL_PATIENCE:
            text, found = _TAIL.subn("", text, count=1) if _TAIL.match(text) else (text, 0)
        self._escaped_at = None
        text, whole = _ANSWER.subn("", text)
        text = _OF_OTHERS.sub("", text)
        beginning = _BEGINNING.search(text)
        self._held = beginning.group() if beginning else ""
        self._held_since = now
        left = text[: len(text) - len(self._held)]
        if len(self._held) > LONGEST:
            self._held = self._held[:2]
        return left, found + whole

    def overdue(self, now: float) -> str:
        """What was held back for too long: it is no answer, but a key."""
        patience = ESCAPE_PATIENCE if self._held == ESCAPE else PIECE_PATIENCE
        if not self._held or now - self._held_since < patience:
            return ""
        held, self._held = self._held, ""
        self._escaped_at = now if held == ESCAPE else None
        return held
