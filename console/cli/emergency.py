"""`zhihui emergency`: emergency mode, the running log, and what is owed upward (平战结合)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.handing_on import Format, Full, Key, Why, carry_out, papers, print_document, say_receipt
from console.cli.instants import instant
from console.cli.options import Csv, Json, Jsonl, argument, form_of, option, show_records
from console.cli.session import Session
from console.cli.ticket_record import masked
from console.exit_codes import OK
from data.masking import mask_text
from data.queries import emergency as queries
from data.queries.listing import iso

app = new_app("应急：平战切换、运行记录、报送时限", "emergencies: the mode, the running log, what is owed upward")

Grade = Annotated[str, option("--grade", zh="等级：1 I级 … 4 IV级（必填）", en="grade, 1 to 4 (required)")]
Reason = Annotated[str, option("--reason", zh="原因（必填）", en="the reason (required)")]
Behalf = Annotated[
    str,
    option("--for", zh="代哪位指挥长（不止一位时）", en="in which commander's name, where there are several"),
]
LOG_FIELDS = ("entry", "at", "kind", "actor", "behalf", "text", "facts")
LOG_TITLES = (
    *(("号", "No"), ("时间", "At"), ("类别", "Kind"), ("经办", "By"), ("代", "For"), ("内容", "Text")),
    ("事实", "Facts"),
)
MODE_FIELDS = ("number", "grade", "colour", "since", "by", "behalf", "reason", "ticket", "lifted_at", "lift_reason")


def build() -> Any:
    """The noun."""
    return built(app)


def _grade(text: str) -> str:
    """A grade as it is stored, from its number, its Roman numeral, its colour or its label."""
    from data.terms import Grade as Grades

    wanted = text.strip().lower()
    for grade in Grades:
        names = (grade.value, grade.numeral, f"{grade.numeral}级", grade.zh, grade.en, grade.colour.zh, grade.colour.en)
        if wanted in [name.lower() for name in names]:
            return str(grade.value)
    return text


def grade_label(grade: str) -> str:
    """A grade and its colour in words: never the colour alone."""
    from data.terms import Grade as Grades

    known = next((item for item in Grades if item == grade), None)
    return grade if known is None else f"{words.label(known)} {words.label(known.colour)}"


@command(app, "declare", "进入战时（指挥长，或值班领导代）", "declare emergency mode")
def declare(
    context: typer.Context,
    grade: Grade = "",
    reason: Reason = "",
    ticket: Annotated[str, option("--ticket", zh="所涉事件，同时定级", en="the incident; it is graded too")] = "",
    behalf: Behalf = "",
    key: Key = "",
    json: Json = False,
) -> int:
    """By the commander, or by the duty leader in the commander's name."""
    session = session_of(context)
    given = {"grade": _grade(grade), "reason": reason, "ticket": _code(session, ticket), "behalf": behalf}
    receipt = carry_out(session, "declare", given, key)
    label = grade_label(given["grade"])
    say_receipt(receipt, json, f"已进入战时：{label}。", f"Emergency mode holds: {label}.")
    return OK


@command(app, "regrade", "调整应急等级", "change the grade of the emergency")
def regrade(
    context: typer.Context,
    grade: Grade = "",
    reason: Reason = "",
    behalf: Behalf = "",
    key: Key = "",
    json: Json = False,
) -> int:
    """While it lasts."""
    given = {"grade": _grade(grade), "reason": reason, "behalf": behalf}
    receipt = carry_out(session_of(context), "regrade", given, key)
    label = grade_label(given["grade"])
    say_receipt(receipt, json, f"应急等级已调整为 {label}。", f"The emergency is now {label}.")
    return OK


@command(app, "lift", "解除战时", "lift emergency mode")
def lift(context: typer.Context, reason: Reason = "", behalf: Behalf = "", key: Key = "", json: Json = False) -> int:
    """Ladders go back to their usual times."""
    receipt = carry_out(session_of(context), "lift", {"reason": reason, "behalf": behalf}, key)
    say_receipt(receipt, json, "已解除战时，恢复平时。", "Emergency mode is lifted.")
    return OK


@command(app, "status", "现在是平时还是战时，还欠哪些报送", "the mode now, and what is owed upward")
def status(context: typer.Context, json: Json = False) -> int:
    """One JSON value with `mode` (null in normal times) and `owed`."""
    session = session_of(context)
    reader, centre = session.reader(), session.centre_id()
    mode, owed = queries.mode(reader, centre), queries.owed_upward(reader, centre)
    if json:
        due = [
            {"ticket": item.ticket, "kind": item.kind, "grade": item.grade, "due_at": iso(item.due)} for item in owed
        ]
        output.write_json({"mode": None if mode is None else _mode_record(mode), "owed": due})
        return OK
    _print_mode(mode, session.zone())
    _print_owed(owed, session)
    return OK


@command(app, "history", "历次战时", "all emergencies, the newest first")
def history(context: typer.Context, json: Json = False, jsonl: Jsonl = False, csv: Csv = False) -> int:
    """Those that were lifted as well."""
    session = session_of(context)
    records = [_mode_record(mode) for mode in queries.emergencies(session.reader(), session.centre_id(), 500)]
    show_records(records, MODE_FIELDS, form_of(json, jsonl, csv), drop=(2, 9, 6), flow=True)
    return OK


