"""Contingency plans as TOML and as stored: the shipped ones, and a centre's own, which replace a shipped one by code.

Shape: `version`, then `[[plan]]` with code, name, name_en, basis, matters, words, urgency, tags, grade, off and
    [[plan.hand]]      one of post, force, role, place; part = lead, assist or inform; asked; answer, arrive, finish
    [[plan.check]]     text, text_en, by        a line of the checklist
    [[plan.question]]  text, text_en            what to ask the caller or the scene
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from core.catalogue.fields import Fields, Problems, doubles
from core.catalogue.model import CatalogueVersion
from core.catalogue.sources import SHIPPED, parse_toml, read_bytes
from core.catalogue.stored import Rows, newest_bodies
from core.rules.budgets import Budget
from core.rules.contingency import PARTS, PLACES, TIMES, Contingency, PlanHand, PlanLine
from core.rules.policy import Policy
from data.errors import NotAllowed, NotFound, Refusal
from data.findings import Finding
from data.terms import DUTY_ROLES, Grade, TaskRole, Urgency

KIND = "plan"
MAX_PLANS, MAX_HANDS, MAX_LINES = 500, 100, 60
_PLAN_KEYS = (
    *("code", "name", "name_en", "basis", "matters", "words", "urgency", "tags", "grade", "off"),
    *("hand", "check", "question"),
)
_HAND_KEYS = (*PARTS, "part", "asked", "answer", "arrive", "finish")
_LINE_KEYS = ("text", "text_en", "by")


def shipped_file() -> Path:
    """The plans that come with the product: proposals of our own."""
    return SHIPPED / "catalogue" / "plans.toml"


@cache
def shipped_plans() -> Mapping[str, Contingency]:
    """The same by code, as version 0."""
    return {plan.code: plan for plan in read_plans(shipped_file())}


def plans_of(rows: Rows, centre_id: int) -> dict[str, Contingency]:
    """The plans of a centre by code: its own, and the shipped ones that it has none of its own for."""
    own = {
        body["code"]: plan_of_body(body, version, label)
        for body, version, label in newest_bodies(rows, centre_id, KIND)
    }
    return dict(sorted({**shipped_plans(), **own}.items()))


def find_plan(plans: Mapping[str, Contingency], named: str) -> Contingency:
    """A plan by its code, in any case, or by its name. Raises NotFound."""
    wanted = named.strip()
    found = next((plan for plan in plans.values() if wanted.upper() == plan.code), None)
    found = found or next((plan for plan in plans.values() if wanted in (plan.name, plan.name_en)), None)
    if not wanted or found is None:
        shown = named if named.isprintable() else ascii(named)
        raise NotFound("plan-unknown", f"没有预案“{shown}”。", f"There is no plan {shown}.", plan=named)
    return found


def refuse_withdrawn(plan: Contingency) -> None:
    """Raises NotAllowed for a plan that the centre has withdrawn."""
    if plan.off:
        raise NotAllowed("plan-off", f"预案 {plan.code} 已停用。", f"Plan {plan.code} is withdrawn.")


# ------------------------------------------------------------------------------------------------ from and to TOML


def read_plans(path: Path) -> list[Contingency]:
    """The plans of a TOML file. Raises BadInput whose details list every mistake with its place, or NotFound."""
    return parse_plans(parse_toml(read_bytes(path), path.name), path.name)


def parse_plans(table: Mapping[str, Any], name: str) -> list[Contingency]:
    """The plans of a table. Raises BadInput as `read_plans`."""
    problems = Problems()
    file = Fields(table, name, problems, ("version", "plan"))
    label = file.text("version", longest=40)
    plans = [
        _plan(Fields(row, f"{name}: plan {row.get('code', number)!s:.40}", problems, _PLAN_KEYS), label)
        for number, row in file.rows("plan", MAX_PLANS)
    ]
    for code in doubles([plan.code for plan in plans if plan.code]):
        problems.add(code, "编号重复", "this code is there twice")
    if not plans and not problems.found:
        problems.add(name, "没有任何预案", "there is no plan")
    problems.raise_any("plan-content")
    return plans


def plans_toml(plans: Sequence[Contingency], version: str) -> str:
    """Plans as one file that `read_plans` takes."""
    import tomli_w

    rows = [_shortened(plan_body(plan)) for plan in plans]
    return tomli_w.dumps({"version": version, "plan": rows}, multiline_strings=False)


def plan_body(plan: Contingency) -> dict[str, Any]:
    """A plan as plain values, as it is stored; its label stands beside it."""
    lists = ("matters", "words", "urgency", "tags")
    return {
        "code": plan.code,
        "name": plan.name,
        "name_en": plan.name_en,
        "basis": plan.basis,
        **{name: list(getattr(plan, name)) for name in lists},
        "grade": plan.grade,
        "off": plan.off,
        "hand": [_hand_row(hand) for hand in plan.hands],
        "check": [_line_row(line) for line in plan.checks],
        "question": [_line_row(line) for line in plan.questions],
    }


def plan_of_body(body: Mapping[str, Any], version: int, label: str) -> Contingency:
    """A stored plan as a value. Raises BadInput for one that nobody loaded through `read_plans`."""
    problems = Problems()
    plan = _plan(Fields(body, f"plan {version}", problems, _PLAN_KEYS), label, version)
    problems.raise_any("plan-content")
    return plan


def _shortened(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in ("", [], False)}


def _hand_row(hand: PlanHand) -> dict[str, str]:
    times = {name: getattr(hand, name) for name in TIMES if getattr(hand, name)}
    asked = {"asked": hand.asked} if hand.asked else {}
    return {hand.by: hand.name, "part": hand.part.value, **asked, **times}


def _line_row(line: PlanLine) -> dict[str, str]:
    return {name: value for name, value in (("text", line.zh), ("text_en", line.en), ("by", line.by)) if value}


def _plan(row: Fields, label: str, version: int = 0) -> Contingency:
    code = row.text("code", longest=30).upper()
    if code and not (code.isascii() and code.replace("-", "").replace("_", "").isalnum()):
        row.wrong("编号只能用字母、数字、- 和 _", "a code is made of letters, digits, - and _")
    hands = tuple(
        hand
        for number, values in row.rows("hand", MAX_HANDS)
        if (hand := _hand(Fields(values, f"{row.place}, hand {number}", row.problems, _HAND_KEYS)))
    )
    plan = Contingency(
        code=code,
        name=row.text("name", longest=60),
        name_en=row.text("name_en", "", longest=80),
        version=version,
        label=label,
        basis=row.text("basis", "", longest=200),
        matters=row.texts("matters"),
        words=row.texts("words"),
        urgency=row.texts("urgency"),
        tags=row.texts("tags"),
        grade=row.word("grade", Grade, ""),
        off=row.flag("off"),
        hands=hands,
        checks=_lines(row, "check"),
        questions=_lines(row, "question"),
    )
    for word in plan.urgency:
        if word not in set(Urgency):
            row.wrong(f"没有紧急程度 {word}", f"there is no urgency {word}")
    if plan.off:
        return plan
    if not plan.matters and not plan.words:
        row.wrong("须写事项 matters 或用语 words", "needs its matters or words")
    leads = [hand for hand in hands if hand.part is TaskRole.LEAD]
    if len(leads) != 1:
        row.wrong("须有且只有一个主办", "needs one lead, and no more")
    named = {hand.name for hand in hands}
    for code in doubles([f"{hand.by} {hand.name}" for hand in hands]):
        row.wrong(f"{code} 出现两次", f"{code} is there twice")
    for line in plan.checks:
        if line.by and line.by not in named:
            row.wrong(f"清单指定的 {line.by} 不在预案中", f"a check is for {line.by}, who has no part in the plan")
    return plan


def _hand(row: Fields) -> PlanHand | None:
    before = len(row.problems.found)
    named = [by for by in PARTS if by in row.row]
    if len(named) != 1:
        row.wrong(f"须写 {'、'.join(PARTS)} 之一", f"needs one of {', '.join(PARTS)}")
        return None
    by, part = named[0], row.word("part", TaskRole, TaskRole.ASSIST.value)
    known = {"role": [str(role) for role in DUTY_ROLES], "place": list(PLACES)}.get(by)
    name = row.text(by, longest=40) if known is None else row.word(by, known)
    times = {key: row.text(key, "", longest=40) for key in TIMES}
    for key, limit in times.items():
        if limit:
            _check_limit(row, key, limit)
    if part == TaskRole.INFORM and any(times.values()):
        row.wrong("只告知的没有时限", "who is only informed has no times")
    if part == TaskRole.LEAD and times["finish"]:
        row.wrong("主办的时限按事项，不写 finish", "the lead has the matter's limit: no finish")
    asked = row.text("asked", "", longest=300)
    if len(row.problems.found) > before:
        return None
    return PlanHand(by, name, TaskRole(part), asked, **times)


def _check_limit(row: Fields, key: str, limit: str) -> None:
    try:
        Budget.parse(limit)
    except Refusal as error:
        row.wrong(f"{key}：{error.zh}", f"{key}: {error.en}")


def _lines(row: Fields, key: str) -> tuple[PlanLine, ...]:
    found = []
    for number, values in row.rows(key, MAX_LINES):
        line = Fields(values, f"{row.place}, {key} {number}", row.problems, _LINE_KEYS)
        found.append(
            PlanLine(line.text("text"), line.text("text_en", "", longest=300), line.text("by", "", longest=40))
        )
    return tuple(found)


# ------------------------------------------------------------------------------------------------ checking


def check_plans(plans: Sequence[Contingency], catalogue: CatalogueVersion, policy: Policy) -> list[Finding]:
    """What is worth a second look before plans are loaded: matters, reports upward, lines that are not there."""
    zh, en = f"{len(plans)} 个预案", f"{len(plans)} plans"
    found = [Finding("plans", "ok", zh, en)]
    known = {matter.code for matter in catalogue.matters} | {category.code for category in catalogue.categories}
    for plan in plans:
        strangers = [code for code in plan.matters if code not in known]
        if strangers:
            codes = ", ".join(strangers)
            found.append(_warn("matter-unknown", plan, f"事项目录里没有 {codes}", f"the catalogue has no {codes}"))
        if plan.off:
            continue
        if plan.grade and plan.grade not in policy.upward:
            zh, en = "政策没有该等级的报送时限", "the policy has no limits for reports of its grade"
            found.append(_warn("no-upward", plan, zh, en))
        if not plan.checks:
            found.append(_warn("no-checklist", plan, "没有处置清单", "has no checklist"))
        if not plan.questions:
            found.append(_warn("no-questions", plan, "没有要问的话", "has no questions to ask"))
    return found


def _warn(code: str, plan: Contingency, zh: str, en: str) -> Finding:
    return Finding(code, "warn", f"{plan.code} {plan.name}：{zh}", f"{plan.code} {plan.name_en}: {en}")
