"""`zhihui matter`: the catalogue of matters as data."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.matter_cards import add_cards
from console.cli.options import Csv, DryRun, Force, Json, Jsonl, argument, form_of, option, show_records
from console.cli.session import Session
from console.exit_codes import OK
from data.errors import BadInput, NotFound

app = new_app("事项目录：查看、查找、加载、检查、导出，事项卡", "matters: list, find, load, check, export, their cards")

FIELDS = ("code", "category", "name", "name_en", "section", "lead", "assist", "urgency", "affair", "final")
FOUND_FIELDS = ("code", "name", "limit_no", "score", "lead", "reason")
FOUND_TITLES = (
    *(("编码", "Code"), ("事项", "Matter"), ("情形", "Condition"), ("得分", "Score")),
    *(("主办", "Lead"), ("理由", "Reason")),
)
Text = Annotated[str, argument("群众的话", "what somebody says")]
Place = Annotated[str, argument("文件，或含 matters*.toml 的目录", "a file, or a folder with matters*.toml")]


def build() -> Any:
    """The noun."""
    return built(app)


def _stored(session: Session, version: int | None = None) -> Any:
    from core.catalogue.stored import stored_catalogue

    return stored_catalogue(session.reader().rows, session.centre_id(), version)


@command(app, "list", "全部事项", "all matters")
def list_command(
    context: typer.Context,
    section: Annotated[str, option("--section", zh="板块", en="section")] = "",
    category: Annotated[str, option("--category", zh="类别编码", en="category")] = "",
    version: Annotated[int | None, option("--version", zh="目录版本，缺省最新", en="catalogue version")] = None,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """With the final limit of the first condition."""
    session = session_of(context)
    found = _stored(session, version)
    records = [
        {
            **{name: getattr(entry, name) for name in FIELDS[:6]},
            "assist": " ".join(entry.assist),
            "urgency": entry.urgency,
            "affair": entry.affair,
            "final": entry.limits[0].get("final", ""),
        }
        for entry in found.matters
        if (not section or entry.section == section) and (not category or entry.category.startswith(category))
    ]
    form = form_of(json, jsonl, csv)
    if form:
        output.write_records(records, FIELDS, form)
    else:
        _print_matters(session, records)
    return OK


def _print_matters(session: Session, records: list[dict[str, Any]]) -> None:
    """Matters in words."""
    from console.cli.printing import limit_label, table
    from data.terms import Urgency

    sections = _unit_names(session, section=True)
    rows = [
        (
            row["code"],
            words.say(row["name"], row["name_en"] or row["name"]),
            sections.get(row["section"], row["section"]),
            row["lead"],
            words.named(Urgency, row["urgency"]),
            limit_label(row["final"]),
        )
        for row in records
    ]
    header = words.say("编码 事项 板块 主办 紧急 时限", "Code Matter Section Lead Urgency Limit")
    table(header.split(), rows, drop=(2, 3))


def _unit_names(session: Session, section: bool = False) -> dict[str, str]:
    """Names of the open units that are sections, or of the others, by code, in the language of the run."""
    rows = session.reader().rows(
        "SELECT code, kind, name, name_en FROM unit WHERE centre_id = :centre AND closed_at IS NULL",
        centre=session.centre_id(),
    )
    return {
        str(code): words.say(str(name), str(name_en or name))
        for code, kind, name, name_en in rows
        if (kind == "section") == section
    }


@command(app, "show", "一项事项的全部内容", "one matter in full")
def show(
    context: typer.Context, code: Annotated[str, argument("事项编码", "the matter's code")], json: Json = False
) -> int:
    """Work, questions, routing, conditions with their limits."""
    session = session_of(context)
    found = _stored(session)
    entry = found.matter(code)
    if entry is None:
        raise NotFound("matter-unknown", f"事项目录里没有 {code}。", f"The catalogue has no matter {code}.")
    record = {**vars(entry), "category_path": found.path(entry.category), "limits": [dict(row) for row in entry.limits]}
    if json:
        output.write_json(record)
        return OK
    for name, value in record.items():
        if name == "limits":
            continue
        shown = words.say("、", ", ").join(value) if isinstance(value, tuple) else value
        if shown not in ("", False):
            output.say_line(f"{name}: {shown}")
    for number, limit in enumerate(entry.limits):
        rest = " ".join(f"{name}={value}" for name, value in limit.items() if name not in ("when", "when_en") and value)
        output.say_line(f"{number}  {words.say(limit['when'], limit.get('when_en') or limit['when'])}  {rest}")
    return OK


@command(app, "find", "按群众的话找事项", "matters that fit what somebody says")
def find(
    context: typer.Context,
    text: Text,
    top: Annotated[int, option("--top", zh="最多几项", en="how many at most", min=1, max=100)] = 5,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Best first, each with the reason."""
    from core.catalogue.find import match

    session = session_of(context)
    catalogue = _stored(session)
    language = "en" if words.chosen() == "en" else "zh"
    records = [
        {
            "code": hit.matter.code,
            "name": words.say(hit.matter.name, hit.matter.name_en or hit.matter.name),
            "limit_no": hit.limit_no,
            "score": round(hit.score, 2),
            "lead": hit.matter.lead,
            "reason": hit.reason(language),
        }
        for hit in match(text, catalogue.matters, catalogue.synonyms, top)
    ]
    form = form_of(json, jsonl, csv)
    if not form:
        names = _unit_names(session)
        records = [{**row, "lead": names.get(row["lead"], row["lead"])} for row in records]
    show_records(records, FOUND_FIELDS, form, FOUND_TITLES, drop=(2, 3, 4), flow=True)
    return OK


