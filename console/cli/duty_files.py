"""`zhihui duty import|export|template`: rosters from and to the files in which streets keep them."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from console import output
from console.cli import words
from console.cli.dry_run import write_or_try
from console.cli.frame import command, session_of
from console.cli.options import DryRun, Force, Json, argument, option
from console.cli.session import Session
from console.exit_codes import OK
from data.errors import BadInput
from data.queries.listing import iso

if TYPE_CHECKING:
    from core.exchange.duty_days import Month
    from core.exchange.duty_export import Days, Form, Shape
    from core.exchange.duty_import import RosterImport
    from core.organisation.duty_replacing import RosterLine

MonthOf = Annotated[
    str,
    option("--month", zh="年月，如 2026-12（月表只写日数时）", en="the month, where a grid has days' numbers alone"),
]
Grid = Annotated[
    bool, option("--grid", zh="月表：每人一行，每日一列", en="a grid: a row per officer, a column per day")
]
Format = Annotated[
    str, option("--format", zh="csv、xlsx，缺省看文件名", en="csv or xlsx, by default by the file's name")
]
STDIN = "-"


def add_to(app: typer.Typer) -> None:
    """Put the commands into the noun."""
    command(
        app,
        "import",
        "导入值班表（CSV、XLSX）；有一处不对就什么也不改",
        "take a roster in (CSV, XLSX): one bad cell, and nothing changes",
    )(import_command)
    command(app, "export", "导出值班表，可再导入", "write the roster as a file that can be imported again")(export)
    command(app, "template", "可填写的值班表，附例子和说明", "a roster to fill in, with examples and a legend")(
        template
    )


def import_command(
    context: typer.Context,
    file: Annotated[str, argument("CSV 或 XLSX 文件，- 为标准输入", "a CSV or XLSX file, - for stdin")],
    month: MonthOf = "",
    sheet: Annotated[str, option("--sheet", zh="工作表，缺省第一个", en="the sheet, by default the first")] = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> int:
    """For the days and roles in the file it is all there is; what has begun stays. The same again changes nothing."""
    from core.exchange.duty_import import codes_of, import_roster, read_duty_file

    session = session_of(context)
    actor, centre, now = session.actor(), session.desk().centre_id, session.now()
    zone, codes = ZoneInfo(session.zone()), codes_of(session.reader(), centre, now)
    with _file(file) as path:
        found = read_duty_file(path, codes, _today(session), _month(month), sheet)
    done: RosterImport = write_or_try(
        session, dry_run, lambda connection: import_roster(connection, centre, found, codes, zone, now, actor)
    )
    if json:
        output.write_json(_record(done, dry_run))
    else:
        _say(done, session.zone(), dry_run)
    return OK


def export(
    context: typer.Context,
    file: Annotated[str, argument("文件；- 或缺省为标准输出", "the file; - or none for stdout")] = STDIN,
    first: Annotated[str, option("--from", zh="从哪天，缺省今天", en="first day, by default today")] = "",
    days: Annotated[int, option("--days", zh="几天，缺省 31", en="how many days, by default 31", min=1, max=400)] = 31,
    grid: Grid = False,
    form: Format = "",
    force: Force = False,
) -> int:
    """Keep one before an import: importing it brings the roster back."""
    from core.exchange.duty_export import dump_roster
    from core.exchange.duty_import import codes_of

    session = session_of(context)
    centre, chosen = session.centre_id(), _form(file, form)
    span, shape = _days(session, first, days), _shape(grid)
    codes = codes_of(session.reader(), centre, session.now())
    from console.cli.export import note_export

    note_export(session, "duty", chosen)
    _put(file, dump_roster(session.reader(), centre, span, codes, shape, chosen), force)
    return OK


def template(
    context: typer.Context,
    out: Annotated[str, option("--out", zh="文件；- 或缺省为标准输出", en="the file; - or none for stdout")] = STDIN,
    grid: Grid = False,
    month: MonthOf = "",
    form: Format = "",
    force: Force = False,
) -> int:
    """The list as it stands; with --grid the month's own days, and those who serve at the desk."""
    from core.exchange.duty_days import Month
    from core.exchange.duty_export import Days, dump_template
    from core.exchange.duty_import import codes_of

    session = session_of(context)
    centre, now, chosen = session.centre_id(), session.now(), _form(out, form)
    today = _today(session)
    wanted = _month(month) or Month(today.year, today.month)
    after = date(wanted.year + wanted.month // 12, wanted.month % 12 + 1, 1)
    begin = date(wanted.year, wanted.month, 1)
    days = Days(begin, (after - begin).days, ZoneInfo(session.zone()))
    codes = codes_of(session.reader(), centre, now)
    _put(out, dump_template(session.reader(), centre, now, days, codes, _shape(grid), chosen), force)
    return OK


@contextmanager
def _file(name: str) -> Iterator[Path]:
    """A file by its name, or what comes on stdin as one that is gone afterwards. Raises BadInput for too much."""
    if name != STDIN:
        yield Path(name)
        return
    from core.catalogue.sources import MAX_BYTES

    content = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise BadInput("file-size", "标准输入过大。", "There is too much on stdin.", limit=MAX_BYTES)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stdin"
        path.write_bytes(content)
        yield path


def _put(file: str, content: bytes, force: bool) -> None:
    from core.organisation.files import write_file

    if file == STDIN:
        output.write_bytes(content)
        return
    path = Path(file)
    if path.exists() and not force:
        raise BadInput("file-exists", f"{file} 已存在，覆盖请用 --force。", f"{file} is there already: use --force.")
    write_file(path, content)
    output.say_line(file)


def _form(file: str, form: str) -> Form:
    from core.exchange.duty_export import FORMS

    wanted = form.lower() or ("csv" if file == STDIN else Path(file).suffix.lower().lstrip("."))
    found = next((one for one in FORMS if one == wanted), None)
    if found is None:
        raise BadInput("duty-format", "只能写 .csv、.xlsx。", "Only .csv or .xlsx can be written.")
    if found == "xlsx" and file == STDIN and sys.stdout.isatty():
        raise BadInput(
            "export-screen", "XLSX 不能输出到屏幕，请给出文件名。", "XLSX is nothing for a screen: name a file."
        )
    return found


def _shape(grid: bool) -> Shape:
    return "grid" if grid else "list"


def _month(text: str) -> Month | None:
    from core.exchange.duty_days import read_month

    found = read_month(text)
    if text and found is None:
        raise BadInput("duty-month", "年月应如 2026-12。", "Write a month like 2026-12.")
    return found


def _today(session: Session) -> date:
    from data.instants import from_seconds

    return from_seconds(session.now()).astimezone(ZoneInfo(session.zone())).date()


def _days(session: Session, first: str, days: int) -> Days:
    from core.exchange.duty_export import Days
    from core.rules.local_time import read_instant
    from data.instants import from_seconds

    zone = ZoneInfo(session.zone())
    begin = from_seconds(read_instant(first, str(zone))).astimezone(zone).date() if first else _today(session)
    return Days(begin, days, zone)


def _record(done: RosterImport, dry_run: bool) -> dict[str, Any]:
    def line(one: RosterLine) -> dict[str, Any]:
        return {**one._asdict(), "from_at": iso(one.from_at), "to_at": iso(one.to_at)}

    written = asdict(done.done)
    written |= {name: [line(one) for one in getattr(done.done, name)] for name in ("added", "removed")}
    gaps = [
        {
            "kind": gap.kind.value,
            "subject": gap.subject or None,
            "officers": list(officers),
            "from_at": iso(gap.from_at),
            "to_at": iso(gap.to_at),
            "text": words.say(zh, en),
            "new": line in done.fresh,
        }
        for line in done.gaps
        for gap, zh, en, officers in (line,)
    ]
    head = {"form": done.form, "first": done.first, "last": done.last, "codes": dict(done.codes), "dry_run": dry_run}
    return {**head, **written, "gaps": gaps}


def _say(done: RosterImport, zone: str, dry_run: bool) -> None:
    from console.cli.printing import moment

    written = done.done
    output.say_line(words.say("班次：", "Shifts: ") + "  ".join(f"{code} {span}" for code, span in done.codes))
    if dry_run:
        for mark, lines in (("+", written.added), ("-", written.removed)):
            for one in lines:
                output.say_line(f"{mark} {_span(one, zone)}")
    elif lost := [one for one in written.removed if one.planned]:
        for one in lost:
            output.say_line(words.say("随之取消的换班：", "An exchange went with it: ") + _span(one, zone))
    zh = (
        f"{done.first} 至 {done.last}：新增 {len(written.added)}，取消 {len(written.removed)}，不变 {written.unchanged}"
    )
    en = f"{done.first} to {done.last}: {len(written.added)} added, {len(written.removed)} taken out"
    zh, en = (
        zh + f"，已开始而未动 {written.begun}。",
        f"{en}, {written.unchanged} as before, {written.begun} begun and left.",
    )
    if written.exchanged:
        zh, en = zh + f"换班照旧 {written.exchanged}。", f"{en} {written.exchanged} agreed exchanges stay."
    output.say_line(words.say(zh, en))
    for line in done.gaps:
        gap, zh_text, en_text, _ = line
        new = words.say("新", "new") if line in done.fresh else "  "
        output.say_line(
            f"! {new} {moment(gap.from_at, zone)} - {moment(gap.to_at, zone)} {words.say(zh_text, en_text)}"
        )


def _span(one: RosterLine, zone: str) -> str:
    from console.cli.printing import moment
    from data.terms import Role

    role = words.named(Role, one.role) if one.role else words.say("请假", "leave")
    until = moment(one.to_at, zone) if one.to_at is not None else words.say("不定", "open")
    planned = words.say(f"（原为{one.planned}）", f" (was {one.planned})") if one.planned else ""
    return f"{moment(one.from_at, zone)} - {until} {one.name}{planned} {role} {one.note}".rstrip()
