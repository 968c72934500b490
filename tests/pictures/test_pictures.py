"""The pictures of the documentation: the same bytes each time, all of them linked, fetching nothing, and small."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from console.i18n import LANGUAGES
from tests.pictures.__main__ import FOLDER, draw
from tests.pictures.scenes import SCENES
from tests.pictures.stage import Street, made_street

HOUSE = FOLDER.parents[1]
LARGEST = 60_000
LINK = re.compile(r"!\[[^]]*\]\(([^)]+\.svg)\)")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAMES = [f"{language}/{name}.svg" for language in LANGUAGES for name in SCENES]


def linked() -> Iterator[tuple[Path, str, Path]]:
    """Every picture that a page shows: the page, the words of the link, the file."""
    for page in [*HOUSE.glob("*.md"), *HOUSE.glob("docs/*.md")]:
        for found in LINK.finditer(page.read_text("utf-8")):
            yield page, found[0], (page.parent / found[1]).resolve()


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> list[Street]:
    """Two streets, made one after the other for the same moment."""
    return [made_street(tmp_path_factory.mktemp("street"), 40) for _street in range(2)]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["queue", "overview"])
def test_another_street_at_the_same_moment_gives_the_same_bytes(streets: list[Street], name: str) -> None:
    one, other = (draw(SCENES[name], street, "zh") for street in streets)
    assert one == other
    assert one.count("<text") > 100  # there is something on it


def test_every_scene_has_its_pictures_and_every_picture_its_scene() -> None:
    assert sorted(str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*.svg")) == sorted(NAMES)


def test_every_linked_picture_exists_and_every_picture_is_linked() -> None:
    shown = {file for _page, _words, file in linked()}
    assert sorted(str(file) for file in shown if not file.is_file()) == []
    assert sorted(name for name in NAMES if (FOLDER / name).resolve() not in shown) == []


def test_chinese_words_show_chinese_pictures_and_english_ones_english() -> None:
    wrong = [
        f"{page.name}: {words}"
        for page, words, file in linked()
        if file.parent.name != ("zh" if CHINESE.search(words) else "en")
    ]
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_small_and_fetches_nothing(name: str) -> None:
    svg = (FOLDER / name).read_text("utf-8")
    ElementTree.fromstring(svg)  # whole
    assert len(svg) < LARGEST
    assert "//" not in svg.replace("http://www.w3.org/2000/svg", "", 1)
    assert not re.search(r"url\(|<script|<image|/tmp", svg)