@command(
    app, "load", "加载新版目录；目录中的政策与日历一并加载", "load a new version; policy and calendars of a folder too"
)
def load(context: typer.Context, place: Place, dry_run: DryRun = False, json: Json = False) -> int:
    """Tickets keep the version they began with. The same content again changes nothing."""
    from core.catalogue.calendars import read_calendars
    from core.catalogue.load import load_calendar, load_matters, load_policy
    from core.catalogue.read import read_catalogue, read_policy

    session = session_of(context)
    actor, path = session.actor(), Path(place)
    policy, body = read_policy(path if (path / "policy.toml").is_file() else None)
    matters = read_catalogue(path, policy)
    own = path / "calendar.toml"
    calendars = read_calendars(own) if own.is_file() else []
    done = []
    try:
        with session.store().write() as connection:
            given = (connection, session.desk().centre_id)
            at = session.now()
            done += [load_calendar(*given, calendar, at, actor) for calendar in calendars]
            if (path / "policy.toml").is_file():
                done.append(load_policy(*given, body, at, actor))
            done.append(load_matters(*given, matters, at, actor))
            if dry_run:
                raise _Undo
    except _Undo:
        output.remark(words.say("（预演，未保存）", "(dry run, not saved)"))
    records: list[dict[str, Any]] = [
        {
            "kind": item.kind,
            "name": item.name,
            "version": item.version,
            "label": item.label,
            "new": item.is_new,
            "changes": [f"{change.what} {change.code}" for change in item.changes],
        }
        for item in done
    ]
    if json:
        output.write_json(records)
        return OK
    for record in records:
        news = words.say("新版", "new") if record["new"] else words.say("无变化", "unchanged")
        output.say_line(f"{record['kind']} {record['name']} v{record['version']} {news} {len(record['changes'])}")
    return OK


class _Undo(Exception):
    """Rolls a dry run back."""


@command(app, "check", "检查目录文件，不加载", "check catalogue files without loading them")
def check(context: typer.Context, place: Place) -> int:
    """Every mistake with its place."""
    from core.catalogue.read import read_catalogue, read_policy

    del context
    path = Path(place)
    policy, _ = read_policy(path if (path / "policy.toml").is_file() else None)
    found = read_catalogue(path, policy)
    count = len(found.matters)
    output.say_line(
        words.say(f"版本 {found.version}，{count} 项，无误。", f"Version {found.version}: {count} matters, in order.")
    )
    return OK


@command(app, "export", "导出目录为 TOML", "write the catalogue as TOML")
def export(
    context: typer.Context,
    file: Annotated[str, argument("TOML 文件，- 为标准输出", "a TOML file, - for stdout")] = "-",
    force: Force = False,
) -> int:
    """To edit it and load it again."""
    from core.catalogue.write import catalogue_toml

    text = catalogue_toml(_stored(session_of(context)))
    if file == "-":
        output.write(text)
        return OK
    if os.path.lexists(file) and not force:
        raise BadInput("file-exists", f"{file} 已存在，覆盖请用 --force。", f"{file} is there already: use --force.")
    try:
        folder = os.path.dirname(os.path.abspath(file))
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, delete=False) as made:
            made.write(text)
        os.replace(made.name, file)
    except OSError as error:
        raise BadInput(
            "file-write", f"无法写入 {file}：{error.strerror}", f"Cannot write {file}: {error.strerror}"
        ) from error
    output.say_line(file)
    return OK


add_cards(app)
