"""Contingency plans (应急预案): what a plan says, which plans fit a ticket and why, and what became of an active one.

Values in, values out. What is active on a ticket stands in its facts, one key per plan, so that the log rebuilds it and
an undo takes back one plan and leaves the others.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.rules.case import LIVE_TASKS, Case
from data.plan_terms import Shortfall
from data.terms import UPWARD_CLOCKS, ClockKind, ClockState, Grade, Role, TaskRole, TaskState, Urgency

FACT = "plan."
"""What the key of an active plan in a ticket's facts begins with."""

PARTS = ("post", "force", "role", "place")
"""How a plan names a hand: by a post's or department's code, a linked force's, a duty role, or by place."""
TIMES = ("answer", "arrive", "finish")
"""The times that a plan may give a hand."""
PLACES = {
    "community": ("所在社区", "the ticket's community"),
    "grid": ("所在网格", "the ticket's grid"),
    "secretary": ("所在社区书记", "the community's secretary"),
    "grid_head": ("所在网格长", "the grid's head"),
}
"""The community or grid of the ticket, or whoever leads it by name; in Chinese and English."""

MATTER_POINTS, CATEGORY_POINTS, WORD_POINTS, TAG_POINTS, URGENCY_POINTS, MODE_POINTS = 100, 60, 20, 15, 10, 10
MOST_WORDS = 3
"""More words of one plan in a report say nothing more."""


@dataclass(frozen=True)
class PlanHand:
    """A hand of a plan: one of PARTS and the name in it, what is asked of it, and the times that the plan gives it."""

    by: str
    name: str
    part: TaskRole
    asked: str = ""
    answer: str = ""
    """To acknowledge in; empty for what the policy says. Limits like "5 urgent_minute"."""
    arrive: str = ""
    """To come in, from the acknowledgement on."""
    finish: str = ""
    """To finish an assisting part in."""

    @property
    def said(self) -> tuple[str, str]:
        """Whom the plan means, whoever that is here, in Chinese and English."""
        if self.by == "role":
            return Role(self.name).zh, Role(self.name).en
        return PLACES[self.name] if self.by == "place" else (self.name, self.name)


@dataclass(frozen=True)
class PlanLine:
    """A line of a checklist, or a question to ask; `by` is the hand that sees to it, where the plan says so."""

    zh: str
    en: str = ""
    by: str = ""

    def label(self, language: str) -> str:
        """The line in a language."""
        return self.en or self.zh if language == "en" else self.zh


@dataclass(frozen=True)
class Contingency:
    """One plan in one version; version 0 is the one that comes with the product, a proposal of ours."""

    code: str
    name: str
    name_en: str = ""
    version: int = 0
    label: str = ""
    """The version as its author wrote it."""
    basis: str = ""
    """The document that it rests on; empty for a proposal."""
    matters: tuple[str, ...] = ()
    """Codes of matters or categories."""
    words: tuple[str, ...] = ()
    urgency: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    """Tags of places for which it was written."""
    grade: str = ""
    """The grade that it gives the incident, where nobody gave one: its reports upward are owed from then on."""
    off: bool = False
    """Withdrawn: neither proposed nor activated."""
    hands: tuple[PlanHand, ...] = ()
    checks: tuple[PlanLine, ...] = ()
    questions: tuple[PlanLine, ...] = ()

    def title(self, language: str) -> str:
        """What it is called."""
        return self.name_en or self.name if language == "en" else self.name


class Reason(NamedTuple):
    """Why a plan is proposed: `kind` is matter, words, tags, urgency or mode."""

    kind: str
    points: int
    zh: str
    en: str


@dataclass(frozen=True)
class Fit:
    """A plan that fits a ticket."""

    plan: Contingency
    reasons: tuple[Reason, ...]

    @property
    def points(self) -> int:
        """How well; plans of the same points come in the order of their codes."""
        return sum(reason.points for reason in self.reasons)

    def why(self, language: str) -> str:
        """The reasons in a line."""
        texts = [reason.en if language == "en" else reason.zh for reason in self.reasons]
        return ("; " if language == "en" else "；").join(texts)


@dataclass(frozen=True)
class Subject:
    """What plans are looked for: a ticket's matter with its categories, its words, urgency and place; the mode."""

    matter: str = ""
    matter_name: str = ""
    matter_name_en: str = ""
    categories: tuple[str, ...] = ()
    text: str = ""
    urgency: str = Urgency.NORMAL.value
    tags: tuple[str, ...] = ()
    mode: str = ""
    """The grade of the emergency that lasts."""


def fitting(plans: Iterable[Contingency], subject: Subject) -> list[Fit]:
    """The plans that a ticket calls for, best first. Its matter or its words bring a plan up; the rest adds to it."""
    found = [Fit(plan, tuple(_reasons(plan, subject))) for plan in plans if not plan.off]
    kept = [fit for fit in found if any(reason.kind in ("matter", "words") for reason in fit.reasons)]
    return sorted(kept, key=lambda fit: (-fit.points, fit.plan.code))


