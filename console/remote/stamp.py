"""Which program this is: a server of consoles that has loaded an older one makes way."""

from __future__ import annotations

from pathlib import Path

PROGRAM = Path(__file__).resolve().parent.parent.parent
LOADED = ("console", "core", "data")
"""The packages that consoles are made of."""


def stamp() -> tuple[int, int] | None:
    """What changes when a file of the program does: how many there are, and when they were written."""
    try:
        written = [path.stat().st_mtime_ns for name in LOADED for path in (PROGRAM / name).rglob("*.py")]
    except OSError:
        return None
    return len(written), sum(written)
