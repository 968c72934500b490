"""Themes: TOML files with the fields of a Textual theme, ours in `themes/`, a person's own beside the settings."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from functools import cache
from pathlib import Path

from textual.theme import Theme

import themes
from data.errors import BadInput

FOLDER = Path(themes.__file__).parent
STYLE_SHEET = FOLDER / "zhihui.tcss"
DEFAULT = "night"
FIELDS = frozenset(field.name for field in fields(Theme))


def load(path: Path) -> Theme:
    """The theme in a file. Raises BadInput when it cannot be read or has a field that themes do not have."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(
            "theme-unreadable", f"主题 {path.name} 无法读取：{error}", f"Theme {path.name}: {error}"
        ) from error
    unknown = sorted(set(given) - FIELDS)
    if unknown or "name" not in given or "primary" not in given:
        what = ", ".join(unknown) or "name, primary"
        raise BadInput("theme-fields", f"主题 {path.name} 字段有误：{what}", f"Theme {path.name}: wrong fields: {what}")
    return Theme(**given)


@cache
def bundled() -> tuple[Theme, ...]:
    """The themes that come with the program."""
    return tuple(load(path) for path in sorted(FOLDER.glob("*.toml")))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours written #rrggbb, as WCAG 2 defines it: 1 (none) to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """The relative luminance of #rrggbb (WCAG 2)."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
