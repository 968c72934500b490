"""What was tried, what survived, what was lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.simulator.tables import lines

SHOWN = 12


@dataclass
class Tally:
    """One class of faults."""

    name: str
    tried: int = 0
    lost: list[str] = field(default_factory=list)
    """What went wrong, each with how to see it again."""

    def add(self, problem: str) -> None:
        """One try, and what was wrong with it; empty when it survived."""
        self.tried += 1
        if problem:
            self.lost.append(problem)

    def row(self) -> tuple[object, ...]:
        return self.name, self.tried, self.tried - len(self.lost), len(self.lost)


def table(tallies: Sequence[Tally]) -> Iterable[str]:
    """The summary, and the first of what was lost."""
    yield from lines([("fault class", "tried", "survived", "lost"), *(one.row() for one in tallies)])
    for one in tallies:
        for problem in one.lost[:SHOWN]:
            yield f"LOST  {one.name}: {problem}"
        if len(one.lost) > SHOWN:
            yield f"LOST  {one.name}: and {len(one.lost) - SHOWN} more"
