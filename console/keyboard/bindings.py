"""The table of keys as bindings of the screens; apart from the table, which commands load without the screen."""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding, BindingType

from console.keyboard import table as keys

ALT_DIGITS = dict(zip((f"alt+{digit}" for digit in range(10)), "º¡™£¢∞§¶•ª", strict=True))
"""Most terminals send Escape and the digit, which is read as the character that a Mac's keyboard has there."""


def bindings(owner: str) -> list[BindingType]:
    """The actions of an owner (`app` or `screen`) as bindings with ids, so that a keymap can move them."""
    return [
        Binding(",".join(_as_read(item.keys)), item.call, item.title, show=False, id=item.id, priority=item.priority)
        for item in keys.ACTIONS
        if item.call.startswith(f"{owner}.")
    ]


def _as_read(own: tuple[str, ...]) -> Iterator[str]:
    """Keys under every name by which they arrive."""
    for key in own:
        yield key
        if key in ALT_DIGITS:
            yield ALT_DIGITS[key]
