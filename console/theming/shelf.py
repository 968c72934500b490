"""Which themes there are: ours in `themes/`, a person's own in the XDG configuration folder. Knows no screen."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from errno import ENOENT
from functools import cache
from pathlib import Path

import themes
from console.theming.recipe import LARGEST, Parent, Problem, Reading, Recipe, read

FOLDER = Path(themes.__file__).parent
STYLE_SHEET = FOLDER / "zhihui.tcss"
DEFAULT = "night"
ORDER = ("night", "day", "high-contrast", "colour-blind", "monochrome", "official", "sixteen")
"""Our themes in the order in which a key goes through them."""
MOST = 64
"""Own themes that are looked at."""

Stamp = tuple[tuple[str, int, int], ...]
"""What tells a changed folder: name, time of change in ns and size of each file."""


def own_folder() -> Path:
    """Where a person's own themes are."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return Path(base) / "zhihui" / "themes"


@cache
def bundled() -> dict[str, Recipe]:
    """The themes that come with the program, by name, in their order. A test proves that none is broken."""
    found: dict[str, Recipe] = {}
    for name in ORDER:
        reading = read((FOLDER / f"{name}.toml").read_bytes(), f"{name}.toml", found.get)
        if reading.recipe is None:
            raise RuntimeError(f"a theme of the program is broken: {reading.errors[0].en}")
        found[name] = reading.recipe
    return found


@dataclass(slots=True)
class Shelf:
    """The themes that can be used, and what is wrong with the others."""

    recipes: dict[str, Recipe] = field(default_factory=lambda: dict(bundled()))
    """By name: ours in their order, then the person's own by file name."""
    readings: dict[str, Reading] = field(default_factory=dict)
    """What was read from a person's files, by file name."""
    names: dict[str, str] = field(default_factory=dict)
    """The name that a file gave its theme when it was last sound, by file name."""

    @property
    def errors(self) -> list[Problem]:
        """Why files cannot be used, one problem each."""
        return [reading.errors[0] for reading in self.readings.values() if reading.errors]

    @property
    def warnings(self) -> list[Problem]:
        """What is hard to read in own themes that work."""
        return [problem for reading in self.readings.values() if reading.recipe for problem in reading.problems]


def stamp(folder: Path) -> Stamp:
    """A cheap look at the folder: differs when a file came, went or changed; empty when there is no folder."""
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.stat()) for entry in entries if entry.name.endswith(".toml")]
    except OSError:
        return ()
    return tuple(sorted((name, state.st_mtime_ns, state.st_size) for name, state in found))[:MOST]


def fill(folder: Path, before: Shelf | None = None) -> Shelf:
    """Read a person's themes; one that was sound `before` and is broken now stays as it was."""
    shelf = Shelf()
    waiting = [name for name, _changed, _size in stamp(folder)]
    # A theme may extend one that stands later in the folder: as long as something was sound, look again.
    while waiting:
        found = {name: read_file(folder / name, shelf.recipes.get) for name in waiting}
        settled = [name for name, reading in found.items() if reading.recipe is not None] or waiting
        for name in settled:
            _put(shelf, name, found[name])
        waiting = [name for name in waiting if name not in settled]
    if before is not None:
        _keep(shelf, before)
    return shelf


def _put(shelf: Shelf, file: str, reading: Reading) -> None:
    """Take a file's theme up, unless its name is taken."""
    recipe = reading.recipe
    if recipe is not None and recipe.name in shelf.recipes:
        reading.problems.append(
            Problem(file, 0, "name", f"已有名为 {recipe.name} 的主题", f"there is a theme named {recipe.name} already")
        )
        reading.recipe = recipe = None
    if recipe is not None:
        shelf.recipes[recipe.name] = recipe
        shelf.names[file] = recipe.name
    shelf.readings[file] = reading


def _keep(shelf: Shelf, before: Shelf) -> None:
    """What worked before its file was broken goes on working."""
    for file, name in before.names.items():
        reading = shelf.readings.get(file)
        if reading is not None and reading.errors and name not in shelf.recipes and name in before.recipes:
            shelf.recipes[name] = before.recipes[name]
            shelf.names[file] = name


def read_file(path: Path, parent: Parent | None = None) -> Reading:
    """Read one theme file; it may extend what `parent` finds, ours when that is left out. Never raises."""
    try:
        if not path.is_file():
            raise FileNotFoundError(ENOENT, os.strerror(ENOENT))
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        return Reading(None, [Problem(path.name, 0, "", f"无法读取：{why}", f"cannot be read: {why}")])
    return read(data, path.name, parent or bundled().get)
