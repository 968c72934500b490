"""`zhihui hazard`: the hazard register (隐患台账), one file per household or place (一户一档)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.handing_on import Full, Key, Why, carry_out, say_receipt
from console.cli.options import (
    Csv,
    DryRun,
    Force,
    Json,
    Jsonl,
    Period,
    argument,
    form_of,
    option,
    show_records,
)
from console.exit_codes import OK, PARTLY
from data.errors import BadInput
from data.masking import mask_address, mask_name, mask_phone, mask_text
from data.queries import hazards as queries
from data.queries.listing import iso
from data.terms import CheckResult, HazardGrade, HazardState, HazardStep, Term

if TYPE_CHECKING:
    from console.cli.session import Session

app = new_app("隐患台账：一户一档、复查、整改、销号", "the hazard register: files, checks, remedies")

Number = Annotated[int, argument("隐患编号", "number of the hazard")]
Reason = Annotated[str, option("--reason", zh="原因（必填）", en="the reason (required)")]
Note = Annotated[str, option("--note", zh="说明", en="a note")]
Photos = Annotated[
    list[str] | None, option("--photo", zh="照片所在（文件名、网址），可多次", en="where a picture is, may be repeated")
]
Every = Annotated[int | None, option("--every", zh="每几天复查一次，0 为不复查", en="look again every n days, 0 never")]
GradeOption = Annotated[str, option("--grade", zh="等级：general larger serious", en="general, larger or serious")]
FIELDS = (
    *("id", "state", "grade", "place", "household", "owner_name", "owner_phone", "what", "matter", "unit"),
    *("unit_name", "community", "sweep", "ticket", "found_by", "found_at", "remedy_by", "every_days", "check_at"),
    *("checked_at", "checks", "result", "remedied_at", "closed_at", "reason", "photos", "overdue"),
)
SHOWN = ("id", "state", "grade", "due", "unit_name", "place", "household", "what")
SHOWN_TITLES = (
    *(("号", "No"), ("状态", "State"), ("等级", "Grade"), ("复查", "Check"), ("网格", "Unit"), ("地点", "Place")),
    *(("户", "Household"), ("隐患", "Hazard")),
)
ENTRY_FIELDS = ("at", "kind", "by", "due_at", "result", "note", "photos")


def build() -> Any:
    """The noun."""
    return built(app)


@command(app, "add", "登记隐患：建档，并开出整改事件", "enter a hazard: its file, and a ticket for its remedy")
def add(
    context: typer.Context,
    place: Annotated[str, option("--place", zh="地点（必填）", en="the place (required)")] = "",
    what: Annotated[str, option("--what", zh="隐患内容（必填）", en="what it is (required)")] = "",
    unit: Annotated[str, option("--unit", zh="所在网格或社区（必填）", en="its grid or community (required)")] = "",
    household: Annotated[str, option("--household", zh="户或处，如 5栋3-2", en="the household or spot")] = "",
    owner_name: Annotated[str, option("--owner-name", zh="户主姓名", en="name of the owner")] = "",
    owner_phone: Annotated[str, option("--owner-phone", zh="户主电话", en="telephone of the owner")] = "",
    grade: GradeOption = "",
    matter: Annotated[str, option("--matter", zh="事项，缺省为排查的事项", en="matter, by default the sweep's")] = "",
    photos: Photos = None,
    remedy_by: Annotated[str, option("--remedy-by", zh="整改责任人", en="who has to put it right")] = "",
    every: Every = None,
    sweep: Annotated[str, option("--sweep", zh="发现它的排查", en="the sweep that found it")] = "",
    ticket: Annotated[
        str, option("--ticket", zh="已有的事件，不另开", en="a ticket there is, no other is opened")
    ] = "",
    register_only: Annotated[bool, option("--no-ticket", zh="只建档，不开事件", en="a file and no ticket")] = False,
    key: Key = "",
    json: Json = False,
) -> int:
    """One household or place has one file for each matter."""
    session = session_of(context)
    given: dict[str, Any] = {
        "place": place,
        "what": what,
        "unit": unit,
        "household": household,
        "owner_name": owner_name,
        "owner_phone": owner_phone,
        "grade": _stored(HazardGrade, grade),
        "matter": matter,
        "photos": photos or None,
        "remedy_by": remedy_by,
        "every_days": every,
        "sweep": _code(session, sweep),
        "ticket": _code(session, ticket),
        "register_only": register_only or None,
    }
    receipt = carry_out(session, "hazard", given, key)
    opened = queries.hazard(session.reader(), session.centre_id(), receipt.item).ticket
    zh = f"已建档：第 {receipt.item} 号" + (f"，事件 {opened}。" if opened else "。")
    en = f"Hazard {receipt.item} is entered" + (f", ticket {opened}." if opened else ".")
    say_receipt(receipt, json, zh, en)
    return OK


@command(app, "check", "记复查结果", "write down a look at a hazard")
def check(
    context: typer.Context,
    number: Number,
    result: Annotated[
        str,
        option("--result", zh="same 无变化 better 好转 worse 加重 gone 已消除（必填）", en="what it found (required)"),
    ] = "",
    note: Note = "",
    photos: Photos = None,
    key: Key = "",
    json: Json = False,
) -> int:
    """The next look is counted from this one."""
    given = {"hazard": number, "result": _stored(CheckResult, result), "note": note, "photos": photos or None}
    receipt = carry_out(session_of(context), "hazard_check", given, key)
    say_receipt(receipt, json, f"第 {number} 号已记复查。", f"The look at hazard {number} is written down.")
    return OK


@command(app, "change", "更改档案：等级、复查间隔、责任人、户主", "change a file: grade, interval, who remedies, owner")
def change(
    context: typer.Context,
    number: Number,
    grade: GradeOption = "",
    every: Every = None,
    remedy_by: Annotated[str, option("--remedy-by", zh="整改责任人", en="who has to put it right")] = "",
    owner_name: Annotated[str, option("--owner-name", zh="户主姓名", en="name of the owner")] = "",
    owner_phone: Annotated[str, option("--owner-phone", zh="户主电话", en="telephone of the owner")] = "",
    note: Note = "",
    json: Json = False,
) -> int:
    """Only what is given changes."""
    given = {
        "hazard": number,
        "grade": _stored(HazardGrade, grade),
        "every_days": every,
        "remedy_by": remedy_by,
        "owner_name": owner_name,
        "owner_phone": owner_phone,
        "note": note,
    }
    receipt = carry_out(session_of(context), "hazard_change", given)
    say_receipt(receipt, json, f"第 {number} 号档案已更改。", f"The file of hazard {number} is changed.")
    return OK


@command(app, "remedied", "已整改", "it was put right")
def remedied(context: typer.Context, number: Number, note: Note = "", photos: Photos = None, json: Json = False) -> int:
    """Looks go on until it is closed."""
    receipt = carry_out(
        session_of(context), "hazard_remedied", {"hazard": number, "note": note, "photos": photos or None}
    )
    say_receipt(receipt, json, f"第 {number} 号已整改。", f"Hazard {number} was put right.")
    return OK


@command(app, "close", "销号", "close a hazard")
def close(context: typer.Context, number: Number, reason: Reason = "", json: Json = False) -> int:
    """Nobody has to look at it any more; the file stays."""
    receipt = carry_out(session_of(context), "hazard_closed", {"hazard": number, "reason": reason})
    say_receipt(receipt, json, f"第 {number} 号已销号。", f"Hazard {number} is closed.")
    return OK


@command(app, "reopen", "重新在册", "it is there again")
def reopen(context: typer.Context, number: Number, reason: Reason = "", every: Every = None, json: Json = False) -> int:
    """The same file goes on."""
    given = {"hazard": number, "reason": reason, "every_days": every}
    receipt = carry_out(session_of(context), "hazard_reopened", given)
    say_receipt(receipt, json, f"第 {number} 号重新在册。", f"Hazard {number} is open again.")
    return OK


@command(app, "list", "台账，先到期复查的在前", "the register, what is to be looked at first")
def list_command(
    context: typer.Context,
    state: Annotated[
        str, option("--state", zh="open remedied closed all，缺省未销号", en="by default not closed")
    ] = "",
    unit: Annotated[str, option("--unit", zh="网格或社区编码", en="a grid or community, by code")] = "",
    sweep: Annotated[str, option("--sweep", zh="哪次排查", en="found by a sweep")] = "",
    grade: GradeOption = "",
    due: Annotated[bool, option("--due", zh="只看到期应复查的", en="only what is due to be looked at")] = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Names, numbers and places are masked."""
    session = session_of(context)
    form, now = form_of(json, jsonl, csv), session.now()
    found = _chosen(session, state, unit, sweep, grade, now if due else None)
    records = [_record(hazard, now) for hazard in found]
    if form:
        output.write_records(records, FIELDS, form)
        return OK
    from console.cli.printing import moment

    zone = session.zone()
    for record, hazard in zip(records, found, strict=True):
        record["state"], record["grade"] = HazardState(hazard.state), HazardGrade(hazard.grade)
        record["state"], record["grade"] = words.label(record["state"]), words.label(record["grade"])
        late = words.say("! ", "! ") if hazard.late(now) else ""
        record["due"] = late + moment(hazard.check_at, zone)[:10] if hazard.check_at is not None else ""
    show_records(records, SHOWN, "", SHOWN_TITLES, right=(0,), drop=(2, 6, 4), flow=True)
    overdue = sum(hazard.late(now) for hazard in found)
    output.say_line(
        words.say(f"共 {len(found)} 处，复查超期 {overdue} 处。", f"{len(found)} hazards, {overdue} looks overdue.")
    )
    return OK


