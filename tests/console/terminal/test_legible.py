"""What stands in for characters that the terminal at hand draws wrong, and that no words of ours need it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size

from console.terminal import legible
from console.terminal.legible import Reach, ambiguous, clean, shown, stand_ins
from data.clean import clean as harmless

AMBIGUOUS = [chr(code) for code in range(0x80, sys.maxunicode) if ambiguous(chr(code))]
PRINTABLE = {chr(code) for code in range(0x20, 0x7F)}
QUOTES = {"“", "”"}
TABLES = {"legible.py", "bindings.py", "probe.py", "width.py"}
"""These speak of such characters, and show none."""


@pytest.fixture(autouse=True)
def everything_again() -> Iterator[None]:
    yield
    legible.adapt(Reach.ALL)


def wide(text: str) -> int:
    """The cells of a text on a terminal that draws ambiguous characters in two."""
    return cell_len(text) + sum(map(ambiguous, text))


def test_all_is_shown_as_it_is_on_a_good_terminal() -> None:
    assert clean("①路灯…“坏”") == "①路灯…“坏”"
    assert stand_ins() is None


def test_stand_ins_read_well() -> None:
    legible.adapt(Reach.SURE)
    assert clean("①路灯…“坏” 25℃ 甲→乙 3×4 李·明 ●") == "(1)路灯..「坏」 25C 甲->乙 3x4 李・明 *"
    assert clean("Ⅳ号 αβ Я №5 ½") == "IV号 alphabeta Ya No.5 1/2"


def test_a_terminal_without_chinese_gets_pinyin() -> None:
    legible.adapt(Reach.ASCII)
    assert clean("春晖路88号，井盖“缺失”。") == 'ChunHuiLu88Hao,JingGai"QueShi".'


def test_every_ambiguous_character_has_a_stand_in_of_sure_width() -> None:
    assert len(AMBIGUOUS) > 1000
    legible.adapt(Reach.SURE)
    table = stand_ins()
    assert table is not None
    for char in AMBIGUOUS:
        assert not any(map(ambiguous, shown(char))), char
        assert set(table[char]) <= PRINTABLE, char
        assert len(table[char]) == get_character_cell_size(char), char


@given(st.text(max_size=30))
def test_any_text_is_as_wide_as_it_is_counted(text: str) -> None:
    legible.adapt(Reach.SURE)
    assert wide(clean(text)) == cell_len(clean(text))
    legible.adapt(Reach.ASCII)
    assert set(clean(text)) <= PRINTABLE
    table = stand_ins()
    assert table is not None
    for char in harmless(text):
        if not char.isascii() and get_character_cell_size(char):
            assert len(table[char]) == get_character_cell_size(char)


def test_no_words_of_ours_hold_ambiguous_characters(repository: Path) -> None:
    """The catalogue, the style sheet, and every string of the screens; quotes are replaced where they must be."""
    texts = {"the catalogue": (repository / "console/locale/zh_CN/LC_MESSAGES/zhihui.po").read_text("utf-8")}
    texts["the style sheet"] = (repository / "themes/zhihui.tcss").read_text("utf-8").replace("─", "")
    for path in (repository / "console").rglob("*.py"):
        if path.name not in TABLES and "cli" not in path.parts:
            texts[path.name] = "".join(strings(path))
    found = {name: bad for name, text in texts.items() if (bad := {char for char in text if ambiguous(char)} - QUOTES)}
    assert not found


def strings(path: Path) -> Iterator[str]:
    """The strings of a module that are no documentation."""
    tree = ast.parse(path.read_text("utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.value
