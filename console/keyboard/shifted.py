"""Function keys with Shift: terminals tell them as Shift+F1 or as F13, the table of keys knows the second alone."""

from __future__ import annotations

from textual import events

NUMBERED = {f"shift+f{number}": f"f{number + 12}" for number in range(1, 13)}


def numbered(event: events.Key) -> events.Key:
    """The key under the number it has in the table of keys; every other key stays what it is."""
    key = NUMBERED.get(event.key)
    return events.Key(key, event.character) if key else event
