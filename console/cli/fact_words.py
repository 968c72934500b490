"""The facts of an event as a line that people read; programs get the facts themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from console.cli import words
from console.cli.printing import limit_label
from console.cli.verb_table import BY_VERB
from data.meeting_terms import Act, AskKind, MediationOutcome, MeetingKind, PublishedStep
from data.terms import (
    AffairKind,
    ClockKind,
    CoverReason,
    Grade,
    PauseReason,
    RequestKind,
    ReturnReason,
    RungAction,
    Satisfaction,
    SkipReason,
    Source,
    Target,
    TaskRole,
    Term,
    Tier,
    UnitKind,
    UpwardForm,
)

LABELS = {
    "unit_name": ("单位", "unit"),
    "officer": ("人员", "officer"),
    "instructions": ("分工", "parts"),
    "to": ("派往", "to"),
    "assist": ("协办", "assisting"),
    "inform": ("告知", "informed"),
    "reason": ("原因", "reason"),
    "note": ("说明", "note"),
    "text": ("内容", "text"),
    "source": ("来源", "source"),
    "code": ("代码", "code"),
    "role": ("任务", "task"),
    "people": ("人数", "people"),
    "result": ("结果", "result"),
    "round": ("第几轮", "round"),
    "attempts": ("拨打次数", "calls"),
    "made_safe": ("已控险", "made safe"),
    "after_deadline": ("已过时限", "after the deadline"),
    "open_assist_reason": ("协办未完原因", "why assisting tasks stay open"),
    "from_tier": ("原层级", "from tier"),
    "asked": ("请示", "asked"),
    "before": ("更正前", "before"),
    "by_desk": ("值班席代录", "entered by the desk"),
    "into": ("主事件", "main ticket"),
    "joined": ("并入的事件", "joined ticket"),
    "other": ("另一事件", "other ticket"),
    "tie": ("关系", "as"),
    "officers": ("知悉人", "may see it"),
    "off": ("解除", "taken off"),
    "open_calls_reason": ("未回访的原因", "why reporters were not called back"),
    "open_children_reason": ("子事件未结的原因", "why children stay open"),
    "grade": ("等级", "grade"),
    "form": ("方式", "form"),
    "a": ("A岗", "post A"),
    "b": ("B岗", "post B"),
    "why": ("原因", "reason"),
    "opened": ("开出的事件", "ticket opened"),
    "title": ("标题", "title"),
    "lead": ("牵头", "run by"),
    "hands": ("对象数", "hands"),
    "kinds": ("类别", "kinds"),
    "tags": ("标签", "tags"),
    "communities": ("社区", "communities"),
    "named": ("点名单位", "units named"),
    "learnt_from": ("源自", "learnt from"),
    "before_dispatch": ("派单前", "before dispatch"),
    "reminded": ("提醒对象数", "reminded"),
    "silent": ("仅未签收", "only those who did not acknowledge"),
    "units": ("单位", "units"),
    "minutes": ("未签收分钟数", "minutes of silence"),
    "number": ("第几次续报", "follow-up number"),
    "late_seconds": ("超时秒数", "seconds late"),
    "override": ("突破清单理由", "why the lists were overridden"),
    "stopped": ("清单拦截", "stopped by the lists"),
    "stopped_for": ("拦截对象", "stopped for"),
    "listed": ("清单条目", "list entry"),
    "emergency": ("特急不拦截", "an emergency is not stopped"),
    "certificate": ("不予出具的证明", "certificate refused"),
    "kind": ("类别", "kind"),
    "days": ("天数", "days"),
    "moved": ("时限变动", "deadlines moved"),
    "record": ("纪要", "minutes of the consultation"),
    "reviewed": ("已复核人数", "reviewers so far"),
    "lapsed": ("申请失效", "request lapsed"),
    "plan": ("预案", "plan"),
    "name": ("名称", "name"),
    "version": ("版本", "version"),
    "missing": ("短板", "shortfalls"),
    "check": ("清单行号", "line number"),
    "question": ("问题号", "question number"),
    "line": ("事项", "says"),
    "answer": ("回答", "answer"),
    "undone": ("撤销的步骤", "step undone"),
    "undoes": ("撤销第几条", "number of the step"),
    "undone_by": ("原经办", "had been done by"),
    "affair": ("分类", "affair"),
    "meets": ("建议会议", "asks for"),
    "was": ("原为", "was"),
    "meeting": ("第几次会议", "meeting"),
    "consultation": ("第几次征求意见", "consultation"),
    "when": ("时间", "when"),
    "place": ("地点", "place"),
    "called": ("通知人数", "called"),
    "came": ("到会", "came"),
    "sent": ("派员参会", "sent somebody"),
    "excused": ("请假", "excused"),
    "absent": ("缺席", "absent"),
    "outside": ("名单外到会", "came uncalled"),
    "due": ("完成时限", "by"),
    "child": ("另立子事件", "as a ticket of its own"),
    "opens": ("开始", "opens"),
    "closes": ("截止", "closes"),
    "options": ("选项", "options"),
    "households": ("应征求户数", "households asked"),
    "taken": ("收下", "taken"),
    "known": ("已有", "there before"),
    "rejected": ("退回", "rejected"),
    "opinions": ("累计意见", "answers so far"),
    "answered": ("户数", "households"),
    "tally": ("计数", "counts"),
    "file": ("文件", "file"),
    "digest": ("文件校验", "digest of the file"),
    "figure_before": ("原数值", "before"),
    "figure_after": ("现数值", "after"),
    "figure_unit": ("单位", "counted in"),
    "step": ("环节", "step"),
    "published": ("公示时间", "published at"),
    "parties": ("当事人", "parties"),
    "mediator": ("调解人", "mediator"),
    "outcome": ("结果", "outcome"),
    "follow": ("须履行", "must follow"),
    "act": ("引擎", "the engine"),
    "item": ("序号", "number"),
    "reviewed_in": ("复盘事件", "reviewed incident"),
    "review": ("第几次复盘", "review"),
    "lesson": ("第几条", "lesson"),
    "attendance": ("参加", "present"),
    "conclusion": ("结论", "conclusion"),
    "decided_in": ("会议所议事件", "decided in a meeting on"),
}
TERMS: dict[str, tuple[type[Term], ...]] = {
    "source": (Source,),
    "code": (ReturnReason, PauseReason),
    "kind": (RequestKind, MeetingKind, AskKind),
    "affair": (AffairKind,),
    "was": (AffairKind,),
    "meets": (MeetingKind,),
    "outcome": (MediationOutcome,),
    "step": (PublishedStep,),
    "act": (Act,),
    "lapsed": (RequestKind,),
    "role": (TaskRole,),
    "result": (Satisfaction,),
    "from_tier": (Tier,),
    "grade": (Grade,),
    "form": (UpwardForm,),
    "why": (CoverReason,),
    "kinds": (UnitKind,),
}


def facts_line(verb: str, facts: Mapping[str, Any]) -> str:
    """The facts of an event in a line; empty ones are left out."""
    if verb == "engine_step":
        return _ladder_line(facts)
    if verb == "mode":
        return _pace_line(facts)
    shown = {name: value for name, value in facts.items() if value not in ("", None, [], {}, False)}
    if "unit_name" in shown:
        shown.pop("unit", None)
    shown.pop("undone_at", None)
    if shown.get("kind") == "note":
        shown.pop("kind")
    parts = []
    for name, value in shown.items():
        label = words.say(*LABELS[name]) if name in LABELS else name
        parts.append(label if value is True else f"{label}{words.say('：', ': ')}{_value(name, value)}")
    return words.say("；", "; ").join(parts)


def target_words(target: str) -> str:
    """Whom a rung of the ladder means."""
    return _term((Target,), target)


def action_words(action: str) -> str:
    """What a rung of the ladder does."""
    return _term((RungAction,), action)


def skip_words(reason: str) -> str:
    """Why the ladder passes somebody over; the note of a leave stays as it was written."""
    return _term((SkipReason,), reason)


def actor_label(actor: str) -> str:
    """Who acted, where it was no officer."""
    known = {"engine": ("引擎", "the engine"), "import": ("导入", "import")}
    return words.say(*known[actor]) if actor in known else actor


def _ladder_line(facts: Mapping[str, Any]) -> str:
    clock = _term((ClockKind,), facts.get("clock_kind", ""))
    told, passed = [], []
    for person in facts.get("people", ()):
        who = target_words(person.get("target", ""))
        officer = person.get("officer", "")
        if person.get("skipped"):
            passed.append(f"{who} {officer}".strip())
        else:
            told.append(f"{who} {officer}".strip())
    line = f"{clock} {action_words(facts.get('action', ''))} " + words.say("、", ", ").join(told)
    return line + (words.say("；跳过 ", "; passed over: ") + words.say("、", ", ").join(passed) if passed else "")


def _pace_line(facts: Mapping[str, Any]) -> str:
    """Which clocks press faster or as usual from now on."""
    mode = _term((Grade,), facts.get("grade", "")) or words.say("平时", "normal times")
    kinds = dict.fromkeys(_term((ClockKind,), change.get("clock", "")) for change in facts.get("pressed", ()))
    return f"{mode}{words.say('：', ': ')}" + words.say("、", ", ").join(kinds)


def _moved(change: Mapping[str, Any]) -> str:
    """A clock whose deadline moved; `ticket explain` has the instants."""
    clock = _term((ClockKind,), change["clock"])
    before, after = (limit_label(change[name]) for name in ("limit_before", "limit_after"))
    return clock if before == after else f"{clock} {before} → {after}"


def _value(name: str, value: Any) -> str:
    if name == "undone":
        return words.say(BY_VERB[value].title, BY_VERB[value].command) if value in BY_VERB else str(value)
    if name == "moved":
        return words.say("、", ", ").join(dict.fromkeys(map(_moved, value)))
    if isinstance(value, str):
        return _term(TERMS.get(name, ()), value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return words.say("、", ", ").join(_term(TERMS.get(name, ()), item) for item in value)
    if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        return words.say("、", ", ").join(f"{key}={item}" for key, item in value.items())
    return json.dumps(value, ensure_ascii=False)


def _term(kinds: tuple[type[Term], ...], value: str) -> str:
    """The label of a stored word; the word itself where no kind knows it."""
    return words.named((word for kind in kinds for word in kind), value)
