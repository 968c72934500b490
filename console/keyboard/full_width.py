"""Full-width keys: an input method that is on sends １ for 1, a full-width blank for Space, ＊ for *."""

from __future__ import annotations

import unicodedata

from textual import events
from textual.keys import _character_to_key

from console.keyboard import table as keys


def half_width(event: events.Key, typing: bool) -> events.Key:
    """The key as it is without an input method; a form that the table of keys knows by itself stays what it is.

    In a field (`typing`) only the full-width blank changes: a field takes it for no character at all.
    """
    if typing and event.key != "ideographic_space":
        return event
    char = "\u3000" if event.key == "ideographic_space" else event.character  # a blank counts as not printable
    if char is None or len(char) != 1 or char.isascii() or any(char in action.keys for action in keys.ACTIONS):
        return event
    plain = unicodedata.normalize("NFKC", char) if "\uff01" <= char <= "\uff5e" or char == "\u3000" else char
    return event if plain == char else events.Key(_character_to_key(plain), plain)
