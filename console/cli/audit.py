"""`zhihui audit`: whether the log is whole and the tickets are what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.options import Csv, Json, Jsonl, argument, form_of, option, progress_bar
from console.exit_codes import FAILED, OK
from data.errors import BadInput
from data.masking import mask_text

if TYPE_CHECKING:
    from console.cli.session import Session
    from data.access_terms import AccessKind

ENTRIES = 100_000
"""So many entries of the access log are shown at most."""

app = new_app("审计：日志链与事件是否一致", "audit: the chain of the log, and the tickets against it")


def build() -> Any:
    """The noun."""
    return built(app)


@command(
    app,
    "verify",
    "重算日志链与全部事件并比对；有误时退出码 8",
    "rebuild and compare; exit code 8 when something differs",
)
def verify(
    context: typer.Context,
    against: Annotated[
        list[str] | None,
        option(
            "--against",
            zh="打印保存的链头（编号:校验，或 organisation:编号:校验），或 audit anchor 留存的文件；可多次给出",
            en="a head that was printed before, or a file of audit anchor; may be given more than once",
        ),
    ] = None,
    json: Json = False,
) -> int:
    """Reads everything once; changes nothing."""
    import os
    from pathlib import Path

    from core.accountability import audit
    from core.accountability.anchor import anchor_findings, read_anchors, read_kept
    from core.accountability.head import head
    from core.accountability.organisation_log import organisation_top

    session = session_of(context)
    reader, centre = session.whole_reader(), session.centre_id()
    top, changes = head(reader, centre), organisation_top(reader, centre)
    kept = []
    for one in against or ():
        kept += read_anchors(Path(one), top.centre) if os.path.isfile(one) else [read_kept(one, top.centre)]
    with progress_bar() as progress:
        found = [*anchor_findings(reader, centre, kept), *audit.verify(reader, centre, progress)]
    if json:
        records = [
            {
                name: value if isinstance(value, int) else str(value)
                for name, value in finding._asdict().items()
                if value is not None
            }
            for finding in found
        ]
        heads = {"head": top.anchor, "organisation": changes.anchor}
        output.write_json({"whole": not found, **heads, "findings": records})
        return FAILED if found else OK
    for finding in found:
        output.say_line(finding.text("en" if words.chosen() == "en" else "zh"))
    if found:
        output.remark(words.say(f"有 {len(found)} 处不符。", f"{len(found)} differences."))
        return FAILED
    zh = f"一致：{top.number} 条日志，{changes.number} 条机构变更。\n"
    output.write(words.say(zh, f"All is whole: {top.number} events, {changes.number} changes of the organisation.\n"))
    return OK


@command(app, "head", "各日志的链头，可打印留存", "the heads of the chains, to keep on paper")
def head_command(context: typer.Context, json: Json = False) -> int:
    """Whoever keeps it can prove later that nothing before it was changed."""
    from core.accountability.access_log import access_top
    from core.accountability.head import head, head_lines
    from core.accountability.organisation_log import organisation_top
    from data.queries.listing import iso

    session = session_of(context)
    reader, centre = session.whole_reader(), session.centre_id()
    found, changes, access = head(reader, centre), organisation_top(reader, centre), access_top(reader, centre)
    if json:
        output.write_json(
            {
                "centre": found.centre,
                "number": found.number,
                "hash": found.hash,
                "at": iso(found.at),
                "anchor": found.anchor,
                "organisation": changes.anchor,
                "access": access.anchor,
            }
        )
        return OK
    for line in head_lines(found, "en" if words.chosen() == "en" else "zh"):
        output.say_line(line)
    for line in (f"access:{access.anchor}", f"organisation:{changes.anchor}", found.anchor):
        output.say_line(line)
    return OK


@command(
    app,
    "log",
    "访问记录：谁、从哪里、看了或导出了什么，由新到旧",
    "the access log: who saw or took out what, and from where, newest first",
)
def log_command(
    context: typer.Context,
    officer: Annotated[str, option("--officer", zh="只看此人（编号）", en="only this officer (code)")] = "",
    ticket: Annotated[str, option("--ticket", zh="只看此事件", en="only this ticket")] = "",
    kind: Annotated[str, option("--kind", zh="只看此类", en="only this kind")] = "",
    since: Annotated[str, option("--since", zh="从此时起", en="from this instant on")] = "",
    limit: Annotated[int, option("--limit", zh="最多几条，缺省 100", en="how many at most, by default 100")] = 100,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Reading it is recorded as well."""
    from console.cli.instants import instant
    from console.cli.printing import moment, table
    from console.cli.ticket_codes import whole_code
    from core.accountability.access_view import ALL_FIELDS, Wanted, access_entries
    from data.access_terms import AccessKind
    from data.queries.listing import iso

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    if not 1 <= limit <= ENTRIES:
        raise BadInput("limit", f"--limit 应在 1 到 {ENTRIES} 之间。", f"--limit must be between 1 and {ENTRIES}.")
    if kind and kind not in AccessKind._value2member_map_:
        known = ", ".join(AccessKind)
        raise BadInput("access-kind", f"没有这一类：应为 {known}", f"There is no such kind: one of {known}")
    begin = instant(since, session.zone()) if since else 0
    wanted = Wanted(officer, whole_code(session, ticket) if ticket else "", kind, begin)
    _noted(session, AccessKind.AUDITED, mask_text(wanted.target), officer=mask_text(officer), of=kind)
    entries = list(access_entries(session.whole_reader(), session.centre_id(), wanted, limit))
    if form:
        output.write_records([{**entry, "at": iso(entry["at"])} for entry in entries], ALL_FIELDS, form)
        return OK
    zone = session.zone()
    table(
        words.say("时间 人员 行为 对象 来自 说明", "At Officer Did What From Details").split(),
        [
            (
                moment(entry["at"], zone),
                entry["actor"],
                words.label(AccessKind(entry["kind"])),
                entry["target"],
                f"{entry['address']} {entry['fingerprint']}".strip() or entry["how"],
                " ".join(f"{name}={value}" for name, value in entry["body"].items()),
            )
            for entry in entries
        ],
        drop=(5, 4),
    )
    return OK


