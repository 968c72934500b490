"""`zhihui sweep`: learn from a ticket (举一反三): start a sweep, see how far it is, remind who has not done it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.options import Csv, DryRun, Json, Jsonl, argument, form_of, option, show_records
from console.cli.verb_table import BY_VERB
from console.exit_codes import OK
from data.queries import sweeps as queries
from data.queries.listing import iso
from data.terms import Stage, TaskState

if TYPE_CHECKING:
    from console.cli.session import Session

app = new_app("举一反三：发起排查、看进度、提醒", "sweeps: start one, see how far it is, remind")

Code = Annotated[str, argument("事件编号或其结尾", "code of the ticket, or its ending")]
SweepCode = Annotated[str, argument("排查编号或其结尾", "code of the sweep, or its ending")]
Many = list[str] | None
NAMES = 12
"""So many units are named in a preview."""
LIST_FIELDS = (
    *("code", "title", "stage", "origin", "lead", "reported_at", "due_at", "hands", "acknowledged", "done"),
    *("late", "found", "found_open"),
)
UNIT_FIELDS = (
    *("unit", "name", "community", "state", "acknowledged_at", "done_at", "due_at", "late", "result", "found"),
)
GROUP_FIELDS = ("community", "hands", "acknowledged", "done", "late", "found")
GROUP_TITLES = (
    *(("社区", "Community"), ("对象", "Hands"), ("已签收", "Acknowledged"), ("已完成", "Done"), ("超时", "Late")),
    ("发现", "Found"),
)


def build() -> Any:
    """The noun."""
    return built(app)


@command(
    app,
    "start",
    "由一件事件发起排查（已结的也可）；--dry-run 先看派给谁",
    "start a sweep from a ticket, open or closed; --dry-run says whom it would go to",
)
def start(
    context: typer.Context,
    code: Code,
    title: Annotated[str, option("--title", zh="排查标题（必填）", en="title of the sweep (required)")] = "",
    tags: Annotated[Many, option("--tag", zh="带有标签的单位，可多次", en="units with a tag, may be repeated")] = None,
    kinds: Annotated[
        Many, option("--kind", zh="单位类别，可多次，缺省网格", en="kinds of units, by default the grids")
    ] = None,
    communities: Annotated[
        Many, option("--community", zh="只限这些社区，可多次", en="only in these communities")
    ] = None,
    units: Annotated[Many, option("--unit", zh="另加的单位，可多次", en="further units by name")] = None,
    instruction: Annotated[str, option("--instruction", zh="排查要求", en="what to look for")] = "",
    lead: Annotated[str, option("--lead", zh="牵头单位，缺省为原主办", en="who runs it")] = "",
    matter: Annotated[str, option("--matter", zh="排查的事项，缺省为原事项", en="what is looked for")] = "",
    limit: Annotated[str, option("--limit", zh="各单位时限，如 5工作日", en="the time each has, as 5 work_day")] = "",
    urgency: Annotated[str, option("--urgency", zh="紧急程度，缺省一般", en="how urgent it is")] = "",
    override: Annotated[str, option("--override", zh="突破清单的理由", en="why, although the lists stop it")] = "",
    dry_run: DryRun = False,
    key: Annotated[str, option("--key", zh="幂等键", en="idempotency key")] = "",
    json: Json = False,
) -> int:
    """One ticket with every unit as a hand of its own: acknowledgement, time and finish each by itself."""
    from console.cli.ticket import stored_words
    from console.cli.ticket_codes import whole_code
    from core.desk.orders import read_order
    from core.desk.sweep_orders import Sweep

    session = session_of(context)
    given: dict[str, Any] = {
        "tags": tags,
        "kinds": kinds,
        "communities": communities,
        "units": units,
        "title": title,
        "instruction": instruction,
        "lead": lead,
        "matter": matter,
        "limit": limit,
        "urgency": urgency,
        "override": override,
    }
    fields = {field.name: field for field in BY_VERB["sweep"].fields}
    values = {name: stored_words(fields[name], value) for name, value in given.items() if value}
    order = read_order(Sweep, {"ticket": whole_code(session, code), **values})
    assert isinstance(order, Sweep)
    if dry_run:
        return _preview(session, order, json)
    receipt = session.desk().do(order, session.actor(), key=key or None)
    if json:
        output.write_json({"ticket": receipt.ticket, "sweep": receipt.opened, "replayed": receipt.replayed})
        return OK
    reader, centre = session.reader(), session.centre_id()
    line = next(line for line in queries.sweeps(reader, centre, session.now()) if line.code == receipt.opened)
    zh = f"已发起排查 {line.code}：{line.title}，{line.hands} 个单位，{line.lead}牵头。"
    output.say_line(
        words.say(zh, f"Sweep {line.code} is started: {line.title}, {line.hands} units, run by {line.lead}.")
    )
    return OK


def _preview(session: Session, order: Any, json: bool) -> int:
    """How many and whom, and nothing is changed. Refused like the order itself."""
    _case, decision = session.desk().rehearse(order, session.actor())
    tasks = decision.also[0].decision.effects.tasks
    names = _names(session, [task["unit_id"] for task in tasks])
    lead, hands = names[0], names[1:]
    if json:
        output.write_json({"dry_run": True, "count": len(hands), "lead": lead[0], "units": [code for code, _ in hands]})
        return OK
    shown = words.say("、", ", ").join(name for _, name in hands[:NAMES])
    more = words.say(f" 等 {len(hands)} 个", f" and {len(hands) - NAMES} more") if len(hands) > NAMES else ""
    output.say_line(
        words.say(
            f"将派给 {len(hands)} 个单位，{lead[1]}牵头：{shown}{more}",
            f"To {len(hands)} units, run by {lead[1]}: {shown}{more}",
        )
    )
    output.remark(words.say("（预演，未保存）", "(dry run, not saved)"))
    return OK


def _names(session: Session, ids: list[int]) -> list[tuple[str, str]]:
    known = {
        int(row[0]): (str(row[1]), str(row[2]))
        for row in session.reader().rows(
            "SELECT id, code, name FROM unit WHERE centre_id = :centre", centre=session.centre_id()
        )
    }
    return [known[number] for number in ids]


@command(app, "list", "进行中的排查", "the sweeps under way")
def list_command(
    context: typer.Context,
    closed: Annotated[bool, option("--all", zh="包括已结", en="filed ones too")] = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """The newest first, with how far each is."""
    session = session_of(context)
    form = form_of(json, jsonl, csv)
    lines = queries.sweeps(session.reader(), session.centre_id(), session.now(), closed)
    records = [line._asdict() for line in lines]
    for record in records:
        record["reported_at"], record["due_at"] = iso(record["reported_at"]), iso(record["due_at"])
    if not form:
        for record in records:
            record["stage"] = words.named(Stage, record["stage"])
    shown = ("code", "stage", "hands", "acknowledged", "done", "late", "found", "origin", "title")
    titles = (
        *(("编号", "Code"), ("环节", "Stage"), ("对象", "Hands"), ("已签收", "Ack"), ("已完成", "Done")),
        *(("超时", "Late"), ("发现", "Found"), ("源自", "From"), ("标题", "Title")),
    )
    show_records(records, LIST_FIELDS if form else shown, form, titles, right=(2, 3, 4, 5, 6), drop=(7, 1))
    return OK


@command(app, "show", "一次排查的进度，按社区汇总", "how far a sweep is, by community")
def show(
    context: typer.Context,
    code: SweepCode,
    each: Annotated[bool, option("--each", zh="逐个单位", en="unit by unit")] = False,
    owing: Annotated[bool, option("--owing", zh="只看未完成的单位", en="only units that are not done")] = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Acknowledged, done, late, found. With --each or --owing unit by unit."""
    session = session_of(context)
    form = form_of(json, jsonl, csv)
    reader, centre = session.reader(), session.centre_id()
    units = queries.progress(reader, centre, _sweep_id(session, code), session.now())
    if each or owing:
        records = [_unit_record(unit) for unit in units if not owing or unit.state != TaskState.DONE]
        _show_units(records, form)
        return OK
    groups = queries.by_community(units)
    if form:
        show_records([group._asdict() for group in groups], GROUP_FIELDS, form)
        return OK
    total = queries.whole(units)
    rows = [group._asdict() for group in groups] + [{**total._asdict(), "community": words.say("合计", "Total")}]
    show_records(rows, GROUP_FIELDS, "", GROUP_TITLES, right=(1, 2, 3, 4, 5))
    share = round(100 * total.done / total.hands) if total.hands else 100
    output.say_line(words.say(f"完成 {share}%", f"{share}% done"))
    return OK


