"""The page of the first shift, played as it stands: the keys of its tables, on the demo street, in both languages.

In a table's first cell everything between backticks is pressed, or typed where it is no key; in the second cell
everything in bold must then be on the screen.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from textual.widgets import Input

from console.dialogs.choose import SearchDrawer
from core.demo import make_demo
from data.instants import to_seconds
from tests.console.pilots import at_rest, ready, screen_text, speaking, until
from tests.pictures.stage import FILE, MOMENT, Stage, Street, copied, house

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"zh": DOCS / "first-shift.zh-CN.md", "en": DOCS / "first-shift.md"}
ROW = re.compile(r"^\| ([^|]*`[^|]*) \| ([^|]*) \|$", re.MULTILINE)
NAMED = {"Esc": "escape", "/": "slash", **{name: name.lower() for name in ("Enter", "Space", "Down", "Right", "Home")}}
KEY = re.compile(r"F\d+|Ctrl\+\w|.")


class Line(NamedTuple):
    """A line of a table: what to do, and what there is to see."""

    deeds: list[str]
    seen: list[str]


def lines(page: Path) -> Iterator[Line]:
    """The lines of all tables of a page that name keys."""
    for deeds, seen in ROW.findall(page.read_text("utf-8")):
        yield Line(re.findall(r"`([^`]+)`", deeds), re.findall(r"\*\*([^*]+)\*\*", seen))


def key(deed: str) -> str | None:
    """The key as the console knows it; None for words to be typed."""
    if deed in NAMED:
        return NAMED[deed]
    return deed.lower() if KEY.fullmatch(deed) else None


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Street:
    """The street of `zhihui demo`, and the officer whom it opens the console for."""
    path = tmp_path_factory.mktemp("demo") / FILE
    return Street(path, make_demo(f"sqlite:///{path}", MOMENT).officer)


async def play(stage: Stage, line: Line) -> None:
    for deed in line.deeds:
        pressed = key(deed)
        field = stage.app.focused
        if pressed is not None:
            await stage.press(pressed)
        else:
            assert isinstance(field, Input), f"nothing to type {deed} into"
            await stage.type(deed)
    await stage.beat()
    for words in line.seen:
        await until(stage.pilot, lambda words=words: words in screen_text(stage.app), f"{words}, after {line.deeds}")


ON_SHIFT = """
SELECT count(*) FROM duty d JOIN officer o ON o.centre_id = d.centre_id AND o.id = d.officer_id
WHERE o.code = ? AND d.kind = 'shift' AND d.role = 'duty_officer' AND d.from_at <= ? AND d.to_at > ?
"""
BY_THE_DESK = """
SELECT o.code, e.at FROM ticket_event e JOIN officer o ON o.centre_id = e.centre_id AND o.id = e.actor_id
WHERE e.kind IN ('accept', 'assess', 'dispatch', 'check', 'call_back')
"""


@pytest.mark.slow
def test_whoever_acts_at_the_desk_is_on_shift_then_and_the_officer_of_the_run_is_now(
    street: Street, tmp_path: Path
) -> None:
    path = tmp_path / FILE
    copied(street, tmp_path)
    acted = [(street.officer, to_seconds(MOMENT))]
    for hours in (10, 20):
        later = MOMENT + timedelta(hours=hours)
        acted.append((make_demo(f"sqlite:///{path}", later).officer, to_seconds(later)))
    assert len({officer for officer, _at in acted}) == 3
    with closing(sqlite3.connect(path)) as store:
        acted += store.execute(BY_THE_DESK).fetchall()
        off = [(code, at) for code, at in acted if not store.execute(ON_SHIFT, (code, at, at)).fetchone()[0]]
    assert len(acted) > 300
    assert off == []


@pytest.mark.slow
@pytest.mark.parametrize("language", PAGES)
async def test_the_first_shift_goes_as_the_page_says(street: Street, tmp_path: Path, language: str) -> None:
    with speaking(language), house(tmp_path):
        copied(street, tmp_path)
        stage = Stage(street)
        app = stage.console("")
        async with app.run_test(size=(100, 30)) as stage.pilot:
            await ready(stage.pilot)
            assert not isinstance(app.screen, SearchDrawer)  # nobody is asked who they are
            await at_rest(stage.pilot)
            *before, last = lines(PAGES[language])
            for line in before:
                await play(stage, line)
            assert last == Line(["F10"], [])
            await stage.pilot.press("f10")
            assert app._exit
        stage.close()


def test_both_pages_press_the_same_keys() -> None:
    pressed = {
        language: [[key(deed) or "words" for deed in line.deeds] for line in lines(page)]
        for language, page in PAGES.items()
    }
    assert pressed["zh"] == pressed["en"]
    assert sum(len(line.seen) for line in lines(PAGES["zh"])) >= len(pressed["zh"])
