"""Large type: every character has its own shape and the width that is reckoned with."""

from __future__ import annotations

from itertools import combinations

from console.wall import glyphs
from console.wall.layout import Figure, big, grid, spaced, width_of

LETTERS = "0123456789:+-!.ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def test_no_two_characters_look_the_same() -> None:
    shapes = {char: glyphs.pixels(char) for char in LETTERS}
    assert [(one, other) for one, other in combinations(LETTERS, 2) if shapes[one] == shapes[other]] == []


def test_every_line_of_a_text_is_as_wide_as_it_says() -> None:
    for scale in (1, 2, 3):
        for row in big(LETTERS, scale):
            assert width_of(row) == glyphs.width(LETTERS, scale)
        assert len(big("8", scale)) == glyphs.HEIGHT * scale


def test_nothing_but_blanks_is_drawn() -> None:
    assert {text.strip() for row in big(LETTERS, 2) for text, _part in row} == {""}


def test_a_figure_is_as_large_as_fits_and_plain_where_nothing_fits() -> None:
    figures = [Figure("未结", "128"), Figure("超期", "17", "late", "!")]
    rows = grid(figures, 160, 46)
    assert len(rows) <= 46
    assert all(width_of(row) <= 160 for row in rows)
    ink = sum(len(text) for row in rows for text, part in row if part.endswith("+"))
    assert ink > 1000
    small = grid(figures, 20, 4)
    assert "".join(text for row in small for text, _part in row).count("128") == 1


def test_chinese_is_set_apart_and_latin_is_not() -> None:
    assert spaced("城市更新岗A") == "城 市 更 新 岗 A"
    assert spaced("Open tickets") == "Open tickets"