def _reasons(plan: Contingency, subject: Subject) -> Iterable[Reason]:
    category = next((code for code in subject.categories if code in plan.matters), "")
    if subject.matter and subject.matter in plan.matters:
        zh, en = f"事项 {subject.matter} {subject.matter_name}", f"matter {subject.matter} {subject.matter_name_en}"
        yield Reason("matter", MATTER_POINTS, zh, en.rstrip())
    elif category:
        yield Reason("matter", CATEGORY_POINTS, f"事项属 {category} 类", f"matter of category {category}")
    said = _plain(subject.text)
    words = [word for word in dict.fromkeys(plan.words) if _plain(word) in said][:MOST_WORDS]
    if words:
        zh, en = "文中有“" + "、".join(words) + "”", "the report says " + ", ".join(words)
        yield Reason("words", WORD_POINTS * len(words), zh, en)
    tags = [tag for tag in plan.tags if tag in subject.tags]
    if tags:
        yield Reason("tags", TAG_POINTS, "地点有标签" + "、".join(tags), "the place is tagged " + ", ".join(tags))
    if subject.urgency in plan.urgency:
        term = Urgency(subject.urgency)
        yield Reason("urgency", URGENCY_POINTS, f"紧急程度{term.zh}", f"urgency {term.en}")
    if subject.mode and plan.grade and int(subject.mode) <= int(plan.grade):
        grade = Grade(subject.mode)
        zh, en = f"战时{grade.numeral}级，本预案报送信息", f"emergency of grade {grade.numeral}, and it reports upward"
        yield Reason("mode", MODE_POINTS, zh, en)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


# ------------------------------------------------------------------------------------------------ what is missing


class Gap(NamedTuple):
    """A need of a plan that is not met: its code, whom it is about as the plan names them, and how it is said."""

    code: Shortfall
    who: str
    zh: str
    en: str

    def label(self, language: str) -> str:
        """What is missing, without the code."""
        return self.en if language == "en" else self.zh


# ------------------------------------------------------------------------------------------------ what is active


def active_plans(facts: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The plans that are active on a ticket, by code, in the order in which they were activated.

    Each: version, name, name_en, at, by, grade, hands [{name, part, asked, task, hand, zh, en, answer, arrive, finish,
    gap}], checks [{zh, en, by, done_at, done_by}], questions [{zh, en, by, answer, at, who}].
    """
    found = {key.removeprefix(FACT): value for key, value in facts.items() if key.startswith(FACT)}
    return dict(sorted(found.items(), key=lambda item: (item[1]["at"], item[0])))


def activated(plan: Contingency, at: int, by: str, hands: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A plan as it stands in a ticket's facts when it has just been activated."""
    return {
        "version": plan.version,
        "name": plan.name,
        "name_en": plan.name_en,
        "at": at,
        "by": by,
        "grade": plan.grade,
        "hands": [dict(hand) for hand in hands],
        "checks": [_line(line) for line in plan.checks],
        "questions": [_line(line) for line in plan.questions],
    }


def _line(line: PlanLine) -> dict[str, Any]:
    return {name: value for name, value in (("zh", line.zh), ("en", line.en), ("by", line.by)) if value}


def arrival_limit(facts: Mapping[str, Any], task_id: int) -> str:
    """The time that an active plan gives a task to come in; empty where none says so."""
    hands = (hand for plan in active_plans(facts).values() for hand in plan["hands"])
    return next((hand["arrive"] for hand in hands if hand.get("task") == task_id and hand.get("arrive")), "")


def times_of(facts: Mapping[str, Any], task_id: int) -> list[tuple[str, str]]:
    """The times that active plans give a task, each with the plan's code."""
    return [
        (code, hand[name])
        for code, plan in active_plans(facts).items()
        for hand in plan["hands"]
        if hand.get("task") == task_id
        for name in TIMES
        if hand.get(name)
    ]


def open_gaps(case: Case, plan: Mapping[str, Any], at: int) -> list[Gap]:
    """What an active plan lacks at an instant: hands that could not be found, do not answer, come or finish, reports.

    Nobody on duty in a post matters until somebody has acknowledged for it. Whoever was called off lacks nothing.
    """
    found: list[Gap] = []
    tasks = {task.id: task for task in case.tasks}
    for hand in plan["hands"]:
        gap, task = hand.get("gap"), tasks.get(hand.get("task"))
        if gap and (task is None or task.state == TaskState.SENT):
            found.append(Gap(Shortfall(gap["code"]), hand["name"], gap["zh"], gap["en"]))
        if task is not None:
            found += _late(case, hand, at) if task.state in LIVE_TASKS else ()
    if plan.get("grade"):
        late = [clock for clock in case.live_clocks(*UPWARD_CLOCKS) if clock.due_at is not None and clock.due_at <= at]
        for clock in late:
            kind = ClockKind(clock.kind)
            found.append(Gap(Shortfall.REPORT_OVERDUE, "", f"{kind.zh}超时未报", f"{kind.en} is overdue"))
    return found


def called(plan: Mapping[str, Any], name: str, language: str) -> str:
    """Whom a hand of an active plan turned out to be; whom the plan means where nobody was found."""
    hand: Mapping[str, Any] = next((hand for hand in plan["hands"] if hand["name"] == name), {})
    return str(hand.get(language, name))


def _late(case: Case, hand: Mapping[str, Any], at: int) -> Iterable[Gap]:
    """What a hand that is at work should have done by now."""
    said = {
        ClockKind.ACKNOWLEDGE: (Shortfall.NO_ACKNOWLEDGEMENT, "超时未签收", "has not acknowledged in time"),
        ClockKind.ARRIVE: (Shortfall.NOT_ON_SCENE, "超时未到场", "has not come in time"),
        ClockKind.PART: (Shortfall.PART_OVERDUE, "协办超时未完成", "has not finished its part in time"),
    }
    for clock in case.clocks:
        kind = ClockKind(clock.kind)
        late = clock.state == ClockState.RUNNING and clock.due_at is not None and clock.due_at <= at
        if late and clock.task_id == hand["task"] and kind in said:
            code, zh, en = said[kind]
            minutes = (at - int(clock.due_at or at)) // 60
            yield Gap(
                code, hand["name"], f"{hand['zh']} {zh} {minutes} 分钟", f"{hand['en']} {en} ({minutes} min over)"
            )