def _unit_record(unit: queries.UnitProgress) -> dict[str, Any]:
    from data.masking import mask_text

    record = unit._asdict()
    record["result"] = mask_text(unit.result)
    return {name: iso(value) if name.endswith("_at") else value for name, value in record.items()}


def _show_units(records: list[dict[str, Any]], form: str) -> None:
    if form:
        output.write_records(records, UNIT_FIELDS, form)
        return
    for record in records:
        record["state"] = words.named(TaskState, record["state"])
        record["late"] = words.say("! 超时", "! late") if record["late"] else ""
    titles = (
        *(("单位", "Unit"), ("名称", "Name"), ("社区", "Community"), ("状态", "State"), ("超时", "Late")),
        *(("发现", "Found"), ("结果", "Result")),
    )
    show_records(records, ("unit", "name", "community", "state", "late", "found", "result"), "", titles, right=(5,))


@command(app, "remind", "提醒未完成的单位", "remind the units that are not done")
def remind(
    context: typer.Context,
    code: SweepCode,
    note: Annotated[str, option("--note", zh="说明", en="a note")] = "",
    silent: Annotated[bool, option("--silent", zh="只提醒未签收的", en="only who did not acknowledge")] = False,
    units: Annotated[
        Many, option("--unit", zh="只提醒这些单位及其下属", en="only these and what is under them")
    ] = None,
    json: Json = False,
) -> int:
    """Who has done it hears nothing."""
    from console.cli.ticket_codes import whole_code
    from core.desk.sweep_orders import RemindHands

    session = session_of(context)
    order = RemindHands(ticket=whole_code(session, code), note=note, silent=silent, units=units or [])
    case, decision = session.desk().rehearse(order, session.actor())
    receipt = session.desk().do(order, session.actor(), seen=case.ticket.revision)
    count = decision.facts["reminded"]
    if json:
        output.write_json({"sweep": receipt.ticket, "reminded": count})
    else:
        output.say_line(words.say(f"已提醒 {count} 个单位。", f"{count} units are reminded."))
    return OK


def _sweep_id(session: Session, code: str) -> int:
    """The id of a sweep's ticket. Raises BadInput for a ticket that is none."""
    from console.cli.ticket_codes import whole_code
    from data.errors import BadInput
    from data.queries import tickets

    whole = whole_code(session, code)
    number = tickets.ticket_id(session.reader(), session.centre_id(), whole)
    row = tickets.ticket(session.reader(), session.centre_id(), number)
    if row is None or row["source"] != "sweep":
        raise BadInput("not-a-sweep", f"{whole} 不是举一反三排查。", f"{whole} is no sweep.")
    return number
