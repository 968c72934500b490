"""All text that is drawn can be read: gathered from the drawn screens, not from a list (WCAG 2, level AA)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from console.app import ZhihuiApp
from console.theming.colours import TEXT_CONTRAST, contrast
from console.theming.pairs import PAIRS
from tests.console.pilots import street_app
from tests.console.scenes import Run, busy_street, colours_of, drawn, put_on_probe, scenes


def words(app: ZhihuiApp) -> Iterator[Run]:
    """What is there to be read."""
    return (run for line in drawn(app) for run in line if run.text.strip())


DRAWN = ("night", "day", "sixteen")
"""A dark, a light and a coarse theme. The others are held by the pairs below, each of which is tried in every theme."""


@pytest.mark.parametrize("theme", DRAWN)
async def test_everything_drawn_has_enough_contrast(theme: str) -> None:
    backend = busy_street()
    app = street_app(backend)
    app.theme = theme
    poor: dict[tuple[str, str], str] = {}
    seen = 0
    async with app.run_test(size=(80, 24)) as pilot:
        async for scene in scenes(pilot, backend):
            for run in words(app):
                assert not run.style.dim, f"{scene}: dim text has no contrast of its own"
                text, ground = colours_of(run.style)
                seen += 1
                if contrast(text, ground) < TEXT_CONTRAST:
                    poor[text, ground] = f"{scene}: {run.text.strip()[:20]} {contrast(text, ground):.2f}"
    assert seen > 2_000
    assert poor == {}


async def test_theme_check_knows_every_pair_that_is_drawn() -> None:
    """In a theme whose colours are all different each drawn pair names its two variables: `theme check` has it."""
    backend = busy_street()
    app = street_app(backend)
    names = put_on_probe(app)
    found: dict[tuple[str, str], str] = {}
    async with app.run_test(size=(120, 36)) as pilot:
        async for scene in scenes(pilot, backend):
            for run in words(app):
                pair = colours_of(run.style)
                assert set(pair) <= set(names), f"{scene}: {run.text!r} has colours of no theme: {pair}"
                text, ground = (names[colour] for colour in pair)
                found[text, ground] = f"{scene}: {run.text.strip()[:20]}"
    unknown = {pair: where for pair, where in found.items() if not {pair, pair[::-1]} & set(PAIRS)}
    assert unknown == {}
