"""What the screens need for doing several things at once or back: plans that say first what will be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from console.ports import Receipt

Step = tuple[str, Mapping[str, object]]
"""A verb and the values of its order, without the ticket."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, line by line in the user's language, and the steps that do it; raw text.

    Without steps there is nothing that could be done, and the lines say why and what to do instead.
    """

    lines: tuple[str, ...]
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step of a ladder that is still to come: when, for which ticket, and whom it tells in words."""

    at: int
    code: str
    title: str
    words: str


class PlanPort(Protocol):
    """Plans and what carries them out. Each may raise `data.errors.Refusal`; then nothing has changed."""

    def as_proposed(self, ticket_id: int) -> Plan:
        """What the catalogue proposes for a ticket that is not sent out yet."""
        ...

    def undo_plan(self, code: str) -> Plan:
        """What undoing the newest step of a ticket would do."""
        ...

    def do_all(self, code: str, revision: int | None, steps: Sequence[Step], key: str) -> Receipt:
        """Carry out steps on a ticket as it was seen: all of them, or none."""
        ...

    def next_steps(self, limit: int) -> Sequence[NextStep]:
        """The ladder steps that come next, soonest first."""
        ...
