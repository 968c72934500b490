"""Requests (申请): who may ask, who decides and how fast, what the clocks do meanwhile, who pays the time.

One request at a time waits on a ticket (`ticket.pending`), whatever its stage. The rules are those of domain.md 2.4:
an extension is one more original limit, at most twice, a refusal does not use up a turn, and none once overdue; a
suspension once and for a year at most; an appeal only of a late ticket that is closed, once, by two reviewers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.rules.case import Case
from core.rules.stages import OUT
from core.rules.why import Why
from data.terms import RequestKind, Role, Stage, Tier, TimeUnit

SENIOR = frozenset({Role.SHIFT_LEADER, Role.DUTY_LEADER, Role.COMMANDER})
LEADERS = frozenset({Role.DUTY_LEADER, Role.COMMANDER})
DESK = SENIOR | {Role.DUTY_OFFICER}
LONGEST_SUSPENSION = 365
"""Days."""


@dataclass(frozen=True)
class RequestRule:
    """One row of the table."""

    kind: RequestKind
    deciders: frozenset[Role]
    limit: str
    """How long the decision may take; the policy may say otherwise."""
    asker: tuple[str, str]
    meanwhile: tuple[str, str]
    """What the ticket's clocks do until the decision."""
    granted: tuple[str, str]
    payer: tuple[str, str]
    """Whose hands the time until the decision, and after a grant, is booked to."""
    most: int | None = None
    """How often it may be granted."""
    verdicts: int | None = None
    """How often it may be decided at all."""
    reviewers: int = 1
    """So many different people must grant it; one may refuse."""


LEAD = ("主办单位（值班席可代录）", "the lead unit (the desk for it)")
RUN_ON = ("继续计时", "run on")
UNIT_PAYS = ("主办单位", "the lead unit")

RULES: dict[RequestKind, RequestRule] = {
    rule.kind: rule
    for rule in (
        RequestRule(
            RequestKind.RETURN,
            SENIOR,
            "2 urgent_hour",
            LEAD,
            RUN_ON,
            ("退回中心待派，计一次退单", "back into the centre's queue, counted as a bounce"),
            ("决定前主办单位，其后中心", "the lead unit until the decision, then the centre"),
        ),
        RequestRule(
            RequestKind.EXTENSION,
            LEADERS,
            "4 urgent_hour",
            LEAD,
            RUN_ON,
            ("办结、处置时限各加一个原时限", "one more original limit for the final and the unit's own clock"),
            UNIT_PAYS,
            most=2,
        ),
        RequestRule(
            RequestKind.SUSPENSION,
            frozenset({Role.COMMANDER}),
            "24 urgent_hour",
            LEAD,
            RUN_ON,
            ("全部时限停计，到期自动恢复", "all clocks stand still; at its end the ticket goes on by itself"),
            ("决定前主办单位，其后批准暂停", "the lead unit until the decision, then approved suspension"),
            most=1,
        ),
        RequestRule(
            RequestKind.MORE_HANDS,
            DESK | {Role.SECTION_LEADER},
            "1 urgent_hour",
            LEAD,
            RUN_ON,
            ("所请单位作为协办收到任务", "those asked for get assisting tasks"),
            UNIT_PAYS,
        ),
        RequestRule(
            RequestKind.CONSULTATION,
            SENIOR,
            "24 urgent_hour",
            LEAD,
            RUN_ON,
            ("会商纪要入档", "the minutes are on the record"),
            UNIT_PAYS,
        ),
        RequestRule(
            RequestKind.HAND_UP,
            DESK,
            "1 urgent_hour",
            LEAD,
            RUN_ON,
            ("转到上一级", "it goes to the tier above"),
            ("决定前主办单位，其后上级", "the lead unit until the decision, then the tier above"),
        ),
        RequestRule(
            RequestKind.APPEAL,
            SENIOR,
            "5 natural_day",
            ("原主办单位（值班席可代录）", "the unit that led (the desk for it)"),
            ("事件已结，无时限", "the ticket is closed, none runs"),
            ("超期事实不变，只从统计中豁免", "the fact of being late stays, the statistics leave it out"),
            ("无：事件已结", "nobody: the ticket is closed"),
            verdicts=1,
            reviewers=2,
        ),
    )
}
TOLD = (Role.DUTY_OFFICER, Role.SHIFT_LEADER, Role.DUTY_LEADER, Role.COMMANDER)


