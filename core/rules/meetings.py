"""The three meetings for the three kinds of affairs (三会解三事), and when the engine comes back to one.

公事, what the street answers for, goes to the street joint meeting (街道联席会); 共事, what neighbours share and must
agree on, to the community review meeting (社区评议会); 家事, what is between households, to the grid neighbours'
meeting (网格邻里会). The class proposes; whoever convenes another meeting says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.rules.case import Case
from core.rules.why import Why
from data.meeting_terms import Act, AskState, MeetingKind, MeetingState
from data.terms import AffairKind, ClockKind, Role

MEETING_OF = {
    AffairKind.PUBLIC: MeetingKind.STREET,
    AffairKind.SHARED: MeetingKind.COMMUNITY,
    AffairKind.HOUSEHOLD: MeetingKind.GRID,
}

_STREET = frozenset({Role.DUTY_OFFICER, Role.SHIFT_LEADER, Role.DUTY_LEADER, Role.COMMANDER, Role.SECTION_LEADER})
_COMMUNITY = _STREET | {Role.POST_MEMBER, Role.COMMUNITY_SECRETARY}
CONVENERS: dict[MeetingKind, frozenset[Role]] = {
    MeetingKind.STREET: _STREET,
    MeetingKind.CONSULTATION: _STREET,
    MeetingKind.COMMUNITY: _COMMUNITY,
    MeetingKind.GRID: _COMMUNITY | {Role.GRID_HEAD, Role.GRID_WORKER, Role.GRID_MENTOR, Role.MICRO_GRID_HEAD},
}
"""Who calls a meeting of a kind."""


MEETINGS, CONSULTATIONS = "meetings", "consultations"
"""How many a ticket has, in its loose facts."""
DECIDED = "decided"
"""Where a ticket that a meeting's decision became keeps, in its loose facts, what it is of and the time it has."""
OWN_LIMIT = (ClockKind.FINAL, ClockKind.HANDLE)

DAY, HOUR = 86_400, 3_600
EARLY = HOUR
"""Attendance is taken so long before the time at the earliest: people are there before it begins."""
FURTHEST = 366 * DAY
"""A meeting or the end of a consultation lies so far ahead at most: more is a slip in the year."""


def proposed_meeting(affair: str) -> MeetingKind | None:
    """The meeting that the class of an affair asks for; None where it is not classified."""
    return MEETING_OF[AffairKind(affair)] if affair else None


def refusal_of_convening(kind: MeetingKind, roles: frozenset[str]) -> Why | None:
    """Why somebody with these roles does not call a meeting of this kind."""
    if roles & CONVENERS[kind]:
        return None
    names = [role for role in Role if role in CONVENERS[kind]]
    return Why(
        "not-convener",
        f"{kind.zh}由" + "、".join(role.zh for role in names) + "召集",
        f"a {kind.en} is called by: " + ", ".join(role.en for role in names),
    )


def next_of_meeting(meets_at: int, now: int) -> int | None:
    """When the engine comes back to a meeting: a day and an hour before it to remind those called, a day after it to
    ask for the minutes; None when that is behind.
    """
    return next((at for at in (meets_at - DAY, meets_at - HOUR, meets_at + DAY) if at > now), None)


@dataclass(frozen=True)
class Due:
    """What the engine does for a meeting or a consultation at an instant, and when it comes back (epoch seconds)."""

    act: Act
    next_at: int | None


def due_of_meeting(state: str, meets_at: int, has_minutes: bool, now: int) -> Due:
    """Before it those called are reminded, after it whoever called it is asked for the minutes.

    An engine that was down says once what is left to be said.
    """
    if state == MeetingState.CALLED_OFF or has_minutes:
        return Due(Act.NOTHING, None)
    if now < meets_at:
        return Due(Act.REMIND, next_of_meeting(meets_at, now))
    if now < meets_at + DAY:
        return Due(Act.NOTHING, meets_at + DAY)
    return Due(Act.ASK_MINUTES, None)


def due_of_consultation(state: str, closes_at: int, now: int) -> Due:
    """A day before its end whoever opened it is reminded; at its end it is closed."""
    if state != AskState.OPEN:
        return Due(Act.NOTHING, None)
    if now < closes_at:
        return Due(Act.REMIND, next_of_consultation(closes_at, now))
    return Due(Act.CLOSE, None)


def next_of_consultation(closes_at: int, now: int) -> int | None:
    """When the engine comes back to a consultation: a day before its end to remind, and at its end to close it."""
    return next((at for at in (closes_at - DAY, closes_at) if at > now), None)


def decided_limit(facts: Mapping[str, Any], kind: ClockKind) -> str | None:
    """The limit that a decision gives the clocks of the ticket it became; None where it says nothing."""
    return str(facts[DECIDED]["limit"]) if DECIDED in facts and kind in OWN_LIMIT else None


def refusal_of_nothing(verb: str, case: Case) -> Why | None:
    """Why a deed on a meeting, a consultation or an agreement cannot be done: the ticket has none."""
    facts, code = case.ticket.facts, case.ticket.code
    met, asked = bool(facts.get(MEETINGS)), bool(facts.get(CONSULTATIONS))
    if verb in ("attend", "minutes", "decide") and not met:
        return Why("meeting-none", f"{code} 还没有召集会议", f"no meeting was called on {code}")
    if verb in ("collect", "conclude") and not asked:
        return Why("consultation-none", f"{code} 还没有征求意见", f"no consultation was opened on {code}")
    if verb in ("put_off", "publish") and not (met or asked):
        return Why("proceeding-none", f"{code} 没有会议，也没有征求意见", f"{code} has no meeting and no consultation")
    if verb == "fulfil" and not open_agreements(case):
        return Why("agreement-none", f"{code} 没有待履行的协议", f"no agreement waits on {code}")
    return None


def open_agreements(case: Case) -> list[int]:
    """Rounds of mediation that ended in an agreement which has not been carried out."""
    found: list[int] = case.ticket.facts.get("agreements", [])
    return found


def refusal_over_agreements(verb: str, case: Case) -> Why | None:
    """A ticket is not done when an agreement is signed, but when what must follow from it was done."""
    waiting = open_agreements(case)
    if verb not in ("complete", "join") or not waiting:
        return None
    rounds = ", ".join(map(str, waiting))
    return Why(
        "agreement-open",
        f"第 {rounds.replace(', ', '、')} 轮调解协议尚未履行，请先记录履行情况",
        f"the agreement of mediation round {rounds} has not been carried out: record that first",
    )
