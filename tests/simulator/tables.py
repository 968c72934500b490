"""What is printed of runs: figures, faults by kind, promises by how often they were looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tests.simulator.run import Outcome


def lines(rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Rows in columns as wide as they must be; the first line are the heads. Numbers stand to the right."""
    texts = [[f"{cell:,}" if isinstance(cell, int | float) else str(cell) for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in texts) for place in range(len(texts[0]))]
    for number, (row, text) in enumerate(zip(rows, texts, strict=True)):
        cells = [
            cell.rjust(width) if place and not (number and isinstance(raw, str)) else cell.ljust(width)
            for place, (raw, cell, width) in enumerate(zip(row, text, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def of_runs(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A line for each run, and all together."""
    heads = ("seed", "days", "steps", "tickets", "escalations", "faults", "checks", "found", "digest")
    rows = [
        (
            f"{one.seed}", one.days, one.steps, one.tickets, one.escalations, one.memory.faults.total(),
            one.memory.checked.total(), int(bool(one.broken)), one.digest[:16],
        )
        for one in outcomes
    ]  # fmt: skip
    together = tuple(round(sum(row[place] for row in rows), 2) for place in range(1, 8))  # type: ignore[misc]
    yield from lines([heads, *rows, ("together", *together, "")])


def of_counts(title: str, counts: Iterable[Counter[str]]) -> Iterator[str]:
    """How often each of something, over all runs."""
    together: Counter[str] = sum(counts, Counter())
    yield from lines([(title, "times"), *sorted(together.items())])


def replay_command(outcome: Outcome, asked: float, canary: str = "") -> str:
    """The shortest way to see it again."""
    planted = f" --canary '{canary}'" if canary else ""
    return f"python -m tests.simulator --seed {outcome.seed} --days {asked:g} --until {outcome.steps}{planted}"
