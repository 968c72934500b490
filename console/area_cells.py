"""Which cell of a drawn map belongs to which area, and where an area's figures stand in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from console.plotting import Frame, Point

Rings = Sequence[Sequence[Point]]
Cells = list[list[int | None]]
"""The number of the area that each cell belongs to, row by row; None outside of all."""


class Spot(NamedTuple):
    """A free stretch of a row of cells inside one area."""

    row: int
    column: int
    width: int


def cells_of(areas: Sequence[Rings], frame: Frame) -> Cells:
    """The area around the middle of each cell; holes belong to no area, and where areas overlap the later one shows."""
    cells: Cells = [[None] * frame.width for _row in range(frame.height)]
    for number, rings in enumerate(areas):
        for row in range(frame.height):
            for first, last in _inside(rings, frame, row):
                cells[row][first:last] = [number] * (last - first)
    return cells


def _inside(rings: Rings, frame: Frame, row: int) -> Iterator[tuple[int, int]]:
    """Stretches [first, last) of a row's cells that lie inside: between every other crossing of an outline."""
    _x, y = frame.middle(0, row)
    crossings = sorted(
        x0 + (y - y0) / (y1 - y0) * (x1 - x0)
        for ring in rings
        for (x0, y0), (x1, y1) in pairwise([*ring, *ring[:1]])
        if (y0 > y) != (y1 > y)
    )
    step = (frame.east - frame.west) / frame.width
    for west, east in zip(crossings[::2], crossings[1::2], strict=False):
        first = max(int((west - frame.west) / step + 0.5), 0)
        last = min(int((east - frame.west) / step + 0.5), frame.width)
        if first < last:
            yield first, last


def spots_of(cells: Cells, amount: int) -> list[Spot | None]:
    """For each area the stretch in which its figures are best read: wide, and near its middle; None for a speck."""
    stretches: list[list[Spot]] = [[] for _area in range(amount)]
    for row, line in enumerate(cells):
        start = 0
        for column in range(1, len(line) + 1):
            if column == len(line) or line[column] != line[start]:
                number = line[start]
                if number is not None:
                    stretches[number].append(Spot(row, start, column - start))
                start = column
    return [_best(found) for found in stretches]


def _best(found: Sequence[Spot]) -> Spot | None:
    if not found:
        return None
    whole = sum(spot.width for spot in found)
    middle = sum(spot.row * spot.width for spot in found) / whole
    return max(found, key=lambda spot: (spot.width - 3 * abs(spot.row - middle), -spot.row))
