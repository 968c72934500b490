"""Plots as lines of text, by plotext: bars of a trend, outlines of a map. Loaded late: the library is heavy.

Braille where the terminal shows it, ASCII elsewhere. No colours: whoever shows the lines gives them their style.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

Point = tuple[float, float]

_LOCK = threading.Lock()
"""plotext has one figure for the whole program."""

BAR = {True: "\u28ff", False: "#"}
CLOSED = "o"
"""Marks closings over the bars of reports: another shape, not another colour."""
OUTLINE = {True: "braille", False: "."}


class Frame(NamedTuple):
    """What part of the plane a map shows, so that the shape of things is kept on cells twice as high as wide."""

    west: float
    south: float
    east: float
    north: float
    width: int
    height: int

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """Column and row of a point; may lie outside."""
        across = (x - self.west) / (self.east - self.west)
        down = (self.north - y) / (self.north - self.south)
        return int(across * self.width), int(down * self.height)

    def middle(self, column: int, row: int) -> Point:
        """The point in the middle of a cell."""
        return (
            self.west + (column + 0.5) / self.width * (self.east - self.west),
            self.north - (row + 0.5) / self.height * (self.north - self.south),
        )


def frame_around(points: Sequence[Point], width: int, height: int) -> Frame:
    """The frame in which all points fit into `width` times `height` cells, the map in its middle."""
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    left, right, low, high = min(xs), max(xs), min(ys), max(ys)
    unit = max((right - left) / max(width, 1), (high - low) / max(2 * height, 1)) or 1.0
    unit *= 1.02
    across, up = unit * width / 2, unit * height
    x, y = (left + right) / 2, (low + high) / 2
    return Frame(x - across, y - up, x + across, y + up, width, height)


def outlines(rings: Sequence[Sequence[Point]], frame: Frame, braille: bool = True) -> list[str]:
    """Closed outlines drawn in a frame: `frame.height` lines of `frame.width` cells."""
    with _LOCK:
        figure = _blank(frame.width, frame.height)
        figure.ruler("x").lim(frame.west, frame.east)
        figure.ruler("y").lim(frame.south, frame.north)
        for ring in rings:
            closed = [*ring, ring[0]]
            drawn = figure.signal(
                [point[0] for point in closed], [point[1] for point in closed], marker=OUTLINE[braille]
            )
            figure.draw(drawn.lines())
        return _lines(figure, frame.width, frame.height)


def bars(
    reported: Sequence[int],
    closed: Sequence[int],
    axis: Sequence[str],
    width: int,
    height: int,
    braille: bool = True,
) -> list[str]:
    """A trend: a bar for what was reported in each bucket, an `o` at what was closed, a scale at the left and below.

    `axis` names the buckets. `height` lines of at most `width` cells; each bucket as wide as there is room for.
    """
    most = max([*reported, *closed, 1])
    scale = len(str(most)) + 1
    each = max((width - scale) // max(len(axis), 1), 1)
    across, tall = min(each * len(axis), max(width - scale, 1)), max(height - 1, 2)
    with _LOCK:
        figure = _blank(across, tall)
        figure.ruler("x").lim(-0.5, len(axis) - 0.5)
        figure.ruler("y").lim(0, most)
        some = [place for place, amount in enumerate(reported) if amount]
        if some:
            figure.draw(figure.bar(some, [reported[place] for place in some], marker=BAR[braille], width=1))
        done = [place for place, amount in enumerate(closed) if amount]
        if done:
            figure.draw(figure.signal(done, [closed[place] for place in done], marker=CLOSED))
        drawn = _lines(figure, across, tall)
    marks = {0: str(most), tall - 1: "0"}
    lines = [f"{marks.get(row, ''):>{scale - 1}} {line}" for row, line in enumerate(drawn)]
    return [*lines, " " * scale + _axis(axis, each)]


def _axis(names: Sequence[str], each: int) -> str:
    """The names of the buckets under them, as many as stand apart; evenly many are left out between two."""
    longest = max(map(len, names), default=0)
    step = next((step for step in (1, 2, 3, 4, 5, 6, 8, 10, 12) if step * each > longest), len(names) or 1)
    return "".join(name.ljust(step * each) for name in names[::step])[: len(names) * each].rstrip()


def _blank(width: int, height: int) -> Any:
    """The figure, emptied: no axes, no scales, nothing but the canvas."""
    import plotext

    figure = plotext.figure
    figure.clear()
    figure.plot_size(width, height)
    figure.axes(False)
    return figure


def _lines(figure: Any, width: int, height: int) -> list[str]:
    import plotext

    for axis in ("x", "y"):
        figure.ruler(axis).ticks([], [])
    lines = plotext.uncolorize(figure.build().string()).split("\n")[:height]
    figure.clear()
    return [line[:width].ljust(width) for line in lines] + [" " * width] * (height - len(lines))
