"""What cannot be put on record does not happen: every deed on the centre with logs that take nothing in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest

from core.desk.broadcast_orders import RemindBroadcast, SeenBroadcast, SendBroadcast
from core.desk.centre_desk import DEEDS, CentreDesk
from core.desk.centre_orders import (
    CentreOrder,
    Declare,
    Lift,
    LogEntry,
    PhoneFollowUp,
    PhoneReport,
    PhoneTie,
    Regrade,
    Reveal,
)
from core.desk.duty_orders import AgreeExchange, AskExchange, AskLeave, DeclineAsk, GrantAsk, WithdrawAsk
from core.desk.handover_orders import HandoverAccept, HandoverGive, HandoverNoted, HandoverPack, HandoverRefuse
from core.desk.hazard_orders import (
    HazardChange,
    HazardCheck,
    HazardClosed,
    HazardFound,
    HazardRemedied,
    HazardReopened,
)
from core.desk.personal_orders import FindNumber, ShowField
from core.desk.retention_orders import Erase, Hold, LiftHold
from core.desk.rights_orders import AgreeRole, AskRole, DeclineRole, EndGlass, ReviewGlass, TakeGlass
from core.organisation.duty import DutyBook
from data.access_terms import PersonalField
from data.instants import to_seconds
from data.rights_terms import GrantKind
from data.terms import CheckResult, Grade, Role, Stage
from tests.core.desk.scene import Scene
from tests.unwritable import must_be_on_record


class DeedWay(NamedTuple):
    """The order of a deed, by whom, what comes before, and the logs besides the centre's own that it is put on."""

    order: Callable[[Scene], CentreOrder]
    who: str
    before: tuple[tuple[CentreOrder, str], ...] = ()
    logs: frozenset[str] = frozenset()


def ticket(scene: Scene) -> str:
    return scene.new(reporter_name="张晓三", reporter_phone="13900008000")


def ended(scene: Scene) -> str:
    """A ticket whose texts may be erased."""
    code = scene.at_stage(Stage.ARCHIVED)
    scene.wait(days=1_200)
    return code


def held(scene: Scene) -> str:
    code = ticket(scene)
    CentreDesk(scene.desk).do(Hold(ticket=code, reason="诉讼"), scene.who("chen"))
    return code


def at(scene: Scene, **span: float) -> int:
    return scene.desk.now() + int(timedelta(**span).total_seconds())


def leave(scene: Scene) -> AskLeave:
    return AskLeave(from_at=at(scene, days=3), to_at=at(scene, days=4), reason="探亲")


