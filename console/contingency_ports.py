"""What the screens get of contingency plans and matter cards: plain values, text masked; whoever shows it cleans it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Step = tuple[str, Mapping[str, object]]
"""A verb and the values of its order, without the ticket."""


@dataclass(frozen=True, slots=True)
class GapView:
    """A need that is not met, in the user's language: its code, what is missing, what the code means, and who it is."""

    code: str
    text: str
    title: str
    who: str
    """Empty where it is about nobody."""


@dataclass(frozen=True, slots=True)
class OfferView:
    """A plan that can be activated on a ticket."""

    code: str
    title: str
    why: str
    """The reasons; empty for one that does not fit."""
    points: int
    hands: tuple[tuple[str, str], ...]
    """Each part with who has it: what Enter would send."""
    gaps: tuple[GapView, ...]
    active: bool
    proposal: bool
    """One of the product's own, not the centre's."""


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of a checklist, or a question. `said` is when and by whom it was ticked, or the answer."""

    number: int
    text: str
    done: bool
    said: str


@dataclass(frozen=True, slots=True)
class ActivePlanView:
    """A plan that is active on a ticket."""

    code: str
    title: str
    since: str
    checks: tuple[LineView, ...]
    questions: tuple[LineView, ...]
    gaps: tuple[GapView, ...]


@dataclass(frozen=True, slots=True)
class PlansView:
    """The plans of a ticket: those that are active, and those that can be activated, best first."""

    active: tuple[ActivePlanView, ...]
    offers: tuple[OfferView, ...]


@dataclass(frozen=True, slots=True)
class CardView:
    """The card of a matter: its title, and each part's title with its lines."""

    title: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]


class ContingencyPort(Protocol):
    """Contingency plans and matter cards."""

    def view(self, ticket: str) -> PlansView:
        """The plans of a ticket, by its code."""
        ...

    def steps(self, ticket: str, plan: str, override: str = "") -> Sequence[Step]:
        """What activates a plan on a ticket from where it stands. Raises a Refusal where nothing can."""
        ...

    def card(self, matter: str) -> CardView | None:
        """The card of a matter; None for an unknown one."""
        ...

    def card_of(self, ticket: str) -> CardView | None:
        """The card of the matter that a ticket has, or that its text speaks of; None where it names none."""
        ...
