"""Which acts of a handover an officer cannot do now, and why: for the desk that refuses and the screen that warns."""

from __future__ import annotations

from collections.abc import Collection

from core.rules.handover import DESK_SHIFT_ROLES, SAME_CHANGE, Change, refusal_of_leaving, refusal_of_signing, shifts_of
from core.rules.why import Why
from data.handover_terms import HandoverState
from data.queries import handovers as queries
from data.queries.handovers import HandoverLine
from data.reader import Reader

PACK, NOTE, GIVE, ACCEPT, REFUSE = "pack", "note", "give", "accept", "refuse"
GIVEN_ALREADY = "handover-given"
NOTHING_TO_GIVE = Why(
    "handover-none", "没有待移交的交接，请先制作交接包", "there is no handover to give: make the pack first"
)
NOTHING_TO_SIGN = Why("handover-none", "没有等待签收的交接", "no handover waits for a signature")


def refusals(
    reader: Reader,
    centre: int,
    at: int,
    officer: int,
    senior: bool,
    change: Change | None,
    waiting: HandoverLine | None,
) -> dict[str, Why]:
    """Act → why this officer cannot do it at an instant (epoch seconds); what can be done is not in it.

    `change` is what the officer hands over now, `waiting` the handover that was made or given and is not signed.
    """
    return {
        act: why
        for act, why in {
            PACK: refusal_of_pack(reader, centre, officer, senior, change),
            **_of_waiting(reader, centre, at, officer, senior, waiting),
        }.items()
        if why is not None
    }


def refusal_of_pack(reader: Reader, centre: int, officer: int, senior: bool, change: Change | None) -> Why | None:
    """Why no pack can be made of a change: the shift is another one's, or the pack was given."""
    why = refusal_of_leaving(0, change.leaving.officers, officer, senior) if change is not None else None
    before = attempt_of(reader, centre, change)
    if why is None and before is not None and before.state == HandoverState.GIVEN:
        return Why(
            GIVEN_ALREADY,
            f"第 {before.number} 号交接已移交，等待接班人员签收",
            f"handover {before.number} was given and waits for the incoming shift",
        )
    return why


def refusal_of_state(found: HandoverLine) -> Why:
    """Why something cannot be done to a handover that is not so far, or further."""
    state = HandoverState(found.state)
    return Why(
        "handover-state",
        f"第 {found.number} 号交接现为“{state.zh}”，不能这样办理",
        f"handover {found.number} is {state.en}: this cannot be done",
    )


def attempt_of(reader: Reader, centre: int, change: Change | None) -> HandoverLine | None:
    """The handover of a change that waits for a signature; without a roster the newest one that does."""
    waiting = queries.unsigned(reader, centre)
    if change is not None:
        waiting = [line for line in waiting if abs(line.change_at - change.at) < SAME_CHANGE]
    return waiting[0] if waiting else None


def leavers(found: HandoverLine) -> Collection[int]:
    """Who may note and give: the leaving shift, without a roster whoever made the pack."""
    return found.leaving or ([found.made_by] if found.made_by is not None else [])


def coming_officers(reader: Reader, centre: int, found: HandoverLine, at: int) -> frozenset[int]:
    """Who comes, by the roster as it is at an instant; empty where there is none."""
    if not found.leaving:
        return frozenset()
    shifts = shifts_of(queries.desk_times(reader, centre, found.change_at, DESK_SHIFT_ROLES))
    moment = max(at, found.change_at)
    there: frozenset[int] = frozenset().union(
        *(shift.officers for shift in shifts if shift.from_at <= moment < shift.to_at)
    )
    return there - set(found.leaving)


def refusal_of_answer(
    reader: Reader, centre: int, found: HandoverLine, at: int, officer: int
) -> tuple[Why | None, frozenset[int]]:
    """Why somebody neither signs nor refuses, and who comes."""
    coming = coming_officers(reader, centre, found, at)
    own = {found.made_by, found.given_by, *found.leaving}
    return refusal_of_signing(found.number, own, coming, officer), coming


def _of_waiting(
    reader: Reader, centre: int, at: int, officer: int, senior: bool, waiting: HandoverLine | None
) -> dict[str, Why | None]:
    if waiting is None:
        return {NOTE: NOTHING_TO_GIVE, GIVE: NOTHING_TO_GIVE, ACCEPT: NOTHING_TO_SIGN, REFUSE: NOTHING_TO_SIGN}
    if waiting.state == HandoverState.GIVEN:
        given, answer = refusal_of_state(waiting), refusal_of_answer(reader, centre, waiting, at, officer)[0]
        return {NOTE: given, GIVE: given, ACCEPT: answer, REFUSE: answer}
    leaving = refusal_of_leaving(waiting.number, leavers(waiting), officer, senior)
    made = refusal_of_state(waiting)
    return {NOTE: leaving, GIVE: leaving, ACCEPT: made, REFUSE: made}
