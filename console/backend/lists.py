"""Lists of tickets and clocks as the screens page through them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from console.ports import Key, QueueRow
from data.masking import mask_text
from data.queries import queue, timers
from data.queries.counted import Counted
from data.queries.filters import Condition
from data.queries.orders import BY_DUE, Order, order_named
from data.queries.queue import EVERYTHING, QueueLine
from data.queries.timers import ClockLine
from data.reader import Reader
from data.terms import Holder, Stage

HolderText = Callable[[str, str | None], str]
"""Says in whose hands a ticket is, from the stored holder and the unit's name."""


class TicketList:
    """Open tickets that fit a condition, in one of the orders."""

    def __init__(
        self,
        reader: Callable[[], Reader],
        centre: int,
        holder: HolderText,
        condition: Condition = EVERYTHING,
        order: str = BY_DUE.name,
    ) -> None:
        """Nothing is read before the first page is asked for; then a wrong name of an order raises BadInput."""
        self._reader = reader
        self._centre = centre
        self._holder = holder
        self._condition = condition
        self._named = order
        self._known: Order | None = None

    @property
    def _order(self) -> Order:
        if self._known is None:
            self._known = order_named(self._reader(), self._centre, self._named)
        return self._known

    def count(self) -> Counted:
        return queue.count(self._reader(), self._centre, self._condition)

    def after(self, key: Key | None, size: int, skip: int = 0) -> Sequence[QueueRow]:
        order = self._order
        return self._rows(queue.page_after(self._reader(), self._centre, key, size, skip, self._condition, order))

    def before(self, key: Key | None, size: int, skip: int = 0) -> Sequence[QueueRow]:
        order = self._order
        return self._rows(queue.page_before(self._reader(), self._centre, key, size, skip, self._condition, order))

    def rank(self, key: Key) -> Counted:
        return queue.rank(self._reader(), self._centre, key, self._condition, self._order)

    def rows(self, ids: Sequence[int]) -> Sequence[QueueRow]:
        return self._rows(queue.lines_of(self._reader(), self._centre, ids, self._condition))

    def _rows(self, lines: Sequence[QueueLine]) -> list[QueueRow]:
        order = self._order
        return [
            ticket_row(
                line,
                self._holder,
                order.key(line.id, line.due_at, line.reported_at, line.urgency, line.holder_unit_id),
            )
            for line in lines
        ]


def ticket_row(line: QueueLine, holder: HolderText, at: Key = ()) -> QueueRow:
    """A line of the queue with its personal data masked, and its key where it is not that of a list by deadline."""
    return QueueRow(
        id=line.id,
        revision=line.revision,
        due=line.due_at,
        code=line.code,
        urgency=line.urgency,
        stage=line.stage,
        title=mask_text(line.title),
        place=line.community_name or mask_text(line.address),
        holder=holder(line.holder, line.holder_name),
        source=line.source,
        due_kind=line.due_kind,
        warn=line.warn_at,
        paused=line.stage == Stage.SUSPENDED or line.holder == Holder.SUSPENSION,
        supervised=bool(line.supervised),
        bounces=line.bounces,
        at=at,
    )


class ClockList:
    """Running clocks by deadline."""

    def __init__(
        self,
        reader: Callable[[], Reader],
        centre: int,
        next_step: Callable[[str, str], str],
        condition: Condition = EVERYTHING,
    ) -> None:
        """`next_step` says what a ladder does next, from its code and the step's key."""
        self._reader = reader
        self._centre = centre
        self._next_step = next_step
        self._condition = condition

    def count(self) -> Counted:
        return timers.count_clocks(self._reader(), self._centre, self._condition)

    def after(self, key: Key | None, size: int, skip: int = 0) -> Sequence[QueueRow]:
        return self._rows(timers.clocks_after(self._reader(), self._centre, key, size, skip, self._condition))

    def before(self, key: Key | None, size: int, skip: int = 0) -> Sequence[QueueRow]:
        return self._rows(timers.clocks_before(self._reader(), self._centre, key, size, skip, self._condition))

    def rank(self, key: Key) -> Counted:
        return timers.rank_clock(self._reader(), self._centre, key, self._condition)

    def rows(self, ids: Sequence[int]) -> Sequence[QueueRow]:
        return self._rows(timers.clocks_of(self._reader(), self._centre, ids, self._condition))

    def _rows(self, lines: Sequence[ClockLine]) -> list[QueueRow]:
        return [
            QueueRow(
                id=line.id,
                revision=line.revision,
                due=line.due_at,
                code=line.code,
                urgency=line.urgency,
                stage=line.stage,
                title=mask_text(line.title),
                holder=line.unit_name or "",
                due_kind=line.kind,
                warn=line.warn_at,
                ticket_id=line.ticket_id,
                next_step=self._next_step(line.ladder, line.next_step),
            )
            for line in lines
        ]
