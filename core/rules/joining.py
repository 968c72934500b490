"""What joining tickets means (并案): the deadlines that are taken over, what forbids it, who is to be called back.

The rule of the clocks: the earliest deadline of all counts, and the strictest urgency. A joined ticket's own clocks
stand still; a copy of its deadline runs on the main ticket beside that one's own, so that neither promise is lost and
each can be explained. Separated, the copy is withdrawn and the ticket's clocks go on where they stood.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from core.rules.case import LIVE_CLOCKS, Case
from core.rules.stages import LIVING
from core.rules.why import Why
from data.terms import UPWARD_CLOCKS, ClockKind, ClockState, Satisfaction, Stage, Urgency

TAKING = LIVING - {Stage.SUSPENDED}
"""Stages at which a ticket may take another one in."""
PROMISES = (ClockKind.FINAL, ClockKind.OFFICIAL)
"""Deadlines of a ticket that are copied beside the main one's own."""
STEPS = (ClockKind.ACCEPT, ClockKind.ASSESS, ClockKind.MAKE_SAFE)
"""Deadlines of a step: copied where the main ticket has the step before it and would be later."""
WORKED_ON = frozenset({Stage.CHECKED, Stage.CALLED_BACK})
"""Where the main ticket must be for a reporter of a joined one to be called back."""


def strictest(urgencies: Iterable[str]) -> Urgency:
    """The urgency that presses most."""
    order = list(Urgency)
    return min((Urgency(word) for word in urgencies), key=order.index)


def comes_first(one: tuple[str, int], other: tuple[str, int]) -> bool:
    """Whether the first of two (stage, reported at) is the main ticket: it is further on, or else came first."""
    order = list(Stage)
    return (-order.index(Stage(one[0])), one[1]) <= (-order.index(Stage(other[0])), other[1])


def joined_ids(case: Case) -> list[int]:
    """The tickets that are joined into this one, in the order they came."""
    return [int(number) for number in case.ticket.facts.get("brought", {})]


def main_id(case: Case) -> int | None:
    """The ticket that this one is joined into."""
    held: Mapping[str, Any] = case.ticket.facts.get("joined", {})
    return held.get("into")


def carried(main: Case, joined: Case) -> Iterator[tuple[int, ClockKind]]:
    """The ids of the clocks that the main ticket takes over, and as what."""
    for clock in joined.clocks:
        if clock.state != ClockState.RUNNING or clock.due_at is None:
            continue
        if clock.kind in (*PROMISES, ClockKind.JOINED) and main.ticket.completed_at is None:
            yield clock.id, ClockKind.JOINED
        elif clock.kind in STEPS:
            own = main.live_clocks(ClockKind(clock.kind))
            if own and all(other.due_at is None or clock.due_at < other.due_at for other in own):
                yield clock.id, ClockKind(clock.kind)


def final_due(case: Case, changed: Sequence[Mapping[str, Any]]) -> int | None:
    """The final deadline after an event's changes of clocks: the earliest of the own one and of those joined in.

    None where the event does not touch them, or a pause holds them open.
    """
    promises = (ClockKind.FINAL.value, ClockKind.JOINED.value)
    known = {clock.id: clock for clock in case.clocks}
    touched = False
    own: int | None = None
    if (newest := case.newest_clock(ClockKind.FINAL)) is not None:
        own = newest.due_at
    beside = {
        clock.id: clock.due_at for clock in case.clocks if clock.kind == ClockKind.JOINED and _counts(clock.state)
    }
    for facts in changed:
        kind = facts.get("kind") or getattr(known.get(facts["id"]), "kind", "")
        if kind not in promises or "due_at" not in facts:
            continue
        touched = True
        if kind == ClockKind.FINAL.value:
            own = own if facts["due_at"] is None else facts["due_at"]
        elif _counts(facts["state"]):
            beside[facts["id"]] = facts["due_at"]
        else:
            beside.pop(facts["id"], None)
    dues = [due for due in (own, *beside.values()) if due is not None]
    return min(dues) if touched and dues else None


def _counts(state: str) -> bool:
    return state not in (ClockState.WITHDRAWN, ClockState.CANCELLED)


def refusal_of_join(main: Case, joined: Case) -> Why | None:
    """Why a ticket cannot be joined into another one, or None."""
    code = main.ticket.code
    if main.ticket.id == joined.ticket.id:
        return Why("join-self", "不能并入自身", "a ticket is not joined into itself")
    if joined_ids(joined):
        return Why(
            "join-has-joined",
            f"{joined.ticket.code} 下有并案事件，请反向并案或先拆分",
            f"others are joined into {joined.ticket.code}: join the other way round, or separate them first",
        )
    if joined.live_clocks(*UPWARD_CLOCKS) and not main.ticket.facts.get("grade"):
        return Why(
            "join-owes-upward",
            f"{joined.ticket.code} 尚有待报送信息，请先为主事件 {code} 定级",
            f"{joined.ticket.code} owes reports upward: grade the main ticket {code} first",
        )
    if main.stage in TAKING:
        return None
    if main.stage == Stage.MERGED:
        return Why(
            "join-into-joined",
            f"{code} 本身已并案，请并入其主事件",
            f"{code} is joined into another ticket itself: name that one",
        )
    return Why(
        "join-stage",
        f"{code} 现在是“{main.stage.zh}”，不能并入",
        f"{code} is {main.stage.en}: nothing can be joined into it",
    )


def refusal_over_joined(verb: str, case: Case) -> Why | None:
    """A ticket that others were joined into is not struck out or refused over them."""
    count = len(joined_ids(case)) if verb in ("void", "refuse") else 0
    if not count:
        return None
    return Why(
        "has-joined",
        f"{case.ticket.code} 下有 {count} 件并案事件，请先拆分",
        f"{count} tickets are joined into {case.ticket.code}: separate them first",
    )


def waits_for_call(case: Case) -> bool:
    """Whether somebody reported the ticket who has not been called back, or was dissatisfied last."""
    named = case.ticket.reporter_name or case.ticket.reporter_phone
    return bool(named) and case.ticket.satisfaction in ("", Satisfaction.DISSATISFIED)


def stopped_promises(case: Case) -> list[int]:
    """The ids of copied deadlines that were judged: they go on with the rework."""
    return [
        clock.id
        for clock in case.clocks
        if clock.kind == ClockKind.JOINED and clock.state not in LIVE_CLOCKS and _counts(clock.state)
    ]
