"""The words of the duty roster: what may be wrong with it."""

from __future__ import annotations

from data.terms import Term


class GapKind(Term):
    """What is wrong with a roster, the worst first."""

    EMPTY_DESK = "empty_desk", "值班席无人", "nobody at the desk"
    NO_SHIFT_LEADER = "no_shift_leader", "无值班长", "no shift leader"
    NO_DUTY_LEADER = "no_duty_leader", "无带班领导", "no duty leader"
    EMPTY_POST = "empty_post", "A、B岗均不在岗", "neither A nor B there"
    TWO_PLACES = "two_places", "一人两处", "one person in two places"
    LEAVE = "leave", "请假又排班", "on leave and on a shift"
    REST = "rest", "休息不足", "too little rest"
