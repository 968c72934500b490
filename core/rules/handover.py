"""The change of shift: which shift leaves and which comes, who may hand over and sign, how an unsigned one climbs.

Between the hour of the roster and the signature both shifts are reached: the incoming one by the roster, the leaving
one because nobody has taken the duty from it yet. So nothing falls between them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from core.rules.why import Why
from data.errors import BadInput
from data.handover_terms import HandoverState
from data.terms import Role

DESK_SHIFT_ROLES = (Role.DUTY_OFFICER, Role.SHIFT_LEADER)
"""Who sits at the desk in a shift and hands it over."""
CLIMBS = (Role.SHIFT_LEADER, Role.DUTY_LEADER, Role.COMMANDER)
"""Whom an unsigned handover climbs to, in order."""
MINUTES = (15, 30, 60)
"""After how many minutes each of them hears of it, where the policy says nothing."""
LONGEST_MINUTES = 1440

HOUR = 3_600
SAME_CHANGE = 2 * HOUR
"""Two instants so close are the same change of shift: somebody moved the roster by a little."""
LATE_HAND = 12 * HOUR
"""So long after its shift ended an officer still hands over that one, and not the one that runs."""
OWED_FOR = 24 * HOUR
"""A change that lies further back is history: it presses nobody."""
OPEN_STATES = frozenset({HandoverState.OWED, HandoverState.MADE})
"""States in which the pack can be made, anew too."""


class Shift(NamedTuple):
    """A shift of the desk: [from_at, to_at) in epoch seconds, and its officers by id."""

    from_at: int
    to_at: int
    officers: frozenset[int]


class Change(NamedTuple):
    """A change of shift; `incoming` None where the roster has nobody after it."""

    at: int
    leaving: Shift
    incoming: Shift | None


class Pressed(NamedTuple):
    """What an unsigned handover asks for at an instant: whom to tell, how far it then climbed, when to come back."""

    roles: tuple[Role, ...]
    step: int
    next_at: int | None


# ------------------------------------------------------------------------------------------------ shifts


def shifts_of(rows: Iterable[tuple[int, int, int]]) -> list[Shift]:
    """Shifts from (officer, from, to) of each officer's own time, in order; times that mostly overlap are one shift."""
    found: list[Shift] = []
    for officer, from_at, to_at in sorted(rows, key=lambda row: (row[1], row[2], row[0])):
        last = found[-1] if found else None
        if last is not None and 2 * (min(last.to_at, to_at) - from_at) > min(
            last.to_at - last.from_at, to_at - from_at
        ):
            found[-1] = Shift(last.from_at, max(last.to_at, to_at), last.officers | {officer})
        else:
            found.append(Shift(from_at, to_at, frozenset({officer})))
    return found


def changes_of(shifts: Sequence[Shift]) -> list[Change]:
    """The changes between shifts; people who go on into the next shift have nothing to hand over."""
    pairs = [*pairwise(shifts), *((shifts[-1], None) for _ in range(1) if shifts)]
    return [
        Change(leaving.to_at if coming is None else max(leaving.to_at, coming.from_at), leaving, coming)
        for leaving, coming in pairs
        if coming is None or leaving.officers != coming.officers
    ]


def change_for(changes: Sequence[Change], now: int, officer: int | None, signed: Collection[int]) -> Change | None:
    """The change that an officer hands over now: of a shift of their own, else of the desk's.

    The shift that ended and was not signed for comes before the one that runs.
    """
    begun = [change for change in changes if change.leaving.from_at <= now and not is_signed(change.at, signed)]
    own = [change for change in begun if officer in change.leaving.officers] or begun
    ended = [change for change in own if change.at <= now < change.at + LATE_HAND]
    running = [change for change in own if change.at > now]
    return ended[-1] if ended else running[0] if running else None


def is_signed(at: int, signed: Collection[int]) -> bool:
    """Whether the change at an instant was signed."""
    return any(abs(at - one) < SAME_CHANGE for one in signed)


