"""Makes keys, pastes and sizes of what a terminal sends, whatever it sends.

Textual's parser dies of a key's number that is no character and of a mouse on a screen without a cell, and believes
any size: a screen of 65535 by 65535 cells takes the machine's memory. A terminal may be anybody's; here nothing that
it types ends the console or takes more than a screen needs.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message
from textual.messages import InBandWindowResize

WIDEST, HIGHEST = 1000, 300
"""Cells that are drawn at most: more than any screen of a desk or a wall has."""
LONGEST_PASTE = 1_000_000
"""Characters of one paste; what is longer is dropped whole."""
PASTE, PASTED = "\x1b[200~", "\x1b[201~"

log = logging.getLogger("zhihui.console")


def within(width: int, height: int) -> tuple[int, int]:
    """A size of a screen, as far as it is drawn."""
    return max(1, min(width, WIDEST)), max(1, min(height, HIGHEST))


class Typed:
    """The messages in what a terminal sends."""

    def __init__(self, debug: bool = False) -> None:
        self._debug = debug
        self._parser = XTermParser(debug)
        self._pasting = -1
        """Characters of the paste that is under way; below 0 there is none."""

    def feed(self, text: str) -> Iterator[Message]:
        """What a piece of input says. What cannot be read says nothing."""
        if self._swallows(text):
            return
        yield from self._sound(self._parser.feed(text))

    def overdue(self, at_once: bool = False) -> Iterator[Message]:
        """What was waited for long enough; `at_once` for an ESC that has waited elsewhere."""
        if at_once:
            self._parser._timeout_time = 0.0
        yield from self._sound(self._parser.tick())

    def _swallows(self, text: str) -> bool:
        """Whether this is a piece of a paste that has become too long; then the paste so far is forgotten, too."""
        start, end = text.rfind(PASTE), text.rfind(PASTED)
        if start >= 0 or self._pasting >= 0:
            self._pasting = len(text) - start if start >= 0 else self._pasting + len(text)
        too_long = self._pasting > LONGEST_PASTE
        if too_long:
            self._parser = XTermParser(self._debug)
        if end > start:
            self._pasting = -1
        return too_long

    def _sound(self, messages: Iterable[Message]) -> Iterator[Message]:
        try:
            for message in messages:
                if _believed(message):
                    yield message
        except Exception as error:  # noqa: BLE001 - whatever it is, the officer goes on typing
            log.warning("the terminal sent what is no key: %s", type(error).__name__)
            self._parser = XTermParser(self._debug)


def _believed(message: Message) -> bool:
    """Whether the app gets a message. A size comes by the signal alone, and half of a pair cannot be written down."""
    if isinstance(message, events.Key):
        return not any(0xD800 <= ord(part) <= 0xDFFF for part in message.character or "")
    return not isinstance(message, events.Resize | InBandWindowResize)
