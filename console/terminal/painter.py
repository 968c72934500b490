"""Sends the terminal only the cells that changed.

Textual repaints dirty regions from a widget's left edge on; over a slow line that is ten times more than what is new.
`CellPainter` keeps what the terminal shows, cell by cell, and turns an update of the compositor into the shortest
runs. Characters whose width terminals disagree about are followed by an absolute move, so that a wrong guess shifts
nothing else. Rests on private parts of the pinned Textual (`LayoutUpdate`, `ChopsUpdate`); any other update is passed
on unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.strip import Strip

BRIDGE = 4
"""Unchanged cells of the same style that are sent again rather than jumped over: a jump costs as many bytes."""

SHORT_WAY_BACK = 3
"""Cells that are gone back by backspaces when the next cell to send is on the line below."""

OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
"""How an attribute is switched off alone; bold and dim go together."""

SEEN_ON_BLANKS = frozenset({"4", "5", "6", "7", "9", "21", "51", "52", "53"})
"""Attributes that a blank shows: lines, frames, swapped colours."""

_SURE = re.compile("[ -~\u3001-\u3029\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uff01-\uff5e]*").fullmatch
SECOND_HALF = ""
"""The cell that a wide character covers besides its own."""


class CellPainter:
    """What the terminal shows, and how to bring it up to date."""

    def __init__(self, stand_ins: Mapping[str, str] | None = None) -> None:
        """`stand_ins` gives what is drawn for a character, in as many cells, where the terminal draws it wrong."""
        self._stand_ins = stand_ins
        self._chars: list[list[str]] = []
        self._looks: list[list[str]] = []
        self._size = (0, 0)
        self._codes: dict[Style, str] = {}
        self._system: ColorSystem | None = None
        self._scrolls: list[tuple[int, int, int]] = []
        self._look: str | None = None
        """The style that the terminal was left with."""

    def scrolled(self, top: int, bottom: int, lines: int) -> None:
        """A hint that lines `top` … `bottom` of the screen move up by `lines` (down when negative).

        The terminal then moves them itself instead of getting them again. Only a hint: what it leaves wrong, beside
        the list or because the lines did not move after all, is sent as any other change.
        """
        if 0 < abs(lines) <= (bottom - top) // 2:
            self._scrolls = [*self._scrolls[-3:], (top, bottom, lines)]

    def forget(self) -> None:
        """Assume nothing about the screen: the next update is sent whole."""
        self._size = (0, 0)

    def encode(self, update: LayoutUpdate | ChopsUpdate, size: tuple[int, int], system: ColorSystem) -> str:
        """The bytes, as text, that make a screen of `size` (width, height) show the update; empty when it already does.

        Ends with any style on and the cursor anywhere.
        """
        if size != self._size or system is not self._system:
            self._start_over(size, system)
        pen = _Pen(size[0], self._look)
        pieces = list(_pieces(update))
        self._move_lines(pen, {y for y, *_rest in pieces})
        for y, x, strip, first, last in pieces:
            if 0 <= y < size[1]:
                self._put(pen, y, x, strip, max(first, 0), min(last, size[0]))
        text, self._look = pen.finish()
        return text

    def _start_over(self, size: tuple[int, int], system: ColorSystem) -> None:
        """Take a new size or colour depth; no cell is known."""
        width, height = size
        self._size, self._system = size, system
        self._codes.clear()
        self._scrolls.clear()
        self._look = None
        self._chars = [["\0"] * width for _ in range(height)]
        self._looks = [[""] * width for _ in range(height)]

    def _move_lines(self, pen: _Pen, drawn: set[int]) -> None:
        """Follow the hints whose lines are all drawn anew by this update, so that nothing is left moved by mistake."""
        for top, bottom, lines in self._scrolls:
            if 0 <= top < bottom < self._size[1] and drawn.issuperset(range(top, bottom + 1)):
                self._scroll(pen, top, bottom, lines)
        if drawn:
            self._scrolls.clear()

    def _scroll(self, pen: _Pen, top: int, bottom: int, lines: int) -> None:
        """Let the terminal move lines, and note what that leaves on the screen: blank lines at one end."""
        pen.scroll(top, bottom, lines)
        for rows, blank in ((self._chars, " "), (self._looks, "")):
            block = rows[top : bottom + 1]
            fresh = [[blank] * self._size[0] for _ in range(abs(lines))]
            rows[top : bottom + 1] = [*block[lines:], *fresh] if lines > 0 else [*fresh, *block[:lines]]

    def _put(self, pen: _Pen, y: int, x: int, strip: Strip, first: int, last: int) -> None:
        """Compare columns `first` … `last` of a strip at (x, y) with the screen and send what differs."""
        chars, looks = self._expand(strip, last - x)
        start, stop = max(first - x, 0), min(last - x, len(chars))
        if stop <= start:
            return
        if start and chars[start] == SECOND_HALF:
            start -= 1
        if stop < len(chars) and chars[stop] == SECOND_HALF:
            if x + stop < self._size[0]:
                stop += 1
            else:  # the screen was laid out for a wider terminal, and half a character does not fit
                chars[stop - 1] = " "
        chars, looks = chars[start:stop], looks[start:stop]
        x += start
        shown_chars, shown_looks = self._chars[y], self._looks[y]
        end = x + len(chars)
        seen = [ground(look) if char == " " else look for char, look in zip(chars, looks, strict=True)]
        if shown_chars[x:end] == chars and shown_looks[x:end] == seen:
            return
        changed = [
            index
            for index, (char, look) in enumerate(zip(chars, seen, strict=True))
            if char != shown_chars[x + index] or look != shown_looks[x + index]
        ]
        for begin, finish in _runs(changed, chars, looks):
            pen.write(y, x + begin, chars[begin:finish], looks[begin:finish])
        shown_chars[x:end] = chars
        shown_looks[x:end] = seen

    def _expand(self, strip: Strip, wanted: int) -> tuple[list[str], list[str]]:
        """A strip as cells, characters and the style code of each: the `wanted` first ones, and perhaps more."""
        chars: list[str] = []
        looks: list[str] = []
        for text, style, control in strip:
            if control:
                continue
            code = self._code(style)
            if text.isascii():
                chars.extend(text)
            else:
                for char in text:
                    width = get_character_cell_size(char)
                    if width and self._stand_ins is not None and not char.isascii():
                        drawn = self._stand_ins[char]
                        chars.extend(drawn)
                        if len(drawn) < width:
                            chars.append(SECOND_HALF)
                    elif width:
                        chars.append(char)
                        if width == 2:
                            chars.append(SECOND_HALF)
                    elif chars and chars[-1]:
                        chars[-1] += char
                    elif len(chars) > 1:
                        chars[-2] += char
            looks.extend([code] * (len(chars) - len(looks)))
            if len(chars) > wanted:
                break
        return chars, looks

    def _code(self, style: Style | None) -> str:
        """The parameters of the escape sequence for a style; links are never sent."""
        if style is None:
            return ""
        code = self._codes.get(style)
        if code is None:
            sent = style.update_link(None) if style.link else style
            rendered = sent.render("x", color_system=self._system)
            code = rendered[2 : rendered.index("m")] if rendered.startswith("\x1b[") else ""
            if len(self._codes) > 4096:
                self._codes.clear()
            self._codes[style] = code
        return code


class _Pen:
    """Collects what to send, knowing where the cursor is and which style is on."""

    def __init__(self, width: int, look: str | None) -> None:
        self._out: list[str] = []
        self._width = width
        self._at: tuple[int, int] | None = None
        self._look = look

    def write(self, y: int, x: int, chars: list[str], looks: list[str]) -> None:
        """Send neighbouring cells of one line."""
        at, stop = 0, len(chars)
        while at < stop:
            look, begin = looks[at], at
            while at < stop and looks[at] == look:
                at += 1
            if not self._blank_suits(look, chars[begin:at]):
                self._style(look)
            self._text(y, x + begin, chars[begin:at])

    def scroll(self, top: int, bottom: int, lines: int) -> None:
        """Move lines inside a scroll region (DECSTBM), blank ones coming in without a style."""
        self._style("")
        order = f"{lines}M" if lines > 0 else f"{-lines}L"
        self._out.append(f"\x1b[{top + 1};{bottom + 1}r\x1b[{top + 1};1H\x1b[{order}\x1b[r")
        self._at = None

    def finish(self) -> tuple[str, str | None]:
        """Everything collected, and the style that is on now."""
        return "".join(self._out), self._look

    def _blank_suits(self, look: str, chars: list[str]) -> bool:
        """Whether blanks can be sent in the style that is on: of theirs nothing but the background shows."""
        return self._look is not None and ground(self._look) == ground(look) and not any(map(str.strip, chars))

    def _style(self, look: str) -> None:
        if look != self._look:
            self._out.append(_switch(self._look, look))
            self._look = look

    def _text(self, y: int, x: int, chars: list[str]) -> None:
        """Send cells of one style, moving anew after each character of doubtful width."""
        text = "".join(chars)
        if _SURE(text):
            self._move(y, x)
            self._out.append(text)
            self._arrive(y, x + len(chars))
            return
        for offset, char in enumerate(chars):
            if char == SECOND_HALF:
                continue
            self._move(y, x + offset)
            self._out.append(char)
            if _SURE(char):
                self._arrive(y, x + offset + (1 if char.isascii() else 2))
            else:
                self._at = None

    def _arrive(self, y: int, x: int) -> None:
        """Note where the cursor stands; at the right edge terminals differ."""
        self._at = (y, x) if x < self._width else None

    def _move(self, y: int, x: int) -> None:
        """Go to a cell in the shortest way: along the line, or down and a little back as in a column of digits."""
        if self._at == (y, x):
            return
        below, ahead = (y - self._at[0], x - self._at[1]) if self._at is not None else (0, 0)
        if self._at is not None and below == 0 and ahead > 0:
            self._out.append(f"\x1b[{ahead}C" if ahead > 1 else "\x1b[C")
        elif below == 1 and -SHORT_WAY_BACK <= ahead <= 0:
            self._out.append("\x1b[B" + "\b" * -ahead)
        else:
            self._out.append(f"\x1b[{y + 1};{x + 1}H")


@lru_cache(maxsize=4096)
def _switch(old: str | None, new: str) -> str:
    """From one style to another, naming only what differs, in the shorter of two ways."""
    if not new:
        return "\x1b[m"
    anew = f"\x1b[0;{new}m"
    if old is None:
        return anew
    (old_attributes, *old_colours), (attributes, *colours) = _parts(old), _parts(new)
    gone = {OFF.get(word) for word in old_attributes if word not in attributes}
    if None in gone:
        return anew
    words = sorted(word for word in gone if word)
    words += [word for word in attributes if word not in old_attributes or OFF.get(word) in gone]
    for was, now, default in zip(old_colours, colours, (("39",), ("49",)), strict=True):
        if was != now:
            words += now or default
    step = f"\x1b[{';'.join(words)}m"
    return step if len(step) <= len(anew) else anew


@lru_cache(maxsize=4096)
def ground(look: str) -> str:
    """What of a style shows on a blank: its background; all of it where there are lines or swapped colours."""
    attributes, _ink, background = _parts(look)
    return look if SEEN_ON_BLANKS.intersection(attributes) else ";".join(background)


def _parts(look: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """A style's code as attributes, foreground and background."""
    words = look.split(";") if look else []
    attributes: list[str] = []
    colours: dict[str, tuple[str, ...]] = {"3": (), "4": ()}
    while words:
        word = words.pop(0)
        if word in ("38", "48"):
            rest = 4 if words[0] == "2" else 2
            colours[word[0]] = (word, *words[:rest])
            del words[:rest]
        elif len(word) == 3 or (len(word) == 2 and word[0] in "349"):
            ground = "4" if word[0] in "41" else "3"
            colours[ground] = (word,)
        else:
            attributes.append(word)
    return tuple(attributes), colours["3"], colours["4"]


