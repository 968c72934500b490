"""A screen as a small SVG: runs of one look, each as wide as its cells, in fonts of the reader's own machine."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from typing import Any, NamedTuple

from rich.cells import cell_len
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.strip import Strip

FONTS = "'Sarasa Mono SC','Noto Sans Mono CJK SC','Source Han Mono SC',Menlo,Consolas,'DejaVu Sans Mono',monospace"
CELL, LINE, FONT, MARGIN = 10, 21, 17, 10
"""Width of a cell, height of a line, size of the type, and the frame around the screen, in pixels."""
BASELINE = 16
WORDS = re.compile(r"\S+(?: \S+)*")


class Look(NamedTuple):
    """How text stands on its ground."""

    text: str
    ground: str
    bold: bool
    underline: bool


class Run(NamedTuple):
    """Characters of one look and one width: where they begin, in cells, and how many cells they take."""

    at: int
    cells: int
    words: str
    look: Look


def picture(app: App[Any], title: str) -> str:
    """What an app shows now. `title` is for readers who cannot see it."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)
    strips = [Strip.join(parts) if not isinstance(parts, Strip) else parts for parts in update.strips]
    lines = [list(_runs((segment.text, segment.style) for segment in strip if not segment.control)) for strip in strips]
    grounds: Counter[str] = Counter()
    for run in (run for line in lines for run in line):
        grounds[run.look.ground] += run.cells
    paper = grounds.most_common(1)[0][0]
    names: dict[tuple[str, bool, bool], str] = {}
    body = [mark for y, line in enumerate(lines) for mark in _line(line, y, paper, names)]
    width, height = app.size.width * CELL + 2 * MARGIN, app.size.height * LINE + 2 * MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>text{{font:{FONT}px {FONTS}}}",
            *(_rule(name, *look) for look, name in names.items()),
            "</style>",
            f'<rect width="{width}" height="{height}" rx="6" fill="{paper}"/>',
            *body,
            "</svg>\n",
        ]
    )


def _runs(segments: Iterable[tuple[str, Style | None]]) -> Iterator[Run]:
    """Neighbouring characters of one look; wide ones stand apart, so that no font moves what comes after them."""
    at = 0
    characters = ((char, _look(style or Style())) for text, style in segments for char in text)
    for (look, wide), group in groupby(characters, lambda pair: (pair[1], cell_len(pair[0]) > 1)):
        words = "".join(char for char, _look_of_it in group)
        cells = len(words) * 2 if wide else cell_len(words)
        yield Run(at, cells, words, look)
        at += cells


def _look(style: Style) -> Look:
    text, ground = (
        colour.triplet.hex if colour is not None and colour.triplet is not None else "#808080"
        for colour in (style.color, style.bgcolor)
    )
    if style.reverse:
        text, ground = ground, text
    return Look(text, ground, bool(style.bold), bool(style.underline))


def _line(runs: list[Run], y: int, paper: str, names: dict[tuple[str, bool, bool], str]) -> Iterator[str]:
    """The marks of one line: grounds that differ from the paper, then what is written on them."""
    top = MARGIN + y * LINE
    for ground, group in groupby(runs, lambda run: run.look.ground):
        parts = list(group)
        if ground != paper:
            left, cells = MARGIN + parts[0].at * CELL, sum(run.cells for run in parts)
            yield f'<rect x="{left}" y="{top}" width="{cells * CELL}" height="{LINE}" fill="{ground}"/>'
    for run in runs:
        name = names.setdefault((run.look.text, run.look.bold, run.look.underline), f"c{len(names)}")
        for found in WORDS.finditer(run.words):  # neighbouring blanks would be taken for one
            words = found[0]
            left, wide = MARGIN + (run.at + cell_len(run.words[: found.start()])) * CELL, cell_len(words) * CELL
            place = f'x="{left}" y="{top + BASELINE}" textLength="{wide}"'
            yield f'<text class="{name}" {place}>{escape(words, False)}</text>'


def _rule(name: str, text: str, bold: bool, underline: bool) -> str:
    weight = ";font-weight:bold" if bold else ""
    line = ";text-decoration:underline" if underline else ""
    return f".{name}{{fill:{text}{weight}{line}}}"