def pending(case: Case) -> RequestRule | None:
    """The rule of the request that waits on a ticket; None where none does."""
    word = case.ticket.pending
    return RULES[RequestKind(word)] if word in set(RequestKind) else None


def waiting(case: Case) -> Mapping[str, Any]:
    """The facts of the request that waits: kind, by, unit, at, reason, clock, approved, and what is asked for."""
    found: Mapping[str, Any] = case.ticket.facts.get("request", {})
    return found


def verdicts(case: Case, kind: RequestKind) -> tuple[int, int]:
    """How many requests of a kind were granted and refused."""
    granted, refused = case.ticket.facts.get("verdicts", {}).get(kind.value, (0, 0))
    return int(granted), int(refused)


def refusal_of_asking(kind: RequestKind, case: Case, at: int) -> Why | None:
    """Why this cannot be asked for now, whoever asks."""
    rule, code = RULES[kind], case.ticket.code
    appeal = kind == RequestKind.APPEAL
    if appeal != (case.stage == Stage.ARCHIVED) or not (appeal or case.stage in OUT):
        return Why(
            "request-stage",
            f"{code} 现在是“{case.stage.zh}”，不能申请{kind.zh}",
            f"{code} is {case.stage.en}: no {kind.en} can be asked for",
        )
    granted, refused = verdicts(case, kind)
    if kind == RequestKind.SUSPENSION:
        granted = max(granted, case.ticket.suspensions)
    if rule.most is not None and granted >= rule.most:
        return Why(
            "request-used-up",
            f"{kind.zh}最多 {rule.most} 次，已用完",
            f"{kind.en}: {rule.most} at most, used up",
        )
    if rule.verdicts is not None and granted + refused >= rule.verdicts:
        return Why("request-decided", f"{kind.zh}已有结论，不能再提", f"{kind.en}: decided already")
    due = case.ticket.final_due_at
    if kind == RequestKind.EXTENSION and (due is None or at > due):
        return Why("request-overdue", "已超期，不能申请延期", "it is overdue: no extension can be asked for")
    if appeal and case.ticket.on_time is not False:
        return Why("request-on-time", f"{code} 没有超期，无须申诉", f"{code} was not late: there is nothing to appeal")
    if kind == RequestKind.HAND_UP and case.ticket.tier in (Tier.DISTRICT, Tier.JOINT):
        return Why("top-tier", "已在最高层级", "the ticket is at the highest tier")
    return None


def refusal_of_deciding(case: Case, officer: int | None, roles: frozenset[str]) -> Why | None:
    """Why this officer does not decide the request that waits."""
    rule = pending(case)
    if rule is None:
        return Why("no-request", f"{case.ticket.code} 没有待决定的申请", f"no request waits on {case.ticket.code}")
    if not roles & rule.deciders:
        names = [role for role in Role if role in rule.deciders]
        return Why(
            "not-decider",
            f"{rule.kind.zh}由" + "、".join(role.zh for role in names) + "决定",
            f"a request for {rule.kind.en} is decided by: " + ", ".join(role.en for role in names),
        )
    if officer is not None and officer == waiting(case).get("by"):
        return Why("own-request", "不能决定自己提出的申请", "nobody decides their own request")
    if officer is not None and officer in waiting(case).get("approved", []):
        return Why("same-reviewer", "须由另一人复核", "another person must review it")
    return None


def table_lines(language: str) -> Iterator[str]:
    """The rules as a Markdown table, for the documentation."""
    zh = language != "en"
    heads = (
        ("申请", "谁可提出", "谁决定", "决定时限", "期间时限", "同意后", "时间计谁", "次数")
        if zh
        else ("Request", "Asked by", "Decided by", "Within", "Clocks meanwhile", "When granted", "Who pays", "Times")
    )
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for rule in RULES.values():
        deciders = ("、" if zh else ", ").join(role.label(language) for role in Role if role in rule.deciders)
        if rule.reviewers > 1:
            deciders += f"（{rule.reviewers} 人）" if zh else f" ({rule.reviewers} people)"
        amount, unit = rule.limit.split()
        within = f"{amount} {TimeUnit(unit).label(language)}"
        times = str(rule.most or rule.verdicts or "") or ("不限" if zh else "any")
        said = (rule.asker, None, None, rule.meanwhile, rule.granted, rule.payer)
        words = [pair[0 if zh else 1] if pair else "" for pair in said]
        yield "| " + " | ".join((rule.kind.label(language), words[0], deciders, within, *words[3:], times)) + " |"