def _pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Strip, int, int]]:
    """The strips of an update: line, column, strip, first and last-but-one column that count."""
    if isinstance(update, LayoutUpdate):
        region = update.region
        for y, line in enumerate(update.strips, region.y):
            x = region.x
            for strip in line:
                if strip is not None:
                    yield y, x, strip, region.x, region.right
                    x += strip.cell_length
        return
    for y, first, last in update.spans:
        for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if chop is not None and x < last and end > first:
                yield y, x, chop, first, last


def _runs(changed: list[int], chars: list[str], looks: list[str]) -> Iterator[tuple[int, int]]:
    """The half-open stretches to send: changed cells, with short unchanged gaps of one style between them."""
    begin = finish = changed[0]
    for index in [*changed, len(chars) + BRIDGE + 1]:
        gap = index - finish
        if gap > BRIDGE or (gap > 0 and len(set(looks[finish - 1 : index])) > 1):
            yield _whole(chars, begin), _closing(chars, finish)
            begin = index
        finish = index + 1


def _whole(chars: list[str], begin: int) -> int:
    """A run starts with a whole character."""
    return begin - 1 if begin and chars[begin] == SECOND_HALF else begin


def _closing(chars: list[str], finish: int) -> int:
    """A run ends with a whole character."""
    return finish + 1 if finish < len(chars) and chars[finish] == SECOND_HALF else finish
