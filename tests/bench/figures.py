"""What a measurement says: ratios against a baseline, with the goal beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One line of the report. `values` are one reading per interleaved round; less is better."""

    name: str
    what: str
    baseline: str
    values: tuple[float, ...] = ()
    unit: str = "×"
    goal: float | None = None
    """At most this, by the median; None for a figure that only informs."""
    note: str = ""
    """The plain amounts behind the ratio."""
    missing: str = ""
    """Why there is no figure: the piece is not built yet, or the input is not here."""

    @property
    def middle(self) -> float | None:
        """The median reading."""
        return median(self.values) if self.values else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal or without a figure."""
        return None if self.goal is None or self.middle is None else self.middle <= self.goal

    def as_dict(self) -> dict[str, Any]:
        """For --json."""
        return {**asdict(self), "median": self.middle, "met": self.met}


@dataclass
class Rounds:
    """Readings of several contenders, taken in turns; ratios are made inside a round."""

    readings: dict[str, list[float]] = field(default_factory=dict)

    def add(self, contender: str, value: float) -> None:
        """One reading of one contender in the present round."""
        self.readings.setdefault(contender, []).append(value)

    def ratios(self, ours: str, baseline: str) -> tuple[float, ...]:
        """Ours over the baseline, round by round."""
        pairs = zip(self.readings[ours], self.readings[baseline], strict=True)
        return tuple(mine / max(other, 1e-9) for mine, other in pairs)

    def amounts(self, unit: str, *contenders: str, scale: float = 1.0) -> str:
        """The medians of the contenders in plain units: "0.41 / 0.20 ms"."""
        return " / ".join(short(median(self.readings[name]) * scale) for name in contenders) + f" {unit}"


def short(value: float) -> str:
    """A figure with three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the readings do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def line(figure: Figure) -> str:
    """A figure as one line of text."""
    if figure.middle is None:
        return f"{figure.name:<22} {figure.what} — {figure.missing}"
    spread = f"({short(min(figure.values))}–{short(max(figure.values))})" if len(figure.values) > 1 else ""
    verdict = "met" if figure.met else "NOT MET"
    goal = "" if figure.goal is None else f"goal ≤ {short(figure.goal)} {figure.unit}: {verdict}"
    parts = [f"{short(figure.middle)} {figure.unit} {spread}".strip(), goal, figure.note]
    return f"{figure.name:<22} {figure.what} | {figure.baseline} | " + " | ".join(part for part in parts if part)


def as_table(figures: Sequence[Figure]) -> str:
    """The report as a Markdown table."""
    rows = ["| figure | what | baseline | median (min–max) | goal | amounts |", "|---|---|---|---|---|---|"]
    for figure in figures:
        if figure.middle is None:
            rows.append(f"| {figure.name} | {figure.what} | {figure.baseline} | {figure.missing} | {_goal(figure)} | |")
            continue
        spread = f" ({short(min(figure.values))}–{short(max(figure.values))})" if len(figure.values) > 1 else ""
        reading = f"**{short(figure.middle)} {figure.unit}**{spread}"
        rows.append(
            f"| {figure.name} | {figure.what} | {figure.baseline} | {reading} | {_goal(figure)} | {figure.note} |"
        )
    return "\n".join(rows)


def _goal(figure: Figure) -> str:
    if figure.goal is None:
        return "–"
    verdict = {True: ", met", False: ", **not met**", None: ""}[figure.met]
    return f"≤ {short(figure.goal)} {figure.unit}{verdict}"
