"""`zhihui handover`: the change of shift (交接班), from the pack to the signature, and the handovers that were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.handing_on import Format, Key, carry_out, print_document, say_receipt
from console.cli.options import Csv, DryRun, Json, Jsonl, argument, form_of, option, show_records
from console.cli.session import Session
from console.exit_codes import OK
from data.errors import BadInput, NotFound
from data.queries.listing import iso

if TYPE_CHECKING:
    from core.accountability.handover import HandoverView
    from core.accountability.handover_words import HandoverWords

app = new_app("交接班：制作、说明、移交、签收、历史", "handovers of shifts: pack, note, give, accept, history")

Number = Annotated[str, argument("交接编号，缺省最新", "number of the handover, by default the newest")]
NumberOption = Annotated[
    str, option("--number", zh="交接编号，缺省待移交的最新一份", en="number of the handover, by default the newest")
]
FIELDS = (
    *("number", "state", "change_at", "attempt", "leaving", "incoming", "made_at", "made_by", "given_at", "given_by"),
    *("answered_at", "answered_by", "bound", "step", "pack_hash"),
)
SHOWN = (
    "number",
    "state",
    "change_at",
    "leaving",
    "incoming",
    "given_at",
    "given_by",
    "answered_at",
    "answered_by",
    "step",
)
TITLES = (
    *(("号", "No"), ("状态", "State"), ("交班时间", "Change"), ("离岗", "Leaving"), ("接班", "Incoming")),
    *(("移交", "Given"), ("移交人", "By"), ("签收", "Answered"), ("签收人", "By"), ("升级", "Climbed")),
)
DROPPED = (9, 5, 6, 3)
"""Columns that a narrow table leaves out, the first of them first."""
LISTED_FIELDS = (
    *("ticket", "parts", "stage", "urgency", "holder", "who", "due_at", "due_kind", "reported_at", "title"),
)


def build() -> Any:
    """The noun."""
    return built(app)


# ------------------------------------------------------------------------------------------------ deeds


@command(
    app, "pack", "制作交接包：此刻的未结、承诺、应急、引擎与日志链头", "make the pack: what is open now, owed, promised"
)
def pack(context: typer.Context, dry_run: DryRun = False, key: Key = "", json: Json = False) -> int:
    """May be made anew until it is given; each pack stays in the log as it was."""
    session = session_of(context)
    if dry_run:
        from core.accountability.handover import preview

        found = preview(session.reader(), session.centre_id(), session.now(), session.actor().id)
        if json:
            output.write_json(_dated(found))
        else:
            _print_pack(found, _words(session), session)
        return OK
    receipt = carry_out(session, "handover_pack", {}, key)
    number = receipt.item
    say_receipt(receipt, json, f"第 {number} 号交接包已制作。", f"The pack of handover {number} is made.")
    return OK


@command(app, "note", "写交接说明，可针对某一事件", "write a note for the next shift, also to one ticket")
def note(
    context: typer.Context,
    text: Annotated[str, argument("内容", "what the next shift has to know")],
    ticket: Annotated[str, option("--ticket", zh="针对的事件", en="the ticket that it is about")] = "",
    number: NumberOption = "",
    key: Key = "",
    json: Json = False,
) -> int:
    """Until it is given."""
    from console.cli.ticket_codes import whole_code

    session = session_of(context)
    code = whole_code(session, ticket) if ticket else ""
    receipt = carry_out(session, "handover_note", {"text": text, "ticket": code, "handover": _number(number)}, key)
    said = f"已写入第 {receipt.item} 号交接。", f"Written into handover {receipt.item}."
    say_receipt(receipt, json, *said)
    return OK


@command(app, "give", "移交给接班人员", "give it to the incoming shift")
def give(context: typer.Context, number: Number = "", key: Key = "", json: Json = False) -> int:
    """Afterwards nothing in it changes any more."""
    receipt = carry_out(session_of(context), "handover_give", {"handover": _number(number)}, key)
    item = receipt.item
    say_receipt(
        receipt, json, f"第 {item} 号交接已移交，等待签收。", f"Handover {item} is given and waits to be signed."
    )
    return OK


@command(app, "accept", "签收接班（由接班人员本人）", "sign for it, as an officer of the incoming shift")
def accept(
    context: typer.Context,
    number: Number = "",
    remarks: Annotated[str, option("--remarks", zh="签收意见", en="remarks")] = "",
    key: Key = "",
    json: Json = False,
) -> int:
    """From the signature on the incoming shift has the duty alone; until then the leaving one is reached as well."""
    given = {"handover": _number(number), "remarks": remarks}
    receipt = carry_out(session_of(context), "handover_accept", given, key)
    item = receipt.item
    zh = f"第 {item} 号交接已签收，由本班在班，上一班交清。"
    say_receipt(receipt, json, zh, f"Handover {item} is signed: the duty is yours alone, the shift before is free.")
    return OK


@command(app, "refuse", "拒绝接班，说明原因", "refuse it, with the reason")
def refuse(
    context: typer.Context,
    number: Number = "",
    reason: Annotated[str, option("--reason", zh="原因（必填）", en="the reason (required)")] = "",
    key: Key = "",
    json: Json = False,
) -> int:
    """The leaving shift stays on duty, beside the incoming one, and makes another one."""
    given = {"handover": _number(number), "reason": reason}
    receipt = carry_out(session_of(context), "handover_refuse", given, key)
    item = receipt.item
    say_receipt(receipt, json, f"已拒绝第 {item} 号交接。", f"Handover {item} is refused.")
    return OK


# ------------------------------------------------------------------------------------------------ reading


@command(app, "show", "查看一份交接：包、说明、签字", "one handover: its pack, notes and signatures")
def show(context: typer.Context, number: Number = "", json: Json = False) -> int:
    """The pack as it was when it was made."""
    session = session_of(context)
    view = _view(session, number)
    if json:
        from core.accountability.handover import record_of

        output.write_json(_dated(record_of(view)))
        return OK
    _print_view(view, session)
    return OK


@command(app, "list", "历次交接班，新的在前", "the handovers that were, the newest first")
def history(
    context: typer.Context,
    size: Annotated[str, option("--limit", zh="最多几份，缺省 50", en="how many at most, by default 50")] = "50",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Those that nobody made or signed as well."""
    from core.accountability.handover import names_in, summary_of
    from data.queries import handovers as queries

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    reader, centre = session.reader(), session.centre_id()
    lines = queries.history(reader, centre, _size(size))
    names = names_in(reader, centre, lines)
    records = [summary_of(line, names) for line in lines]
    said = _words(session)
    for record in records:
        for name, value in record.items():
            if name.endswith("_at"):
                record[name] = iso(value) if form else said.at(value) if value is not None else ""
            elif isinstance(value, list):
                record[name] = value if form in ("json", "jsonl") else " ".join(value)
        if not form:
            record["state"] = said.state(record["state"])
    show_records(records, FIELDS if form else SHOWN, form, TITLES, right=(0, 9), drop=DROPPED)
    return OK


