"""The address that pairs a phone, as a picture for its camera."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from console.terminal.legible import Reach, reach

READABLE = Style(color="#ffffff", bgcolor="#000000")
"""Whatever the theme: a camera wants light modules that are lighter than the dark ones."""


class PairingView(Widget):
    """Half blocks; nothing where the terminal draws them in two cells, or there is no room."""

    DEFAULT_CSS = "PairingView { width: 0; height: 0; margin: 0 1 0 0; }"

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[str] = []

    def show(self, address: str, width: int, height: int) -> int:
        """Show an address in so many cells and lines, an empty one for nothing; gives the cells that it takes."""
        from console.cli.pairing import picture

        rows = picture(address).splitlines() if address and reach() is Reach.ALL else []
        fits = bool(rows) and len(rows[0]) <= width and len(rows) <= height
        self._rows = rows if fits else []
        taken = len(rows[0]) if fits else 0
        self.styles.width, self.styles.height = taken, len(self._rows)
        self.refresh()
        return taken

    def render_line(self, y: int) -> Strip:
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self.rich_style)
        return Strip([Segment(self._rows[y], READABLE)], len(self._rows[y]))