def kept_change(changes: Sequence[Change], now: int, signed: Collection[int], began: int) -> Change | None:
    """The change after which the leaving shift is still reached: its hours are over, and nobody has signed.

    The next shift follows at once (after a planned night without a desk nobody waits), and by the next change, after
    `LATE_HAND` at the latest, it is that one's turn. `began`: as in `owed_change`.
    """
    ended = [change for change in changes if change.leaving.to_at <= now and change.leaving.from_at >= began]
    last = ended[-1] if ended else None
    if last is None or last.incoming is None or now >= last.leaving.to_at + LATE_HAND:
        return None
    at_once = last.incoming.from_at - last.leaving.to_at < SAME_CHANGE
    return last if at_once and not is_signed(last.at, signed) else None


def owed_change(changes: Sequence[Change], now: int, known: Collection[int], began: int) -> Change | None:
    """The newest change that has come without anybody having made a handover; `known` are those that have one.

    `began` is when the centre began: nobody owes what a shift before it left.
    """
    since = max(now - OWED_FOR, began)
    come = [
        change
        for change in changes
        if change.incoming is not None and since < change.at <= now and change.leaving.from_at >= began
    ]
    return come[-1] if come and not is_signed(come[-1].at, known) else None


# ------------------------------------------------------------------------------------------------ who may


def refusal_of_leaving(number: int, leaving: Collection[int], officer: int | None, senior: bool) -> Why | None:
    """Why somebody does not hand this shift over: it is not theirs. A leader may for a shift that is gone."""
    if not leaving or officer in leaving or senior:
        return None
    named = f"第 {number} 号交接" if number else "本班交接"
    return Why(
        "handover-not-leaving",
        f"{named}由离岗班次的人员或值班长、值班领导办理",
        "a shift is handed over by its own officers, or by a leader",
    )


def refusal_of_signing(number: int, own: Collection[int | None], coming: Collection[int], officer: int) -> Why | None:
    """Why somebody does not sign: they hand over themselves, or the roster has others in the incoming shift."""
    if officer in own:
        return Why(
            "handover-own",
            f"第 {number} 号交接不能由移交方自己签收",
            f"handover {number} is not signed by those who hand over",
        )
    if coming and officer not in coming:
        return Why(
            "handover-not-incoming",
            f"第 {number} 号交接由接班班次的人员签收；换人请先登记值班（zhihui duty on）",
            f"handover {number} is signed by the incoming shift; if somebody else came, write down the duty first"
            " (zhihui duty on)",
        )
    return None


# ------------------------------------------------------------------------------------------------ climbing


def read_minutes(body: Mapping[str, Any]) -> tuple[int, ...]:
    """The minutes of a policy's [handover], in the order of `CLIMBS`; 0 leaves a step out.

    Raises BadInput for what is no number of minutes, and for a step that comes before the one below it.
    """
    given = body.get("handover", {})
    known = [role.value for role in CLIMBS]
    names = ", ".join(known)
    if not isinstance(given, Mapping) or not set(given) <= set(known):
        raise BadInput("policy-handover", f"[handover] 只能有：{names}", f"[handover] may have: {names}")
    minutes = tuple(given.get(role, usual) for role, usual in zip(known, MINUTES, strict=True))
    if any(isinstance(n, bool) or not isinstance(n, int) or not 0 <= n <= LONGEST_MINUTES for n in minutes):
        raise BadInput(
            "policy-handover",
            f"[handover] 须为 0 到 {LONGEST_MINUTES} 的整数分钟",
            f"[handover] takes whole minutes, 0 to {LONGEST_MINUTES}",
        )
    used = [n for n in minutes if n]
    if any(later <= earlier for earlier, later in pairwise(used)):
        raise BadInput("policy-handover", f"[handover] 的分钟须依次增大：{names}", f"[handover] must grow: {names}")
    return minutes


def first_press(change_at: int, minutes: Sequence[int], step: int = 0) -> int | None:
    """When the engine comes to a change that is not signed, after so many steps; None when there is no further one."""
    return next((change_at + n * 60 for n in minutes[step:] if n), None)


def pressed(change_at: int, step: int, now: int, minutes: Sequence[int]) -> Pressed:
    """Every step that is due and was not done: after a stop of the engine all of them at once, each once."""
    due = [place for place in range(step, len(minutes)) if minutes[place] and change_at + minutes[place] * 60 <= now]
    reached = due[-1] + 1 if due else step
    return Pressed(tuple(CLIMBS[place] for place in due), reached, first_press(change_at, minutes, reached))
