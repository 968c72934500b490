"""`zhihui db`: what the store is, bringing it up to date, backups, soundness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.findings import show_findings
from console.cli.frame import built, command, new_app, session_of
from console.cli.options import Force, Json, argument, option
from console.exit_codes import OK
from data.errors import Refusal

if TYPE_CHECKING:
    from console.cli.session import Session

app = new_app("数据库：信息、升级、备份、恢复、检查", "the store: info, upgrade, backup, restore, check")


def build() -> Any:
    """The noun."""
    return built(app)


@command(app, "info", "数据库信息", "what the store is")
def info(context: typer.Context, json: Json = False) -> int:
    """Works on a store of any release."""
    from dataclasses import asdict

    from data import maintenance
    from data.location import is_sqlite, sqlite_path

    url = session_of(context).url()
    record = asdict(maintenance.info(url))
    record["place"] = sqlite_path(url) if is_sqlite(url) else "postgresql"
    if json:
        output.write_json(record)
        return OK
    for line in _info_lines(record):
        output.say_line(line)
    return OK


def _info_lines(record: dict[str, Any]) -> list[str]:
    """What the store is, for people."""
    from console.cli.printing import stage_label
    from data.terms import Stage

    counts = record["counts"]
    sizes = _size(record["size"])
    if record["wal_size"]:
        sizes += words.say("，预写日志 ", ", write-ahead log ") + _size(record["wal_size"])
    schema = record["schema"] or words.say("无", "none")
    lines = [
        (("数据库", "engine"), f"{record['engine']} {record['version']}"),
        (("位置", "place"), record["place"]),
        (("大小", "size"), sizes),
        (
            ("数据结构", "schema"),
            words.say(f"{schema}（本程序 {record['head']}）", f"{schema} (this program: {record['head']})"),
        ),
        (("中心", "centres"), record["centres"]),
        (("日志", "events"), record["events"]),
        (("事件", "tickets"), counts.get("all", 0)),
        (("未结", "open"), counts.get("open", 0)),
    ]
    stages = [(stage.value, counts[f"stage.{stage.value}"]) for stage in Stage if f"stage.{stage.value}" in counts]
    return [
        *(words.say(f"{zh}：{value}", f"{en}: {value}") for (zh, en), value in lines),
        *(f"  {stage_label(stage)} {amount}" for stage, amount in stages),
    ]


def _size(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 1_048_576:.1f} MiB" if size >= 1_048_576 else f"{size / 1024:.0f} KiB"


@command(app, "upgrade", "升级数据结构，先备份", "bring the store to this release, after a verified copy")
def upgrade(
    context: typer.Context,
    no_copy: Annotated[
        bool, option("--no-copy", zh="不留备份（已自行备份时）", en="take no copy, because you have one")
    ] = False,
) -> int:
    """There is no way back but the copy."""
    from data.schema import upgrade

    session = session_of(context)
    done = upgrade(session.url(), no_copy)
    _seal_codes(session)
    if done.before == done.after:
        output.write(words.say(f"已是最新：{done.after}\n", f"It is up to date: {done.after}\n"))
        return OK
    output.write(words.say(f"已升级：{done.before} -> {done.after}\n", f"Upgraded: {done.before} -> {done.after}\n"))
    if done.copy is not None:
        output.say_line(words.say(f"升级前的备份：{done.copy}", f"The state before: {done.copy}"))
    return OK


def _seal_codes(session: Session) -> None:
    """Secrets of one-time codes that an earlier release left plain; one that stays plain is good as before."""
    from core.desk.actor import Actor
    from core.identity.sealing import seal_plain

    centres = session.whole_reader().rows("SELECT id FROM centre", fanout=True)
    try:
        for (centre,) in centres:
            seal_plain(session.store(), int(centre), session.now(), Actor("upgrade", "升级"))
    except Refusal as refusal:
        output.remark(words.say(refusal.zh, refusal.en))


@command(app, "backup", "备份到文件或目录", "take a verified backup")
def backup(
    context: typer.Context,
    target: Annotated[str, argument("新文件，或已有目录", "a new file, or a folder that exists")] = ".",
) -> int:
    """The store may be in use."""
    from data import maintenance

    path = maintenance.backup(session_of(context).url(), target)
    output.say_line(str(path))
    return OK


@command(app, "restore", "从备份恢复", "bring the store back to a backup")
def restore(
    context: typer.Context, source: Annotated[str, argument("备份文件", "the backup's file")], force: Force = False
) -> int:
    """The backup is verified first; the old state is kept."""
    from data import maintenance

    done = maintenance.restore(session_of(context).url(), source, force)
    if not done.had_manifest:
        output.remark(
            words.say("备份没有清单，只核对了内容。", "The backup had no manifest: only its content was checked.")
        )
    rows = done.contents.rows
    tickets, events = rows.get("ticket", 0), rows.get("ticket_event", 0)
    output.say_line(
        words.say(f"已恢复：事件 {tickets} 件，日志 {events} 条。", f"Restored: {tickets} tickets, {events} events.")
    )
    if done.kept is not None:
        output.say_line(words.say(f"原来的数据保存在：{done.kept}", f"What was there before: {done.kept}"))
    return OK


@command(app, "index", "让搜索索引跟上；--rebuild 重建", "let the search index catch up; --rebuild makes it anew")
def index(
    context: typer.Context,
    rebuild: Annotated[bool, option("--rebuild", zh="清空后重建", en="empty it first")] = False,
) -> int:
    """A running engine does the same, a little in each cycle. Searching is right at any lag."""
    from console.cli.options import progress_bar
    from data.queries.searching import waiting
    from data.search_index import empty_index, fill

    session = session_of(context)
    store = session.desk().store
    if rebuild:
        with store.write() as connection:
            empty_index(connection)
    centres, done = _centres(session), 0
    whole = sum(waiting(session.whole_reader(), centre, 1 << 40) for centre in centres)
    with progress_bar() as progress:
        for centre in centres:
            while taken := fill(store, centre):
                done += taken
                progress(done, whole)
    output.say_line(words.say(f"已索引：{done} 件事件。", f"Indexed: {done} tickets."))
    return OK


def _centres(session: Session) -> list[int]:
    """The ids of all centres of the store."""
    return [int(row[0]) for row in session.whole_reader().rows("SELECT id FROM centre ORDER BY id", fanout=True)]


@command(app, "check", "检查数据库是否完好；有误时退出码 8", "whether the store is sound; exit code 8 when it is not")
def check(context: typer.Context, json: Json = False) -> int:
    """Structure, links, and what is kept twice. `zhihui audit verify` checks the log itself."""
    from data import maintenance

    return show_findings(maintenance.check(session_of(context).url()), json)