@command(app, "print", "打印交接班记录：文字、Markdown、HTML", "the handover as a document")
def print_(context: typer.Context, number: Number = "", form: Format = "") -> int:
    """On stdout, with the head of the log as an anchor on paper."""
    from core.accountability.handover_paper import handover_document

    session = session_of(context)
    view = _view(session, number, packed=True)
    print_document(handover_document(view, words.chosen() or "zh"), form)
    return OK


@command(app, "export", "导出制作时的全部未结事件", "every open ticket as it stood when the pack was made")
def export(
    context: typer.Context,
    number: Number = "",
    part: Annotated[
        str,
        option(
            "--part",
            zh="只要一类：late、due、waiting、suspended、call_backs",
            en="only one list: late, due, waiting, suspended, call_backs",
        ),
    ] = "",
    json: Json = False,
    csv: Csv = False,
) -> int:
    """JSONL by default, line by line, however many there are; rebuilt from the log."""
    from core.accountability.handover_list import stood_then
    from data.handover_terms import TICKET_PARTS

    form = form_of(json, csv=csv) or "jsonl"
    if part and part not in TICKET_PARTS:
        known = ", ".join(TICKET_PARTS)
        raise BadInput("handover-part", f"--part 只能是：{known}。", f"--part must be one of: {known}.")
    session = session_of(context)
    view = _view(session, number, packed=True)
    found = stood_then(session.reader(), session.centre_id(), view.pack)
    records = (_listed(row, form) for row in found if not part or part in row["parts"])
    output.write_records(records, LISTED_FIELDS, form)
    return OK


# ------------------------------------------------------------------------------------------------ helpers


def _number(given: str) -> int | str | None:
    """A number where one was typed; what is no number is refused by the order, with its field."""
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else given or None


