"""`zhihui broadcast`: notices to many units (提醒、宣传、公告), and who has seen them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.handing_on import Key, carry_out, say_receipt
from console.cli.options import Csv, DryRun, Json, Jsonl, argument, form_of, option, show_records
from console.exit_codes import OK
from data.masking import mask_text
from data.queries import hazards as queries
from data.queries.listing import iso
from data.terms import BroadcastKind, UnitKind

app = new_app("广播通知：提醒、宣传、公告与回执", "broadcasts: reminders, publicity, notices, receipts")

Number = Annotated[int, argument("通知编号", "number of the broadcast")]
Many = list[str] | None
LIST_FIELDS = ("id", "kind", "title", "body", "audience", "ticket", "by", "sent_at", "units", "seen")
RECEIPT_FIELDS = ("unit", "name", "seen_at", "by", "note", "reminders")


def build() -> Any:
    """The noun."""
    return built(app)


@command(
    app,
    "send",
    "发给社区、网格、带标签的单位或所有单位；--dry-run 先看发给谁",
    "send to communities, grids, tagged units or everybody; --dry-run says to whom",
)
def send(
    context: typer.Context,
    title: Annotated[str, argument("标题", "the title")],
    text: Annotated[str, option("--text", zh="正文", en="the text")] = "",
    kind: Annotated[
        str, option("--type", zh="reminder 提醒 publicity 宣传 board 公告，缺省提醒", en="by default a reminder")
    ] = "",
    tags: Annotated[Many, option("--tag", zh="带有标签的单位，可多次", en="units with a tag, may be repeated")] = None,
    kinds: Annotated[Many, option("--kind", zh="单位类别，可多次", en="kinds of units, may be repeated")] = None,
    communities: Annotated[Many, option("--community", zh="只限这些社区", en="only in these communities")] = None,
    units: Annotated[Many, option("--unit", zh="另加的单位", en="further units by name")] = None,
    everybody: Annotated[bool, option("--everybody", zh="所有单位", en="every unit")] = False,
    ticket: Annotated[str, option("--ticket", zh="所关事件", en="the ticket that it is about")] = "",
    dry_run: DryRun = False,
    key: Key = "",
    json: Json = False,
) -> int:
    """Each unit has a receipt to give."""
    session = session_of(context)
    known = next((item.value for item in BroadcastKind if kind.lower() in (item.value, item.zh, item.en)), kind)
    names = {item.zh: item.value for item in UnitKind} | {item.en: item.value for item in UnitKind}
    given: dict[str, Any] = {
        "title": title,
        "text": text,
        "kind": known,
        "tags": tags or None,
        "communities": communities or None,
        "kinds": [names.get(name, name) for name in kinds] if kinds else None,
        "units": units or None,
        "everybody": everybody or None,
        "ticket": _code(session, ticket),
    }
    if dry_run:
        return _preview(session, given, json)
    receipt = carry_out(session, "broadcast", given, key)
    line = queries.broadcast(session.reader(), session.centre_id(), receipt.item)
    zh, en = f"已发第 {line.id} 号，{line.units} 个单位。", f"Broadcast {line.id} went to {line.units} units."
    say_receipt(receipt, json, zh, en)
    return OK


def _preview(session: Any, given: dict[str, Any], json: bool) -> int:
    """How many and whom; nothing is sent."""
    from core.desk.centre_desk import DEEDS, read_centre_order
    from core.desk.deeds.broadcasts import recipients
    from core.desk.permissions import require_role
    from core.desk.references import References

    order = read_centre_order("broadcast", {name: value for name, value in given.items() if value not in ("", None)})
    kind = DEEDS["broadcast"]
    require_role(kind.permission, kind.zh, kind.en, session.actor())
    with session.desk().store.read() as connection:
        units = recipients(References(connection, session.centre_id()), order)  # type: ignore[arg-type]
    if json:
        output.write_json({"dry_run": True, "count": len(units), "units": [unit.code for unit in units]})
        return OK
    shown = words.say("、", ", ").join(unit.name for unit in units[:12])
    more = words.say(" 等", " …") if len(units) > 12 else ""
    output.say_line(words.say(f"将发给 {len(units)} 个单位：{shown}{more}", f"To {len(units)} units: {shown}{more}"))
    output.remark(words.say("（预演，未发送）", "(dry run, not sent)"))
    return OK


@command(app, "list", "已发的通知与回执数", "what was sent, and how many have seen it")
def list_command(
    context: typer.Context,
    kind: Annotated[str, option("--type", zh="只看一类", en="one kind alone")] = "",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """The newest first."""
    from console.cli.printing import moment

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    known = next((item.value for item in BroadcastKind if kind.lower() in (item.value, item.zh, item.en)), kind)
    lines = [_masked(line) for line in queries.broadcasts(session.reader(), session.centre_id(), known)]
    if form:
        output.write_records([line._asdict() | {"sent_at": iso(line.sent_at)} for line in lines], LIST_FIELDS, form)
        return OK
    zone = session.zone()
    rows = [
        {
            **line._asdict(),
            "kind": words.named(BroadcastKind, line.kind),
            "sent_at": moment(line.sent_at, zone),
            "seen": f"{line.seen}/{line.units}",
        }
        for line in lines
    ]
    titles = (("号", "No"), ("时间", "At"), ("类别", "Kind"), ("回执", "Seen"), ("标题", "Title"))
    show_records(rows, ("id", "sent_at", "kind", "seen", "title"), "", titles, right=(0,), flow=True)
    return OK


@command(app, "show", "一份通知：谁已回执，谁没有", "one broadcast: who has seen it and who has not")
def show(
    context: typer.Context,
    number: Number,
    owing: Annotated[bool, option("--owing", zh="只看未回执的", en="only who owes a receipt")] = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Those that owe a receipt come first."""
    session = session_of(context)
    form = form_of(json, jsonl, csv)
    line = _masked(queries.broadcast(session.reader(), session.centre_id(), number))
    found = queries.receipts(session.reader(), session.centre_id(), number)
    records = [
        receipt._asdict() | {"seen_at": iso(receipt.seen_at), "note": mask_text(receipt.note)}
        for receipt in found
        if not (owing and receipt.seen_at is not None)
    ]
    if form:
        output.write_records(records, RECEIPT_FIELDS, form)
        return OK
    from console.cli.printing import moment_of

    zone = session.zone()
    output.say_line(f"{words.named(BroadcastKind, line.kind)} {line.id}{words.say('：', ': ')}{line.title}")
    if line.body:
        output.say_line(line.body)
    output.say_line(words.say(f"回执 {line.seen}/{line.units}", f"Seen by {line.seen} of {line.units}"))
    for record in records:
        seen = record["seen_at"]
        record["seen_at"] = moment_of(seen, zone) if seen else words.say("! 未回执", "! not yet")
    titles = (
        *(("单位", "Unit"), ("名称", "Name"), ("回执", "Seen"), ("回执人", "By"), ("说明", "Note")),
        ("提醒", "Reminded"),
    )
    show_records(records, RECEIPT_FIELDS, "", titles, right=(5,), drop=(0,))
    return OK


