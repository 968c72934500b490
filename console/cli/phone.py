"""`zhihui phone`: the telephone log (电话记录): first reports and numbered follow-ups that do not repeat them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console.cli.frame import built, command, new_app, session_of
from console.cli.handing_on import Format, Full, Key, Why, carry_out, papers, print_document, say_receipt
from console.cli.instants import instant
from console.cli.options import Csv, Json, Jsonl, argument, form_of, option, show_records
from console.cli.session import Session
from console.cli.words import say
from console.exit_codes import OK
from data.errors import BadInput, NotFound
from data.queries import emergency as queries
from data.queries.listing import iso

app = new_app("电话记录：首报、续报、关联事件", "the telephone log: first reports, follow-ups, tickets")

Number = Annotated[str, argument("首报号", "number of the first report")]
Place = Annotated[str, option("--place", zh="地点", en="place")]
Cause = Annotated[str, option("--cause", zh="起因", en="cause")]
Course = Annotated[str, option("--course", zh="经过", en="course")]
Measures = Annotated[str, option("--measures", zh="措施", en="measures")]
Result = Annotated[str, option("--result", zh="结果（伤亡、财产）", en="result: people, property")]
Effect = Annotated[str, option("--effect", zh="影响", en="effect")]
Trend = Annotated[str, option("--trend", zh="趋势", en="trend")]
Told = Annotated[str, option("--told", zh="已报告何人、何时", en="whom the caller has told already, and when")]
Unit = Annotated[str, option("--unit", zh="报告单位", en="the caller's unit")]
Name = Annotated[str, option("--name", zh="报告人", en="the caller's name")]
Title = Annotated[str, option("--title", zh="职务", en="the caller's title")]
Phone = Annotated[str, option("--phone", zh="电话", en="the caller's telephone")]
At = Annotated[str, option("--at", zh="来电时间，缺省现在", en="when the call came, by default now")]

FIELDS = (
    *("number", "first", "follow_no", "ticket", "at", "place", "cause", "course", "measures", "result", "effect"),
    *("trend", "told", "caller_unit", "caller_name", "caller_title", "caller_phone", "recorder", "recorded_at"),
)
LISTED = ("number", "report", "at", "place", "course", "caller", "ticket")
TITLES = (
    *(("号", "No"), ("报次", "Report"), ("来电", "At"), ("地点", "Place"), ("内容", "What")),
    *(("报告人", "Caller"), ("事件", "Ticket")),
)


def build() -> Any:
    """The noun."""
    return built(app)


@command(app, "add", "首报：记录来电（地点、经过必填）", "take down a call (place and course are required)")
def add(
    context: typer.Context,
    place: Place = "",
    course: Course = "",
    cause: Cause = "",
    measures: Measures = "",
    result: Result = "",
    effect: Effect = "",
    trend: Trend = "",
    told: Told = "",
    unit: Unit = "",
    name: Name = "",
    title: Title = "",
    phone: Phone = "",
    at: At = "",
    ticket: Annotated[str, option("--ticket", zh="关联事件", en="the ticket that it is about")] = "",
    key: Key = "",
    json: Json = False,
) -> int:
    """Recorder and time are those of the command."""
    session = session_of(context)
    content = _content(place, course, cause, measures, result, effect, trend, told)
    given = {**content, **_caller(unit, name, title, phone), **_when(session, at), "ticket": _code(session, ticket)}
    receipt = carry_out(session, "phone", given, key)
    say_receipt(receipt, json, f"已记电话记录第 {receipt.item} 号。", f"Call {receipt.item} is taken down.")
    return OK


@command(app, "follow", "续报：只写变化", "take down a follow-up: only what changed")
def follow(
    context: typer.Context,
    number: Number,
    place: Place = "",
    course: Course = "",
    cause: Cause = "",
    measures: Measures = "",
    result: Result = "",
    effect: Effect = "",
    trend: Trend = "",
    told: Told = "",
    unit: Unit = "",
    name: Name = "",
    title: Title = "",
    phone: Phone = "",
    at: At = "",
    key: Key = "",
    json: Json = False,
) -> int:
    """Numbered by itself. What stands in an earlier report already is refused."""
    session = session_of(context)
    content = _content(place, course, cause, measures, result, effect, trend, told)
    given = {"first": _number(number), **content, **_caller(unit, name, title, phone), **_when(session, at)}
    receipt = carry_out(session, "phone_follow", given, key)
    thread = queries.thread(session.reader(), session.centre_id(), given["first"])
    times = next((call.follow_no for call in thread if call.number == receipt.item), 0)
    from core.rules.follow_up import follow_up_title

    zh, en = follow_up_title(times, "zh"), follow_up_title(times, "en")
    say_receipt(receipt, json, f"已记第 {number} 号{zh}。", f"Call {number}: {en} is taken down.")
    return OK


@command(app, "tie", "关联事件，续报随之", "say which ticket a call and its follow-ups are about")
def tie(
    context: typer.Context,
    number: Number,
    ticket: Annotated[str, argument("事件编号", "the ticket")],
    json: Json = False,
) -> int:
    """A call may be tied later, or to another ticket."""
    session = session_of(context)
    given = {"first": _number(number), "ticket": _code(session, ticket)}
    receipt = carry_out(session, "phone_tie", given)
    say_receipt(receipt, json, f"第 {number} 号已关联 {given['ticket']}。", f"Call {number}: {given['ticket']}.")
    return OK


@command(app, "list", "电话记录，新的在前", "the telephone log, the newest first")
def list_calls(context: typer.Context, json: Json = False, jsonl: Jsonl = False, csv: Csv = False) -> int:
    """Personal data is masked."""
    from core.rules.follow_up import follow_up_title

    session = session_of(context)
    form, calls = form_of(json, jsonl, csv), queries.calls(session.reader(), session.centre_id())
    records = [_record(call) for call in calls]
    if form:
        show_records(records, FIELDS, form)
        return OK
    from console.cli.printing import moment
    from console.cli.words import chosen

    rows = [
        {
            "number": call.number,
            "report": follow_up_title(call.follow_no, chosen() or "zh"),
            "at": moment(call.at, session.zone()),
            "place": record["place"],
            "course": record["course"] or record["result"] or record["measures"],
            "caller": f"{record['caller_unit']} {record['caller_name']}".strip(),
            "ticket": call.ticket,
        }
        for call, record in zip(calls, records, strict=True)
    ]
    show_records(rows, LISTED, "", TITLES, drop=(5, 3))
    return OK


@command(app, "show", "一条首报及其续报，可打印", "a first report and its follow-ups, to print")
def show(
    context: typer.Context, number: Number, form: Format = "", full: Full = False, reason: Why = "", json: Json = False
) -> int:
    """Masked unless --full, which needs the right and a reason and is on record."""
    session = session_of(context)
    first = _number(number)
    writer = papers(session, full, reason, f"{say('电话记录', 'call')} {first}")
    thread = queries.thread(session.reader(), session.centre_id(), first)
    if not thread:
        raise NotFound("call-unknown", f"没有第 {first} 号首报。", f"There is no first report {first}.")
    if json:
        show_records([_record(call, full) for call in thread], FIELDS, "json")
    else:
        print_document(writer.call(thread), form)
    return OK


def _record(call: queries.Call, full: bool = False) -> dict[str, Any]:
    """A call as data: instants in ISO 8601, masked unless it is wanted in full."""
    from core.accountability.upward import CALL_MASKS
    from core.rules.follow_up import FIELD_TITLES
    from data.masking import mask_text

    record: dict[str, Any] = {**call._asdict(), "at": iso(call.at), "recorded_at": iso(call.recorded_at)}
    if not full:
        record.update({name: CALL_MASKS.get(name, mask_text)(record[name]) for name in FIELD_TITLES})
    return record


def _content(*said: str) -> dict[str, Any]:
    names = ("place", "course", "cause", "measures", "result", "effect", "trend", "told")
    return dict(zip(names, said, strict=True))


def _caller(*said: str) -> dict[str, Any]:
    names = ("caller_unit", "caller_name", "caller_title", "caller_phone")
    return dict(zip(names, said, strict=True))


def _when(session: Session, at: str) -> dict[str, Any]:
    return {"at": instant(at, session.zone())} if at else {}


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10):
        raise BadInput("call-number", "请写首报号，如 3。", "Write the number of the first report, such as 3.")
    return int(text)


def _code(session: Session, given: str) -> str:
    from console.cli.ticket_codes import whole_code

    return whole_code(session, given) if given else ""
