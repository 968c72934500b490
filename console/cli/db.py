"""`zhihui db`: what the store is, bringing it up to date, backups, soundness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.findings import show_findings
from console.cli.frame import built, command, new_app, session_of
from console.cli.options import Force, Json, argument, option
from console.exit_codes import FAILED, OK
from data.errors import Refusal

if TYPE_CHECKING:
    from console.cli.session import Session

app = new_app("数据库：信息、升级、备份、恢复、演练、检查", "the store: info, upgrade, backup, restore, drill, check")


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
    accept_rot: Annotated[
        bool, option("--accept-rot", zh="有损坏的行也升级", en="though rows of the store rotted")
    ] = False,
) -> int:
    """There is no way back but the copy."""
    from data.schema import upgrade

    session = session_of(context)
    done = upgrade(session.url(), no_copy, accept_rot)
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
    """The store may be in use. Exit code 8 where it is whole, but rows of the store rotted before."""
    from data import maintenance
    from data.row_check import rotten_in

    path = maintenance.backup(session_of(context).url(), target)
    output.say_line(str(path))
    rows = "; ".join(map(str, rotten_in(str(path), 5)))
    if not rows:
        return OK
    output.remark(
        words.say(f"备份完整，但其中有损坏的行：{rows}", f"The backup is whole, but rows of it rotted before: {rows}")
    )
    return FAILED


@command(app, "backups", "每日备份及其核对结果", "the daily backups and what came of each")
def backups(
    context: typer.Context,
    prove: Annotated[
        bool, option("--prove", zh="现在逐个恢复并核对", en="restore and compare each of them now")
    ] = False,
    json: Json = False,
) -> int:
    """The engine takes one a day, restores it into a scratch place and compares it. Exit code 8 when one failed."""
    from console.cli.recovery import list_backups

    return list_backups(session_of(context), prove, json)


@command(app, "restore", "从备份恢复", "bring the store back to a backup")
def restore(
    context: typer.Context,
    source: Annotated[str, argument("备份文件", "the backup's file")],
    force: Force = False,
    live: Annotated[
        bool, option("--live", zh="不要求先退出控制台和引擎", en="beside consoles and an engine that stay open")
    ] = False,
    accept_rot: Annotated[
        bool, option("--accept-rot", zh="备份中有损坏的行也恢复", en="even from a backup with rows that rotted")
    ] = False,
) -> int:
    """The backup is verified first; the old state is kept. Each step is told, with the time it took."""
    from console.cli.recovery import restore_store

    return restore_store(session_of(context), source, force, live, accept_rot)


@command(
    app, "drill", "在副本上演练：备份、损坏、检查、恢复、核验", "rehearse a recovery on a copy, from backup to audit"
)
def drill(
    context: typer.Context,
    folder: Annotated[
        str, option("--folder", zh="临时文件放在哪个目录（默认与数据库同处）", en="where the scratch files go")
    ] = "",
    json: Json = False,
) -> int:
    """Backup, a flipped bit, check, restore, comparison, audit. The store is only read. Exit code 8 when one fails."""
    from console.cli.recovery import run_drill

    return run_drill(session_of(context), folder, json)


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
