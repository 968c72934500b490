"""`zhihui duty`: leave and exchanges of shifts that are asked for, agreed to and granted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.dry_run import write_or_try
from console.cli.frame import command, session_of
from console.cli.handing_on import Key, carry_out, say_receipt
from console.cli.instants import instant
from console.cli.options import Csv, DryRun, Json, Jsonl, argument, form_of, option, show_records
from console.exit_codes import OK
from data.duty_terms import DutyAsk, DutyAskState
from data.queries.listing import iso

if TYPE_CHECKING:
    from core.organisation.duty_ahead import GapLine
    from core.organisation.duty_cover import StandIn
    from data.queries.duty_asks import AskLine

Number = Annotated[int, argument("申请编号", "number of the request", min=1)]
Reason = Annotated[str, option("--reason", zh="原因（必填）", en="why (required)")]
For = Annotated[str, option("--officer", zh="替谁申请（值班长以上）", en="for whom (the desk's leaders)")]
FIELDS = (
    *("id", "kind", "state", "officer", "name", "other", "other_name", "from_at", "to_at", "shifts", "reason"),
    *("asked_at", "asked_by", "agreed_at", "agreed_by", "decided_at", "decided_by", "words"),
)
TITLES = (
    *(("号", "No"), ("类别", "Kind"), ("状态", "State"), ("人员", "Officer"), ("时间、班次", "When")),
    *(("对方、替班", "With"), ("原因", "Reason"), ("决定", "Decided by")),
)


def add_to(app: typer.Typer) -> None:
    """Put the commands into the noun."""
    command(app, "leave-ask", "申请请假，待批准", "ask for leave; a leader grants it")(leave_ask)
    command(app, "exchange", "与他人互换班次（A、B岗互换用 swap）", "exchange shifts with somebody (A and B: swap)")(
        exchange
    )
    command(app, "requests", "请假和换班的申请", "leave and exchanges that were asked for")(requests)
    command(app, "agree", "同意对方提出的换班", "agree to an exchange that somebody asked for")(agree)
    command(app, "grant", "批准请假或换班，并说明由谁顶替", "grant a leave or an exchange; says who stands in")(grant)
    command(app, "decline", "不同意请假或换班", "decline a leave or an exchange")(decline)
    command(app, "withdraw", "撤回申请；已批准的请假随之销假", "withdraw; a leave that was granted is called off")(
        withdraw
    )


def leave_ask(
    context: typer.Context,
    since: Annotated[str, option("--from", zh="从何时，缺省现在", en="since when, by default now")] = "",
    until: Annotated[
        str, option("--until", zh="到何时（必填），日期含当天", en="until when (required), a day included")
    ] = "",
    reason: Reason = "",
    officer: For = "",
    key: Key = "",
    json: Json = False,
) -> int:
    """The leaders are told. What cannot wait is written down with `duty leave`, for as long as the policy lets."""
    from core.rules.local_time import read_end

    session = session_of(context)
    zone = session.zone()
    begin = instant(since, zone) if since else session.now()
    values = {
        "from_at": begin,
        "to_at": read_end(until, zone) if until else begin,
        "reason": reason,
        "officer": officer,
    }
    receipt = carry_out(session, "leave_ask", values, key)
    say_receipt(receipt, json, f"第 {receipt.item} 号请假已申请，待批准。", f"Leave {receipt.item} is asked for.")
    return OK


def exchange(
    context: typer.Context,
    other: Annotated[str, argument("与谁换：编号或姓名", "with whom, by code or name")],
    mine: Annotated[
        str,
        option("--mine", zh="本人的班：日期，或开始时刻（必填）", en="the own shift: a day, or its begin (required)"),
    ] = "",
    theirs: Annotated[
        str, option("--theirs", zh="换对方的班；缺省只由对方顶班", en="theirs in return; by default none")
    ] = "",
    reason: Reason = "",
    officer: For = "",
    key: Key = "",
    json: Json = False,
) -> int:
    """The other agrees, then a leader where the policy says so. Nobody gets two places or too little rest."""
    values = {"other": other, "mine": mine, "theirs": theirs, "reason": reason, "officer": officer}
    receipt = carry_out(session_of(context), "exchange_ask", values, key)
    zh, en = (
        f"第 {receipt.item} 号换班已申请，待对方同意。",
        f"Exchange {receipt.item} waits for the other's agreement.",
    )
    say_receipt(receipt, json, zh, en)
    return OK


def agree(context: typer.Context, number: Number, json: Json = False) -> int:
    """By the other officer; the desk's leaders write down what was said on the telephone."""
    from data.queries.duty_asks import ask

    session = session_of(context)
    receipt = carry_out(session, "duty_agree", {"ask": number})
    done = ask(session.reader(), session.centre_id(), session.now(), number).state == DutyAskState.GRANTED
    zh, en = ("，值班表已改。", ": the roster is changed.") if done else ("，待批准。", "; a leader grants it.")
    say_receipt(receipt, json, f"第 {number} 号换班已同意{zh}", f"Exchange {number} is agreed to{en}")
    return OK


