"""`zhihui org`: the organisation as data. Make it, load it, look at it, check it, redraw it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.dry_run import write_or_try
from console.cli.frame import built, command, new_app, session_of
from console.cli.instants import instant
from console.cli.options import Csv, DryRun, Force, Json, Jsonl, argument, form_of, option, show_records
from console.cli.org_map import area_map
from console.cli.session import Session
from console.exit_codes import FAILED, OK
from data.errors import BadInput, NotFound

if TYPE_CHECKING:
    from core.organisation.change import ChangeReport, Redrawing
    from core.organisation.model import Organisation

app = new_app("机构：建立、加载、查看、检查、合并拆分", "the organisation: make, load, show, check, redraw")
app.add_typer(area_map, name="map")

At = Annotated[str, option("--at", zh="生效时间，缺省现在", en="since when, by default now")]
Reason = Annotated[str, option("--reason", zh="原因", en="the reason")]


def build() -> Any:
    """The noun."""
    return built(app)


@command(app, "init", "按模板或文件新建街道", "make a new street from a template or a file")
def init(
    context: typer.Context,
    template: Annotated[
        str, option("--template", zh="模板：s3、s4 或 TOML 文件，缺省 s3", en="template: s3, s4 or a TOML file")
    ] = "s3",
    file: Annotated[
        str, option("--from", zh="机构文件：TOML、CSV、XLSX 或目录", en="an organisation's file or folder")
    ] = "",
    code: Annotated[str, option("--code", zh="中心编码", en="the centre's code")] = "",
    name: Annotated[str, option("--name", zh="中心名称", en="the centre's name")] = "",
    catalogue: Annotated[
        str, option("--catalogue", zh="事项、政策、日历所在目录", en="folder of catalogue, policy, calendar")
    ] = "",
) -> int:
    """Makes the store as well where there is none."""
    from core.organisation.files import read_organisation
    from core.organisation.init import init_centre
    from core.organisation.renaming import under
    from core.organisation.template import read_template
    from data.schema import create_tables
    from data.store import Store

    session = session_of(context)
    organisation = under(read_organisation(Path(file)) if file else read_template(template), code, name)
    store = Store(session.url(), create=True)
    try:
        create_tables(store)
        made = init_centre(store, organisation, session.clock.now(), catalogue=Path(catalogue) if catalogue else None)
    finally:
        store.close()
    added = made.report.added
    counts = words.say("、", ", ").join(f"{what} {amount}" for what, amount in added.items())
    output.say_line(
        words.say(
            f"已建立 {made.code} {made.name}：{counts}，事项 {made.matters}",
            f"Made {made.code} {made.name}: {counts}, matters {made.matters}",
        )
    )
    return OK


@command(app, "templates", "自带的模板", "the templates that come with the product")
def templates_command(context: typer.Context) -> int:
    """Code and size of each."""
    from core.organisation.template import read_template, templates

    del context
    for code in templates():
        found = read_template(code)
        output.say_line(f"{code}  {found.name}  {len(found.units)} / {len(found.officers)}")
    return OK


@command(app, "load", "加载机构文件，只改有变化的", "load an organisation's file: only what differs changes")
def load(
    context: typer.Context,
    file: Annotated[str, argument("TOML、CSV、XLSX 文件或 CSV 目录", "TOML, CSV or XLSX file, or a folder of CSVs")],
    replace: Annotated[
        bool, option("--replace", zh="文件中没有的一并关闭", en="close what the file does not have")
    ] = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> int:
    """Loading the same again changes nothing."""
    from core.organisation.files import read_organisation
    from core.organisation.load import load_organisation

    session = session_of(context)
    actor = session.actor()
    organisation = read_organisation(Path(file), _stored(session))
    report = write_or_try(
        session,
        dry_run,
        lambda connection: load_organisation(
            connection, session.desk().centre_id, organisation, session.now(), actor, replace
        ),
    )
    _print(vars(report), json)
    return OK


def _print(record: dict[str, Any], json: bool) -> None:
    if json:
        output.write_json(record)
        return
    for name, value in record.items():
        if isinstance(value, dict):
            value = " ".join(f"{what}={amount}" for what, amount in value.items())
        elif isinstance(value, list):
            value = " ".join(map(str, value))
        output.say_line(f"{name}: {value}")


def _stored(session: Session) -> Any:
    from core.organisation.stored import stored_organisation

    return stored_organisation(session.reader().rows, session.centre_id(), session.now())


UNIT_FIELDS = ("code", "kind", "name", "name_en", "parent", "section", "post_kind", "households", "people")
UNIT_TITLES = (
    *(("编码", "Code"), ("类别", "Kind"), ("名称", "Name"), ("上级", "Above"), ("板块", "Section")),
    *(("岗位类别", "Post"), ("户数", "Households"), ("人口", "People")),
)
PEOPLE_FIELDS = ("officer", "name", "unit", "role", "rank")
PEOPLE_TITLES = (("编号", "Officer"), ("姓名", "Name"), ("单位", "Unit"), ("角色", "Role"), ("AB岗", "Rank"))


@command(app, "show", "单位，或某一单位及其人员", "the units, or one with its people")
def show(
    context: typer.Context,
    unit: Annotated[str, argument("单位编码或名称", "a unit, by code or name")] = "",
    kind: Annotated[str, option("--kind", zh="单位类别", en="kind of unit")] = "",
    people: Annotated[bool, option("--people", zh="列出人员及其角色", en="the people and their roles instead")] = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """As it stands now."""
    from data.terms import UnitKind

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    found = _stored(session)
    if kind and kind not in set(UnitKind):
        known = " ".join(UnitKind)
        raise BadInput("unit-kind", f"--kind 只能是：{known}", f"--kind must be one of: {known}")
    chosen = [item for item in found.units if (not kind or item.kind == kind)]
    if unit:
        chosen = [item for item in chosen if unit in (item.code, item.name, *item.aliases)]
        if not chosen:
            raise NotFound("unit-unknown", f"没有单位 {unit}。", f"There is no unit {unit}.")
    units = [{name: getattr(item, name) for name in UNIT_FIELDS} for item in chosen]
    held = _held(found, {item.code for item in chosen})
    if people and form:
        output.write_records(held, PEOPLE_FIELDS, form)
    elif form and (not unit or form in ("jsonl", "csv")):
        output.write_records(units, UNIT_FIELDS, form)
    elif form:
        output.write_json({"units": units, "people": held})
    elif people:
        _print_people(held)
    else:
        _print_units(units, {item.code: item for item in found.units if item.kind == UnitKind.SECTION})
        if unit:
            output.write("\n")
            _print_people(held)
    return OK


def _print_units(units: list[dict[str, Any]], sections: dict[str, Any]) -> None:
    """Units in words: the labels of their kinds, names in the language of the run."""
    from console.cli.printing import table
    from data.terms import PostKind, UnitKind

    def name(unit: Any) -> str:
        return words.say(unit["name"], unit["name_en"] or unit["name"])

    rows = [
        (
            row["code"],
            words.named(UnitKind, row["kind"]),
            name(row),
            row["parent"],
            name(vars(sections[row["section"]])) if row["section"] in sections else row["section"],
            words.named(PostKind, row["post_kind"]),
            row["households"] or "",
            row["people"] or "",
        )
        for row in units
    ]
    table([words.say(*title) for title in UNIT_TITLES], rows, right=(6, 7), drop=(5, 7, 6, 4, 3))


def _print_people(held: list[dict[str, Any]]) -> None:
    """Who holds what, in words."""
    from data.terms import Rank, Role

    records = [{**row, "role": words.named(Role, row["role"]), "rank": words.named(Rank, row["rank"])} for row in held]
    show_records(records, PEOPLE_FIELDS, "", PEOPLE_TITLES)


def _held(organisation: Organisation, units: set[str]) -> list[dict[str, Any]]:
    """Who holds which role at some units."""
    names = {officer.code: officer.name for officer in organisation.officers}
    return [
        {"officer": item.officer, "name": names[item.officer], "unit": item.unit, "role": item.role, "rank": item.rank}
        for item in organisation.appointments
        if item.unit in units
    ]


@command(app, "check", "检查机构；有错误时退出码 8", "check the organisation; exit code 8 when there are errors")
def check_command(
    context: typer.Context,
    file: Annotated[str, argument("机构文件，缺省为当前数据", "an organisation's file, by default the store's")] = "",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Sizes of grids and communities, posts that nobody holds, links that lead nowhere."""
    from core.organisation.check import check
    from core.organisation.files import read_organisation

    session = session_of(context)
    organisation = read_organisation(Path(file)) if file else _stored(session)
    found = check(organisation, _needed(session, file))
    records = [
        {"level": item.level, "code": item.code, "subject": item.subject, "zh": item.zh, "en": item.en}
        for item in found
    ]
    form = form_of(json, jsonl, csv)
    if form:
        output.write_records(records, ("level", "code", "subject", "zh", "en"), form)
    else:
        for record in records:
            level = words.say({"error": "错误"}.get(record["level"], "注意"), record["level"])
            output.say_line(f"[{level}] {words.say(record['zh'], record['en'])}")
    errors = sum(item.level == "error" for item in found)
    output.remark(
        words.say(
            f"错误 {errors} 处，注意 {len(found) - errors} 处。", f"{errors} errors, {len(found) - errors} warnings."
        )
    )
    return FAILED if errors else OK


