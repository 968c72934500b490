"""What calls an officer who looks elsewhere: the bell, the terminal's title, a desktop notification.

Titles and notifications carry counts only, never what people wrote: they are shown in task bars and kept in logs of
terminals. The title that was there before comes back on leaving, where the terminal keeps a stack of titles.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from console.terminal.legible import clean

KEEP_TITLE = "\x1b[22;2t"
GIVE_TITLE_BACK = "\x1b[23;2t"
NO_TITLE = ("", "dumb", "linux", "vt100", "vt220")
"""Terminals that have no title, or would print one."""
LIMIT = 60
NOTIFY = {
    "osc9": "\x1b]9;{text}\x07",
    "osc777": "\x1b]777;notify;zhihui;{text}\x07",
    "osc99": "\x1b]99;;{text}\x1b\\",
}


class TerminalCalls:
    """Writes to the terminal past the picture; each is a few bytes and moves no cell."""

    def __init__(self, write: Callable[[str], None], title: bool, desktop: str) -> None:
        self._write = write
        self._title = title and os.environ.get("TERM", "") not in NO_TITLE
        self._desktop = NOTIFY.get(desktop, "")
        self._shown = ""

    def show_title(self, text: str) -> None:
        """Put a title up; the first time the terminal keeps its own."""
        text = clean(text, LIMIT)
        if not self._title or text == self._shown:
            return
        keep = "" if self._shown else KEEP_TITLE
        self._shown = text
        self._write(f"{keep}\x1b]2;{text}\x07")

    def give_title_back(self) -> None:
        """The console ends: what was there before."""
        if self._shown:
            self._shown = ""
            self._write(f"\x1b]2;\x07{GIVE_TITLE_BACK}")

    def tell_desktop(self, text: str) -> None:
        """A notification of the desktop, where it was asked for."""
        if self._desktop:
            self._write(self._desktop.format(text=clean(text, LIMIT).replace(";", ",")))
