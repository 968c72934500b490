"""Which step of a ticket can be undone, by whom and until when.

The log is a pile: the newest deed is undone first, then the one below it. What was undone is off the pile and stays in
the log. Words (notes, questions, reminders) and the ladder's own steps lie beside the pile: they hinder nothing, and
nothing can take them back, because somebody has read them already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.rules.why import Why
from data.terms import Role

UNDO = "undo"
WINDOW = 30 * 60
"""Seconds in which a slip of the hand is noticed; what is put right later is done by the verb that is made for it."""

UNDOABLE = frozenset(
    {
        "accept",
        "amend",
        "assess",
        "dispatch",
        "redispatch",
        "add_task",
        "activate_plan",
        "acknowledge",
        "arrive",
        "handle",
        "finish_task",
        "complete",
        "return",
        "check",
        "call_back",
        "hand_up",
        "hand_down",
        "supervise",
        "pause",
        "resume",
        "classify",
    }
)
BESIDE = frozenset({"note", "tick", "ask", "remind", "link", "engine_step", "mode", "grade", "report_up"}) | {
    *("take_over", "take_back", "convene", "put_off", "attend", "minutes", "consult", "collect", "conclude", "publish"),
    *("sweep", "cordon", "remind_hands", "mediate", "fulfil", "meeting_step", "finding", "name_readers"),
    *("review_open", "review_hold", "review_lesson", "review_follow_up", "review_conclude"),
}
"""Words, meetings, mediation and reviews, ties to other tickets, the ladder's steps, who stands in, what is owed
upward: looked past."""

REASONS = {
    "report": ("登记不能撤销；误报请作废", "a report stays: strike it out with void"),
    "refuse": ("不予受理即办结，不能撤销；请重新登记", "refusing ends the ticket: report it anew"),
    "archive": ("已归档，不能撤销", "it is filed"),
    "void": ("作废不能撤销；请重新登记", "striking out ends the ticket: report it anew"),
    "join": ("并案不能撤销；请用“拆分”", "what was joined is separated again"),
    "separate": ("拆分不能撤销；请重新并案", "what was separated is joined again"),
    "link": ("关联不能撤销；请解除关联", "a link is taken off again"),
    "recompute": ("时限已按现行日历重算，不能撤销", "the deadlines stand on the calendar that is in force"),
    "request": ("申请可以撤回，不能撤销", "a request is withdrawn, not undone"),
    "grant": ("已同意的申请不能撤销", "what was granted stays"),
    "decline": ("已有结论；可重新申请", "it was decided: ask again"),
    "withdraw": ("已撤回；可重新申请", "it was withdrawn: ask again"),
    "note": ("记录已写入流转，不能撤销；可再记一条", "a note stays: write another one"),
    "tick": ("勾选不能撤销；请取消勾选", "a tick is taken off again"),
    "ask": ("请示已发出，不能撤销", "the question has been sent"),
    "remind": ("催办已发出，不能撤销", "the reminder has been sent"),
    "remind_hands": ("提醒已发出，不能撤销", "the reminders have been sent"),
    "sweep": ("排查已下达，不能撤销；停办请作废排查事件", "the units were told: void the sweep's own ticket"),
    "cordon": ("警戒已设，记录不能撤销；可再记一条", "what was done on site stays: write a note"),
    "engine_step": ("升级链的步骤不能撤销", "a step of the ladder stays"),
    "take_over": ("接手由引擎按在岗情况记录，不能撤销；A岗可收回", "post B stands in: A takes it back"),
    "take_back": ("收回不能撤销", "A has it again"),
    "mode": ("平战切换随应急状态进出，不能撤销", "the ladders go with the centre's mode"),
    "finding": ("判明不能撤销；可重新判明", "what was found stays: say it anew"),
    "grade": ("定级不能撤销；请重新定级", "a grade stays: give another one"),
    "convene": ("会议通知已发出，不能撤销；请改期或取消", "those called were told: put it off or call it off"),
    "put_off": ("改期通知已发出，不能撤销；可再改期", "those called were told: put it off again"),
    "attend": ("签到不能撤销；更正请重新签到", "attendance stays: take it again to correct it"),
    "minutes": ("纪要不能撤销；可写新的纪要", "minutes stay: write them again"),
    "decide": (
        "议定事项已派出，不能撤销；请取消任务或作废子事件",
        "a decision was given out: end its task or void its ticket",
    ),
    "consult": ("征求意见已开始，不能撤销；请取消", "a consultation was opened: call it off"),
    "collect": ("收到的意见不能撤销", "an answer that was taken stays"),
    "conclude": ("结果不能撤销", "a result stays"),
    "publish": ("已公示，不能撤销；更正请再公示", "it was made public: publish a correction"),
    "mediate": ("调解记录不能撤销；更正请用“记录”", "a round of mediation stays: correct it with a note"),
    "fulfil": ("履约记录不能撤销；更正请用“记录”", "that an agreement was carried out stays: correct it with a note"),
    "meeting_step": ("会议和征求意见的提醒不能撤销", "a reminder of a meeting or consultation stays"),
    "name_readers": ("知悉人已看到，不能撤销；可取消知悉人", "they may have seen it: take them off instead"),
    "review_open": ("复盘已开启，不能撤销；请写明情况后结束", "a review was opened: say so in it and conclude it"),
    "review_hold": ("复盘会记录不能撤销；更正请写一条意见", "what was held stays: correct it with a lesson"),
    "review_lesson": ("经验教训不能撤销；更正另写一条", "a lesson stays: write a correction"),
    "review_follow_up": ("整改任务已派出，不能撤销；请作废整改事件", "a task was given out: void its ticket"),
    "review_conclude": ("结论不能撤销；可再次开启复盘", "a conclusion stays: open another review"),
    "report_up": ("信息已报出，不能撤销；更正请续报", "the report has been made: correct it with a follow-up"),
}
"""Why the other verbs cannot be undone."""

SENIOR = frozenset({Role.SHIFT_LEADER, Role.DUTY_LEADER, Role.COMMANDER})
UNITS_OWN = frozenset({"acknowledge", "arrive", "handle", "finish_task", "complete", "return", "hand_up"})
"""Deeds that are a unit's own, unless the desk wrote them down for it: nobody else takes them back."""


