"""What is done to the things of a centre, tried by role and by the state of the thing; nothing of it stays.

A hazard's file, a broadcast, a handover, a grant, a use of break-glass, a leave, a call, the mode, a hold, a device,
and what hangs on a ticket: a meeting, a review, a plan. Each is brought into each of its states; then every role tries
every order on it. What comes of it is said here a second time, by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from core.desk.broadcast_orders import RemindBroadcast, SeenBroadcast, SendBroadcast
from core.desk.centre_orders import Declare, Lift, PhoneFollowUp, PhoneReport, PhoneTie, Regrade
from core.desk.contingency_orders import ActivatePlan, Tick
from core.desk.duty_orders import AskLeave, DeclineAsk, GrantAsk, WithdrawAsk
from core.desk.handover_orders import HandoverAccept, HandoverGive, HandoverNoted, HandoverPack, HandoverRefuse
from core.desk.hazard_orders import HazardChange, HazardCheck, HazardClosed, HazardFound, HazardRemedied, HazardReopened
from core.desk.meeting_orders import Attend, Convene, Minutes, PutOff
from core.desk.orders import Order
from core.desk.retention_orders import Erase, Hold, LiftHold
from core.desk.review_orders import ReviewConclude, ReviewHold, ReviewLesson, ReviewOpen
from core.desk.rights_orders import AgreeRole, AskRole, DeclineRole, EndGlass, ReviewGlass, TakeGlass
from core.rules.roles import FIELD_ROLES
from core.sensing.orders import Away, DeviceEntry
from core.sensing.register import Register
from data.device_terms import DeviceKind
from data.rights_terms import GLASS_SECONDS, GrantKind
from data.terms import CheckResult, Grade, Role

DAY = 86_400
FAR = "outside"
OUTSIDE = frozenset({"not-own-unit", "not-own-section", "ticket-unknown"})
AWAY_FROM_GRID = frozenset(
    (Role.SECTION_LEADER, Role.POST_MEMBER, Role.MICRO_GRID_HEAD, Role.FORCE_CONTACT, Role.DISTRICT_OFFICER)
)
"""Their units are neither the grid G01 nor above it; the desk's reach is the whole centre."""
AWAY_FROM_POST = FIELD_ROLES - {Role.SECTION_LEADER, Role.POST_MEMBER}
"""The ticket is with the post of urban renewal, of the economy section."""
SENIORS = (Role.COMMANDER, Role.DUTY_LEADER, Role.SHIFT_LEADER)
HEADS = (Role.COMMANDER, Role.DUTY_LEADER)
Work = Callable[[Register], object]
Deed = Order | Work
Make = Callable[["Ground"], Deed]
Step = tuple[str, Make]
"""Who, and what they do."""


class Ground(NamedTuple):
    """What orders need to know: the present, and a ticket that is being worked on and one that is done with."""

    now: int
    open: str
    done: str


@dataclass(frozen=True)
class Try:
    """An order on a thing, the row of the table that it is under, and what comes of it at each state.

    `found` holds the code of the refusal in the order of the states, empty where it goes through, for those whom the
    row lets.
    """

    row: str
    make: Make
    found: Sequence[str]
    but: Mapping[Role, Sequence[str]] = field(default_factory=dict)
    """The same for roles to whom something else is said."""


@dataclass(frozen=True)
class Thing:
    """A kind of thing: how it comes into each state, and what is tried on it."""

    name: str
    states: Mapping[str, Sequence[Step]]
    tries: Mapping[str, Try]
    outside: frozenset[Role] = frozenset()
    """Roles whom a row lets, and to whom the thing is not near enough: it is in no unit of theirs."""
    apart: frozenset[str] = frozenset()
    """States in which that is not what is said."""


def given(order: Order | Work) -> Make:
    return lambda _ground: order


HAZARD = given(HazardFound(place="滨江路3号", what="堆物", unit="G01", register_only=True))
GLASS = given(TakeGlass(role=Role.COMMANDER, reason="失联"))
ASK = given(AskRole(kind=GrantKind.GIVE, officer="ma", role=Role.SHIFT_LEADER, reason="顶班"))
DOOR = DeviceEntry(code="M1", kind=DeviceKind.DOOR, unit="G01", person_name="林兴玉")
SEND = given(SendBroadcast(title="用火安全", units=["G01"]))
CALL = given(PhoneReport(place="路口", course="冒烟"))


def waits(seconds: int) -> Make:
    return lambda _ground: lambda scene: scene.clock.advance(seconds=seconds)


DECIDED = ("ask-decided",) * 3
LEADERS_DECLINE = {
    **dict.fromkeys((*SENIORS, Role.SECTION_LEADER), ("ask-unknown", "", *DECIDED)),
    Role.POST_MEMBER: ("ask-unknown", "second-person", *DECIDED),
}
"""`li` of the urban renewal post asked; the section's leader is theirs."""
LATER: Step = ("time", waits(60))


