"""What `zhihui db` says while it restores, rehearses a recovery, or looks at the daily backups."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console import output
from console.cli import words
from console.exit_codes import FAILED, OK
from data.errors import BadInput

if TYPE_CHECKING:
    from console.cli.session import Session
    from data.backup_log import BackupRun
    from data.steps import Step

MIB = 1_048_576


def restore_store(session: Session, source: str, force: bool, live: bool, accept_rot: bool) -> int:
    """Restore, and say what was done."""
    from data import maintenance

    url = session.url()
    # What was opened to see who acts would count as somebody who has the store open.
    session.close()
    done = maintenance.restore(url, source, force, tell=_tell, live=live, accept_rot=accept_rot)
    rows = done.contents.rows
    tickets, events = rows.get("ticket", 0), rows.get("ticket_event", 0)
    output.say_line(
        words.say(f"已恢复：事件 {tickets} 件，日志 {events} 条。", f"Restored: {tickets} tickets, {events} events.")
    )
    if done.kept is not None:
        output.say_line(words.say(f"原来的数据保存在：{done.kept}", f"What was there before: {done.kept}"))
    _next_steps(url, done.contents.schema)
    return OK


def _next_steps(url: str, schema: str) -> None:
    from data.revision import HEAD

    if schema != HEAD:
        output.remark(words.say("下一步：zhihui db upgrade", "Next: zhihui db upgrade"))
    output.remark(words.say("下一步：zhihui audit verify", "Next: zhihui audit verify"))


def run_drill(session: Session, folder: str, json: bool) -> int:
    """Rehearse a recovery; a table of its steps."""
    from core.drill import drill
    from data.location import is_sqlite, sqlite_path

    url = session.url()
    beside = Path(sqlite_path(url)).parent if is_sqlite(url) else Path()
    place = Path(folder) if folder else beside
    if not place.is_dir():
        raise BadInput("drill-folder", f"没有目录 {place}。", f"There is no folder {place}.")
    steps = drill(url, place) if json else drill(url, place, _tell)
    sound = all(step.ok for step in steps)
    if json:
        output.write_json({"sound": sound, "steps": [asdict(step) for step in steps]})
        return OK if sound else FAILED
    for step in steps:
        output.say_line(f"[{_mark(step)}] {_seconds(step):>8}  {_text(step)}{_said(step)}")
    seconds = sum(step.seconds or 0.0 for step in steps)
    output.say_line(
        words.say(f"演练通过，共 {seconds:.1f} 秒。", f"The drill went well, in {seconds:.1f} s.")
        if sound
        else words.say(f"演练未通过：{steps[-1].zh}。", f"The drill failed at: {steps[-1].en}.")
    )
    return OK if sound else FAILED


def list_backups(session: Session, prove: bool, json: bool) -> int:
    """The daily copies beside the store, newest first."""
    from core.engine.backups import proved
    from data.backup_log import FAILED as BAD
    from data.backup_log import newest_of, note
    from data.daily_copies import copies_in, folder_of
    from data.location import is_sqlite, sqlite_path

    url = session.url()
    if not is_sqlite(url):
        raise BadInput(
            "backups-server",
            "PostgreSQL 的每日备份由数据库服务器管理员负责；可用 zhihui db backup 另作备份。",
            "The daily backups of a PostgreSQL store are its administrator's; zhihui db backup takes one of your own.",
        )
    folder = folder_of(sqlite_path(url))
    copies = {copy.name: copy for copy in copies_in(folder)}
    if prove:
        for copy in copies.values():
            note(folder, proved(copy, session.now()))
    known = newest_of(folder)
    names = sorted({*copies, *known}, reverse=True)
    lines = [_line(name, copies.get(name), known.get(name)) for name in names]
    if json:
        output.write_json(lines)
    else:
        for line in lines:
            output.say_line(_shown(line))
        if not lines:
            output.remark(words.say("还没有每日备份。", "There is no daily backup yet."))
    return FAILED if any(line["outcome"] == BAD for line in lines) else OK


def _line(name: str, copy: Path | None, run: BackupRun | None) -> dict[str, Any]:
    plain = asdict(run) if run else {"file": name, "outcome": "unproved"}
    return {**plain, "size": copy.stat().st_size if copy else 0, "path": str(copy) if copy else ""}


_OUTCOMES = {"sound": ("已核对", "proved"), "failed": ("失败", "FAILED"), "unproved": ("未核对", "not proved")}


def _shown(line: dict[str, Any]) -> str:
    mark = words.say(*_OUTCOMES.get(line["outcome"], ("?", "?")))
    size = f"{line['size'] / MIB:.1f} MiB"
    amount = ""
    if line["outcome"] == "sound":
        tickets, events, seconds = line["tickets"], line["events"], line["seconds"]
        amount = words.say(
            f"  事件 {tickets} 件，日志 {events} 条，{seconds:.1f} 秒",
            f"  {tickets} tickets, {events} events, {seconds:.1f} s",
        )
    elif line["outcome"] == "failed":
        amount = f"  {words.say(line['zh'], line['en'])}"
    return f"[{mark}] {line['file']}  {size}{amount}"


def _tell(step: Step) -> None:
    """A step on stderr: when it begins, and what it took."""
    if step.seconds is None:
        output.remark(f"{step.number}. {_text(step)} …")
    else:
        output.remark(f"   [{_mark(step)}] {_seconds(step)}{_said(step)}")


def _mark(step: Step) -> str:
    return words.say("正常", "ok") if step.ok else words.say("失败", "FAILED")


def _seconds(step: Step) -> str:
    return f"{step.seconds or 0.0:.2f} s"


def _text(step: Step) -> str:
    return words.say(step.zh, step.en)


def _said(step: Step) -> str:
    said = words.say(step.said_zh, step.said_en)
    return f"  {said}" if said else ""
