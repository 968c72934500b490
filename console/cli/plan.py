"""`zhihui plan`: contingency plans as data, which fit a ticket, activating one and ticking its checklist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.findings import show_findings
from console.cli.frame import built, command, new_app, session_of
from console.cli.options import Csv, DryRun, Force, Json, Jsonl, argument, form_of, option, show_records
from console.exit_codes import OK
from data.errors import BadInput

if TYPE_CHECKING:
    from console.cli.session import Session
    from core.desk.contingency import ActiveView, Contingencies, Recommended
    from core.desk.contingency_orders import Tick
    from core.rules.contingency import Contingency, Gap, PlanHand

app = new_app("预案：查看、导入、推荐、启动、勾选", "contingency plans: show, import, recommend, activate, tick")

LISTED = ("code", "name", "version", "source", "hands", "checks", "grade", "off")
LISTED_TITLES = (
    *(("编号", "Code"), ("预案", "Plan"), ("版本", "Version"), ("来源", "From"), ("对象", "Hands"), ("清单", "Checks")),
    *(("等级", "Grade"), ("停用", "Off")),
)
FITTING = ("code", "name", "points", "active", "reasons", "shortfalls")
FITTING_TITLES = (
    *(("编号", "Code"), ("预案", "Plan"), ("分", "Points"), ("已启动", "Active"), ("理由", "Reasons")),
    *(("短板", "Shortfalls"),),
)
STATUS = ("ticket", "plan", "name", "at", "done", "checks", "answered", "questions", "shortfalls")
STATUS_TITLES = (
    *(("事件", "Ticket"), ("编号", "Code"), ("预案", "Plan"), ("启动", "Activated"), ("已勾", "Ticked")),
    *(("清单", "Checks"), ("已答", "Answered"), ("问题", "Questions"), ("短板", "Shortfalls")),
)
Ticket = Annotated[str, argument("事件编号或其结尾", "code of the ticket, or its ending")]
Plan = Annotated[str, argument("预案编号或名称", "the plan, by code or name")]
File = Annotated[str, argument("TOML 文件", "a TOML file")]
Which = Annotated[str, option("--plan", zh="预案，缺省为唯一已启动的", en="the plan, by default the only active one")]
Key = Annotated[str | None, option("--key", zh="幂等键：重复执行不会办两次", en="idempotency key")]
Seen = Annotated[int | None, option("--seen", zh="所见版本号", en="the revision you saw")]


def build() -> Any:
    """The noun."""
    return built(app)


def _language() -> str:
    return "en" if words.chosen() == "en" else "zh"


def _stored(session: Session) -> dict[str, Contingency]:
    from core.catalogue.plans import plans_of

    return plans_of(session.reader().rows, session.centre_id())


def _found(session: Session, named: str) -> Contingency:
    from core.catalogue.plans import find_plan

    return find_plan(_stored(session), named)


# ------------------------------------------------------------------------------------------------ as data


@command(app, "list", "全部预案", "all plans")
def list_command(context: typer.Context, json: Json = False, jsonl: Jsonl = False, csv: Csv = False) -> int:
    """The centre's own, and the product's proposals that it has none of its own for."""
    language = _language()
    records = [
        {
            "code": plan.code,
            "name": plan.title(language),
            "version": plan.version,
            "source": _source(plan),
            "hands": len(plan.hands),
            "checks": len(plan.checks),
            "grade": plan.grade,
            "off": plan.off,
        }
        for plan in _stored(session_of(context)).values()
    ]
    show_records(records, LISTED, form_of(json, jsonl, csv), LISTED_TITLES, right=(2, 4, 5), drop=(7, 6, 5))
    return OK


def _source(plan: Contingency) -> str:
    if plan.version:
        return plan.basis or words.say("本中心", "own")
    return words.say("产品建议稿", "proposal")


@command(app, "show", "一个预案的全部内容", "one plan in full")
def show(context: typer.Context, plan: Plan, json: Json = False) -> int:
    """Whom it tasks with what, its checklist, its questions, what it owes upward."""
    from console.cli.emergency import grade_label
    from core.catalogue.plans import plan_body

    session = session_of(context)
    found = _found(session, plan)
    if json:
        output.write_json({**plan_body(found), "version": found.version, "label": found.label})
        return OK
    language = _language()
    names = _names(session)
    output.say_line(f"{found.code} {found.title(language)}  {_source(found)} v{found.version} {found.label}")
    several = (("事项", "matters", found.matters), ("用语", "words", found.words), ("标签", "tags", found.tags))
    for zh, en, values in several:
        if values:
            output.say_line(f"{words.say(zh, en)}: {words.say('、', ', ').join(values)}")
    if found.grade:
        output.say_line(f"{words.say('信息报送按', 'reports upward as for')} {grade_label(found.grade)}")
    output.say_line(words.say("任务", "Hands"))
    for hand in found.hands:
        output.say_line(f"  {words.label(hand.part)} {_hand_name(hand, names)}: {hand.asked} {_times(hand)}".rstrip())
    for title, lines in ((("清单", "Checklist"), found.checks), (("要问的", "Questions"), found.questions)):
        output.say_line(words.say(*title))
        for number, line in enumerate(lines, 1):
            output.say_line(f"  {number:>2} {line.label(language)}")
    return OK


def _names(session: Session) -> dict[str, str]:
    from core.catalogue.stored import routes_of, targets_of

    rows, centre = session.reader().rows, session.centre_id()
    targets, routes = targets_of(rows, centre), routes_of(rows, centre)
    own = {code: targets[unit] for code, unit in routes.items() if unit in targets}
    return {code: words.say(zh, en) for code, (zh, en) in {**targets, **own}.items()}


def _hand_name(hand: PlanHand, names: Mapping[str, str]) -> str:
    return words.say(*hand.said) if hand.by in ("role", "place") else f"{hand.name} {names.get(hand.name, '')}".rstrip()


def _times(hand: PlanHand) -> str:
    from console.cli.printing import limit_label

    said = (("签收", "answer", hand.answer), ("到场", "come", hand.arrive), ("完成", "finish", hand.finish))
    times = [f"{words.say(zh, en)} {limit_label(limit)}" for zh, en, limit in said if limit]
    return f"({words.say('，', ', ').join(times)})" if times else ""


@command(app, "check", "检查预案文件，不导入", "check a file of plans without importing it")
def check(context: typer.Context, file: File, json: Json = False) -> int:
    """Every mistake with its place; then what the centre's catalogue and policy do not fit."""
    from core.catalogue.plans import check_plans, read_plans
    from core.catalogue.stored import stored_catalogue, stored_policy

    session = session_of(context)
    rows, centre = session.reader().rows, session.centre_id()
    return show_findings(
        check_plans(read_plans(Path(file)), stored_catalogue(rows, centre), stored_policy(rows, centre)), json
    )


