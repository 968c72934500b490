"""The table of verbs: name, titles, order, decision. The desk, the commands and the console all read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.desk import (
    contingency_orders,
    device_orders,
    meeting_orders,
    orders,
    review_orders,
    sweep_orders,
    visibility_orders,
)
from core.desk.verbs import (
    closing,
    consulting,
    contingency,
    covering,
    dispatching,
    finding,
    handling,
    intake,
    joining,
    mediating,
    meeting,
    moving,
    naming,
    pressing,
    requests,
    resolving,
    reviewing,
    sweeping,
    undoing,
    upward,
)
from core.desk.work import Decision, Work


@dataclass(frozen=True)
class Verb:
    """One operation of the field."""

    name: str
    zh: str
    en: str
    order: type[orders.Order]
    decide: Callable[[Work, Any], Decision]


_ROWS: tuple[tuple[str, str, type[orders.Order], Callable[[Work, Any], Decision]], ...] = (
    ("受理", "accept", orders.Accept, intake.decide_accept),
    ("不予受理", "refuse", orders.Refuse, intake.decide_refuse),
    ("更正", "amend", orders.Amend, intake.decide_amend),
    ("研判", "assess", orders.Assess, intake.decide_assess),
    ("派单", "dispatch", orders.Dispatch, dispatching.decide_dispatch),
    ("转派", "re-dispatch", orders.Redispatch, dispatching.decide_redispatch),
    ("加派", "add units", orders.AddTask, dispatching.decide_add_task),
    ("签收", "acknowledge", orders.Acknowledge, handling.decide_acknowledge),
    ("到场", "arrive", orders.Arrive, handling.decide_arrive),
    ("设警戒", "cordon off", sweep_orders.Cordon, sweeping.decide_cordon),
    ("处置", "handle", orders.Handle, handling.decide_handle),
    ("完成协办", "finish a part", orders.FinishTask, handling.decide_finish_task),
    ("判明", "say what was found", device_orders.Establish, finding.decide_finding),
    ("办结", "complete", orders.Complete, handling.decide_complete),
    ("退单", "return", orders.Return, dispatching.decide_return),
    ("核查", "check", orders.Check, closing.decide_check),
    ("回访", "call back", orders.CallBack, closing.decide_call_back),
    ("归档", "archive", orders.Archive, closing.decide_archive),
    ("作废", "void", orders.Void, closing.decide_void),
    ("上报上级", "hand up", orders.HandUp, moving.decide_hand_up),
    ("下派", "hand down", orders.HandDown, moving.decide_hand_down),
    ("催办", "remind", orders.Remind, pressing.decide_remind),
    ("提醒未完成的各方", "remind open parts", sweep_orders.RemindHands, sweeping.decide_remind_hands),
    ("督办", "supervise", orders.Supervise, pressing.decide_supervise),
    ("请示领导", "ask the leader", orders.Ask, pressing.decide_ask),
    ("记录", "note", orders.Note, pressing.decide_note),
    ("启动预案", "activate a plan", contingency_orders.ActivatePlan, contingency.decide_activate),
    ("预案勾选", "tick off", contingency_orders.Tick, contingency.decide_tick),
    ("暂停", "pause", orders.Pause, moving.decide_pause),
    ("恢复", "resume", orders.Resume, moving.decide_resume),
    ("收回", "take back", orders.TakeBack, covering.decide_take_back),
    ("申请", "request", orders.Request, requests.decide_request),
    ("同意申请", "grant", orders.Grant, requests.decide_grant),
    ("不同意申请", "decline", orders.Decline, requests.decide_decline),
    ("撤回申请", "withdraw", orders.Withdraw, requests.decide_withdraw),
    ("重算时限", "recompute", orders.Recompute, moving.decide_recompute),
    ("定级", "grade", orders.GradeIncident, upward.decide_grade),
    ("信息报送", "report upward", orders.ReportUp, upward.decide_report_up),
    ("撤销", "undo", orders.Undo, undoing.decide_undo),
    ("并案", "join", orders.Join, joining.decide_join),
    ("拆分", "separate", orders.Separate, joining.decide_separate),
    ("关联", "link", orders.Link, joining.decide_link),
    ("举一反三", "sweep", sweep_orders.Sweep, sweeping.decide_sweep),
    ("指定知悉人", "name who sees it", visibility_orders.NameReaders, naming.decide_name_readers),
    ("分类", "classify the affair", meeting_orders.Classify, meeting.decide_classify),
    ("召集会议", "call a meeting", meeting_orders.Convene, meeting.decide_convene),
    ("改期", "put off", meeting_orders.PutOff, meeting.decide_put_off),
    ("签到", "take attendance", meeting_orders.Attend, meeting.decide_attend),
    ("会议纪要", "write minutes", meeting_orders.Minutes, meeting.decide_minutes),
    ("议定", "write down a decision", meeting_orders.Decide, resolving.decide_decide),
    ("征求意见", "consult residents", meeting_orders.Consult, consulting.decide_consult),
    ("收集意见", "take an answer", meeting_orders.Collect, consulting.decide_collect),
    ("征求结果", "conclude a consultation", meeting_orders.Conclude, consulting.decide_conclude),
    ("公示", "publish", meeting_orders.Publish, consulting.decide_publish),
    ("调解", "mediate", meeting_orders.Mediate, mediating.decide_mediate),
    ("履约", "fulfil an agreement", meeting_orders.Fulfil, mediating.decide_fulfil),
    ("开启复盘", "open a review", review_orders.ReviewOpen, reviewing.decide_review_open),
    ("召开复盘会", "hold a review", review_orders.ReviewHold, reviewing.decide_review_hold),
    ("经验教训", "write a lesson", review_orders.ReviewLesson, reviewing.decide_review_lesson),
    ("整改任务", "give a follow-up task", review_orders.ReviewFollowUp, reviewing.decide_review_follow_up),
    ("结束复盘", "conclude a review", review_orders.ReviewConclude, reviewing.decide_review_conclude),
)

VERBS: dict[str, Verb] = {order.verb: Verb(order.verb, zh, en, order, decide) for zh, en, order, decide in _ROWS}
"""Every verb on an existing ticket, by name, in the order of a ticket's life."""

REPORT = ("上报", "report")

TITLES = {"report": REPORT, **{verb.name: (verb.zh, verb.en) for verb in VERBS.values()}}
"""What each kind of event that an officer makes is called, in Chinese and English."""
