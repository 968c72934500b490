"""`zhihui personal`: how long personal data is kept: what is due, erased, and held."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.handing_on import carry_out, say_receipt
from console.cli.options import Csv, DryRun, Json, Jsonl, argument, form_of, option, show_records
from console.cli.session import Session
from console.exit_codes import OK, PARTLY, of_refusal
from data.errors import BadInput, Refusal
from data.queries import retention as queries
from data.queries.listing import iso

app = new_app("个人信息：到期、删除、保全", "personal data: what is due, erased and held")

Why = Annotated[str, option("--reason", zh="原因（必填）", en="the reason (required)")]
Code = Annotated[str, argument("事件编号", "the ticket's code")]
Limit = Annotated[int, option("--limit", zh="最多几件，缺省 100", en="how many at most, by default 100")]
DUE_FIELDS = ("ticket", "ended_at", "kept", "why")
ERASE_FIELDS = ("ticket", "erased", "dry_run", "code", "why")
HOLD_FIELDS = queries.HoldLine._fields
ERASURE_FIELDS = queries.ErasureLine._fields
MOST = 100_000


class _Undone(Exception):
    """Rolls a trial back."""


def build() -> Any:
    """The noun."""
    return built(app)


@command(app, "due", "到期应删除个人信息的事件", "tickets whose personal data is due to be erased")
def due(
    context: typer.Context,
    kept: Annotated[bool, option("--kept", zh="另列到期而须保留的", en="also those that must stay, and why")] = False,
    limit: Limit = 100,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """The oldest first."""
    from core.accountability.retention import ended_tickets

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    ended = ended_tickets(session.whole_reader(), session.centre_id(), session.now(), _days(session))
    found = list(islice((one for one in ended if kept or one.why is None), _most(limit)))
    records = [
        {
            "ticket": one.code,
            "ended_at": iso(one.ended_at),
            "kept": one.why is not None,
            "why": words.say(one.why.zh, one.why.en) if one.why else "",
        }
        for one in found
    ]
    if form:
        output.write_records(records, DUE_FIELDS, form)
        return OK
    from console.cli.printing import moment

    zone = session.zone()
    rows = [{**record, "ended_at": moment(one.ended_at, zone)} for record, one in zip(records, found, strict=True)]
    titles = (("编号", "Ticket"), ("结束", "Ended"), ("保留原因", "Stays because"))
    show_records(rows, ("ticket", "ended_at", "why"), "", titles)
    output.remark(words.say(f"{len(found)} 件。", f"{len(found)} tickets."))
    return OK


@command(app, "erase", "删除到期事件的个人信息；不可恢复", "erase personal data of tickets that are due; for good")
def erase(
    context: typer.Context,
    codes: Annotated[list[str] | None, argument("事件编号", "codes of tickets")] = None,
    all_due: Annotated[bool, option("--due", zh="所有到期的", en="every ticket that is due")] = False,
    reason: Why = "",
    limit: Limit = 100,
    dry_run: DryRun = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """The chain still verifies afterwards. Copies of the store keep the data until they are replaced."""
    from core.accountability.retention import due_tickets
    from core.engine.retention import forget_words

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    if bool(codes) == all_due:
        raise BadInput("erase-which", "请给出事件编号，或 --due。", "Name tickets, or give --due.")
    wanted = list(dict.fromkeys(codes or ()))
    if all_due:
        found = due_tickets(session.whole_reader(), session.centre_id(), session.now(), _days(session))
        wanted = list(islice(found, _most(limit)))
    records, refused = [], None
    for code in wanted:
        why = _erase(session, code, reason, dry_run)
        refused = refused or why
        said = words.say(why.zh, why.en) if why else ""
        done = why is None and not dry_run
        records.append(
            {"ticket": code, "erased": done, "dry_run": dry_run, "code": why.code if why else "", "why": said}
        )
    if any(record["erased"] for record in records):
        forget_words(session.store(), session.centre_id())
    if form:
        output.write_records(records, ERASE_FIELDS, form)
    else:
        for record in records:
            output.say_line(f"{record['ticket']}  {_said(record)}")
    if refused is None:
        return OK
    return of_refusal(refused) if len(records) == 1 else PARTLY


@command(app, "hold", "保全：不论期限，不得删除", "hold a ticket: its data is not erased, whatever its age")
def hold(context: typer.Context, code: Code, reason: Why = "", json: Json = False) -> int:
    """For a court, an inspection, an appeal."""
    receipt = carry_out(session_of(context), "hold", {"ticket": code, "reason": reason})
    say_receipt(receipt, json, f"{code} 已保全。", f"{code} is held.")
    return OK


@command(app, "lift", "解除保全", "lift a hold")
def lift(context: typer.Context, code: Code, reason: Why = "", json: Json = False) -> int:
    """It is kept as long as any other again."""
    receipt = carry_out(session_of(context), "hold_lift", {"ticket": code, "reason": reason})
    say_receipt(receipt, json, f"{code} 已解除保全。", f"The hold on {code} is lifted.")
    return OK


@command(app, "holds", "保全的事件", "tickets under a hold")
def holds(
    context: typer.Context,
    lifted: Annotated[bool, option("--lifted", zh="含已解除的", en="lifted ones too")] = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """The newest first."""
    from data.masking import mask_text

    session = session_of(context)
    lines = [
        line._replace(reason=mask_text(line.reason), lift_reason=mask_text(line.lift_reason))
        for line in queries.holds(session.whole_reader(), session.centre_id(), lifted, MOST)
    ]
    titles = (("号", "No"), ("编号", "Ticket"), ("原因", "Reason"), ("起", "Since"), ("由", "By"), ("解除", "Lifted"))
    shown = ("id", "ticket", "reason", "set_at", "set_by", "lifted_at")
    return _show(session, lines, HOLD_FIELDS, shown, titles, form_of(json, jsonl, csv))


@command(app, "erased", "已删除个人信息的事件", "tickets whose personal data was erased")
def erased(
    context: typer.Context, limit: Limit = 100, json: Json = False, jsonl: Jsonl = False, csv: Csv = False
) -> int:
    """The newest first."""
    session = session_of(context)
    lines = queries.erasures(session.whole_reader(), session.centre_id(), _most(limit))
    titles = (("号", "No"), ("编号", "Ticket"), ("时间", "At"), ("经办", "By"), ("原因", "Reason"), ("条数", "Entries"))
    return _show(session, lines, ERASURE_FIELDS, ERASURE_FIELDS, titles, form_of(json, jsonl, csv))


def _show(session: Session, lines: Any, fields: Any, shown: Any, titles: Any, form: str) -> int:
    """Lines as records for programs, or as a table with instants in the centre's zone."""
    from console.cli.printing import moment

    stamps = [name for name in fields if name.endswith("at")]
    if form:
        records = [line._asdict() | {name: iso(getattr(line, name)) for name in stamps} for line in lines]
        output.write_records(records, fields, form)
        return OK
    zone = session.zone()
    rows = [line._asdict() | {name: moment(getattr(line, name), zone) for name in stamps} for line in lines]
    show_records(rows, shown, "", titles, (0,))
    return OK


