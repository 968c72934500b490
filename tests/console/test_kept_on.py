"""Who is kept on until the handover is signed is marked wherever it is said who is on, and nowhere afterwards."""

from __future__ import annotations

from console.backend.store import StoreBackend
from console.backend.wall import WallBackend
from core.clock import SetClock
from core.desk.centre_desk import CentreDesk
from core.desk.desk import Desk
from core.desk.handover_orders import HandoverAccept, HandoverGive, HandoverPack
from data.queries.duty import DutyLine, times
from data.terms import Role
from tests.console.conftest import StreetCopy
from tests.console.pilots import speaking

MARK = "（未交清）"


def on_shift(desk: Desk, role: str = Role.DUTY_OFFICER) -> list[DutyLine]:
    now = desk.now()
    with desk.store.reader() as reader:
        return [line for line in times(reader, desk.centre_id, now, now + 1) if line.role == role]


def marked(backend: StoreBackend) -> dict[str, set[str]]:
    """Where somebody is marked, and who."""
    now = backend.seconds()
    names = {row.name: row.posts for row in backend.officers()}
    hands = {node.name: node.on_duty for node in backend.hands() if node.code == "@duty_officer"}
    return {
        "officers": {name for name, shown in names.items() if MARK in shown},
        "hands": {one.removesuffix(MARK) for shown in hands.values() for one in shown.split() if one.endswith(MARK)},
        "overview": {one.name for one in backend.overview(now).on_duty if one.kept},
    }


def test_the_leaving_shift_is_marked_until_the_next_one_has_signed(street_copy: StreetCopy) -> None:
    desk, _officer = street_copy()
    assert isinstance(desk.clock, SetClock)
    desk.clock.advance(hours=8)
    leaving = on_shift(desk)
    leader = on_shift(desk, Role.SHIFT_LEADER)
    desk.clock.advance(hours=7, minutes=30)
    coming = on_shift(desk)
    assert {one.officer for one in leaving}.isdisjoint(one.officer for one in coming)
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, None)
    wall = WallBackend(desk.store.url, desk.clock, desk.now, None)
    both = {one.name for one in (*leaving, *leader)}
    with speaking("zh"):
        # A line of the drawer has room for three names: both of the shift that runs, and the first one kept on.
        (shown,) = (node.on_duty for node in backend.hands() if node.code == "@duty_officer")
        assert shown == f"{coming[0].name} {coming[1].name} {leaving[0].name}{MARK} +1"
        assert marked(backend) == {"officers": both, "hands": {leaving[0].name}, "overview": both}
        assert {one.name for one in wall.look(desk.now()).on_duty if one.kept} == both
        # Whoever comes to the sign-in list finds the shift that runs first, and the one that is not relieved with it.
        shown = [row.name for row in backend.officers()]
        assert max(shown.index(name) for name in both) < min(
            place for place, row in enumerate(backend.officers()) if "* " not in row.posts
        )
        centre, first = CentreDesk(desk), desk.actor(leaving[0].officer)
        centre.do(HandoverPack(), first)
        centre.do(HandoverGive(), first)
        centre.do(HandoverAccept(remarks="已清点"), desk.actor(coming[0].officer))
        assert marked(backend) == {"officers": set(), "hands": set(), "overview": set()}
        assert not any(one.kept for one in wall.look(desk.now() + 31).on_duty)
    wall.close()
    backend.close()
    desk.store.close()
