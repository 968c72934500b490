"""Renders the lines that are to be drawn anew, and no others.

Textual renders each widget that a change touches from top to bottom, and every widget between two changes, to use the
few lines that changed: one countdown costs a whole list. Here a widget is asked for its dirty lines alone. Rests on
private parts of the pinned Textual (`Compositor._get_renders`), as the painter does; `ZHIHUI_PAINT=stock` goes
without.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip

PAINT = "ZHIHUI_PAINT"
"""Set to `stock`, Textual's own output is used: for the day when ours is wrong."""

Spans = dict[int, list[tuple[int, int]]]
"""The columns to be drawn anew, from … to before, by line of the screen."""


class DirtyLines(Compositor):
    """A compositor whose partial updates ask widgets for their dirty lines."""

    def __init__(self) -> None:
        super().__init__()
        self._wanted: Spans | None = None
        """What a partial update draws, while it is made."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """The update of what is dirty; None when nothing is."""
        self._wanted = {}
        for y, first, last in self._regions_to_spans(self._dirty_regions):
            self._wanted.setdefault(y, []).append((first, last))
        try:
            return super().render_partial_update()
        finally:
            self._wanted = None

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Rendered widgets, front to back, each as (region on the screen, clip, strips)."""
        if self._wanted is None:
            yield from super()._get_renders(crop)
            return
        for widget, (region, clip) in self.visible_widgets.items():
            for part in _dirty_parts(region.intersection(clip), self._wanted):
                yield part, clip, widget.render_lines(part.translate((-region.x, -region.y)))


class DirtyLinesScreen:
    """In front of a screen class: a screen that is composed so."""

    _compositor: Compositor

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        if os.environ.get(PAINT) != "stock":
            self._compositor = DirtyLines()


def _dirty_parts(shown: Region, wanted: Spans) -> Iterator[Region]:
    """The runs of lines of a region that have something to draw, in its full width."""
    if not shown:
        return
    begin = None
    for y in range(shown.y, shown.bottom + 1):
        spans = wanted.get(y, ()) if y < shown.bottom else ()
        dirty = any(first < shown.right and last > shown.x for first, last in spans)
        if dirty and begin is None:
            begin = y
        elif not dirty and begin is not None:
            yield Region(shown.x, begin, shown.width, y - begin)
            begin = None
