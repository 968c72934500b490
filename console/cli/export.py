"""`zhihui export`: tickets to CSV, XLSX or JSON lines, safe to open in a spreadsheet."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import session_of, single
from console.cli.options import Force, WhereListed, argument, option, progress_bar
from console.exit_codes import OK
from data.errors import BadInput

if TYPE_CHECKING:
    from console.cli.session import Session
    from data.queries.filters import Condition


def build() -> Any:
    """The command."""
    return single(export_command, "export", "导出事件到 CSV、XLSX、JSONL", "export tickets to CSV, XLSX or JSON lines")


def export_command(
    context: typer.Context,
    file: Annotated[str, argument("文件；- 或缺省为标准输出", "the file; - or none for stdout")] = "-",
    form: Annotated[
        str,
        option(
            "--format", zh="csv、xlsx、jsonl，缺省看文件名", en="csv, xlsx or jsonl, by default from the file's name"
        ),
    ] = "",
    where: WhereListed = "",
    everything: Annotated[bool, option("--all", zh="包括已结", en="closed ones too")] = False,
    force: Force = False,
) -> int:
    """Personal data is masked. A file appears whole or not at all, readable by its owner alone."""
    from core.exchange.exporting import export_tickets, stream_tickets

    session = session_of(context)
    form = form.lower()
    reader, centre, zone = session.reader(), session.centre_id(), session.zone()
    chosen = _condition(session, where, everything)
    note_export(session, "tickets", form or Path(file).suffix.lstrip("."), where)
    with progress_bar() as progress:
        if file == "-":
            with _stdout(form or "csv") as stream:
                try:
                    written = stream_tickets(reader, centre, stream, form or "csv", chosen, zone, progress=progress)
                except BrokenPipeError as error:
                    raise output.PipeClosed from error
        else:
            done = export_tickets(reader, centre, Path(file), form, chosen, zone, force=force, progress=progress)
            written = done.written
    place = "" if file == "-" else file
    output.remark(_summary(written, place, only_open=not (everything or chosen.asks_closed)))
    return OK


def note_export(session: Session, target: str, form: str, where: str = "") -> None:
    """Write down that the officer who is named takes data out. Raises StoreTrouble, and then nothing goes out."""
    if not (session.officer or "").strip():
        return
    from core.desk.revealing import note_look
    from data.access_terms import AccessKind

    note_look(session.desk(), session.actor(), AccessKind.EXPORTED, target, form=form, where=where)


def _condition(session: Session, where: str, everything: bool) -> Condition:
    """As in lists: open tickets that fit, closed ones too with --all or where the filter names them."""
    from data.queries.filters import Condition
    from data.queries.listing import within

    found = session.condition(where) if where else Condition("1 = 1", {})
    return found._replace(sql=within(found, everything))


def _stdout(form: str) -> IO[bytes]:
    """Stdout as bytes. Raises BadInput for an unknown form, and where a workbook would go to a screen."""
    from core.exchange.exporting import check_form

    check_form(form)
    if form == "xlsx" and sys.stdout.isatty():
        raise BadInput(
            "export-screen", "XLSX 不能输出到屏幕，请给出文件名。", "XLSX is nothing for a screen: name a file."
        )
    output.flush()
    return os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)


def _summary(written: int, place: str, only_open: bool) -> str:
    zh = f"已导出 {written} 件" + (f"到 {place}" if place else "") + "，个人信息已遮盖。"
    en = f"{written} tickets exported" + (f" to {place}" if place else "") + ", personal data masked."
    if only_open:
        zh, en = zh + "只含未结，--all 包括已结。", en + " Open ones only; --all includes closed ones."
    return words.say(zh, en)