def _needed(session: Session, file: str) -> list[str]:
    """The posts that the catalogue sends matters to."""
    from core.catalogue.read import read_catalogue
    from core.catalogue.stored import stored_catalogue

    catalogue = read_catalogue() if file else stored_catalogue(session.reader().rows, session.centre_id())
    return sorted({code for matter in catalogue.matters for code in (matter.lead, *matter.assist)})


@command(app, "export", "导出机构到文件", "write the organisation to a file")
def export(
    context: typer.Context,
    file: Annotated[str, argument(".toml、.csv、.xlsx，或目录", ".toml, .csv, .xlsx, or a folder")],
    force: Force = False,
) -> int:
    """What `load` takes back."""
    from core.organisation.files import write_organisation

    session = session_of(context)
    path = Path(file)
    if path.exists() and not force:
        raise BadInput("file-exists", f"{file} 已存在，覆盖请用 --force。", f"{file} is there already: use --force.")
    write_organisation(_stored(session), path)
    output.say_line(file)
    return OK


@command(app, "roster", "续排值班表", "write out further duty turns")
def roster_command(
    context: typer.Context,
    days: Annotated[int, option("--days", zh="几天，缺省 92", en="how many days", min=1, max=400)] = 92,
    first: Annotated[str, option("--from", zh="从哪天，缺省今天", en="first day, by default today")] = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> int:
    """Teams and leaders take turns as the organisation says; turns that are there already stay."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from core.organisation.load import load_roster
    from core.organisation.roster import roster

    session = session_of(context)
    actor, found = session.actor(), _stored(session)
    begin = datetime.fromtimestamp(instant(first, session.zone()) if first else session.now(), ZoneInfo(found.zone))
    turns = roster(found, begin.date(), days)
    report = write_or_try(
        session,
        dry_run,
        lambda connection: load_roster(connection, session.desk().centre_id, turns, session.now(), actor),
    )
    _print(vars(report), json)
    return OK


# ------------------------------------------------------------------------------------------------ redrawing


def _redraw(
    context: typer.Context, at: str, reason: str, dry_run: bool, json: bool, work: Callable[[Redrawing], ChangeReport]
) -> int:
    from core.organisation.change import Redrawing

    session = session_of(context)
    actor, now = session.actor(), session.now()
    since = instant(at, session.zone()) if at else now

    def change(connection: Any) -> ChangeReport:
        return work(Redrawing(connection, session.desk().centre_id, since, now, actor, reason))

    _print(vars(write_or_try(session, dry_run, change)), json)
    return OK


@command(app, "rename", "更名，旧名保留为别名", "give a unit another name; the old one stays as an alias")
def rename(
    context: typer.Context,
    code: Annotated[str, argument("单位编码", "the unit's code")],
    name: Annotated[str, argument("新名称", "the new name")],
    at: At = "",
    reason: Reason = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> int:
    """Old tickets show the name that the unit had."""
    return _redraw(context, at, reason, dry_run, json, lambda drawing: drawing.rename(code, name))


@command(app, "merge", "合并村社区或网格", "merge communities or grids")
def merge(
    context: typer.Context,
    codes: Annotated[list[str], argument("被合并的单位编码", "codes of the units to merge", metavar="CODE")],
    into: Annotated[str, option("--into", zh="并入的单位，可为新编码", en="the unit they go into, may be new")],
    name: Annotated[str, option("--name", zh="新单位的名称", en="the name of a new unit")] = "",
    at: At = "",
    reason: Reason = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> int:
    """Old tickets keep the unit they had."""
    return _redraw(context, at, reason, dry_run, json, lambda drawing: drawing.merge(codes, into, name))


@command(app, "split", "拆分村社区或网格", "split a community or grid")
def split(
    context: typer.Context,
    code: Annotated[str, argument("被拆分的单位编码", "the unit's code")],
    part: Annotated[
        list[str],
        option("--part", zh="一份：编码:名称:下级编码,下级编码", en="a part: CODE:NAME:BELOW,BELOW; repeated"),
    ],
    at: At = "",
    reason: Reason = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> int:
    """Each unit below goes to exactly one part."""
    from core.organisation.change import Part

    parts = []
    for text in part:
        fields = text.split(":")
        if len(fields) != 3 or not fields[0]:
            raise BadInput("part", "--part 应如 编码:名称:下级,下级。", "--part is like CODE:NAME:BELOW,BELOW.")
        parts.append(Part(fields[0], fields[1], tuple(item for item in fields[2].split(",") if item)))
    return _redraw(context, at, reason, dry_run, json, lambda drawing: drawing.split(code, parts))


@command(app, "move", "网格改归另一村社区（飞地、插花地）", "put a grid under another community: enclaves, exclaves")
def move(
    context: typer.Context,
    code: Annotated[str, argument("单位编码", "the unit's code")],
    to: Annotated[str, option("--to", zh="改归何处（必填）", en="where it belongs from then on (required)")] = "",
    at: At = "",
    reason: Reason = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> int:
    """Old tickets keep the community they had."""
    if not to:
        raise BadInput("move-to", "请用 --to 说明改归何处。", "Say with --to where it is to belong.")
    return _redraw(context, at, reason, dry_run, json, lambda drawing: drawing.move(code, to))
