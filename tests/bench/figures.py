"""What a measurement says: ratios against a baseline, with the goal beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    tickets: int | None = None
    """Tickets in the store; None where the size of the store does not matter or is always the same."""

    @property
    def key(self) -> tuple[str, str, int | None]:
        """What tells figures apart from run to run."""
        return self.name, self.baseline, self.tickets

    @property
    def middle(self) -> float | None:
        """The median reading."""
        return median(self.values) if self.values else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal or without a figure."""
        return None if self.goal is None or self.middle is None else self.middle <= self.goal

    def as_dict(self) -> dict[str, Any]:
        """For --json: six digits that count are enough."""
        plain = asdict(self) | {"values": [float(f"{value:.6g}") for value in self.values]}
        return {name: value for name, value in plain.items() if value not in (None, "", [])}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Figure:
        """What `as_dict` made."""
        return cls(**{**plain, "values": tuple(plain.get("values", ()))})


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


def grown(
    name: str,
    what: str,
    rounds: Rounds,
    sizes: Sequence[int],
    reading: str,
    *,
    goal: float | None = None,
    unit: str = "ms",
    scale: float = 1000.0,
) -> Iterator[Figure]:
    """A figure for each store beyond the smallest: the readings there, named by it, over those on the smallest."""
    small, *others = sorted(sizes)
    for size in others:
        names = f"{reading} {size}", f"{reading} {small}"
        yield Figure(
            f"{name}.growth",
            what,
            f"itself on {small:,} tickets",
            rounds.ratios(*names),
            goal=goal,
            note=rounds.amounts(unit, *names, scale=scale),
            tickets=size,
        )


def short(value: float) -> str:
    """A figure with three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the readings do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def titled(figure: Figure) -> str:
    """What a figure is about, with the size of its store."""
    return figure.what if figure.tickets is None else f"{figure.what}, {figure.tickets:,} tickets"


def line(figure: Figure) -> str:
    """A figure as one line of text."""
    if figure.middle is None:
        return f"{figure.name:<22} {titled(figure)} — {figure.missing}"
    goal = "" if figure.goal is None else f"goal ≤ {short(figure.goal)} {figure.unit}: {verdict(figure)}"
    parts = [f"{short(figure.middle)} {figure.unit} {spread(figure)}".strip(), goal, figure.note]
    return f"{figure.name:<22} {titled(figure)} | {figure.baseline} | " + " | ".join(part for part in parts if part)


def spread(figure: Figure) -> str:
    """The least and the greatest reading; empty for a single one."""
    return f"({short(min(figure.values))}–{short(max(figure.values))})" if len(figure.values) > 1 else ""


def verdict(figure: Figure) -> str:
    """Whether a figure meets its goal; empty without a goal."""
    return {True: "met", False: "NOT MET", None: ""}[figure.met]
