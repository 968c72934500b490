"""What two pictures of a screen differ in, in words: a report for a browser is of no use where only output is kept."""

from __future__ import annotations

import re
from html import unescape

_TEXT = re.compile(r'<text class="[^"]*?-(r\d+)" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')
_STYLE = re.compile(r"-(r\d+) \{ ([^}]*) \}")
LINE_HEIGHT = 24.4


def difference(before: str, after: str) -> str:
    """The lines that differ, as they were and as they are; where only colours do, with the colours."""
    old, new = _lines(before, styled=False), _lines(after, styled=False)
    if old == new:
        old, new = _lines(before, styled=True), _lines(after, styled=True)
    told = [
        f"line {y}\n  was: {old.get(y, '')}\n  is:  {new.get(y, '')}"
        for y in sorted(old.keys() | new.keys())
        if old.get(y) != new.get(y)
    ]
    return "\n".join(told) or "texts and colours are the same: backgrounds or the frame differ"


def _lines(picture: str, styled: bool) -> dict[int, str]:
    styles = dict(_STYLE.findall(picture))
    found: dict[int, list[tuple[float, str]]] = {}
    for style, x, y, text in _TEXT.findall(picture):
        said = unescape(text).replace("\xa0", " ")
        told = f"{said}<{styles.get(style, '')}>" if styled else said
        found.setdefault(round(float(y) / LINE_HEIGHT), []).append((float(x), told))
    return {y: "".join(text for _, text in sorted(parts)) for y, parts in found.items()}
