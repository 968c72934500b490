"""Runs that were saved: what each figure was the last time, and what has changed beyond the spread of the rounds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, short, spread, titled

SAVED = Path("build") / "bench"
"""Where runs are saved, inside the repository; git does not keep it."""
PUBLISHED = Path("docs") / "performance.json"
"""The readings behind docs/performance.md, inside the repository; git keeps them."""


@dataclass(frozen=True)
class Taken:
    """The figures of one measurement, and how they were taken."""

    figures: tuple[Figure, ...]
    at: str
    """When, as 2026-11-29T10:15:00 in UTC."""
    machine: str
    seed: int
    rounds: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "figures": [figure.as_dict() for figure in self.figures]}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Taken:
        return cls(**{**plain, "figures": tuple(Figure.from_dict(figure) for figure in plain["figures"])})


Readings = dict[str, Taken]
"""Measurements by name."""


def save(path: Path, readings: Readings) -> None:
    """Write readings to a file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = {name: taken.as_dict() for name, taken in readings.items()}
    path.write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", "utf-8")


def load(path: Path) -> Readings:
    """What `save` wrote. Raises OSError and ValueError."""
    return {name: Taken.from_dict(plain) for name, plain in json.loads(path.read_text("utf-8")).items()}


def newest(files: Iterable[Path]) -> Readings:
    """Of each measurement the readings taken last, over several files."""
    found: Readings = {}
    for path in files:
        for name, taken in load(path).items():
            if name not in found or found[name].at <= taken.at:
                found[name] = taken
    return found


def last_saved(repository: Path) -> Readings:
    """The newest readings of each measurement, saved or published."""
    published = repository / PUBLISHED
    return newest([*([published] if published.exists() else []), *sorted((repository / SAVED).glob("*.json"))])


def compared(before: Readings, now: Readings) -> Iterator[str]:
    """A line for each figure whose readings all lie on one side of all readings before; a last line sums up.

    Figures of one reading have no spread and are left out, and so are plain times taken on another machine.
    """
    known = {figure.key: (figure, taken) for taken in before.values() for figure in taken.figures}
    same, counted = 0, {"better": 0, "WORSE": 0}
    for taken in now.values():
        for figure in taken.figures:
            old, then = known.get(figure.key, (None, taken))
            if old is None or not _have_spread(old, figure) or (figure.unit != "×" and then.machine != taken.machine):
                continue
            word = _changed(old, figure)
            if not word:
                same += 1
                continue
            counted[word] += 1
            yield f"{word:<6} {figure.name:<28} {titled(figure)}: {_reading(old)} → {_reading(figure)}"
    yield f"# {counted['better']} better, {counted['WORSE']} worse, {same} within the spread of the rounds"


def _have_spread(old: Figure, new: Figure) -> bool:
    return min(len(old.values), len(new.values)) > 1 and old.unit == new.unit


def _changed(old: Figure, new: Figure) -> str:
    if max(new.values) < min(old.values):
        return "better"
    return "WORSE" if min(new.values) > max(old.values) else ""


def _reading(figure: Figure) -> str:
    return f"{short(figure.middle or 0)} {figure.unit} {spread(figure)}"
