"""What the terminal can show: brings texts into a form that it draws as wide as we count.

Unicode leaves the width of some characters open ("ambiguous": `… “ ” · — ① → ● ─ ± Greek, Cyrillic`). We count one
cell, and many Chinese terminals are set to draw two, which shears every column behind. On those, and on terminals
that have no Chinese at all, other characters stand in: before anything is measured where a text is cleaned (so that a
stand-in may be wider), and cell by cell in the painter for whatever came another way (typed text, words of ours).
What is stored is never changed. Until `adapt` is called, everything is shown as it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache

from rich.cells import get_character_cell_size

from data.clean import clean as harmless


class Reach(Enum):
    """What a terminal draws right."""

    ALL = "all"
    """Everything, ambiguous characters in one cell."""
    SURE = "sure"
    """Everything but ambiguous characters, which it draws in two."""
    ASCII = "ascii"
    """Nothing but ASCII: no UTF-8, or no Chinese characters."""


READABLE = {
    "…": "..", "‥": "..", "“": "「", "”": "」", "‘": "『", "’": "』", "·": "・", "•": "・", "—": "-", "–": "-",
    "―": "-", "‐": "-", "→": "->", "←": "<-", "↑": "^", "↓": "v", "↔": "<->", "⇒": "=>", "⇔": "<=>", "℃": "C",
    "℉": "F", "※": "*", "●": "*", "○": "o", "◎": "(o)", "◆": "*", "◇": "*", "■": "#", "□": "[]", "▲": "^", "△": "^",
    "▼": "v", "▽": "v", "★": "*", "☆": "*", "×": "x", "÷": "/", "±": "+-", "≈": "~", "≠": "!=", "≤": "<=", "≥": ">=",
    "∞": "~", "√": "v", "‰": "o/oo", "°": "deg", "′": "'", "″": '"', "§": "S.", "¶": "P.", "№": "No.", "㎡": "m2",
    "¥": "Y", "¤": "$", "´": "'", "¸": ",", "¨": '"', "¿": "?", "¡": "!", "®": "(R)", "ˇ": "v", "˙": "'", "Ω": "Ohm",
    "μ": "u", "─": "-", "━": "-", "│": "|", "┃": "|", "♂": "(m)", "♀": "(f)", "♠": "*", "♣": "*", "♥": "*", "♪": "~",
    "\u21c4": "<>", "\u21b5": "//", "∵": "..", "∶": ":", "∷": "::",
}  # fmt: skip
"""Stand-ins that read well where a text is folded before it is measured; the rest goes by rule."""

_state: dict[str, Reach] = {"reach": Reach.ALL}


def adapt(reach: Reach) -> None:
    """Show from now on only what a terminal of this reach draws right."""
    _state["reach"] = reach


def reach() -> Reach:
    """What the terminal draws right, as far as we know."""
    return _state["reach"]


def clean(text: str, limit: int | None = None, lines: bool = False) -> str:
    """A text from outside as the terminal at hand can show it: `data.clean.clean`, then what stands in."""
    return shown(harmless(text, limit, lines))


def shown(text: str) -> str:
    """A harmless text with what this terminal draws wrong replaced; to be called before anything is measured."""
    if _state["reach"] is Reach.ALL or text.isascii():
        return text
    if _state["reach"] is Reach.SURE:
        return "".join(_sure(char) for char in text)
    return _latin(text)


def stand_ins() -> Mapping[str, str] | None:
    """For the painter: characters and what is drawn instead, in exactly as many cells; None where all is drawn."""
    return {Reach.ALL: None, Reach.SURE: _SURE_CELLS, Reach.ASCII: _ASCII_CELLS}[_state["reach"]]


def ambiguous(char: str) -> bool:
    """Whether Unicode leaves the width of a character open. Combining marks have no width of their own."""
    return char > "\x7f" and unicodedata.east_asian_width(char) == "A" and get_character_cell_size(char) > 0


@lru_cache(maxsize=4096)
def _sure(char: str) -> str:
    """What reads like a character and has a width that all terminals agree about."""
    if not ambiguous(char):
        return char
    if char in READABLE:
        return READABLE[char]
    plain = unicodedata.normalize("NFKD", char).replace("\u2044", "/")
    if "CIRCLED" in unicodedata.name(char, "") and plain != char:
        plain = f"({plain})"
    kept = "".join(part for part in plain if part.isascii())
    return kept or _by_name(char)


def _by_name(char: str) -> str:
    """A letter's or a frame's nearest ASCII, by its Unicode name; `?` where nothing is near."""
    name = unicodedata.name(char, "")
    if name.startswith("BOX DRAWINGS"):
        plain = ("HORIZONTAL" in name) - ("VERTICAL" in name)
        return {1: "-", -1: "|"}.get(plain, "+")
    if name.startswith("NEGATIVE CIRCLED"):
        return "(?)"
    words = name.split()
    if words[:1] in (["GREEK"], ["CYRILLIC"]) and "LETTER" in words:
        letter = words[words.index("LETTER") + 1]
        return letter.capitalize() if "CAPITAL" in words else letter.lower()
    if "BLOCK" in words or "SHADE" in words:
        return "#"
    return "?"


def _latin(text: str) -> str:
    """A text in ASCII: Chinese characters as pinyin, a capital each, punctuation by its form."""
    from pypinyin import lazy_pinyin  # heavy, and only few terminals need it

    pieces: list[str] = []
    for char in text:
        if char.isascii():
            pieces.append(char)
        elif "\u3400" <= char <= "\u9fff":
            spelt = lazy_pinyin(char, errors=lambda _char: "?", v_to_u=False)[0]
            pieces.append(spelt.capitalize())
        else:
            pieces.append(_ascii(char))
    return "".join(pieces)


@lru_cache(maxsize=4096)
def _ascii(char: str) -> str:
    """The ASCII form of a character that is not Chinese; `?` where there is none."""
    known = {"。": ".", "、": ",", "「": '"', "」": '"', "『": "'", "』": "'", "《": "<", "》": ">", "〈": "<",
             "〉": ">", "【": "[", "】": "]", "〔": "(", "〕": ")", "・": ".", "“": '"', "”": '"', "‘": "'",
             "’": "'", "〇": "0", "々": '"'}  # fmt: skip
    plain = known.get(char) or unicodedata.normalize("NFKD", char).replace("\u2044", "/")
    kept = "".join(part for part in plain if " " <= part <= "~")
    if kept or not ambiguous(char):
        return kept or "?"
    return _ascii(_sure(char)) if len(_sure(char)) == 1 and not _sure(char).isascii() else _sure(char)


class _Cells(dict[str, str]):
    """Works out the stand-in of a character when it first comes up, in exactly the character's own cells."""

    def __init__(self, ascii_only: bool) -> None:
        super().__init__()
        self._ascii_only = ascii_only

    def __missing__(self, char: str) -> str:
        self[char] = drawn = self._drawn(char)
        return drawn

    def _drawn(self, char: str) -> str:
        width = get_character_cell_size(char)
        if self._ascii_only:
            plain = _latin(char)
        elif ambiguous(char):
            plain = {"“": '"', "”": '"', "‘": "'", "’": "'", "·": ".", "•": "*"}.get(char) or _sure(char).strip("(")
        else:
            return char
        plain = "".join(part for part in plain if " " <= part <= "~") or "?"
        return plain[:width].ljust(width)


_SURE_CELLS = _Cells(ascii_only=False)
_ASCII_CELLS = _Cells(ascii_only=True)
