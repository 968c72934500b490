"""Which text stands on which ground: all pairs that the screens draw. A test proves it on the drawn screens."""

from __future__ import annotations

_STATES = ("late", "soon", "ok", "urgent", "muted")
_ON = {
    "ground": ("ink", "title", "frame", *_STATES),
    "cursor": ("cursor-ink", "ink", "title", *_STATES),
    "away": ("away-ink", "title", *_STATES),
    "bar": ("bar-ink", "bar-muted", "bar-title", "bar-late", "bar-soon"),
    "field": ("ink", "muted"),
    "alarm": ("alarm-ink",),
    "notice": ("notice-ink",),
}
PAIRS: tuple[tuple[str, str], ...] = tuple(
    (f"zh-{ink}", f"zh-{ground}") for ground, inks in _ON.items() for ink in inks
)
"""Text and ground, by the names of their variables."""
