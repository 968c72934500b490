"""`zhihui import`: tickets of other systems, by maps that say which column is what."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.options import Csv, DryRun, Json, Jsonl, argument, form_of, option, progress_bar, show_records
from console.exit_codes import OK, PARTLY

if TYPE_CHECKING:
    from core.exchange.importing import ImportResult

SHOWN = 5
"""Rejected rows that are shown to people; all of them are in the file."""

app = new_app("导入其他系统的事件", "import tickets of other systems")


def build() -> Any:
    """The noun."""
    return built(app)


@command(
    app,
    "tickets",
    "导入 CSV、XLSX 或 JSONL；同一文件可重复导入；有退回的行时退出码 7",
    "import CSV, XLSX or JSONL; the same file twice changes nothing; exit code 7 when rows were rejected",
)
def tickets(
    context: typer.Context,
    file: Annotated[str, argument("文件", "the file")],
    map_name: Annotated[
        str, option("--map", zh="导入映射：名称或 TOML 文件", en="an import map: its name, or a TOML file")
    ],
    dry_run: DryRun = False,
    rejects: Annotated[
        str, option("--rejects", zh="退回的行写入此新文件", en="a new file for rejected rows, with the reasons")
    ] = "",
    json: Json = False,
) -> int:
    """Sound rows go in, the others into a file with their reasons. Stopped in the middle, run it again."""
    from core.exchange.importing import import_tickets
    from core.exchange.maps import load_map
    from data.search_index import fill

    session = session_of(context)
    rules = load_map(map_name)
    desk, actor = session.desk(), session.actor()
    with progress_bar() as progress:
        try:
            done = import_tickets(
                desk.store,
                session.clock,
                desk.centre_id,
                Path(file),
                rules,
                actor,
                dry_run,
                progress,
                rejects=Path(rejects) if rejects else None,
            )
        except KeyboardInterrupt:
            output.remark(
                words.say(
                    "已中断：已导入的保留，再次运行即可继续。",
                    "Stopped: what was imported stays; run it again to go on.",
                )
            )
            raise
    if json:
        output.write_json({**asdict(done), "reject_file": str(done.reject_file) if done.reject_file else None})
    else:
        print_result(done)
    if done.created and not dry_run:
        # What came in is found already; from here on it is found fast.
        while fill(desk.store, desk.centre_id):
            pass
    return PARTLY if done.rejected else OK


def print_result(done: ImportResult) -> None:
    """The result for people: figures, then why rows were rejected."""
    verb = ("可导入", "to import") if done.dry_run else ("导入", "imported")
    output.say_line(
        words.say(
            f"读取 {done.read} 行：{verb[0]} {done.created}，已有 {done.unchanged}，退回 {done.rejected}。",
            f"{done.read} rows read: {done.created} {verb[1]}, {done.unchanged} there before, "
            f"{done.rejected} rejected.",
        )
        + (words.say("（预演，未保存）", " (dry run, not saved)") if done.dry_run else "")
    )
    if done.new_units:
        names = words.say("、", ", ").join(done.new_units)
        count = len(done.new_units)
        output.say_line(words.say(f"新设岗位 {count} 个：{names}", f"{count} new posts: {names}"))
    for rejection in done.samples[:SHOWN]:
        why = words.say(rejection.zh, rejection.en)
        output.say_line(words.say(f"第 {rejection.line} 行：{why}", f"line {rejection.line}: {why}"))
    if done.rejected > SHOWN:
        counted = sorted(done.reasons.items(), key=lambda item: (-item[1], item[0]))
        reasons = words.say("，", ", ").join(f"{code} {count}" for code, count in counted)
        output.say_line(words.say(f"退回原因：{reasons}", f"Reasons: {reasons}"))
    if done.reject_file is not None:
        output.say_line(words.say(f"退回的行：{done.reject_file}", f"Rejected rows: {done.reject_file}"))


MAP_FIELDS = ("name", "title", "origin", "columns")


@command(app, "maps", "可用的导入映射", "the import maps there are")
def maps(context: typer.Context, json: Json = False, jsonl: Jsonl = False, csv: Csv = False) -> int:
    """The maps that come with the product. Others are TOML files."""
    from core.exchange.maps import load_map, shipped_maps

    del context
    form = form_of(json, jsonl, csv)
    found = [load_map(name) for name in shipped_maps()]
    records: list[dict[str, Any]] = [
        {
            "name": rules.name,
            "title": words.say(rules.title, rules.title_en or rules.title),
            "origin": rules.origin,
            "columns": rules.used_columns(),
        }
        for rules in found
    ]
    if not form:
        for record in records:
            record["columns"] = len(record["columns"])
    titles = (("名称", "Name"), ("说明", "Title"), ("来源系统", "Origin"), ("列数", "Columns"))
    show_records(records, MAP_FIELDS, form, titles)
    return OK
