"""A ticket minute by minute, for the screen."""

from __future__ import annotations

from console.backend.tickets import Stands, TicketWords, view_of
from console.ports import TicketView
from core.accountability.mobilisation import mobilised, places_of
from core.accountability.rewind import Rewind
from data.reader import Reader


class TicketReplay:
    """One ticket's log with the names that it needs."""

    def __init__(self, reader: Reader, centre: int, ticket_id: int, words: TicketWords) -> None:
        """Reads everything at once: afterwards no store is needed."""
        self._rewind = Rewind(reader, centre, ticket_id)
        self._places = places_of(reader, centre, ticket_id)
        self._words = words

    @property
    def first_at(self) -> int:
        """When it was reported."""
        return self._rewind.first_at

    @property
    def last_at(self) -> int:
        """When the newest thing happened."""
        return self._rewind.last_at

    @property
    def steps(self) -> int:
        """How many things happened in all."""
        return len(self._rewind.events)

    def steps_at(self, at: int) -> int:
        """How many of them had happened by then."""
        return self._rewind.count_at(at)

    def view(self, at: int) -> TicketView:
        """The ticket as it was then; before its report as it came in."""
        stood = self._rewind.after(max(self._rewind.count_at(at), 1), max(at, self.first_at))
        found = mobilised(stood.ticket, stood.tasks, stood.clocks, self._places, stood.at)
        return view_of(Stands(stood.ticket, stood.events, stood.custody, stood.clocks, found), self._words)

    def next_event(self, at: int) -> int | None:
        """When the next thing happens; None after the last."""
        return self._rewind.next_event(at)

    def event_before(self, at: int) -> int | None:
        """When the last thing before this instant happened; None at the first."""
        return self._rewind.event_before(at)