@command(app, "import", "导入本中心的预案，同编号的换新版", "import the centre's own plans")
def import_command(context: typer.Context, file: File, dry_run: DryRun = False, json: Json = False) -> int:
    """Each becomes a new version of its code, in place of a shipped one. The same content again changes nothing."""
    from core.catalogue.load import load_plan
    from core.catalogue.plans import read_plans

    plans = read_plans(Path(file))
    return load_each(session_of(context), plans, load_plan, dry_run, json)


def load_each(session: Session, items: Sequence[Any], load: Any, dry_run: bool, json: bool) -> int:
    """Load plans or cards, all of them or none, and say what became of each."""
    actor = session.actor()
    try:
        with session.store().write() as connection:
            centre, at = session.desk().centre_id, session.now()
            done = [load(connection, centre, item, at, actor) for item in items]
            if dry_run:
                raise _Undo
    except _Undo:
        output.remark(words.say("（预演，未保存）", "(dry run, not saved)"))
    if json:
        output.write_json([{"code": one.name, "version": one.version, "new": one.is_new} for one in done])
        return OK
    for one in done:
        news = words.say("新版", "new") if one.is_new else words.say("无变化", "unchanged")
        output.say_line(f"{one.name} v{one.version} {news}")
    return OK


class _Undo(Exception):
    """Rolls a dry run back."""


@command(app, "export", "导出预案为 TOML", "write plans as TOML")
def export(
    context: typer.Context,
    file: Annotated[str, argument("TOML 文件，- 为标准输出", "a TOML file, - for stdout")] = "-",
    plan: Annotated[str, option("--plan", zh="只导出一个", en="one plan alone")] = "",
    force: Force = False,
) -> int:
    """What `import` takes back: to correct a proposal and make it the centre's own."""
    from core.catalogue.plans import plans_toml

    session = session_of(context)
    chosen = [_found(session, plan)] if plan else list(_stored(session).values())
    labels = dict.fromkeys(one.label for one in chosen if one.label)
    return write_toml(file, plans_toml(chosen, next(iter(labels), "1")), force)


def write_toml(file: str, text: str, force: bool) -> int:
    """To a file that is not there yet, or to standard output."""
    from core.organisation.files import write_file

    if file == "-":
        output.write(text)
        return OK
    if Path(file).exists() and not force:
        raise BadInput("file-exists", f"{file} 已存在，覆盖请用 --force。", f"{file} is there already: use --force.")
    write_file(Path(file), text.encode())
    output.say_line(file)
    return OK