@command(app, "note", "写值班记事；更正另写一条", "write into the running log; a correction is a new entry")
def note(
    context: typer.Context,
    text: Annotated[str, argument("内容", "what happened")],
    corrects: Annotated[str, option("--corrects", zh="更正第几号", en="the entry that it corrects")] = "",
    key: Key = "",
    json: Json = False,
) -> int:
    """Nothing is ever changed or taken out."""
    given = {"text": text, "corrects": int(corrects) if corrects.isdecimal() else corrects}
    receipt = carry_out(session_of(context), "duty_log", given, key)
    say_receipt(receipt, json, f"已记第 {receipt.number} 号。", f"Entry {receipt.number} is written.")
    return OK


@command(app, "log", "运行记录", "the running log")
def log(
    context: typer.Context,
    since: Annotated[str, option("--from", zh="从何时", en="since when")] = "",
    until: Annotated[str, option("--until", zh="到何时", en="until when")] = "",
    form: Format = "",
    full: Full = False,
    reason: Why = "",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Mode changes, entries and calls in the order they were written."""
    session = session_of(context)
    zone, reader, centre = session.zone(), session.reader(), session.centre_id()
    begin = instant(since, zone) if since else 0
    end = instant(until, zone) if until else 1 << 60
    writer = papers(session, full, reason, words.say("运行记录", "the running log"))
    entries = queries.log(reader, centre, begin, end, 5000)
    data = form_of(json, jsonl, csv)
    if data:
        show_records([_log_record(entry, writer.text, full) for entry in entries], LOG_FIELDS, data, LOG_TITLES)
    else:
        print_document(writer.running_log(entries, queries.mode(reader, centre)), form)
    return OK


@command(app, "report", "生成向上级报送的材料", "write the report to the tier above")
def report(
    context: typer.Context,
    code: Annotated[str, argument("事件编号", "the ticket")],
    how: Annotated[
        str, option("--form", zh="phone、written、follow_up、final，缺省 written", en="by default written")
    ] = "written",
    suggestion: Annotated[str, option("--suggestion", zh="建议", en="what is proposed")] = "",
    form: Format = "",
    full: Full = False,
    reason: Why = "",
) -> int:
    """From the ticket and its calls. That it was made is said with `zhihui ticket report-up`."""
    from data.errors import BadInput
    from data.terms import UpwardForm

    session = session_of(context)
    known = next((item for item in UpwardForm if how.lower() in (item.value, item.zh, item.en)), None)
    if known is None:
        names = ", ".join(f"{item.value} {item.zh}" for item in UpwardForm)
        raise BadInput("upward-form", f"方式只能是：{names}。", f"The form must be one of: {names}.")
    ticket = _code(session, code)
    writer = papers(session, full, reason, f"{words.say('信息报送', 'report upward')} {ticket}")
    print_document(writer.upward(ticket, known.value, suggestion), form)
    return OK


def _code(session: Session, given: str) -> str:
    from console.cli.ticket_codes import whole_code

    return whole_code(session, given) if given else ""


def _mode_record(mode: queries.Mode) -> dict[str, Any]:
    from data.terms import Grade as Grades

    colour = next((grade.colour.value for grade in Grades if grade == mode.grade), "")
    return {
        "number": mode.number,
        "grade": mode.grade,
        "colour": colour,
        "since": iso(mode.since),
        "by": mode.by,
        "behalf": mode.behalf,
        "reason": mask_text(mode.reason),
        "ticket": mode.ticket,
        "lifted_at": iso(mode.lifted_at),
        "lift_reason": mask_text(mode.lift_reason or ""),
    }


def _log_record(entry: queries.LogLine, shown: Callable[[str], str], full: bool) -> dict[str, Any]:
    said = next((str(entry.facts[name]) for name in ("text", "reason") if entry.facts.get(name)), "")
    facts = {name: value for name, value in entry.facts.items() if name not in ("text", "reason", "what")}
    return {
        "entry": entry.number,
        "at": iso(entry.at),
        "kind": entry.kind,
        "actor": entry.actor,
        "behalf": entry.behalf,
        "text": shown(said),
        "facts": facts if full else masked(facts),
    }


def _print_mode(mode: queries.Mode | None, zone: str) -> None:
    from console.cli.printing import moment

    if mode is None:
        output.say_line(words.say("现在是平时。", "These are normal times."))
        return
    by = mode.by + (words.say(f" 代 {mode.behalf}", f" for {mode.behalf}") if mode.behalf else "")
    since, label = moment(mode.since, zone), grade_label(mode.grade)
    reason = mask_text(mode.reason)
    zh, en = f"战时 {label}，{since} 起，{by}：{reason}", f"EMERGENCY {label} since {since}, {by}: {reason}"
    output.say_line(words.say(zh, en))
    if mode.ticket:
        output.say_line(words.say(f"所涉事件：{mode.ticket}", f"Incident: {mode.ticket}"))


def _print_owed(owed: list[queries.OwedUpward], session: Session) -> None:
    from console.cli.printing import moment, table
    from data.terms import ClockKind

    if not owed:
        output.say_line(words.say("没有待报送的信息。", "Nothing is owed upward."))
        return
    now, zone, rows = session.now(), session.zone(), []
    for item in owed:
        left = item.due - now
        minutes = -(-abs(left) // 60)
        shown = words.say(f"还有 {minutes} 分", f"in {minutes} min") if left >= 0 else ""
        late = words.say(f"! 已超 {minutes} 分", f"! late by {minutes} min") if left < 0 else ""
        kind = words.named(ClockKind, item.kind)
        rows.append((item.ticket, kind, grade_label(item.grade), moment(item.due, zone), shown or late))
    table(words.say("事件 报送 等级 时限 剩余", "Ticket Report Grade Due Left").split(), rows)
