"""What the screens need for looking back: the review of a ticket, and its replay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from console.ports import TicketView
    from core.accountability.review import ReviewView


class Replay(Protocol):
    """The log of a ticket, read once; every moment is worked out from it. Instants are epoch seconds."""

    @property
    def first_at(self) -> int:
        """When it was reported."""
        ...

    @property
    def last_at(self) -> int:
        """When the newest thing happened."""
        ...

    @property
    def steps(self) -> int:
        """How many things happened in all."""
        ...

    def steps_at(self, at: int) -> int:
        """How many of them had happened by then."""
        ...

    def view(self, at: int) -> TicketView:
        """The ticket as it was then."""
        ...

    def next_event(self, at: int) -> int | None:
        """When the next thing happens; None after the last."""
        ...

    def event_before(self, at: int) -> int | None:
        """When the last thing before this instant happened; None at the first."""
        ...


class ReviewPort(Protocol):
    """Looking back on a ticket. Each may raise NotFound."""

    def review(self, ticket_id: int) -> ReviewView:
        """What a review is made of: the bars of its chart, what was late and whose, lessons, follow-up tasks."""
        ...

    def replay(self, ticket_id: int) -> Replay:
        """The ticket minute by minute."""
        ...
