"""Large type: digits, Latin capitals and a few signs, five pixels high, drawn with reversed blanks.

A blank is one cell on every terminal, and reversed it shows without colours too; the framework's own digits are made
of line-drawing characters that many Chinese terminals draw two cells wide. A pixel is two cells wide and one high.
"""

from __future__ import annotations

from functools import lru_cache

HEIGHT = 5
"""Pixels of a character's height."""
GAP = 1
"""Pixels between characters."""

_SHAPES = {
    "0": "### #.# #.# #.# ###",
    "1": ".#. ##. .#. .#. ###",
    "2": "### ..# ### #.. ###",
    "3": "### ..# ### ..# ###",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ### ..# ###",
    "6": "### #.. ### #.# ###",
    "7": "### ..# ..# .#. .#.",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ###",
    ":": ". # . # .",
    "+": "... .#. ### .#. ...",
    "-": "... ... ### ... ...",
    "!": "# # # . #",
    ".": ". . . . #",
    " ": ". . . . .",
    "A": "### #.# ### #.# #.#",
    "B": "##. #.# ##. #.# ##.",
    "C": "### #.. #.. #.. ###",
    "D": "##. #.# #.# #.# ##.",
    "E": "### #.. ##. #.. ###",
    "F": "### #.. ##. #.. #..",
    "G": "#### #... #.## #..# ####",
    "H": "#.# #.# ### #.# #.#",
    "I": "### .#. .#. .#. ###",
    "J": "..# ..# ..# #.# ###",
    "K": "#.# #.# ##. #.# #.#",
    "L": "#.. #.. #.. #.. ###",
    "M": "#...# ##.## #.#.# #...# #...#",
    "N": "#..# ##.# #.## #..# #..#",
    "O": "#### #..# #..# #..# ####",
    "P": "### #.# ### #.. #..",
    "Q": "#### #..# #..# #### ...#",
    "R": "### #.# ##. #.# #.#",
    "S": ".## #.. .#. ..# ##.",
    "T": "### .#. .#. .#. .#.",
    "U": "#.# #.# #.# #.# ###",
    "V": "#.# #.# #.# #.# .#.",
    "W": "#...# #...# #.#.# ##.## #...#",
    "X": "#.# #.# .#. #.# #.#",
    "Y": "#.# #.# .#. .#. .#.",
    "Z": "### ..# .#. #.. ###",
}


@lru_cache(maxsize=256)
def pixels(text: str) -> tuple[str, ...]:
    """A text as five rows of `#` and `.`; a character without a shape is left blank."""
    shapes = [_SHAPES.get(char, _SHAPES[" "]).split(" ") for char in text.upper()]
    return tuple(("." * GAP).join(shape[row] for shape in shapes) for row in range(HEIGHT))


def width(text: str, scale: int) -> int:
    """Cells that a text takes in large type."""
    return len(pixels(text)[0]) * 2 * scale


def fitting(text: str, room: int, rows: int) -> int:
    """The greatest scale at which a text fits into `room` cells and `rows` lines; 0 where none does."""
    return max(0, min(room // max(width(text, 1), 1), rows // HEIGHT))


def runs(text: str, scale: int) -> list[list[tuple[int, bool]]]:
    """The lines of a text in large type, each as runs of cells: how many, and whether they are ink."""
    lines = []
    for row in pixels(text):
        found: list[tuple[int, bool]] = []
        for pixel in row:
            ink = pixel == "#"
            if found and found[-1][1] == ink:
                found[-1] = (found[-1][0] + 2 * scale, ink)
            else:
                found.append((2 * scale, ink))
        lines += [found] * scale
    return lines
