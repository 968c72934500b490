"""`zhihui consult`: consultations with residents: open, take answers one by one or from files, conclude, publish."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import Entry, Group, built, new_app, session_of, single
from console.cli.meeting import proceedings_of
from console.cli.options import Csv, DryRun, Json, Jsonl, argument, form_of, option, show_records
from console.cli.ticket import verb_entries
from console.cli.ticket_views import TicketCode
from console.exit_codes import OK, PARTLY
from data.errors import BadInput

if TYPE_CHECKING:
    from core.exchange.opinions import Collected

VERBS = ("collect", "put-off", "conclude", "publish")
SHOWN = 5
"""Rejected rows that are shown to people; all of them are in the file."""
Number = Annotated[str, option("--consultation", zh="第几次征求意见，缺省最近一次", en="number, by default the newest")]
OPINION_FIELDS = ("no", "household", "name", "choice", "words", "received_at")
OPINION_TITLES = (
    *(("号", "No"), ("户号", "Household"), ("姓名", "Name"), ("选项", "Choice"), ("意见", "Opinion")),
    ("收到", "Received"),
)


def import_command(
    context: typer.Context,
    code: TicketCode,
    file: Annotated[str, argument("文件：CSV、XLSX 或 JSONL", "the file: CSV, XLSX or JSONL")],
    consultation: Number = "",
    column: Annotated[
        list[str] | None,
        option(
            "--column",
            zh="列名对应，如 household=门牌，可多次给出",
            en="what a column is called, as household=HEADING, may be repeated",
        ),
    ] = None,
    dry_run: DryRun = False,
    rejects: Annotated[
        str, option("--rejects", zh="退回的行写入此新文件", en="a new file for rejected rows, with the reasons")
    ] = "",
    json: Json = False,
) -> int:
    """Sound rows are taken, the others go into a file with their reasons; the same file twice changes nothing."""
    from dataclasses import asdict

    from console.cli.ticket_codes import whole_code
    from core.exchange.opinions import collect_file

    session = session_of(context)
    done = collect_file(
        session.desk(),
        session.actor(),
        whole_code(session, code),
        Path(file),
        number_of(consultation),
        _columns(column or []),
        dry_run,
        Path(rejects) if rejects else None,
    )
    if json:
        output.write_json({**asdict(done), "reject_file": str(done.reject_file) if done.reject_file else None})
    else:
        _print(done)
    return PARTLY if done.rejected else OK


def _columns(given: list[str]) -> dict[str, str]:
    found = {}
    for text in given:
        name, sign, heading = text.partition("=")
        if not sign or not heading.strip():
            raise BadInput("column-field", "--column 应写作 household=列名。", "Write --column household=HEADING.")
        found[name.strip()] = heading.strip()
    return found


def number_of(text: str) -> int | None:
    """A number inside a ticket as it was typed. Raises BadInput."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 5):
        raise BadInput("number", "请写序号，如 1。", "Write its number, such as 1.")
    return int(text)


def _print(done: Collected) -> None:
    verb = ("可收", "to take") if done.dry_run else ("收下", "taken")
    output.say_line(
        words.say(
            f"读取 {done.read} 行：{verb[0]} {done.taken}，已有 {done.known}，退回 {done.rejected}。",
            f"{done.read} rows read: {done.taken} {verb[1]}, {done.known} there before, {done.rejected} rejected.",
        )
        + (words.say("（预演，未保存）", " (dry run, not saved)") if done.dry_run else "")
    )
    for rejection in done.samples[:SHOWN]:
        why = words.say(rejection.zh, rejection.en)
        output.say_line(words.say(f"第 {rejection.line} 行：{why}", f"line {rejection.line}: {why}"))
    if done.reject_file is not None:
        output.say_line(words.say(f"退回的行：{done.reject_file}", f"Rejected rows: {done.reject_file}"))


def show_command(context: typer.Context, code: TicketCode, json: Json = False) -> int:
    """The consultations of a ticket: counts, result, figures before and after, publication log."""
    from console.cli.meeting_text import consultation_lines, consultation_record

    session, found = proceedings_of(context, code)
    if json:
        output.write_json([consultation_record(line, found) for line in found.consultations])
        return OK
    for line in found.consultations:
        for text in consultation_lines(line, found, session.zone()):
            output.say_line(text)
    if not found.consultations:
        output.remark(words.say("没有征求意见。", "There is no consultation."))
    return OK


def opinions_command(
    context: typer.Context,
    code: TicketCode,
    consultation: Number = "",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """The answers, without what says whose they are."""
    from console.cli.meeting_text import opinion_record
    from console.cli.printing import moment
    from console.cli.ticket_codes import whole_code
    from data.queries.meetings import opinions, proceedings
    from data.queries.tickets import ticket_id

    session = session_of(context)
    form, reader, centre = form_of(json, jsonl, csv), session.reader(), session.centre_id()
    ticket = ticket_id(reader, centre, whole_code(session, code))
    asked = [line.no for line in proceedings(reader, centre, ticket).consultations]
    number = number_of(consultation) or max(asked, default=0)
    if number not in asked:
        raise BadInput("proceeding-none", "没有征求意见。", "There is no consultation.")
    lines = opinions(reader, centre, ticket, number)
    records = [opinion_record(line) for line in lines]
    if not form:
        for line, record in zip(lines, records, strict=True):
            record["received_at"] = moment(line.received_at, session.zone())
    show_records(records, OPINION_FIELDS, form, OPINION_TITLES, right=(0,), drop=(2, 5))
    return OK


def _view(name: str, function: Any, zh: str, en: str) -> Entry:
    return Entry(zh, en, lambda: single(function, name, zh, en))


class ConsultGroup(Group):
    """`zhihui consult`: `open` and the others are verbs of `zhihui ticket`."""

    entries = {
        **verb_entries(*VERBS, open="consult"),
        "import": _view(
            "import",
            import_command,
            "从文件收集意见；同一文件可重复导入；有退回的行时退出码 7",
            "take answers from a file; the same file twice changes nothing; exit code 7 when rows were rejected",
        ),
        "show": _view(
            "show",
            show_command,
            "一件事件的征求意见：计数、结果、公示",
            "a ticket's consultations: counts, result, publication",
        ),
        "opinions": _view(
            "opinions", opinions_command, "收到的意见，个人信息遮盖", "the answers, personal data masked"
        ),
    }


def build() -> Any:
    """The noun."""
    app = new_app(
        "征求群众意见：意见征集、表决、告知", "consultations with residents: opinions, votes, notices", cls=ConsultGroup
    )
    app.callback()(_noun)
    return built(app)


def _noun() -> None:
    """The group itself does nothing."""
