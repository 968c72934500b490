"""The words of meetings, of consultations with residents and of mediation."""

from __future__ import annotations

from data.terms import Term


class MeetingKind(Term):
    """The three meetings for the three kinds of affairs, and the consultation that somebody asks for."""

    STREET = "street", "街道联席会", "street joint meeting"
    COMMUNITY = "community", "社区评议会", "community review meeting"
    GRID = "grid", "网格邻里会", "grid neighbours' meeting"
    CONSULTATION = "consultation", "会商", "consultation"


class MeetingState(Term):
    """How far a meeting is."""

    CONVENED = "convened", "待召开", "convened"
    HELD = "held", "已召开", "held"
    CALLED_OFF = "called_off", "已取消", "called off"


class Attendance(Term):
    """Whether somebody who was called to a meeting was there."""

    CALLED = "called", "已通知", "called"
    CAME = "came", "到会", "came"
    SENT = "sent", "派员参会", "sent somebody"
    EXCUSED = "excused", "请假", "excused"
    ABSENT = "absent", "缺席", "absent"


class AskKind(Term):
    """How residents take part."""

    OPINIONS = "opinions", "意见征集", "opinions"
    VOTE = "vote", "表决", "vote"
    NOTICE = "notice", "告知", "notice"


class AskState(Term):
    """How far a consultation with residents is."""

    OPEN = "open", "进行中", "open"
    CLOSED = "closed", "已截止", "closed"
    CONCLUDED = "concluded", "已有结果", "concluded"
    CALLED_OFF = "called_off", "已取消", "called off"


class PublishedStep(Term):
    """What was made public of a meeting or a consultation."""

    NOTICE = "notice", "通知", "notice"
    PROGRESS = "progress", "进展", "progress"
    RESULT = "result", "结果", "result"
    MINUTES = "minutes", "纪要", "minutes"


class MediationOutcome(Term):
    """What came of a round of mediation."""

    FAILED = "failed", "未达成协议", "failed"
    ADJOURNED = "adjourned", "择期再调", "adjourned"
    AGREED = "agreed", "达成协议", "agreed"


class Act(Term):
    """What the engine does for a meeting or a consultation when its time has come."""

    NOTHING = "nothing", "无", "nothing"
    REMIND = "remind", "提醒", "remind"
    ASK_MINUTES = "ask_minutes", "催写纪要", "ask for the minutes"
    CLOSE = "close", "到期截止", "close"
