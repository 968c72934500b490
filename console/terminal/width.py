"""Widths on the terminal, in cells: measuring, cutting and padding without ever splitting a wide character.

Texts are expected to be clean (`data.clean`), so that each character has its own width and none joins its neighbour.
"""

from __future__ import annotations

import re

from rich.cells import cell_len, get_character_cell_size

from data.clean import ELLIPSIS

NEVER_FIRST = frozenset("，。；：！？、）」』】》〉〕〗｝］”’…—～・％‰℃℉°′″」,.;:!?)]}>%")
"""Punctuation and units that may not begin a line."""
NEVER_LAST = frozenset("（「『【《〈〔〖｛［“‘￥＄$([{<№")
"""What opens something may not end a line."""
UNITS = frozenset("元米号年月日时分秒人户件层楼个条天级栋室亩吨")
"""Words of measure that stay with the number before them."""
INSIDE = frozenset("-/@_+")
"""Signs that belong to the word or number that they stand in."""
_TOGETHER = re.compile(r"[0-9A-Za-z]")
"""Latin words and numbers, with the signs inside them, stay whole where a line has room for them."""


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
    size = cells(text)
    if size > width:
        text = cut(text, width)
        size = cells(text)
    filler = " " * max(0, width - size)
    return filler + text if right else text + filler


def wrap(text: str, width: int) -> list[str]:
    """A text as lines of at most `width` cells, broken by the rules of Chinese setting where a line has room for them.

    No closing punctuation begins a line and no opening one ends it; Latin words, numbers and their units stay whole.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_wrap_paragraph(paragraph, max(width, 2)))
    return lines


def _wrap_paragraph(text: str, width: int) -> list[str]:
    """Wrap text without line breaks."""
    lines: list[str] = []
    while cells(text) > width:
        head = cut(text, width, dots=False) or text[0]
        head = head[: _break(text, len(head), width)]
        lines.append(head.rstrip())
        text = text[len(head) :].lstrip(" ")
    return [*lines, text]


def _break(text: str, most: int, width: int) -> int:
    """Where to break: at most after `most` characters, and earlier as the rules ask, unless half a line were lost."""
    for at in range(most, 0, -1):
        if cells(text[:at]) * 2 < width:
            break
        if _may_break(text, at):
            return at
    whole = most
    while whole > 1 and _joins(text[whole]):
        whole -= 1
    return whole


def _may_break(text: str, at: int) -> bool:
    """Whether a line may end before the character at `at`."""
    before, after = text[at - 1], text[at]
    if after == " " or (before == " " and after not in NEVER_FIRST):
        return True
    if after in NEVER_FIRST or before in NEVER_LAST or _joins(after):
        return False
    if _TOGETHER.match(before) and _TOGETHER.match(after):
        return False
    if before in INSIDE or after in INSIDE:
        around = text[max(at - 2, 0) : at + 2].replace(before if before in INSIDE else after, "", 1)
        if len(around) > 1 and around.isascii() and around.isalnum():
            return False
    return not (before.isdigit() and after in UNITS)


def _joins(char: str) -> bool:
    """Whether a character is drawn on the one before it."""
    return char > "\u02ff" and get_character_cell_size(char) == 0