@command(app, "show", "一户一档：一处隐患的全部经过", "one file: everything about a hazard")
def show(context: typer.Context, number: Number, full: Full = False, reason: Why = "", json: Json = False) -> int:
    """Masked, unless the right is there and a reason is given."""
    session = session_of(context)
    _reveal(session, full, reason, words.say(f"隐患第 {number} 号", f"hazard {number}"))
    reader, centre = session.reader(), session.centre_id()
    hazard, entries = queries.hazard(reader, centre, number), queries.entries(reader, centre, number)
    record = _record(hazard, session.now(), full)
    lines = [
        {
            **entry._asdict(),
            "at": iso(entry.at),
            "due_at": iso(entry.due_at),
            "note": entry.note if full else mask_text(entry.note),
        }
        for entry in entries
    ]
    if json:
        output.write_json({**record, "entries": [{name: line[name] for name in ENTRY_FIELDS} for line in lines]})
        return OK
    _print_file(session, record, lines)
    return OK


def _print_file(session: Session, record: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    from console.cli.printing import moment_of, table
    from core.exchange.hazards import TITLES

    zone, names = session.zone(), {"id": "number", "check_at": "next_check", "checked_at": "last_check"}
    for name in FIELDS:
        value = record[name]
        title = TITLES.get(names.get(name, name))
        if title is None or value in (None, "", [], 0):
            continue
        shown = moment_of(value, zone) if name.endswith("_at") else value
        if name in ("state", "grade", "result"):
            shown = words.label({"state": HazardState, "grade": HazardGrade, "result": CheckResult}[name](value))
        text = words.say("、", ", ").join(shown) if isinstance(shown, list) else str(shown)
        output.say_line(f"{words.say(title, name)}{words.say('：', ': ')}{text}")
    output.write("\n")
    rows = [
        (
            moment_of(line["at"], zone),
            words.label(HazardStep(line["kind"])),
            words.label(CheckResult(line["result"])) if line["result"] else "",
            line["by"],
            line["note"] + "".join(f" [{photo}]" for photo in line["photos"]),
        )
        for line in lines
    ]
    table(words.say("时间 事项 结果 经办 说明", "At What Result By Note").split(), rows, flow=True)


@command(app, "export", "导出台账为 CSV 或 XLSX", "write the register as CSV or XLSX")
def export(
    context: typer.Context,
    file: Annotated[str, argument(".csv 或 .xlsx，- 为标准输出", ".csv or .xlsx, - for stdout")] = "-",
    state: Annotated[str, option("--state", zh="open remedied closed all，缺省 all", en="by default all")] = "all",
    unit: Annotated[str, option("--unit", zh="网格或社区编码", en="a grid or community, by code")] = "",
    sweep: Annotated[str, option("--sweep", zh="哪次排查", en="found by a sweep")] = "",
    full: Full = False,
    reason: Why = "",
    force: Force = False,
) -> int:
    """Safe to open in a spreadsheet; masked, unless the right is there and a reason is given."""
    from core.exchange.hazards import Form, dump_register
    from core.organisation.files import write_file

    session = session_of(context)
    _reveal(session, full, reason, words.say("隐患台账", "the hazard register"))
    found = _chosen(session, state, unit, sweep, "", None)
    if file == "-":
        output.write(dump_register(found, "csv", session.zone(), full).decode("utf-8-sig"))
        return OK
    path = Path(file)
    forms: dict[str, Form] = {".csv": "csv", ".xlsx": "xlsx"}
    if path.suffix.lower() not in forms:
        raise BadInput("register-format", f"{file}：只能写 .csv、.xlsx。", f"{file}: only .csv or .xlsx.")
    if path.exists() and not force:
        raise BadInput("file-exists", f"{file} 已存在，覆盖请用 --force。", f"{file} is there already: use --force.")
    write_file(path, dump_register(found, forms[path.suffix.lower()], session.zone(), full))
    output.say_line(file)
    return OK


@command(
    app,
    "import",
    "导入台账 CSV、XLSX；同一文件可重复导入；有退回的行时退出码 7",
    "read a register from CSV or XLSX; the same file twice changes nothing; exit code 7 when rows were rejected",
)
def import_command(
    context: typer.Context,
    file: Annotated[str, argument("文件", "the file")],
    tickets: Annotated[bool, option("--tickets", zh="每处另开整改事件", en="a ticket for each as well")] = False,
    dry_run: DryRun = False,
    rejects: Annotated[str, option("--rejects", zh="退回的行写入此新文件", en="a new file for rejected rows")] = "",
    json: Json = False,
) -> int:
    """Sound rows go in, the others into a file with their reasons."""
    from dataclasses import asdict

    from core.desk.centre_desk import CentreDesk
    from core.exchange.hazards import import_register

    session = session_of(context)
    done = import_register(
        CentreDesk(session.desk()),
        session.actor(),
        Path(file),
        dry_run,
        Path(rejects) if rejects else None,
        tickets,
    )
    if json:
        output.write_json({**asdict(done), "reject_file": str(done.reject_file) if done.reject_file else None})
    else:
        from console.cli.import_ import print_result

        print_result(done)
    return PARTLY if done.rejected else OK


@command(app, "report", "台账统计，按社区", "the register in figures, by community")
def report(
    context: typer.Context, period: Period = "", json: Json = False, jsonl: Jsonl = False, csv: Csv = False
) -> int:
    """Hazards found in a period, by default of all time."""
    from core.accountability.period import read_period

    session = session_of(context)
    form, zone = form_of(json, jsonl, csv), session.zone()
    chosen = read_period(period, zone) if period else None
    since, until = (chosen.from_at, chosen.to_at) if chosen else (0, 1 << 60)
    found = queries.counts(session.reader(), session.centre_id(), session.now(), since, until)
    records = [count._asdict() for count in found]
    titles = (
        *(("社区", "Community"), ("建档", "Found"), ("在册", "Open"), ("已整改", "Remedied"), ("已销号", "Closed")),
        *(("重大", "Serious"), ("复查超期", "Overdue"), ("复查次数", "Looks")),
    )
    show_records(records, queries.RegisterCount._fields, form, titles, right=range(1, 8))
    return OK


def _chosen(
    session: Session, state: str, unit: str, sweep: str, grade: str, due_by: int | None
) -> list[queries.HazardLine]:
    wanted = state if state in ("", "all") else _stored(HazardState, state)
    if wanted not in ("", "all", *HazardState):
        known = ", ".join((*HazardState, "all"))
        raise BadInput(
            "hazard-state-unknown", f"没有这种状态，可选：{known}", f"There is no such state; known: {known}"
        )
    return queries.hazards(
        session.reader(),
        session.centre_id(),
        state=wanted,
        unit=unit,
        sweep=_code(session, sweep),
        grade=_stored(HazardGrade, grade),
        due_by=due_by,
    )


def _record(hazard: queries.HazardLine, now: int, full: bool = False) -> dict[str, Any]:
    """A hazard as plain values; personal data is masked."""
    record = hazard._asdict() | {"overdue": hazard.late(now)}
    for name in ("found_at", "check_at", "checked_at", "remedied_at", "closed_at"):
        record[name] = iso(record[name])
    if not full:
        record["owner_name"], record["owner_phone"] = mask_name(hazard.owner_name), mask_phone(hazard.owner_phone)
        record["place"], record["household"] = mask_address(hazard.place), mask_address(hazard.household)
        for name in ("what", "remedy_by", "reason"):
            record[name] = mask_text(record[name])
    return record


def _reveal(session: Session, full: bool, reason: str, what: str) -> None:
    """In full needs the right and a reason, and is on record."""
    if not full:
        return
    if not reason.strip():
        raise BadInput("reveal-reason", "不遮盖须用 --reason 说明原因。", "Say with --reason why it is needed.")
    carry_out(session, "reveal", {"what": what, "reason": reason})


def _stored(kind: type[Term], text: str) -> str:
    """The stored word of a label; what is unknown stays as it is, and the order says so."""
    return next((item.value for item in kind if text.lower() in (item.value, item.zh, item.en)), text)


def _code(session: Session, given: str) -> str:
    from console.cli.ticket_codes import whole_code

    return whole_code(session, given) if given else ""
