"""`zhihui lists`: the lists of who owns what, as data: show, look a matter up, check, load, export."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.findings import show_findings
from console.cli.frame import built, command, new_app, session_of
from console.cli.options import Csv, DryRun, Force, Json, Jsonl, argument, form_of, option, show_records
from console.exit_codes import OK
from data.errors import BadInput, NotFound
from data.terms import ListKind

if TYPE_CHECKING:
    from console.cli.session import Session
    from core.rules.lists import ListEntry, Lists, Subject

app = new_app(
    "清单：三级责任清单，村（社区）四清单一目录",
    "lists: the three tiers' duties; the four lists and the directory of communities",
)

TITLES = (
    *(("清单", "List"), ("编号", "Code"), ("名称", "Name"), ("事项", "Matters")),
    *(("主责单位", "Lead"), ("清单说明", "Says")),
)
SHOWN = ("list", "code", "name", "matters", "lead", "says")
SAID = ("question", "answer", "list", "code")
SAID_TITLES = (("问", "Question"), ("答", "Answer"), ("清单", "List"), ("编号", "Code"))
Version = Annotated[int | None, option("--version", zh="清单版本，缺省最新", en="version of the lists")]
File = Annotated[str, argument(".toml、.csv 或 .xlsx", "a .toml, .csv or .xlsx file")]
Label = Annotated[str, option("--label", zh="版本名，缺省取自文件", en="name of the version, by default the file's")]


def build() -> Any:
    """The noun."""
    return built(app)


def _stored(session: Session, version: int | None = None) -> Lists:
    from core.catalogue.stored import stored_lists

    return stored_lists(session.reader().rows, session.centre_id(), version)


@command(app, "list", "全部条目", "all entries")
def list_command(
    context: typer.Context,
    kind: Annotated[str, option("--list", zh="只看一张清单，编码或名称", en="one list alone, by its word")] = "",
    version: Version = None,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """In the order of the file."""
    from core.catalogue.lists import COLUMNS, SEPARATOR, lists_body

    session = session_of(context)
    form, wanted = form_of(json, jsonl, csv), _kind(kind) if kind else None
    records = [row for row in lists_body(_stored(session, version))["entries"] if wanted in (None, row["list"])]
    if form:
        output.write_records(records, COLUMNS, form)
        return OK
    rows = [
        {
            **row,
            "list": words.named(ListKind, row["list"]),
            "name": words.say(row["name"], row["name_en"] or row["name"]),
            "matters": SEPARATOR.join(row["matters"]),
            "says": words.say(row["says"], row["says_en"] or row["says"]),
        }
        for row in records
    ]
    show_records(rows, SHOWN, "", TITLES, drop=(3, 4), flow=True)
    return OK


def _kind(text: str) -> str:
    found = next((kind for kind in ListKind if text in (kind.value, kind.zh, kind.en)), None)
    if found is None:
        known = " ".join(ListKind)
        raise BadInput("list", f"没有这张清单，可选：{known}", f"There is no such list; known: {known}")
    return str(found)


@command(app, "matter", "清单对一项事项怎么说", "what the lists say of a matter")
def matter(
    context: typer.Context,
    code: Annotated[str, argument("事项编码", "the matter's code")],
    text: Annotated[str, option("--text", zh="群众的话，用于证明", en="what somebody says, for certificates")] = "",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Who owns it, whether it may be sent down, whether the certificate is issued."""
    session = session_of(context)
    lists = _stored(session)
    records = _answers(lists, _subject(session, code, text))
    show_records(records, SAID, form_of(json, jsonl, csv), SAID_TITLES, flow=False)
    if not lists.entries:
        output.remark(words.say("没有加载清单，什么都不拦截。", "No lists are loaded: nothing is stopped."))
    return OK


def _subject(session: Session, code: str, text: str) -> Subject:
    from core.catalogue.stored import stored_catalogue
    from core.rules.lists import Subject

    catalogue = stored_catalogue(session.reader().rows, session.centre_id())
    entry = catalogue.matter(code)
    if entry is None:
        raise NotFound("matter-unknown", f"事项目录里没有 {code}。", f"The catalogue has no matter {code}.")
    return Subject(entry.code, entry.name, entry.name_en, catalogue.line(entry.category), text)