def _erase(session: Session, code: str, reason: str, dry_run: bool) -> Refusal | None:
    """Erase one, or only look whether it could be; gives why not."""
    from core.desk.centre_desk import CentreDesk, read_centre_order

    order = read_centre_order("erase", {"ticket": code, "reason": reason})
    try:
        desk = session.desk()
        if not dry_run:
            CentreDesk(desk).do(order, session.actor())
            return None
        with suppress(_Undone), desk.store.write() as connection:
            CentreDesk(desk).do_in(connection, order, session.actor())
            raise _Undone
    except Refusal as refused:
        if refused.code == "not-permitted":
            raise
        return refused
    return None


def _said(record: dict[str, Any]) -> str:
    if record["why"]:
        return words.say("未删除：", "stays: ") + str(record["why"])
    return words.say("已删除", "erased") if record["erased"] else words.say("可删除（预演）", "can be erased (dry run)")


def _days(session: Session) -> int:
    from core.desk.references import References

    with session.store().read() as connection:
        return References(connection, session.centre_id()).policy().personal.keep_days


def _most(limit: int) -> int:
    if not 1 <= limit <= MOST:
        raise BadInput("limit", f"--limit 应在 1 到 {MOST} 之间。", f"--limit must be between 1 and {MOST}.")
    return limit
