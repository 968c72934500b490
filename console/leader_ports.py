"""What the leaders' pane shows: the leaders, who covers whom, and what was taken over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from console.ports import QueueRow


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A ticket that a B holder has in place of A: who for whom, since when (epoch seconds), why in words."""

    row: QueueRow
    a: str
    b: str
    since: int
    why: str


@dataclass(frozen=True, slots=True)
class ToDecide:
    """A request that waits for a leader's decision; the row's deadline is that of the decision."""

    row: QueueRow
    what: str
    """The kind of request, in the user's language."""
    by: str
    reason: str
    """Raw, personal data masked."""
    more: str = ""
    """What it asks for besides: days, whom."""


@dataclass(frozen=True, slots=True)
class LeaderView:
    """A leader in an A or B post: what climbed to them and what their section holds."""

    id: int
    name: str
    title: str
    rank: str
    section: str
    present: bool
    kept: bool = False
    """On duty still at the desk, because the handover of the shift before is not signed."""
    covers: str = ""
    """Whom this leader covers now."""
    covered_by: str = ""
    climbed: int = 0
    holding: int = 0
    late: int = 0
    nearest: tuple[QueueRow, ...] = ()
    asked: tuple[QueueRow, ...] = ()
    """The tickets that climbed to this leader."""
    taken: tuple[TakenOver, ...] = ()
    """What B holders of the section took over."""
    decides: tuple[ToDecide, ...] = ()
    """The requests that this leader can decide, the nearest deadline first."""


class LeaderPort(Protocol):
    """Reading."""

    def leaders(self, now: int) -> Sequence[LeaderView]:
        """The leaders in the order of the organisation."""
        ...
