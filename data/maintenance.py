"""Looking after a store: what it is, whether it is sound, and its backups."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from data.backup import Restored, backup, restore
from data.checkpoint import WAL_LIMIT, wal_size
from data.counting import kept_dimensions, recount_sql
from data.errors import StoreTrouble
from data.findings import Finding, worst
from data.location import is_sqlite, sqlite_path
from data.reader import Reader
from data.revision import HEAD, VERSION_QUERY, schema_version
from data.row_check import Rotten, rotten_rows
from data.search_check import search_faults
from data.snapshot import opened

__all__ = ["Finding", "Info", "Restored", "backup", "check", "info", "restore", "worst"]

SHOWN = 5
COUNTED = 1_000
"""Rows that differ from their sums are not counted further than this."""


@dataclass(frozen=True)
class Info:
    """What a store is. Sizes in bytes; `counts` are the kept counters, so that nothing has to be counted."""

    engine: str
    version: str
    schema: str | None
    head: str
    size: int
    centres: int
    events: int
    counts: dict[str, int] = field(default_factory=dict)
    wal_size: int = 0
    journal_mode: str = ""
    pages: int = 0
    free_pages: int = 0
    page_size: int = 0


def info(url: str) -> Info:
    """What the store is and how large. Works on a store of any release. Raises StoreTrouble."""
    with Reader(url, any_version=True) as reader:
        schema = schema_version(reader)
        centres = events = 0
        counts: dict[str, int] = {}
        if schema is not None:
            centres = reader.rows("SELECT count(*) FROM centre", fanout=True)[0][0]
            events = int(reader.rows("SELECT coalesce(sum(chain_no), 0) FROM centre_seq", fanout=True)[0][0])
            rows = reader.rows(
                "SELECT dimension, item, sum(amount) FROM centre_stat"
                " WHERE dimension IN ('all', 'open', 'stage') GROUP BY dimension, item ORDER BY dimension, item",
                fanout=True,
            )
            counts = {name if item == "all" else f"{name}.{item}": int(amount) for name, item, amount in rows if amount}
        if not reader.sqlite:
            version = reader.rows("SELECT version()", fanout=True)[0][0]
            size = int(reader.rows("SELECT pg_database_size(current_database())", fanout=True)[0][0])
            return Info("PostgreSQL", version, schema, HEAD, size, centres, events, counts)
        names = ("journal_mode", "page_count", "freelist_count", "page_size")
        facts = [reader.rows(f"PRAGMA {name}", fanout=True)[0][0] for name in names]
        version = reader.rows("SELECT sqlite_version()", fanout=True)[0][0]
    path = sqlite_path(url)
    size = os.path.getsize(path)
    return Info("SQLite", version, schema, HEAD, size, centres, events, counts, wal_size(path), *facts)


def check(url: str) -> list[Finding]:
    """Whether the store is sound: its structure, its links, and what it keeps twice. Raises StoreTrouble.

    Reads everything once. The chain's hashes and the tickets against their log are the task of `zhihui audit verify`.
    """
    found: list[Finding] = []
    if is_sqlite(url):
        found += _structure(sqlite_path(url))
        if worst(found) == "bad":
            return found
    with Reader(url) as reader, reader.steady():
        return [*found, _counters(reader), _due_clocks(reader), _chains(reader), _open_custody(reader)]


def _structure(path: str) -> list[Finding]:
    Reader(f"sqlite:///{path}", any_version=True).close()
    try:
        with opened(path) as connection:
            connection.execute("PRAGMA query_only = ON")
            problems = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)")]
            links = connection.execute("PRAGMA foreign_key_check").fetchall()
    except StoreTrouble as error:
        problems, links = [str(error.__cause__)], []
    rows, unread = _rotten(path)
    if unread and problems == ["ok"]:
        problems = [unread]
    todo = (
        "请停用并恢复最近的备份：zhihui db restore。",
        "Stop using it and restore the latest backup: zhihui db restore.",
    )
    found = [
        _finding("integrity", [] if problems == ["ok"] else problems, "数据文件结构", "The file's structure", todo),
        _finding("links", [f"{row[0]} {row[1]} → {row[2]}" for row in links], "数据引用", "Links between rows", todo),
    ]
    found.append(_rows(rows))
    if worst(found) != "bad":
        found.append(_search(path))
    size = wal_size(path)
    if size > WAL_LIMIT:
        found.append(
            Finding(
                "wal-large",
                "warn",
                f"预写日志 {size >> 20} MiB。",
                f"The write-ahead log has {size >> 20} MiB.",
                "有程序长时间持有旧的读取视图；请重启长时间未动的控制台。",
                "Some program holds an old view for long: restart consoles that stand idle.",
            )
        )
    return found


def _rotten(path: str) -> tuple[list[Rotten], str]:
    """The rows that differ from their sums, as far as they are counted, and what kept the rest from being read."""
    rows: list[Rotten] = []
    try:
        with opened(path) as connection:
            connection.execute("PRAGMA query_only = ON")
            for row in rotten_rows(connection):
                rows.append(row)
                if len(rows) == COUNTED:
                    break
    except StoreTrouble as error:
        return rows, str(error.__cause__)
    return rows, ""


def _rows(rows: list[Rotten]) -> Finding:
    """What stands in the rows against what was written."""
    if not rows:
        return _finding("rows", [], "数据行校验", "Rows against their checksums", ("", ""))
    amount = f"{len(rows)}{'+' if len(rows) == COUNTED else ''}"
    todo = (
        f"共 {amount} 行与写入时不同。请恢复最近的完好备份：zhihui db restore。",
        f"{amount} rows are not what was written. Go back to the latest sound backup: zhihui db restore.",
    )
    return _finding("rows", [str(row) for row in rows], "数据行校验", "Rows against their checksums", todo)


def _search(path: str) -> Finding:
    """The search index against the texts."""
    try:
        with opened(path) as connection:
            connection.execute("PRAGMA query_only = ON")
            version = connection.execute(VERSION_QUERY).fetchone()
            wrong = list(islice(search_faults(connection), SHOWN)) if version == (HEAD,) else []
    except StoreTrouble as error:
        wrong = [str(error.__cause__)]
    todo = ("请重建搜索索引：zhihui db index --rebuild。", "Make the search index anew: zhihui db index --rebuild.")
    return _finding("search", [ascii(term)[1:-1] for term in wrong], "搜索索引", "The search index", todo)


def _counters(reader: Reader) -> Finding:
    """The kept counters against the tickets."""
    counted: dict[tuple[int, str, str], int] = {}
    stored: dict[tuple[int, str, str], int] = {}
    for (centre,) in reader.rows("SELECT id FROM centre", fanout=True):
        for dimension in kept_dimensions(reader, centre):
            for item, amount in reader.rows(recount_sql(dimension), centre=centre):
                counted[centre, dimension, str(item)] = amount
        for dimension, item, amount in reader.rows(
            "SELECT dimension, item, amount FROM centre_stat WHERE centre_id = :centre AND amount <> 0", centre=centre
        ):
            stored[centre, dimension, item] = amount
    wrong = [
        f"{key[1]}.{key[2]}: {stored.get(key, 0)} / {counted.get(key, 0)}"
        for key in sorted(stored.keys() | counted.keys())
        if stored.get(key, 0) != counted.get(key, 0)
    ]
    todo = ("请报告此问题：计数与事件不符。", "Please report this: the counters do not match the tickets.")
    return _finding("counters", wrong, "保存的计数", "Kept counters", todo)


def _due_clocks(reader: Reader) -> Finding:
    """What the engine will claim against the clocks themselves."""
    clock = "SELECT centre_id, id, next_at, ticket_id FROM clock WHERE state = 'running' AND next_at IS NOT NULL"
    due = "SELECT centre_id, clock_id, next_at, ticket_id FROM clock_due"
    pairs = (("missing", clock, due), ("extra", due, clock))
    wrong = [
        f"{what}: clock {row[1]} of ticket {row[3]}"
        for what, one, other in pairs
        for row in reader.rows(f"{one} EXCEPT {other} LIMIT :shown", fanout=True, shown=SHOWN)
    ]
    todo = (
        "请报告此问题：部分提醒可能不会触发。",
        "Please report this: some steps of the ladder may not fire.",
    )
    return _finding("clock-due", wrong, "待触发的计时", "Clocks that wait for the engine", todo)


def _chains(reader: Reader) -> Finding:
    """The heads of each centre's chains against their entries: none missing, none beyond."""
    wrong = [
        f"centre {centre}: head {head}, {what} {count}, last {last}"
        for what, source, column in (
            ("events", "ticket_event", "chain_no"),
            ("changes of the organisation", "organisation_event", "organisation_no"),
        )
        for centre, head, count, last in reader.rows(
            f"SELECT s.centre_id, s.{column}, count(e.id), coalesce(max(e.id), 0) FROM centre_seq s"  # noqa: S608
            f" LEFT JOIN {source} e ON e.centre_id = s.centre_id GROUP BY s.centre_id, s.{column}",
            fanout=True,
        )
        if not head == count == last
    ]
    todo = (
        "日志可能被改动，请运行 zhihui audit verify。",
        "The log may have been changed: run zhihui audit verify.",
    )
    return _finding("chain", wrong, "日志链", "The chain of events", todo)


def _open_custody(reader: Reader) -> Finding:
    """An open ticket is in exactly one pair of hands."""
    rows: list[tuple[Any, ...]] = reader.rows(
        "SELECT t.centre_id, t.code, count(c.no) FROM ticket t LEFT JOIN custody c"
        " ON c.centre_id = t.centre_id AND c.ticket_id = t.id AND c.to_at IS NULL"
        " WHERE t.open = 1 GROUP BY t.centre_id, t.id, t.code HAVING count(c.no) <> 1 LIMIT :shown",
        fanout=True,
        shown=SHOWN,
    )
    wrong = [f"{code}: {count}" for _, code, count in rows]
    todo = ("请报告此问题：在办事件无人或多人持有。", "Please report this: nobody or several hold an open ticket.")
    return _finding("custody", wrong, "在办事件的持有人", "Holders of open tickets", todo)


def _finding(code: str, wrong: list[str], zh: str, en: str, todo: tuple[str, str]) -> Finding:
    if not wrong:
        return Finding(code, "ok", f"{zh}正常。", f"{en}: in order.")
    shown = "; ".join(wrong[:SHOWN])
    return Finding(code, "bad", f"{zh}有误：{shown}", f"{en}: wrong: {shown}", *todo)