@command(
    app,
    "anchor",
    "把各链头追加到文件，留存在本机之外（如 U 盘、共享盘）",
    "add the heads to a file that is kept outside the box",
)
def anchor_command(
    context: typer.Context,
    file: Annotated[str, argument("文件，只增不改", "the file; it only grows")],
    json: Json = False,
) -> int:
    """Run it by schedule, to a place that nobody who holds the store can write anew."""
    from pathlib import Path

    from core.accountability.anchor import append_anchor, heads_now
    from data.access_terms import AccessKind

    session = session_of(context)
    _noted(session, AccessKind.ANCHORED)
    anchored = heads_now(session.whole_reader(), session.centre_id(), session.now())
    append_anchor(Path(file), anchored)
    if json:
        output.write_json(anchored._asdict())
    else:
        output.say_line(words.say(f"已留存：{anchored.log}", f"Kept: {anchored.log}"))
    return OK


@command(
    app,
    "export",
    "导出审计给审计人员：访问记录、机构变更、日志校验和清单",
    "the audit for auditors: access log, changes of the organisation, hashes of the log, and a manifest",
)
def export_command(
    context: typer.Context,
    folder: Annotated[str, argument("新文件夹", "a new folder")],
    key_file: Annotated[str, option("--key-file", zh="用此文件中的密钥签名", en="sign with the key in this file")] = "",
    json: Json = False,
) -> int:
    """Bodies of events stay inside: they hold personal data."""
    from pathlib import Path

    from core.accountability.audit_export import export_audit
    from data.access_terms import AccessKind

    session = session_of(context)
    try:
        key = Path(key_file).read_bytes().strip() if key_file else b""
    except OSError as error:
        raise BadInput("key-file", f"无法读取 {key_file}。", f"Cannot read {key_file}.") from error
    if key_file and not key:
        raise BadInput("key-file", f"{key_file} 是空的。", f"{key_file} is empty.")
    _noted(session, AccessKind.EXPORTED, "audit")
    manifest = export_audit(session.whole_reader(), session.centre_id(), Path(folder), session.now(), key)
    if json:
        output.write_json(manifest)
        return OK
    for name, facts in manifest["files"].items():
        output.say_line(f"{name} {facts['lines']} {facts['sha256']}")
    return OK


def _noted(session: Session, kind: AccessKind, target: str = "", **facts: str) -> None:
    """Write down what the officer who is named is about to see. Raises StoreTrouble."""
    if (session.officer or "").strip():
        from core.desk.revealing import note_look

        note_look(session.desk(), session.actor(), kind, target, **facts)