# ------------------------------------------------------------------------------------------------ on tickets


@command(app, "recommend", "哪些预案合适，理由与短板", "which plans fit a ticket, why, and what is missing")
def recommend(
    context: typer.Context,
    ticket: Ticket,
    everything: Annotated[bool, option("--all", zh="不合适的也列出", en="those that do not fit as well")] = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Best first. The codes of shortfalls are explained in docs/plans.md."""
    session = session_of(context)
    found = _contingencies(session).recommend(_code(session, ticket), everything)
    form, language = form_of(json, jsonl, csv), _language()
    records = [_fitting(one, language, form == "json") for one in found]
    if form == "json":
        output.write_json(records)
    else:
        show_records(records, FITTING, form, FITTING_TITLES, right=(2,), drop=(3, 2), flow=True)
    if not found:
        output.remark(words.say("没有合适的预案；--all 列出全部。", "No plan fits; --all lists them all."))
    return OK


def _fitting(one: Recommended, language: str, whole: bool) -> dict[str, Any]:
    plan = one.fit.plan
    head = {"code": plan.code, "name": plan.title(language), "version": plan.version, "points": one.fit.points}
    if whole:
        reasons = [{"kind": reason.kind, "points": reason.points, "zh": reason.zh, "en": reason.en}
                   for reason in one.fit.reasons]  # fmt: skip
        return {**head, "active": one.active, "reasons": reasons, "shortfalls": [gap_record(gap) for gap in one.gaps]}
    return {**head, "active": one.active, "reasons": one.fit.why(language), "shortfalls": gaps_line(one.gaps)}


def gap_record(gap: Gap) -> dict[str, str]:
    """A shortfall as data."""
    return {"code": gap.code.value, "who": gap.who, "zh": gap.zh, "en": gap.en}


def gaps_line(gaps: Iterable[Gap]) -> str:
    """Shortfalls as codes with whom they are about."""
    return "; ".join(dict.fromkeys(f"{gap.code.value} {gap.who}".strip() for gap in gaps))


def _contingencies(session: Session) -> Contingencies:
    from core.desk.contingency import Contingencies

    return Contingencies(session.desk())


def _code(session: Session, ticket: str) -> str:
    from console.cli.ticket_codes import whole_code
    from data.queries.tickets import ticket_id

    code = whole_code(session, ticket)
    ticket_id(session.reader(), session.centre_id(), code)
    return code


@command(app, "activate", "启动预案：受理、派单、补齐各方，一次办完", "put a plan in force on a ticket")
def activate(
    context: typer.Context,
    ticket: Ticket,
    plan: Plan,
    to: Annotated[str, option("--to", zh="另指主办，用于尚未派单的", en="another lead, where it is not out yet")] = "",
    override: Annotated[str, option("--override", zh="突破清单的理由", en="why the lists are overridden")] = "",
    seen: Seen = None,
    dry_run: DryRun = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """From where the ticket stands: accepted and sent to the plan's lead if need be. What is missing is on stderr."""
    from console.cli import acting, printing

    session = session_of(context)
    form, code, plans = form_of(json, jsonl, csv), _code(session, ticket), _contingencies(session)
    chosen = _found(session, plan)
    orders = plans.orders(code, plan, to, override)
    fits = [one for one in plans.recommend(code, everything=True) if one.fit.plan.code == chosen.code]
    outcomes = acting.carry_out_together(session.desk(), orders, session.actor(), seen, dry_run)
    for gap in (gap for one in fits for gap in one.gaps):
        output.remark(f"{gap.code.value} {gap.who}  {gap.label(_language())}")
    return printing.outcomes(outcomes, form, session.zone())


@command(app, "tick", "勾选清单的一行", "tick a line of the checklist")
def tick(
    context: typer.Context,
    ticket: Ticket,
    line: Annotated[str, argument("清单行号", "number of the line")],
    plan: Which = "",
    off: Annotated[bool, option("--off", zh="取消勾选", en="take the tick off")] = False,
    key: Key = None,
    json: Json = False,
) -> int:
    """`plan status` numbers them."""
    return _ticked(session_of(context), ticket, {"plan": plan, "check": _number(line), "off": off}, key, json)


@command(app, "answer", "写下一个问题的回答", "write down the answer to a question")
def answer(
    context: typer.Context,
    ticket: Ticket,
    question: Annotated[str, argument("问题号", "number of the question")],
    text: Annotated[str, argument("回答", "the answer")] = "",
    plan: Which = "",
    off: Annotated[bool, option("--off", zh="删去回答", en="take the answer off")] = False,
    key: Key = None,
    json: Json = False,
) -> int:
    """Another answer replaces the one before; both are in the log."""
    given = {"plan": plan, "question": _number(question), "answer": text, "off": off}
    return _ticked(session_of(context), ticket, given, key, json)


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() and len(text) < 10 else text


def _ticked(session: Session, ticket: str, given: Mapping[str, Any], key: str | None, json: bool) -> int:
    from console.cli import acting, printing
    from core.desk.contingency_orders import Tick
    from core.desk.orders import read_order

    code = _code(session, ticket)
    order: Tick = read_order(Tick, {**given, "ticket": code})  # type: ignore[assignment]
    job = acting.Job(order, session.actor(), None, acting.checked_key(key))
    return printing.outcomes(list(acting.carry_out(session.desk(), [job])), "json" if json else "", session.zone())


@command(app, "status", "已启动的预案：清单、问题、短板", "active plans: checklist, questions, shortfalls")
def status(
    context: typer.Context,
    ticket: Annotated[str, argument("事件；缺省为全部未结事件", "a ticket, by default all open ones")] = "",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Of one ticket line by line; of all a line for each plan."""
    session = session_of(context)
    form, plans = form_of(json, jsonl, csv), _contingencies(session)
    found = plans.active(_code(session, ticket)) if ticket else plans.active_everywhere()
    if form == "json":
        output.write_json([_whole(view) for view in found])
    elif form or not ticket:
        records = [_summary(view, session.zone()) for view in found]
        show_records(records, STATUS, form, STATUS_TITLES, right=(4, 5, 6, 7), drop=(3, 7, 6, 2), flow=True)
    else:
        for view in found:
            _print_status(view, session.zone())
    if not found:
        output.remark(words.say("没有启动预案。", "No plan is active."))
    return OK


def _whole(view: ActiveView) -> dict[str, Any]:
    from data.masking import mask_text
    from data.queries.listing import iso

    plan = view.plan
    checks = [
        {**line, "number": number, "done": "done_at" in line, "done_at": iso(line.get("done_at"))}
        for number, line in enumerate(plan["checks"], 1)
    ]
    questions = [
        {**line, "number": number, "answer": mask_text(line.get("answer", "")), "at": iso(line.get("at"))}
        for number, line in enumerate(plan["questions"], 1)
    ]
    hands = [{name: value for name, value in hand.items() if name != "task"} for hand in plan["hands"]]
    return {
        "ticket": view.ticket,
        "plan": view.code,
        **{name: plan[name] for name in ("version", "name", "name_en", "by", "grade")},
        "at": iso(plan["at"]),
        "hands": hands,
        "checks": checks,
        "questions": questions,
        "shortfalls": [gap_record(gap) for gap in view.gaps],
    }


def _summary(view: ActiveView, zone: str) -> dict[str, Any]:
    from console.cli.printing import moment

    plan = view.plan
    return {
        "ticket": view.ticket,
        "plan": view.code,
        "name": words.say(plan["name"], plan["name_en"] or plan["name"]),
        "at": moment(plan["at"], zone),
        "done": sum("done_at" in line for line in plan["checks"]),
        "checks": len(plan["checks"]),
        "answered": sum("answer" in line for line in plan["questions"]),
        "questions": len(plan["questions"]),
        "shortfalls": gaps_line(view.gaps),
    }


def _print_status(view: ActiveView, zone: str) -> None:
    from console.cli.printing import moment
    from data.masking import mask_text

    plan, language = view.plan, _language()
    name = words.say(plan["name"], plan["name_en"] or plan["name"])
    output.say_line(f"{view.ticket}  {view.code} {name}  {moment(plan['at'], zone)} {plan['by']}")
    output.say_line(words.say("清单", "Checklist"))
    for number, line in enumerate(plan["checks"], 1):
        mark = "[x]" if "done_at" in line else "[ ]"
        done = f"  {moment(line['done_at'], zone)} {line['done_by']}" if "done_at" in line else ""
        output.say_line(f"  {number:>2} {mark} {_said(line, language)}{done}")
    output.say_line(words.say("要问的", "Questions"))
    for number, line in enumerate(plan["questions"], 1):
        answer = f"  {mask_text(line['answer'])}" if "answer" in line else ""
        output.say_line(f"  {number:>2} {_said(line, language)}{answer}")
    for gap in view.gaps:
        output.say_line(f"{gap.code.value} {gap.who}  {gap.label(language)}")


def _said(line: Mapping[str, Any], language: str) -> str:
    return str(line.get("en") or line["zh"] if language == "en" else line["zh"])
