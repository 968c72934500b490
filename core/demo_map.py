"""A made map for a made street: its communities as neighbouring areas, drawn from a seed. It shows no real place."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

ORIGIN = (106.60, 29.60)
SIDE = 0.06
"""Degrees from edge to edge."""
KNOTS = 24
"""Straight pieces of a border from west to east."""


def demo_map(communities: Sequence[tuple[str, str]], seed: str) -> dict[str, Any]:
    """A GeoJSON of areas without gaps, one for each (code, name), in rows from north to south."""
    rows = max(round(math.sqrt(len(communities))), 1)
    draw = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    borders = [_border(draw, number / rows) for number in range(rows + 1)]
    features = []
    for number in range(rows):
        members = communities[number * len(communities) // rows : (number + 1) * len(communities) // rows]
        above, below = (_cuts(draw, len(members)) for _edge in range(2))
        for place, (code, name) in enumerate(members):
            top = _along(borders[number], above[place], above[place + 1])
            bottom = _along(borders[number + 1], below[place], below[place + 1])
            ring = [_on_earth(point) for point in [*top, *reversed(bottom), top[0]]]
            features.append(
                {
                    "type": "Feature",
                    "properties": {"code": code, "name": name},
                    "geometry": {"type": "Polygon", "coordinates": [ring]},
                }
            )
    return {"type": "FeatureCollection", "features": features}


Border = Callable[[float], float]


def _border(draw: random.Random, height: float) -> Border:
    """A winding line of straight pieces from west to east: its distance from the north at each x, 0 to 1 both."""
    waves = [(draw.uniform(0.01, 0.03), draw.uniform(2, 9), draw.uniform(0, 6)) for _wave in range(3)]
    knots = [
        height + sum(high * math.sin(often * knot / KNOTS + shift) for high, often, shift in waves)
        for knot in range(KNOTS + 2)
    ]

    def at(x: float) -> float:
        knot = int(x * KNOTS)
        return knots[knot] + (knots[knot + 1] - knots[knot]) * (x * KNOTS - knot)

    return at


def _cuts(draw: random.Random, parts: int) -> list[float]:
    """Where the areas of a row begin and end along a border."""
    inner = [(number + draw.uniform(-0.2, 0.2)) / parts for number in range(1, parts)]
    return [0.0, *inner, 1.0]


def _along(border: Border, first: float, last: float) -> list[tuple[float, float]]:
    """The part of a border between two cuts: by its own knots, so that the areas on both sides have the same line."""
    knots = [knot / KNOTS for knot in range(KNOTS + 1) if first < knot / KNOTS < last]
    return [(x, border(x)) for x in (first, *knots, last)]


def _on_earth(point: tuple[float, float]) -> list[float]:
    x, y = point
    return [round(ORIGIN[0] + x * SIDE, 6), round(ORIGIN[1] + (1 - y) * SIDE, 6)]
