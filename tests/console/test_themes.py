"""Every theme can be read: text on its ground has the contrast that WCAG 2 asks for at level AA."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.theme import Theme

from console.theming import bundled, contrast, load
from data.errors import BadInput

TEXT = 4.5
FRAME = 3.0
PAIRS = [
    *[(ink, "zh-ground", TEXT) for ink in ("ink", "muted", "late", "soon", "ok", "urgent", "title")],
    *[(ink, "zh-cursor", TEXT) for ink in ("cursor-ink", "late", "soon", "ok", "urgent", "muted")],
    *[(ink, "zh-away", TEXT) for ink in ("away-ink", "late", "soon", "ok", "urgent", "muted")],
    *[(ink, "zh-bar", TEXT) for ink in ("bar-ink", "late", "soon", "muted", "title")],
    *[(ink, "zh-field", TEXT) for ink in ("ink", "muted", "title", "late")],
    ("alarm-ink", "zh-alarm", TEXT),
    ("notice-ink", "zh-notice", TEXT),
    ("frame", "zh-ground", FRAME),
]
THEMES = list(bundled())


def test_day_and_night_are_there() -> None:
    assert {theme.name: theme.dark for theme in THEMES} == {"day": False, "night": True}


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_contrast(theme: Theme, ink: str, ground: str, least: float) -> None:
    found = contrast(theme.variables[f"zh-{ink}"], theme.variables[ground])
    assert found >= least, f"{theme.name}: {ink} on {ground} has {found:.2f}"


def test_every_theme_has_every_variable() -> None:
    assert len({frozenset(theme.variables) for theme in THEMES}) == 1


def test_known_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("text", ["name = ", "name = 'x'\nprimary = '#000000'\ncolour = 'red'", "dark = true"])
def test_a_bad_theme_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="mine"):
        load(path)