def _size(given: str) -> int:
    if not (given.isascii() and given.isdecimal() and 0 < int(given[:9]) <= 10_000 and len(given) < 9):
        raise BadInput("limit", "--limit 须为 1 到 10000。", "--limit must be 1 to 10000.")
    return int(given)


def _view(session: Session, given: str, packed: bool = False) -> HandoverView:
    """A handover, by default the newest; with `packed` one that has a pack. Raises BadInput, NotFound."""
    from core.accountability.handover import view_of
    from data.queries import handovers as queries

    reader, centre = session.reader(), session.centre_id()
    number = _number(given)
    if isinstance(number, str):
        raise BadInput("handover-number", "交接编号须为数字。", "The number of a handover is a number.")
    if number is None and packed:
        number = queries.newest(reader, centre, packed=True)
    view = view_of(reader, centre, number)
    if packed and not view.pack:
        shown = view.line.number
        raise NotFound(
            "handover-no-pack",
            f"第 {shown} 号交接没有交接包：无人制作。",
            f"Handover {shown} has no pack: nobody made one.",
        )
    return view


def _words(session: Session) -> HandoverWords:
    from core.accountability.handover_words import HandoverWords

    return HandoverWords(words.chosen() or "zh", session.zone())


def _listed(row: dict[str, Any], form: str) -> dict[str, Any]:
    parts = " ".join(row["parts"]) if form == "csv" else row["parts"]
    return {**row, "parts": parts, "due_at": iso(row["due_at"]), "reported_at": iso(row["reported_at"])}


INSTANTS = frozenset({"at", "since", "until", "from", "to"})


def _dated(value: Any, name: str = "") -> Any:
    """Plain values with instants in ISO 8601."""
    if isinstance(value, dict):
        return {key: _dated(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_dated(one) for one in value]
    if (name in INSTANTS or name.endswith("_at")) and isinstance(value, int):
        return iso(value)
    return value


def _print_view(view: HandoverView, session: Session) -> None:
    said = _words(session)
    for line in _view_lines(view, said):
        output.say_line(line)
    if view.pack:
        _print_pack(view.pack, said, session)


def _view_lines(view: HandoverView, said: HandoverWords) -> Iterator[str]:
    line = view.line
    change = said.say(f"交班时间 {said.at(line.change_at)}", f"change of shift {said.at(line.change_at)}")
    yield f"{said.say(f'第 {line.number} 号交接', f'Handover {line.number}')}  {said.state(line.state)}  {change}"
    for title, officer, at in (
        (said.say("制作", "made"), line.made_by, line.made_at),
        (said.say("移交", "given"), line.given_by, line.given_at),
        (said.say("签收", "answered"), line.answered_by, line.answered_at),
    ):
        if at is not None:
            yield f"  {title}  {view.name(officer)} {said.at(at)}"
    if line.words:
        yield f"  {said.say('意见', 'remarks')}  {line.words}"
    for note in view.notes:
        about = note.ticket or said.say("总体", "in general")
        yield f"  {said.say('说明', 'note')}  {about}  {note.words}  ({note.officer} {said.at(note.at)})"


def _print_pack(pack: dict[str, Any], said: HandoverWords, session: Session) -> None:
    from data.handover_terms import HandoverPart

    rows = (
        (said.say("时间", "at"), said.at(pack["at"])),
        (said.say("离岗", "leaving"), said.shift(pack["shift"])),
        (said.say("接班", "incoming"), said.shift(pack["next"])),
        (said.say("数字", "figures"), said.counts(pack["counts"])),
        (said.say("平战", "mode"), said.emergency(pack["emergency"])),
        (said.say("引擎", "engine"), said.engine(pack["engine"])),
        (said.say("备份", "backup"), said.backup(pack["backup"])),
        (said.say("链头", "head"), f"{pack['head']['number']}:{pack['head']['hash']}"),
    )
    for title, text in rows:
        output.say_line(f"  {title}  {text}")
    for part in HandoverPart:
        lines = pack["lists"].get(part.value, [])
        if not lines:
            continue
        total = pack["counts"][part]
        output.say_line("")
        output.say_line(f"{said.part(part)} {total}")
        for line in lines:
            output.say_line("  " + "  ".join(filter(None, said.line(part, line))))
        if total > len(lines):
            output.say_line(said.say(f"  另有 {total - len(lines)} 件", f"  and {total - len(lines)} more"))
