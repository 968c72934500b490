"""What the store holds is drawn cleaned, on the lines too that the widgets draw themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.raw_fields import raw_findings
from tests.architecture.screen_text import sources

CLEAN = re.compile(r"(?<!\w)clean\(")
PORTS = """
class View:
    row: Row
class Row:
    id: int
    title: str
    place: str = ''
    note: str | None = None
"""

BAD = {
    "a segment": "Segment(row.title, style)",
    "padded": "Segment(pad(row.title, 8), style)",
    "cut in a method's result": "cut(row.title.strip(), 8)",
    "an f-string": "f'{row.id} {row.title}'",
    "a pair": "parts.extend([(row.title, 'muted')])",
    "a pair with a choice of styles": "x = [(row.title, 'late' if late else '')]",
    "added": "' ' + row.title",
    "formatted": "_('in {p}').format(p=row.place)",
    "a column": "Column('title', 'Title', 8, lambda row: row.title)",
    "by another name": "def f(row: Row):\n    title = row.title\n    return Segment(pad(title, 8))",
    "one of two": "text_line(row.title or '-')",
    "a choice": "text_line(row.note if row.note else '')",
    "returned": "def row_text(row: Row) -> str:\n    return row.title",
    "by a function that makes lines": "def labelled(text: str) -> list[Line]: ...\nlines += labelled(row.place)",
    "of a row in another value": "text_line(view.row.title)",
    "of a row by its annotation": "def f(a: Row):\n    text_line(a.title)",
}

GOOD = {
    "cleaned": "Segment(pad(clean(row.title), 8), style)",
    "cleaned in an f-string": "f'{row.id} {clean(row.title)}'",
    "cleaned pair": "x = [(clean(row.title, 40), 'muted')]",
    "cleaned column": "Column('title', 'Title', 8, lambda row: clean(row.title))",
    "compared": "x = 'a' if row.title == 'b' else 'c'",
    "asked": "x = [('late', 'late' if row.note else '')]",
    "handed on": "backend.do(row.title)",
    "a number": "f'{row.id}'",
    "looked up": "pad(term(Stage, row.title, 'zh'), 8)",
    "by another name": "def f(row: Row):\n    title = clean(row.title)\n    return Segment(pad(title, 8))",
    "of something else": "def f(a: Other):\n    text_line(a.title)",
    "a key": "x = names[row.title]",
}


@pytest.mark.parametrize("name", BAD)
def test_a_raw_field_is_found(name: str) -> None:
    assert list(raw_findings(PORTS, {"bad.py": BAD[name]})), BAD[name]


@pytest.mark.parametrize("name", GOOD)
def test_a_clean_field_passes(name: str) -> None:
    assert list(raw_findings(PORTS, {"good.py": GOOD[name]})) == []


@pytest.fixture(scope="module")
def console(repository: Path) -> dict[str, str]:
    return sources(repository, "console")


@pytest.fixture(scope="module")
def screens(console: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in console.items() if name.split("/")[1] in ("screens", "widgets", "dialogs")}


def test_raw_fields_are_drawn_cleaned(console: dict[str, str], screens: dict[str, str]) -> None:
    assert len(screens) > 10
    found = raw_findings(ports_of(console), screens)
    assert [f"{one.file}:{one.line}: {one.sink}: {one.reason}" for one in found] == []


def ports_of(console: dict[str, str]) -> str:
    """Everything that says what the screens get from below."""
    return "\n".join(text for name, text in console.items() if name.endswith("ports.py"))


def test_a_clean_that_is_taken_away_is_missed(console: dict[str, str], screens: dict[str, str]) -> None:
    """The checker sees into the real screens: without their `clean()`, most of them would be reported."""
    cleaned = {name: len(CLEAN.findall(text)) for name, text in screens.items()}
    bare = {name: CLEAN.sub("str(", text) for name, text in screens.items()}
    found = list(raw_findings(ports_of(console), bare))
    assert len(found) > sum(cleaned.values()) / 2 > 10
