"""Widths on the terminal, in cells: measuring, cutting and padding without ever splitting a wide character.

Texts are expected to be clean (`data.clean`), so that each character has its own width and none joins its neighbour.
"""

from __future__ import annotations

from rich.cells import cell_len, get_character_cell_size

from data.clean import ELLIPSIS

NEVER_FIRST = "，。；：！？、）」』】》”’"
"""Punctuation that may not begin a line."""


def cells(text: str) -> int:
    """The width of a text in cells."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, width: int, dots: bool = True) -> str:
    """The beginning of a text that fits into `width` cells; `dots` shows that something is missing."""
    if cells(text) <= width:
        return text
    if width <= 0:
        return ""
    ending = ELLIPSIS if dots and width > len(ELLIPSIS) + 1 else ""
    room = width - len(ending)
    kept = 0
    for char in text:
        room -= get_character_cell_size(char)
        if room < 0:
            break
        kept += 1
    return text[:kept] + ending


def pad(text: str, width: int, right: bool = False) -> str:
    """The text cut or filled with spaces to exactly `width` cells; `right` puts it at the right edge."""
    fitted = cut(text, width)
    filler = " " * max(0, width - cells(fitted))
    return filler + fitted if right else fitted + filler


def wrap(text: str, width: int) -> list[str]:
    """A text as lines of at most `width` cells: broken at spaces where Latin words are, anywhere in Chinese."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_wrap_paragraph(paragraph, max(width, 2)))
    return lines


def _wrap_paragraph(text: str, width: int) -> list[str]:
    """Wrap text without line breaks."""
    lines: list[str] = []
    while cells(text) > width:
        head = cut(text, width, dots=False)
        space = head.rfind(" ")
        following = text[len(head)]
        if space > len(head) // 2 and following.isascii() and following != " ":
            head = head[:space]
        elif following in NEVER_FIRST and len(head) > 1:
            head = head[:-1]
        lines.append(head.rstrip())
        text = text[len(head) :].lstrip(" ")
    return [*lines, text]
