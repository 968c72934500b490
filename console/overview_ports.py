"""What the overview shows, as plain values: figures, trends, deadlines, people, places and the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.ports import QueueRow

Ring = Sequence[tuple[int, int]]
"""A closed outline as points (x, y); y grows to the north."""


@dataclass(frozen=True, slots=True)
class Share:
    """Tickets of one source, section or urgency. `words` is the filter that shows the open ones."""

    name: str
    words: str
    open: int = 0
    late: int = 0
    intake: int = 0
    """Reported in the last 24 hours."""


@dataclass(frozen=True, slots=True)
class Area:
    """A community, or a grid in it (`depth` 1), with what is open and late there. Text is raw."""

    code: str
    name: str
    words: str
    open: int = 0
    late: int = 0
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Bucket:
    """An hour or a day of a trend: [start, end) in epoch seconds, what was reported and closed in it."""

    start: int
    end: int
    reported: int
    closed: int


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody on shift now, with the role served, in the user's language."""

    name: str
    role: str
    posts: str = ""
    kept: bool = False
    """Of the shift before, whose handover nobody has signed yet."""


@dataclass(frozen=True, slots=True)
class Unstaffed:
    """A post with nobody on duty, and what it has in hand."""

    code: str
    name: str
    load: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Outline:
    """An area of the map: the place that it stands for by code and filter (empty for none), its rings. Text is raw."""

    name: str
    code: str
    words: str
    rings: tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """An open ticket at its own place on the map."""

    x: float
    y: float
    late: bool = False


@dataclass(frozen=True, slots=True)
class OverviewView:
    """Everything that the overview shows at an instant."""

    at: int
    open: int = 0
    late: int = 0
    intake: int = 0
    late_is_more: bool = False
    """More tickets are late than were looked at: late figures are least figures."""
    intake_is_more: bool = False
    sources: tuple[Share, ...] = ()
    sections: tuple[Share, ...] = ()
    urgencies: tuple[Share, ...] = ()
    overdue: tuple[QueueRow, ...] = ()
    nearest: tuple[QueueRow, ...] = ()
    on_duty: tuple[OnDuty, ...] = ()
    unstaffed: tuple[Unstaffed, ...] = ()
    hours: tuple[Bucket, ...] = ()
    days: tuple[Bucket, ...] = ()
    areas: tuple[Area, ...] = field(default=())
    """Communities, each followed by its grids that have open tickets; what has no place comes last."""
    outlines: tuple[Outline, ...] = ()
    """The map; empty where the centre has none."""
    dots: tuple[Dot, ...] = ()
    """Tickets that know where they are; all of them count for their area too."""
