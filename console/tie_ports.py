"""What the screens get of tickets that belong together: plain values; text is masked, whoever shows it cleans it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from console.ports import QueueRow


@dataclass(frozen=True, slots=True)
class Alike:
    """An open ticket that is likely the same matter, and why, in the user's language."""

    row: QueueRow
    points: int
    reasons: str
    main: bool = True
    """Whether it is the one that the other is joined into: it is further on, or came first."""


@dataclass(frozen=True, slots=True)
class TiedLine:
    """A ticket that is tied to one already. `tie` is how, in the user's language."""

    id: int
    tie: str
    code: str
    title: str
    detail: str = ""
    """Stage; for a joined one who reported it, and what they said when they were called back."""


@dataclass(frozen=True, slots=True)
class Ties:
    """What a ticket is likely the same as, and what it is tied to."""

    alike: tuple[Alike, ...] = ()
    tied: tuple[TiedLine, ...] = ()


class TiePort(Protocol):
    """Tickets that belong together."""

    def ties(self, ticket_id: int) -> Ties:
        """The proposals for a ticket, best first, and what it is tied to."""
        ...

    def alike(self, values: Mapping[str, object]) -> Sequence[Alike]:
        """Open tickets that a report with these values is likely a duplicate of, best first."""
        ...