@command(app, "seen", "回执：本单位已收到；值班席可代录", "a unit has seen it; the desk may write it down for one")
def seen(
    context: typer.Context,
    number: Number,
    unit: Annotated[str, option("--unit", zh="单位，缺省为本人的单位", en="the unit, by default one's own")] = "",
    note: Annotated[str, option("--note", zh="说明", en="a note")] = "",
    json: Json = False,
) -> int:
    """Without --unit for every unit of one's own that owes a receipt."""
    receipt = carry_out(session_of(context), "broadcast_seen", {"broadcast": number, "unit": unit, "note": note})
    say_receipt(receipt, json, f"第 {number} 号已回执。", f"The receipt for broadcast {number} is given.")
    return OK


@command(app, "remind", "提醒未回执的单位", "remind the units that owe a receipt")
def remind(context: typer.Context, number: Number, json: Json = False) -> int:
    """Who has given it hears nothing."""
    session = session_of(context)
    receipt = carry_out(session, "broadcast_remind", {"broadcast": number})
    line = queries.broadcast(session.reader(), session.centre_id(), number)
    owed = line.units - line.seen
    say_receipt(receipt, json, f"已提醒 {owed} 个单位。", f"{owed} units are reminded.")
    return OK


def _masked(line: queries.BroadcastLine) -> queries.BroadcastLine:
    return line._replace(title=mask_text(line.title), body=mask_text(line.body))


def _code(session: Any, given: str) -> str:
    from console.cli.ticket_codes import whole_code

    return whole_code(session, given) if given else ""