def leave(ground: Ground) -> Order:
    return AskLeave(from_at=ground.now + DAY, to_at=ground.now + 2 * DAY, reason="探亲")


THINGS: tuple[Thing, ...] = (
    Thing(
        "hazard",
        {
            "none": (),
            "open": (("zhang", HAZARD),),
            "remedied": (("zhang", HAZARD), ("zhang", given(HazardRemedied(hazard=1, note="已清")))),
            "closed": (("zhang", HAZARD), ("zhang", given(HazardClosed(hazard=1, reason="验收")))),
        },
        {
            "check": Try(
                "hazard",
                given(HazardCheck(hazard=1, result=CheckResult.SAME)),
                ("hazard-unknown", "", "", "hazard-state"),
            ),
            "change": Try(
                "hazard", given(HazardChange(hazard=1, remedy_by="物业")), ("hazard-unknown", "", "", "hazard-state")
            ),
            "remedied": Try(
                "hazard",
                given(HazardRemedied(hazard=1, note="已清")),
                ("hazard-unknown", "", "hazard-state", "hazard-state"),
            ),
            "close": Try(
                "hazard_close", given(HazardClosed(hazard=1, reason="验收")), ("hazard-unknown", "", "", "hazard-state")
            ),
            "reopen": Try(
                "hazard_close",
                given(HazardReopened(hazard=1, reason="复发")),
                ("hazard-unknown", "hazard-state", "", ""),
            ),
        },
        AWAY_FROM_GRID,
        frozenset({"none"}),
    ),
    Thing(
        "broadcast",
        {
            "none": (),
            "sent": (("zhang", SEND),),
            "seen": (("zhang", SEND), ("zhao", given(SeenBroadcast(broadcast=1)))),
        },
        {
            "seen": Try(
                "broadcast_seen", given(SeenBroadcast(broadcast=1, unit="G01")), ("broadcast-unknown", "", "no-receipt")
            ),
            "remind": Try("broadcast", given(RemindBroadcast(broadcast=1)), ("broadcast-unknown", "", "nobody-owes")),
        },
        AWAY_FROM_GRID,
        frozenset({"none"}),
    ),
    Thing(
        "handover",
        {
            "none": (),
            "made": (("zhang", given(HandoverPack())),),
            "given": (("zhang", given(HandoverPack())), ("zhang", given(HandoverGive()))),
            "signed": (
                ("zhang", given(HandoverPack())),
                ("zhang", given(HandoverGive())),
                ("gao", given(HandoverAccept())),
                LATER,
            ),
            "refused": (
                ("zhang", given(HandoverPack())),
                ("zhang", given(HandoverGive())),
                ("gao", given(HandoverRefuse(reason="缺项"))),
                LATER,
            ),
        },
        {
            "pack": Try("handover", given(HandoverPack()), ("", "", "handover-given", "", "")),
            "note": Try(
                "handover",
                given(HandoverNoted(text="说明")),
                ("handover-none", "", "handover-none", "handover-none", "handover-none"),
            ),
            "give": Try(
                "handover",
                given(HandoverGive()),
                ("handover-none", "", "handover-none", "handover-none", "handover-none"),
            ),
            "accept": Try(
                "handover_sign",
                given(HandoverAccept()),
                ("handover-none", "handover-none", "", "handover-none", "handover-none"),
                {
                    Role.DUTY_OFFICER: (
                        "handover-none",
                        "handover-none",
                        "handover-own",
                        "handover-none",
                        "handover-none",
                    )
                },
            ),
            "refuse": Try(
                "handover_sign",
                given(HandoverRefuse(reason="缺项")),
                ("handover-none", "handover-none", "", "handover-none", "handover-none"),
                {
                    Role.DUTY_OFFICER: (
                        "handover-none",
                        "handover-none",
                        "handover-own",
                        "handover-none",
                        "handover-none",
                    )
                },
            ),
        },
    ),
    Thing(
        "grant",
        {
            "none": (),
            "waiting": (("an", ASK),),
            "agreed": (("an", ASK), ("chen", given(AgreeRole(grant=1)))),
            "declined": (("an", ASK), ("chen", given(DeclineRole(grant=1, reason="不")))),
            "withdrawn": (("an", ASK), ("an", given(DeclineRole(grant=1, reason="误")))),
        },
        {
            "ask": Try("role_ask", ASK, ("", "", "role-held", "", "")),
            "agree": Try(
                "role_agree",
                given(AgreeRole(grant=1)),
                ("grant-unknown", "", "grant-decided", "grant-decided", "grant-decided"),
            ),
            "decline": Try(
                "role_decline",
                given(DeclineRole(grant=1, reason="不")),
                ("grant-unknown", "", "grant-decided", "grant-decided", "grant-decided"),
            ),
        },
    ),
    Thing(
        "break-glass",
        {
            "none": (),
            "lasting": (("ma", GLASS),),
            "ended": (("ma", GLASS), ("ma", given(EndGlass()))),
            "over": (("ma", GLASS), ("time", waits(GLASS_SECONDS))),
            "reviewed": (
                ("ma", GLASS),
                ("ma", given(EndGlass())),
                ("chen", given(ReviewGlass(use=1, proper=True, words="妥"))),
            ),
        },
        {
            "take": Try("break_glass", GLASS, ("", "", "", "", ""), {Role.COMMANDER: ("glass-needless",) * 5}),
            "end": Try(
                "break_glass_end",
                given(EndGlass(use=1)),
                ("glass-unknown", "glass-not-own", "glass-over", "glass-over", "glass-over"),
                dict.fromkeys(HEADS, ("glass-unknown", "", "glass-over", "glass-over", "glass-over")),
            ),
            "review": Try(
                "break_glass_review",
                given(ReviewGlass(use=1, proper=True, words="妥")),
                ("glass-unknown", "glass-lasts", "", "", "glass-reviewed"),
            ),
        },
    ),
    Thing(
        "leave",
        {
            "none": (),
            "asked": (("li", leave),),
            "granted": (("li", leave), ("chen", given(GrantAsk(ask=1)))),
            "declined": (("li", leave), ("chen", given(DeclineAsk(ask=1, reason="缺人")))),
            "withdrawn": (("li", leave), ("li", given(WithdrawAsk(ask=1)))),
        },
        {
            "grant": Try(
                "duty_grant", given(GrantAsk(ask=1)), ("ask-unknown", "", "ask-decided", "ask-decided", "ask-decided")
            ),
            "decline": Try(
                "duty_decline",
                given(DeclineAsk(ask=1, reason="缺人")),
                ("ask-unknown", "not-permitted", "ask-decided", "ask-decided", "ask-decided"),
                LEADERS_DECLINE,
            ),
            "withdraw": Try(
                "duty_ask",
                given(WithdrawAsk(ask=1)),
                ("ask-unknown", "ask-other", "ask-other", "ask-other", "ask-other"),
                dict.fromkeys((*SENIORS, Role.POST_MEMBER), ("ask-unknown", "", "", "ask-decided", "ask-decided")),
            ),
        },
    ),
    Thing(
        "mode",
        {"normal": (), "emergency": (("chen", given(Declare(grade=Grade.II, reason="火灾"))),)},
        {
            "declare": Try("emergency", given(Declare(grade=Grade.II, reason="火灾")), ("", "emergency-already")),
            "regrade": Try("emergency", given(Regrade(grade=Grade.I, reason="扩大")), ("no-emergency", "")),
            "lift": Try("emergency", given(Lift(reason="排除")), ("no-emergency", "")),
        },
    ),
    Thing(
        "call",
        {
            "none": (),
            "taken": (("zhang", CALL),),
            "tied": (("zhang", CALL), ("zhang", lambda ground: PhoneTie(first=1, ticket=ground.open))),
        },
        {
            "follow": Try("phone_log", given(PhoneFollowUp(first=1, result="扑灭")), ("call-unknown", "", "")),
            "tie": Try(
                "phone_log", lambda ground: PhoneTie(first=1, ticket=ground.open), ("call-unknown", "", "no-change")
            ),
        },
    ),
    Thing(
        "hold",
        {
            "none": (),
            "held": (("chen", lambda ground: Hold(ticket=ground.done, reason="诉讼")),),
            "lifted": (
                ("chen", lambda ground: Hold(ticket=ground.done, reason="诉讼")),
                ("chen", lambda ground: LiftHold(ticket=ground.done, reason="结案")),
            ),
        },
        {
            "hold": Try("legal_hold", lambda ground: Hold(ticket=ground.done, reason="诉讼"), ("", "hold-lasts", "")),
            "lift": Try(
                "legal_hold", lambda ground: LiftHold(ticket=ground.done, reason="结案"), ("hold-none", "", "hold-none")
            ),
            "erase": Try(
                "erase",
                lambda ground: Erase(ticket=ground.done, reason="期满"),
                ("erase-early", "erase-held", "erase-early"),
            ),
            "erase an open one": Try(
                "erase",
                lambda ground: Erase(ticket=ground.open, reason="期满"),
                ("erase-open", "erase-open", "erase-open"),
            ),
        },
    ),
    Thing(
        "device",
        {
            "none": (),
            "there": (("zhang", lambda _ground: lambda register: register.add(DOOR)),),
            "away": (
                ("zhang", lambda _ground: lambda register: register.add(DOOR)),
                ("zhang", lambda ground: lambda register: register.away(Away(code="M1", until=ground.now + DAY))),
            ),
            "retired": (
                ("zhang", lambda _ground: lambda register: register.add(DOOR)),
                ("zhang", lambda _ground: lambda register: register.retire("M1", "损坏")),
            ),
        },
        {
            "add": Try(
                "devices",
                lambda _ground: lambda register: register.add(DOOR),
                ("", "device-known", "device-known", "device-known"),
            ),
            "put": Try("devices", lambda _ground: lambda register: register.put(DOOR), ("", "", "", "device-retired")),
            "retire": Try(
                "devices",
                lambda _ground: lambda register: register.retire("M1", "损坏"),
                ("device-unknown", "", "", "device-retired"),
            ),
            "away": Try(
                "device_away",
                lambda ground: lambda register: register.away(Away(code="M1", until=ground.now + DAY)),
                ("device-unknown", "", "", "device-retired"),
            ),
            "back": Try(
                "device_away",
                lambda _ground: lambda register: register.back("M1"),
                ("device-unknown", "not-away", "", "device-retired"),
            ),
        },
        AWAY_FROM_GRID,
        frozenset({"none", "retired"}),
    ),
    Thing(
        "meeting",
        {
            "none": (),
            "convened": (
                (
                    "zhang",
                    lambda ground: Convene(
                        ticket=ground.open, at="2026-11-26 10:00", place="会议室", agenda="协商", call=["CSGX"]
                    ),
                ),
            ),
            "held": (
                (
                    "zhang",
                    lambda ground: Convene(
                        ticket=ground.open, at="2026-11-20 20:00", place="会议室", agenda="协商", call=["CSGX"]
                    ),
                ),
                ("time", waits(DAY)),
                ("zhang", lambda ground: Attend(ticket=ground.open, came=["CSGX"])),
            ),
        },
        {
            "put off": Try(
                "put_off",
                lambda ground: PutOff(ticket=ground.open, reason="改期", at="2026-11-27 10:00"),
                ("proceeding-none", "", "proceeding-none"),
            ),
            "attend": Try(
                "attend",
                lambda ground: Attend(ticket=ground.open, came=["CSGX"]),
                ("meeting-none", "meeting-early", ""),
            ),
            "minutes": Try(
                "minutes",
                lambda ground: Minutes(ticket=ground.open, text="纪要"),
                ("meeting-none", "meeting-early", ""),
            ),
        },
        AWAY_FROM_POST,
    ),
    Thing(
        "review",
        {
            "none": (),
            "open": (("gao", lambda ground: ReviewOpen(ticket=ground.done)),),
            "held": (
                ("gao", lambda ground: ReviewOpen(ticket=ground.done)),
                ("gao", lambda ground: ReviewHold(ticket=ground.done, attendance="全体", minutes="纪要")),
            ),
            "concluded": (
                ("gao", lambda ground: ReviewOpen(ticket=ground.done)),
                ("gao", lambda ground: ReviewHold(ticket=ground.done, attendance="全体", minutes="纪要")),
                ("gao", lambda ground: ReviewLesson(ticket=ground.done, text="教训")),
                ("gao", lambda ground: ReviewConclude(ticket=ground.done, conclusion="结论")),
            ),
        },
        {
            "open": Try(
                "review_open",
                lambda ground: ReviewOpen(ticket=ground.done),
                ("", "review-lasts", "review-lasts", "review-again"),
            ),
            "hold": Try(
                "review_hold",
                lambda ground: ReviewHold(ticket=ground.done, attendance="全体"),
                ("no-review", "", "review-held", "review-over"),
            ),
            "lesson": Try(
                "review_lesson",
                lambda ground: ReviewLesson(ticket=ground.done, text="教训"),
                ("no-review", "", "", "review-over"),
            ),
            "conclude": Try(
                "review_conclude",
                lambda ground: ReviewConclude(ticket=ground.done, conclusion="结论"),
                ("no-review", "review-not-held", "no-lesson", "review-over"),
            ),
        },
    ),
    Thing(
        "plan",
        {
            "none": (),
            "active": (("zhang", lambda ground: ActivatePlan(ticket=ground.open, plan="FALLING")),),
        },
        {
            "activate": Try(
                "activate_plan", lambda ground: ActivatePlan(ticket=ground.open, plan="FALLING"), ("", "plan-active")
            ),
            "tick": Try("tick", lambda ground: Tick(ticket=ground.open, check=1), ("no-plan", "")),
        },
        AWAY_FROM_POST,
    ),
)
