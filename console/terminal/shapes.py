"""Which shapes the terminal can show."""

from __future__ import annotations

import locale
import os

PLAIN_TERMINALS = ("linux", "dumb", "vt100", "vt220")
"""Terminals whose fonts have no braille."""


def shows_braille() -> bool:
    """Whether plots may be drawn in braille; in ASCII otherwise."""
    if os.environ.get("TERM", "") in PLAIN_TERMINALS:
        return False
    return locale.getpreferredencoding(False).lower().replace("-", "") == "utf8"
