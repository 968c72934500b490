"""Lines of the wall: plain ones, large ones, and how they stand beside each other. Pure functions of text and size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from console.terminal.width import cells, cut
from console.wall import glyphs

BLOCK = "+"
"""Stands behind a part's name where the text is blanks that are drawn reversed."""

Part = tuple[str, str]
"""A clean text and the component class of its style, after `wall--`; empty for the plain one."""
Row = tuple[Part, ...]
Rows = list[Row]


class Figure(NamedTuple):
    """A number in large type with a label above it and a line below."""

    label: str
    number: str
    part: str = ""
    below: str = ""


def spaced(text: str) -> str:
    """A text with its Chinese characters set apart, so that they read from farther away."""
    if text.isascii():
        return text
    return " ".join("".join(f"{char} " if cells(char) == 2 else char for char in text).split())


def width_of(row: Row) -> int:
    """Cells of a row."""
    return sum(cells(text) for text, _part in row)


def fitted(row: Row, width: int) -> Row:
    """A row cut or filled to exactly `width` cells."""
    parts: list[Part] = []
    room = width
    for text, part in row:
        shown = cut(text, room)
        parts.append((shown, part))
        room -= cells(shown)
    return (*parts, (" " * room, "")) if room > 0 else tuple(parts)


def centred(text: str, width: int, part: str = "") -> Row:
    """A line in the middle."""
    shown = cut(text, width)
    return ((" " * ((width - cells(shown)) // 2), ""), (shown, part))


def big(text: str, scale: int, part: str = "") -> Rows:
    """A text in large type; each line is `glyphs.width(text, scale)` cells wide."""
    return [
        tuple((" " * amount, part + BLOCK if ink else "") for amount, ink in line) for line in glyphs.runs(text, scale)
    ]


def beside(left: Rows, left_width: int, right: Rows, height: int) -> Rows:
    """Two blocks beside each other; the left one is `left_width` cells wide."""
    rows = []
    for number in range(height):
        first = fitted(left[number] if number < len(left) else (), left_width)
        rows.append((*first, *(right[number] if number < len(right) else ())))
    return rows


def grid(figures: Sequence[Figure], width: int, height: int) -> Rows:
    """Figures in as many columns as make the numbers largest; where nothing fits in large type, plain lines."""
    columns, scale = _best(figures, width, height)
    if not scale:
        return [_plain(figure) for figure in figures][:height]
    lines = -(-len(figures) // columns)
    each = width // columns
    block = glyphs.HEIGHT * scale + _EXTRA
    space = max((height - lines * block) // (lines + 1), 0)
    rows: Rows = []
    for line in range(lines):
        rows += [()] * space
        group = figures[line * columns : (line + 1) * columns]
        blocks = [_figure(figure, each, scale) for figure in group]
        for number in range(block):
            row: Row = ()
            for own in blocks:
                row += fitted(own[number], each)
            rows.append(row)
    return rows[:height]


_EXTRA = 3
"""Lines of a figure besides its number: label, blank, and what stands below."""


def _best(figures: Sequence[Figure], width: int, height: int) -> tuple[int, int]:
    """How many columns, and how large."""
    best = (1, 0)
    for columns in range(1, len(figures) + 1):
        lines = -(-len(figures) // columns)
        rows = height // lines - _EXTRA
        room = width // columns - 2
        scale = min(glyphs.fitting(figure.number, room, rows) for figure in figures)
        if scale > best[1]:
            best = (columns, scale)
    return best


def _figure(figure: Figure, width: int, scale: int) -> Rows:
    """A figure in the middle of its column."""
    indent = (" " * ((width - glyphs.width(figure.number, scale)) // 2), "")
    number = [(indent, *row) for row in big(figure.number, scale, figure.part)]
    label, below = centred(spaced(figure.label), width, "title"), centred(figure.below, width, figure.part)
    return [label, (), *number, below]


def _plain(figure: Figure) -> Row:
    return ((f"  {spaced(figure.label)}  ", "title"), (f"{figure.number}  {figure.below}", figure.part))
