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


class GapState(Term):
    """What became of something wrong that was told of."""

    OPEN = "open", "未补", "open"
    FILLED = "filled", "已补齐", "filled"
    OVER = "over", "已过", "over"


class DutyAsk(Term):
    """What an officer asks for of the roster."""

    LEAVE = "leave", "请假", "leave"
    EXCHANGE = "exchange", "换班", "exchange of shifts"


class DutyAskState(Term):
    """How far it is. `lapsed` is never stored: the shift has begun and nobody decided."""

    ASKED = "asked", "已申请", "asked for"
    AGREED = "agreed", "对方已同意，待批准", "agreed, to be granted"
    GRANTED = "granted", "已批准", "granted"
    DECLINED = "declined", "不同意", "declined"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"
    LAPSED = "lapsed", "已过时", "lapsed"


WAITING_ASKS = (DutyAskState.ASKED, DutyAskState.AGREED)
"""States in which somebody has yet to say something."""
