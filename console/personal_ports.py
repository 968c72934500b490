"""What the screens need of their backend for personal data: one field in full, and reads on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field in full, and for how many seconds it may stand on the screen."""

    value: str
    seconds: int


class PersonalPort(Protocol):
    """Personal data of tickets and of the centre's pages."""

    def show_field(self, code: str, field: str, reason: str) -> ShownField:
        """One field of a ticket in full; who saw it and why is on record before. A write. May raise a Refusal."""
        ...

    def read_noted(self, ticket_id: int) -> bool:
        """Whether it is on record already that the acting officer reads a ticket here. Asks nothing of the store."""
        ...

    def note_read(self, ticket_id: int) -> None:
        """Put it on record. A write. Raises StoreTrouble or a Refusal, and then the ticket must not be shown."""
        ...

    def page_noted(self, page: str) -> bool:
        """The same for a page of the centre that names people, called as its command is: `hazard show 3`."""
        ...

    def note_page(self, page: str) -> None:
        """Put it on record. A write. Raises StoreTrouble or a Refusal, and then the page must not be shown."""
        ...