ACCESS, CHANGES = frozenset({"access_event"}), frozenset({"organisation_event"})
CALLED = (PhoneReport(place="路口", course="冒烟"), "zhang")
FOUND = (HazardFound(place="滨江路3号", what="堆物", unit="G01", register_only=True), "zhang")
CLEARED = (HazardRemedied(hazard=1, note="已清"), "zhang")
CLOSED = (HazardClosed(hazard=1, reason="验收"), "zhang")
DECLARED = (Declare(grade=Grade.II, reason="火灾"), "chen")
SENT = (SendBroadcast(title="用火安全", units=["G01"]), "zhang")
ASKED = (AskRole(kind=GrantKind.GIVE, officer="li", role=Role.DUTY_OFFICER, reason="顶班"), "an")
TAKEN = (TakeGlass(role=Role.SHIFT_LEADER, reason="失联"), "li")
PACKED = (HandoverPack(), "zhang")
GIVEN = (PACKED, (HandoverGive(), "zhang"))
DEED_WAYS: dict[str, DeedWay] = {
    "declare": DeedWay(lambda _: Declare(grade=Grade.II, reason="火灾"), "chen"),
    "regrade": DeedWay(lambda _: Regrade(grade=Grade.I, reason="扩大"), "chen", (DECLARED,)),
    "lift": DeedWay(lambda _: Lift(reason="排除"), "chen", (DECLARED,)),
    "duty_log": DeedWay(lambda _: LogEntry(text="断电"), "zhang"),
    "phone": DeedWay(lambda _: PhoneReport(place="路口", course="冒烟"), "zhang"),
    "phone_follow": DeedWay(lambda _: PhoneFollowUp(first=1, result="扑灭"), "zhang", (CALLED,)),
    "phone_tie": DeedWay(lambda scene: PhoneTie(first=1, ticket=ticket(scene)), "zhang", (CALLED,)),
    "reveal": DeedWay(lambda _: Reveal(what="电话记录 1", reason="上报"), "chen", (CALLED,), ACCESS),
    "show_field": DeedWay(
        lambda scene: ShowField(ticket=ticket(scene), field=PersonalField.REPORTER_PHONE, reason="联系"),
        "zhang",
        logs=ACCESS,
    ),
    "find_number": DeedWay(lambda _: FindNumber(digits="8000", reason="重复来电"), "zhang", logs=ACCESS),
    "hazard": DeedWay(lambda _: FOUND[0], "zhang"),
    "hazard_check": DeedWay(lambda _: HazardCheck(hazard=1, result=CheckResult.SAME), "zhang", (FOUND,)),
    "hazard_change": DeedWay(lambda _: HazardChange(hazard=1, remedy_by="物业"), "zhang", (FOUND,)),
    "hazard_remedied": DeedWay(lambda _: CLEARED[0], "zhang", (FOUND,)),
    "hazard_closed": DeedWay(lambda _: CLOSED[0], "zhang", (FOUND, CLEARED)),
    "hazard_reopened": DeedWay(lambda _: HazardReopened(hazard=1, reason="复发"), "zhang", (FOUND, CLEARED, CLOSED)),
    "broadcast": DeedWay(lambda _: SENT[0], "zhang"),
    "broadcast_seen": DeedWay(lambda _: SeenBroadcast(broadcast=1), "zhao", (SENT,)),
    "broadcast_remind": DeedWay(lambda _: RemindBroadcast(broadcast=1), "zhang", (SENT,)),
    "role_ask": DeedWay(lambda _: ASKED[0], "an"),
    "role_agree": DeedWay(lambda _: AgreeRole(grant=1), "chen", (ASKED,), ACCESS | CHANGES),
    "role_decline": DeedWay(lambda _: DeclineRole(grant=1, reason="不"), "chen", (ASKED,)),
    "break_glass": DeedWay(lambda _: TAKEN[0], "li", logs=ACCESS),
    "break_glass_end": DeedWay(lambda _: EndGlass(use=1), "li", (TAKEN,)),
    "break_glass_review": DeedWay(
        lambda _: ReviewGlass(use=1, proper=True, words="妥"), "chen", (TAKEN, (EndGlass(use=1), "li"))
    ),
    "handover_pack": DeedWay(lambda _: HandoverPack(), "zhang", logs=ACCESS),
    "handover_note": DeedWay(lambda _: HandoverNoted(text="说明"), "zhang", (PACKED,), ACCESS),
    "handover_give": DeedWay(lambda _: HandoverGive(), "zhang", (PACKED,), ACCESS),
    "handover_accept": DeedWay(lambda _: HandoverAccept(), "gao", GIVEN, ACCESS),
    "handover_refuse": DeedWay(lambda _: HandoverRefuse(reason="缺项"), "gao", GIVEN, ACCESS),
    "leave_ask": DeedWay(leave, "li"),
    "duty_grant": DeedWay(lambda _: GrantAsk(ask=1), "chen", logs=CHANGES),
    "duty_decline": DeedWay(lambda _: DeclineAsk(ask=1, reason="缺人"), "chen"),
    "duty_withdraw": DeedWay(lambda _: WithdrawAsk(ask=1), "li"),
    "exchange_ask": DeedWay(lambda _: AskExchange(other="lin", mine="2026-11-24", reason="家事"), "zhang"),
    "duty_agree": DeedWay(lambda _: AgreeExchange(ask=1), "lin"),
    "erase": DeedWay(lambda scene: Erase(ticket=ended(scene), reason="期满"), "an", logs=ACCESS),
    "hold": DeedWay(lambda scene: Hold(ticket=ticket(scene), reason="诉讼"), "chen", logs=ACCESS),
    "hold_lift": DeedWay(lambda scene: LiftHold(ticket=held(scene), reason="结案"), "chen", logs=ACCESS),
}
LEAVES = ("duty_grant", "duty_decline", "duty_withdraw")


def test_every_deed_has_its_way() -> None:
    assert DEED_WAYS.keys() == DEEDS.keys()


@pytest.mark.parametrize("verb", sorted(DEEDS))
def test_a_deed_that_cannot_be_put_on_record_is_not_done(scene: Scene, verb: str) -> None:
    way, desk = DEED_WAYS[verb], CentreDesk(scene.desk)
    for order, who in way.before:
        desk.do(order, scene.who(who))
    if verb in LEAVES:
        desk.do(leave(scene), scene.who("li"))
    if verb == "exchange_ask":
        _shifts(scene)
    if verb == "duty_agree":
        _shifts(scene)
        desk.do(AskExchange(other="lin", mine="2026-11-24", reason="家事"), scene.who("zhang"))
    order = way.order(scene)
    must_be_on_record(scene.store, lambda: desk.do(order, scene.desk.actor(way.who)), {"ticket_event", *way.logs})


def _shifts(scene: Scene) -> None:
    """A shift that two officers may exchange."""
    desk = CentreDesk(scene.desk)
    asked = AskRole(kind=GrantKind.GIVE, officer="lin", role=Role.DUTY_OFFICER, reason="顶班")
    desk.do(asked, scene.who("an"))
    desk.do(AgreeRole(grant=1), scene.who("chen"))
    begin = scene.clock.now() + timedelta(days=4)
    with scene.store.write() as connection:
        book = DutyBook(connection, 1, scene.desk.now(), scene.who("wang"))
        book.on("zhang", "", to_seconds(begin), to_seconds(begin + timedelta(hours=8)))