def _answers(lists: Lists, subject: Subject) -> list[dict[str, str]]:
    from core.rules.lists import TIER_LISTS, certificate_of, duty_of, duty_words, refusal_of_tier

    duty = duty_of(lists, subject)
    said = duty_words(duty) if duty else ("清单未列", "on none of the lists")
    found = [_answer(("责任", "duty"), said, duty)]
    for tier in TIER_LISTS:
        stop = refusal_of_tier(lists, subject, tier)
        question = f"下派{tier.zh}", f"to a {tier.en}"
        may = ("可以", "yes")
        found.append(_answer(question, (stop.zh, stop.en) if stop else may, stop.entry if stop else None))
    certificate = certificate_of(lists, subject)
    if certificate is not None:
        issued = certificate.kind == ListKind.CERTIFICATE
        verdict = ("可以出具", "is issued") if issued else ("不应出具", "is not to be issued")
        answer = (f"{verdict[0]}。{certificate.says}", f"{verdict[1]}. {certificate.advice('en')}")
        found.append(_answer((certificate.name, certificate.label("en")), answer, certificate))
    return found


def _answer(question: tuple[str, str], answer: tuple[str, str], entry: ListEntry | None) -> dict[str, str]:
    return {
        "question": words.say(*question),
        "answer": words.say(*answer),
        "list": words.named(ListKind, entry.kind.value) if entry else "",
        "code": entry.code if entry else "",
    }


@command(app, "check", "检查清单文件，不加载", "check a file of lists without loading it")
def check(context: typer.Context, file: File, label: Label = "", json: Json = False) -> int:
    """Every mistake with its place; then what the centre's catalogue does not fit."""
    from core.catalogue.lists import check_lists, read_lists
    from core.catalogue.stored import stored_catalogue

    session = session_of(context)
    catalogue = stored_catalogue(session.reader().rows, session.centre_id())
    return show_findings(check_lists(read_lists(Path(file), label), catalogue), json)


@command(app, "load", "加载新版清单", "load a new version of the lists")
def load(context: typer.Context, file: File, label: Label = "", dry_run: DryRun = False, json: Json = False) -> int:
    """All lists of the file replace those before. The same content again changes nothing."""
    from core.catalogue.lists import kinds_of, read_lists
    from core.catalogue.load import load_lists

    session = session_of(context)
    lists, actor = read_lists(Path(file), label), session.actor()
    try:
        with session.store().write() as connection:
            done = load_lists(connection, session.desk().centre_id, lists, session.now(), actor)
            if dry_run:
                raise _Undo
    except _Undo:
        output.remark(words.say("（预演，未保存）", "(dry run, not saved)"))
    counts = {kind.value: amount for kind, amount in kinds_of(lists)}
    if json:
        output.write_json({"version": done.version, "label": done.label, "new": done.is_new, "entries": counts})
        return OK
    news = words.say("新版", "new") if done.is_new else words.say("无变化", "unchanged")
    output.say_line(f"lists v{done.version} {done.label} {news}  {_counted(counts)}")
    return OK


def _counted(counts: Mapping[str, int]) -> str:
    named = (f"{words.named(ListKind, kind)} {amount}" for kind, amount in counts.items() if amount)
    return words.say("，", ", ").join(named)


class _Undo(Exception):
    """Rolls a dry run back."""


@command(app, "export", "导出清单为 TOML、CSV 或 XLSX", "write the lists as TOML, CSV or XLSX")
def export(
    context: typer.Context,
    file: Annotated[str, argument(".toml、.csv 或 .xlsx，- 为标准输出", ".toml, .csv or .xlsx, - for stdout")] = "-",
    example: Annotated[bool, option("--example", zh="产品自带的示例清单", en="the example of the product")] = False,
    force: Force = False,
) -> int:
    """What `load` takes back."""
    from core.catalogue.lists import Form, dump_lists, read_lists, shipped_lists
    from core.organisation.files import write_file

    lists = read_lists(shipped_lists()) if example else _stored(session_of(context))
    if file == "-":
        output.write(dump_lists(lists, "toml").decode())
        return OK
    path = Path(file)
    forms: Mapping[str, Form] = {".toml": "toml", ".csv": "csv", ".xlsx": "xlsx"}
    if path.suffix.lower() not in forms:
        raise BadInput("lists-format", f"{file}：只能写 .toml、.csv、.xlsx。", f"{file}: only .toml, .csv or .xlsx.")
    if path.exists() and not force:
        raise BadInput("file-exists", f"{file} 已存在，覆盖请用 --force。", f"{file} is there already: use --force.")
    write_file(path, dump_lists(lists, forms[path.suffix.lower()]))
    output.say_line(file)
    return OK
