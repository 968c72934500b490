"""Full-width keys: an input method that is on sends １ for 1, a full-width blank for Space, ＊ for *."""

from __future__ import annotations

import unicodedata

from textual import events
from textual.keys import _character_to_key

from console.keyboard import table as keys

BLANK = "ideographic_space"
"""How a full-width blank arrives."""


def half_width(event: events.Key, typing: bool) -> events.Key:
    """The key as it is without an input method; a form that the table of keys knows by itself stays what it is.

    In a field (`typing`) every key stays what it is: there it is text.
    """
    char = "\u3000" if event.key == BLANK else event.character  # a blank counts as not printable
    if typing or char is None or len(char) != 1 or char.isascii():
        return event
    if any(char in action.keys for action in keys.ACTIONS):
        return event
    plain = unicodedata.normalize("NFKC", char) if "\uff01" <= char <= "\uff5e" or char == "\u3000" else char
    return event if plain == char else events.Key(_character_to_key(plain), plain)
