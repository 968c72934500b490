"""Whether an officer can take a shift of somebody else over: not in two places, not on leave, and rested."""

from __future__ import annotations

from collections.abc import Iterable

from core.rules.duty_watch import HOUR, ON_CALL, Limits, Time
from core.rules.why import Why


def refusal_of_turn(name: str, code: str, turn: Time, others: Iterable[Time], limits: Limits) -> Why | None:
    """Why the officer called `name` cannot serve a turn beside the `others`, the own times without what is given away.

    Shifts on call (duty leader, commander) owe no rest and need none.
    """
    for one in sorted(others, key=lambda time: time.from_at):
        if one.from_at < turn.end and turn.from_at < one.end:
            if one.kind == "leave":
                return Why("exchange-leave", f"{name}当时请假", f"{code} is on leave then")
            return Why("exchange-double", f"{name}当时另有班次", f"{code} has another shift then")
        if one.kind == "leave" or one.role in ON_CALL or turn.role in ON_CALL:
            continue
        rest = max(turn.from_at - one.end, one.from_at - turn.end)
        if rest < limits.rest_hours * HOUR:
            hours = f"{rest / HOUR:.1f}".removesuffix(".0")
            return Why(
                "exchange-rest",
                f"{name}两班之间只休息 {hours} 小时，至少 {limits.rest_hours} 小时",
                f"{code} would rest {hours} hours between two shifts, of at least {limits.rest_hours}",
            )
    return None
