"""The one door for text from outside: makes any string safe to show on a terminal or to put into a log.

Used at ingest (so that what is stored is harmless) and again where text is shown. Nothing here knows of widgets:
markup is not escaped, because cleaned text is never parsed as markup.
"""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = ".."
"""Ends a shortened text. Two full stops: the one-character ellipsis is one cell on some terminals and two on others."""

UNSHOWABLE = "\u2426"
"""Stands for a character that has no safe picture: C1 controls, surrogates, private and unassigned ones."""

BIDI_MARK = "\u21c4"
"""Stands for a control that would turn the reading direction around."""

NEWLINE_MARK = "\u21b5"
"""Stands for a line break where only one line can be shown."""

MARKS_KEPT = 2
"""Combining marks kept on one letter; more of them climb over the neighbouring lines."""

_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u3164\uffa0")
_INVISIBLE_RANGES = ((0xFE00, 0xFE0F), (0x1F3FB, 0x1F3FF), (0xE0000, 0xE0FFF))
_CONJOINING = ((0x1161, 0x11FF), (0xD7B0, 0xD7FF))
_FLAG_LETTERS = (0x1F1E6, 0x1F1FF)

# Only characters that need nothing done: printable, one code point each, no combining marks, stable under NFC.
_PLAIN = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u02ff\u0391-\u03a1\u03a3-\u03c9\u0410-\u044f\u2010-\u2027\u2030-\u205e\u2190-\u21ff"
    "\u2400-\u2426\u2460-\u24ff\u2500-\u27bf\u3000-\u3029\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uff01-\uff9d]*"
).fullmatch


def clean(text: str, limit: int | None = None, lines: bool = False) -> str:
    """Make text from outside safe for a terminal.

    Controls become visible pictures, controls of the reading direction a mark; zero-width characters go, letters are
    composed (NFC) and keep at most two combining marks. A line break stays one with `lines`, and is shown as a mark
    without. `limit` is the greatest length in characters, the ending dots included. Cleaning twice changes nothing.
    """
    if _PLAIN(text):
        return text if limit is None or len(text) <= limit else _shorten(text, limit)
    if limit is not None and len(text) > 8 * limit + 64:
        text = text[: 8 * limit + 64] + ELLIPSIS
    if lines:
        cleaned = "\n".join(_clean_line(line) for line in _BREAKS.split(text))
    else:
        cleaned = _clean_line(_BREAKS.sub(NEWLINE_MARK, text))
    return cleaned if limit is None or len(cleaned) <= limit else _shorten(cleaned, limit)


def _clean_line(text: str) -> str:
    """Clean text that has no line breaks."""
    if _PLAIN(text):
        return text
    return _cap_marks(unicodedata.normalize("NFC", text.translate(_TABLE)))


def _shorten(text: str, limit: int) -> str:
    """Cut to `limit` characters, the dots included."""
    if limit <= len(ELLIPSIS):
        return ELLIPSIS[: max(limit, 0)]
    return text[: limit - len(ELLIPSIS)] + ELLIPSIS


def _cap_marks(text: str) -> str:
    """Drop combining marks without a letter under them and those beyond the second."""
    kept: list[str] = []
    marks = MARKS_KEPT
    for char in text:
        if char > "\u02ff" and unicodedata.category(char)[0] == "M":
            if marks >= MARKS_KEPT:
                continue
            marks += 1
        else:
            marks = MARKS_KEPT if char == " " else 0
        kept.append(char)
    return "".join(kept)


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    """Whether a code point lies in one of the closed ranges."""
    return any(first <= code <= last for first, last in ranges)


def _replacement(code: int) -> str:
    """What one character becomes, before composition."""
    char = chr(code)
    if char == "\t":
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if char in _BIDI:
        return BIDI_MARK
    if char in _INVISIBLE or _within(code, _INVISIBLE_RANGES):
        return ""
    if _within(code, _CONJOINING) or char == "\ufffd":
        return UNSHOWABLE
    if _FLAG_LETTERS[0] <= code <= _FLAG_LETTERS[1]:
        return chr(ord("A") + code - _FLAG_LETTERS[0])
    return _by_category(char)


def _by_category(char: str) -> str:
    """What a character becomes by its Unicode category."""
    category = unicodedata.category(char)
    if category in ("Cf", "Me"):
        return ""
    if category in ("Cc", "Cs", "Co", "Cn"):
        return UNSHOWABLE
    if category == "Zs":
        return char if char == "\u3000" else " "
    return char


class _Table(dict[int, str]):
    """A translation table that works out a character when it first comes up; only the basic plane is remembered."""

    def __missing__(self, code: int) -> str:
        replaced = _replacement(code)
        if code < 0x10000:
            self[code] = replaced
        return replaced


_TABLE = _Table()
