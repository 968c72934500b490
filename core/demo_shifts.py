"""The shifts of the demo street hand over to each other: a pack, a note, and a signature five minutes before."""

from __future__ import annotations

from collections.abc import Iterator

from core.clock import SetClock
from core.demo_stories import MINUTE
from core.desk.actor import Actor, find_actor
from core.desk.centre_desk import CentreDesk
from core.desk.centre_orders import CentreOrder
from core.desk.desk import Desk
from core.desk.handover_orders import HandoverAccept, HandoverGive, HandoverNoted, HandoverPack
from core.rules.handover import DESK_SHIFT_ROLES, Change, Shift, changes_of, shifts_of
from data.inside import InsideReader
from data.instants import from_seconds
from data.queries.handovers import desk_times, officer_code

EARLY = 5 * MINUTE
NOTES = (
    "井盖维修材料已到仓库，夜间可直接领取。",
    "沿江路段水位在涨，每小时看一次。",
    "停车纠纷双方约好明早到社区，请提前通知调解员。",
)


class DemoShifts:
    """Hands over at each change of shift as time goes on."""

    def __init__(self, desk: Desk, clock: SetClock) -> None:
        self.desk, self.clock = desk, clock
        self.centre_desk = CentreDesk(desk)
        self._done = 0

    def before(self, start: int, until: int) -> Iterator[int]:
        """The instants at which somebody hands over up to `until`; the caller brings the street to each first."""
        with self.desk.store.read() as connection:
            times = desk_times(InsideReader(connection), self.desk.centre_id, until, DESK_SHIFT_ROLES)
        for change in changes_of(shifts_of(times)):
            if change.incoming is not None and start < change.at - EARLY <= until:
                yield change.at - EARLY
                self._hand_over(change, change.incoming)

    def _hand_over(self, change: Change, incoming: Shift) -> None:
        self.clock.set(from_seconds(change.at - EARLY))
        leaving, coming = self._actor(change.leaving, incoming), self._actor(incoming, change.leaving)
        note = HandoverNoted(text=NOTES[self._done % len(NOTES)])
        steps: list[tuple[CentreOrder, Actor]] = [(HandoverPack(), leaving), (note, leaving), (HandoverGive(), leaving)]
        for order, actor in [*steps, (HandoverAccept(), coming)]:
            self.centre_desk.do(order, actor)
        self._done += 1

    def _actor(self, shift: Shift, other: Shift) -> Actor:
        """Somebody of a shift who is not of the other one."""
        with self.desk.store.read() as connection:
            reader, centre = InsideReader(connection), self.desk.centre_id
            code = officer_code(reader, centre, min(shift.officers - other.officers or shift.officers))
            return find_actor(connection, centre, code, self.desk.now())