@dataclass(frozen=True)
class Deed:
    """What the rules need of an event.

    `undoes` is the number of the event that it undid, `by_desk` that the desk wrote it down for a unit.
    """

    seq: int
    at: int
    kind: str
    actor_id: int | None
    actor: str
    undoes: int | None = None
    by_desk: bool = False


def newest_deed(log: Sequence[Deed]) -> Deed | None:
    """The deed on top of the pile; None for an empty log."""
    undone = {deed.undoes for deed in log if deed.kind == UNDO}
    pile = (deed for deed in reversed(log) if deed.kind != UNDO and deed.kind not in BESIDE and deed.seq not in undone)
    return next(pile, None)


def refusal_of_undo(
    deed: Deed | None, title_zh: str, title_en: str, actor_id: int | None, roles: frozenset[str], at: int
) -> Why | None:
    """Why the newest deed cannot be undone by this officer at an instant, or None. The titles are the deed's own."""
    if deed is None:
        return Why("undo-nothing", "没有可以撤销的步骤", "there is nothing to undo")
    if deed.kind not in UNDOABLE:
        zh, en = REASONS.get(deed.kind, ("这一步不能撤销", "this step cannot be undone"))
        return Why("undo-verb", f"最近一步是“{title_zh}”：{zh}", f"the newest step is to {title_en}: {en}")
    own = deed.actor_id is not None and deed.actor_id == actor_id
    if not own and deed.kind in UNITS_OWN and not deed.by_desk:
        return Why(
            "undo-unit",
            f"“{title_zh}”是承办单位自己办的（{deed.actor}），不能代为撤销",
            f"to {title_en} was the unit's own deed ({deed.actor}): nobody else undoes it",
        )
    if not own and not roles & SENIOR:
        return Why(
            "undo-other",
            f"最近一步“{title_zh}”由 {deed.actor} 办理，须本人或值班长撤销",
            f"the newest step, to {title_en}, was done by {deed.actor}: they or the shift leader may undo it",
        )
    if at - deed.at > WINDOW:
        return Why(
            "undo-late",
            f"“{title_zh}”已超过 {WINDOW // 60} 分钟，不能撤销；请用转派、退单、返工等办理",
            f"to {title_en} is more than {WINDOW // 60} minutes ago: put it right with the verb made for it",
        )
    return None