def grant(
    context: typer.Context,
    number: Number,
    substitute: Annotated[str, option("--substitute", zh="请假：由谁替班", en="leave: who takes the shifts over")] = "",
    note: Annotated[str, option("--note", zh="说明", en="a note")] = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> int:
    """By the desk's leaders, or a section's leader for the own section; nobody grants their own."""
    from core.desk.centre_desk import CentreDesk, read_centre_order

    session = session_of(context)
    values = {"ask": number, "substitute": substitute, "words": note}
    order = read_centre_order("duty_grant", {name: value for name, value in values.items() if value != ""})
    desk, actor, now = CentreDesk(session.desk()), session.actor(), session.now()

    def work(connection: Any) -> tuple[Any, Effect]:
        from core.organisation.duty_cover import effect_of, gaps_of
        from data.inside import InsideReader
        from data.queries.duty_asks import ask

        reader = InsideReader(connection)
        before = gaps_of(reader, desk.centre_id, now, ask(reader, desk.centre_id, now, number))
        receipt = desk.do_in(connection, order, actor)
        line = ask(reader, desk.centre_id, now, number)
        return receipt, (line, *effect_of(reader, desk.centre_id, now, line, before))

    receipt, (line, covers, gaps) = write_or_try(session, dry_run, work)
    if json:
        record = {"verb": receipt.verb, "entry": receipt.number, "item": receipt.item, "dry_run": dry_run}
        shifts = [{**one._asdict(), "from_at": iso(one.from_at), "to_at": iso(one.to_at)} for one in covers]
        output.write_json({**record, "stand_ins": shifts, "gaps": [_gap_record(gap) for gap in gaps]})
        return OK
    what = words.named(DutyAsk, line.kind)
    output.say_line(words.say(f"第 {number} 号{what}已批准。", f"{what} {number} is granted.".capitalize()))
    _say_effect(covers, gaps, session.zone())
    return OK


def decline(context: typer.Context, number: Number, reason: Reason = "", json: Json = False) -> int:
    """Nothing of the roster changes."""
    receipt = carry_out(session_of(context), "duty_decline", {"ask": number, "reason": reason})
    say_receipt(receipt, json, f"第 {number} 号申请未获同意。", f"Request {number} is declined.")
    return OK


def withdraw(context: typer.Context, number: Number, json: Json = False) -> int:
    """Shifts that a substitute has not begun go back."""
    receipt = carry_out(session_of(context), "duty_withdraw", {"ask": number})
    say_receipt(receipt, json, f"第 {number} 号申请已撤回。", f"Request {number} is withdrawn.")
    return OK


def requests(
    context: typer.Context,
    waiting: Annotated[bool, option("--waiting", zh="只看未决定的", en="only those that wait")] = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """The newest first. Reasons are for those whom it is about, and for the leaders."""
    from core.desk.duty_reasons import for_reader
    from data.queries.duty_asks import asks

    session, form = session_of(context), form_of(json, jsonl, csv)
    found = asks(session.reader(), session.centre_id(), session.now(), waiting)
    actor = session.actor() if (session.officer or "").strip() else None
    lines = [for_reader(line, actor) for line in found]
    if form:
        show_records([_record(line) for line in lines], FIELDS, form)
        return OK
    rows = [
        {
            "id": line.id,
            "kind": words.named(DutyAsk, line.kind),
            "state": words.named(DutyAskState, line.state),
            "who": line.name,
            "when": _when(line, session.zone()),
            "with": line.other_name,
            "reason": line.reason,
            "decided": " ".join(filter(None, (line.decided_by, line.words))),
        }
        for line in lines
    ]
    show_records(rows, ("id", "kind", "state", "who", "when", "with", "reason", "decided"), "", TITLES, (0,), flow=True)
    return OK


# ------------------------------------------------------------------------------------------------ what is shown

Effect = tuple["AskLine", list["StandIn"], list["GapLine"]]


def _say_effect(covers: list[StandIn], gaps: list[GapLine], zone: str) -> None:
    from console.cli.printing import moment
    from data.terms import Role

    for one in covers:
        what = words.named(Role, one.subject) if one.kind == "shift" else one.name
        who = words.say("、", ", ").join(one.people) or words.say("无人顶替", "nobody")
        until = moment(one.to_at, zone) if one.to_at is not None else ""
        output.say_line(f"  {moment(one.from_at, zone)} - {until} {what}: {who}")
    for gap, zh, en, _ in gaps:
        output.say_line(f"! {moment(gap.from_at, zone)} - {moment(gap.to_at, zone)} {words.say(zh, en)}")


def _gap_record(line: GapLine) -> dict[str, Any]:
    gap = line.gap
    record = {"kind": gap.kind.value, "subject": gap.subject or None, "officers": list(line.officers)}
    return {**record, "from_at": iso(gap.from_at), "to_at": iso(gap.to_at), "text": words.say(line.zh, line.en)}


def _record(line: AskLine) -> dict[str, Any]:
    record = line._asdict()
    for name in ("from_at", "to_at", "asked_at", "agreed_at", "decided_at"):
        record[name] = iso(record[name])
    record["shifts"] = [
        {"from": line.officer if turn["officer"] == line.officer_id else line.other, "role": turn["role"],
         "from_at": iso(turn["from"]), "to_at": iso(turn["to"])}
        for turn in line.turns
    ]  # fmt: skip
    return {name: record[name] for name in FIELDS}


def _when(line: AskLine, zone: str) -> str:
    from console.cli.printing import moment

    if line.kind == DutyAsk.LEAVE:
        return f"{moment(line.from_at, zone)} - {moment(line.to_at, zone)}"
    return " ⇄ ".join(moment(turn["from"], zone) for turn in line.turns)
