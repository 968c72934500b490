"""The words of the handover between shifts (交接班)."""

from __future__ import annotations

from data.terms import Term


class HandoverState(Term):
    """How far a handover is."""

    OWED = "owed", "未制作", "not made"
    """The shift changed and nobody had made a pack: the engine wrote that down."""
    MADE = "made", "待移交", "made"
    GIVEN = "given", "待签收", "given"
    ACCEPTED = "accepted", "已接班", "accepted"
    REFUSED = "refused", "拒绝接班", "refused"


class HandoverPart(Term):
    """The lists of a pack, in the order in which they are read."""

    LATE = "late", "超期", "late"
    DUE = "due", "下一班内到期", "due in the next shift"
    WAITING = "waiting", "待签收", "not acknowledged"
    SUSPENDED = "suspended", "挂账", "suspended"
    REQUESTS = "requests", "待审批申请", "requests to decide"
    CALL_BACKS = "call_backs", "待回访", "call-backs owed"
    FOLLOW_UPS = "follow_ups", "整改任务", "follow-ups owed"
    DECISIONS = "decisions", "会议议定事项", "decisions of meetings"
    AGREEMENTS = "agreements", "待履行协议", "agreements to carry out"
    MEETINGS = "meetings", "下一班内会议", "meetings in the next shift"
    UPWARD = "upward", "待报送", "owed upward"
    AWAY = "away", "停用告警的设备", "silenced devices"
    GLASS = "break_glass", "待审查的紧急授权", "break-glass uses to review"
    OUTAGES = "outages", "引擎停机", "outages of the engine"
    OPEN = "open", "全部未结", "all open tickets"


TICKET_PARTS = (
    *(HandoverPart.LATE, HandoverPart.DUE, HandoverPart.WAITING, HandoverPart.SUSPENDED),
    *(HandoverPart.CALL_BACKS, HandoverPart.OPEN),
)
"""Parts whose lines are open tickets; one ticket may stand in several."""
