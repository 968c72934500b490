"""`zhihui ticket`: every verb on one ticket, several or a selection, and the views of tickets."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.cli import words
from console.cli.frame import Entry, Group, built, declare, new_app, session_of, single
from console.cli.options import form_of
from console.cli.session import Session
from console.cli.verb_field import Field, VerbCommand
from console.cli.verb_table import BY_COMMAND, REPORT, VERB_COMMANDS
from data.errors import BadInput, StoreTrouble

if TYPE_CHECKING:
    from core.desk.orders import Order

BULK_LIMIT = 100_000
OTHER_TICKETS = frozenset({"join", "into", "other", "part_of"})
"""Fields of orders that name another ticket."""


def _view(module: str, name: str, zh: str, en: str) -> Entry:
    """A view of tickets; the module that shows it is loaded when it is asked for."""

    def build() -> Any:
        function = getattr(import_module(f"console.cli.{module}"), name.replace("-", "_") + "_command")
        return single(function, name, zh, en)

    return Entry(zh, en, build)


def _views() -> dict[str, Entry]:
    rows = (
        ("ticket_views", "list", "未结事件，按时限排序", "open tickets by deadline"),
        (
            "ticket_views",
            "show",
            "一件事件的全部内容，及现在能做什么",
            "one ticket with all its fields and what can be done now",
        ),
        ("ticket_views", "log", "一件事件的经过", "what happened to a ticket"),
        (
            "ticket_hands",
            "hands",
            "谁在承办：各自签收、到场、人数、完成，合计用时与调动",
            "who has a part: when each acknowledged, came and finished, head-counts, and the sums",
        ),
        (
            "ticket_replay",
            "replay",
            "复演：某一时刻的样子，或逐步列出，由日志重建",
            "the ticket as it stood at a moment, or step by step, rebuilt from its log",
        ),
        (
            "ticket_proposed",
            "as-proposed",
            "按目录建议受理、研判、派单，一次办完",
            "accept, assess and dispatch as the catalogue proposes, all at once",
        ),
        (
            "ticket_duplicates",
            "duplicates",
            "疑似重复：与一件事件或一段话相近的未结事件，及理由",
            "open tickets that are likely the same matter as a ticket or a text, with the reasons",
        ),
        (
            "ticket_personal",
            "reveal",
            "查看一项完整的个人信息（须写原因，留痕，有次数限制）",
            "one field of personal data in full: with a reason, on record, so many an hour",
        ),
        (
            "ticket_personal",
            "find-number",
            "按电话或身份证号查找事件，号码不显示（须写原因，留痕）",
            "tickets by a telephone or identity number, which is not shown: with a reason, on record",
        ),
        ("ticket_views", "explain", "时限是怎么算出来的", "how the deadlines came about"),
    )
    return {name: _view(module, name, zh, en) for module, name, zh, en in rows}


def _verb(row: VerbCommand, name: str = "") -> Entry:
    return Entry(row.zh, row.en, lambda: single(_function(row), name or row.command, row.zh, row.en))


def verb_entries(*commands: str, **renamed: str) -> dict[str, Entry]:
    """Verbs as commands of another noun, some of them under another name there."""
    chosen = {name: _verb(BY_COMMAND[name]) for name in commands}
    return {**{name: _verb(BY_COMMAND[command], name) for name, command in renamed.items()}, **chosen}


class TicketGroup(Group):
    """`zhihui ticket`. A verb also answers to its full name and to its Chinese one."""

    entries = {**_views(), **{row.command: _verb(row) for row in VERB_COMMANDS}}
    aliases = {
        alias: row.command for row in VERB_COMMANDS for alias in (row.verb.replace("_", "-"), row.verb, row.title)
    }


def build() -> Any:
    """The noun with its commands, each built when it is asked for."""
    app = new_app("事件：登记、受理、派单直至归档", "tickets: from the report to the archive", cls=TicketGroup)
    app.callback()(_noun)
    return built(app)


def _noun() -> None:
    """The group itself does nothing."""


# ------------------------------------------------------------------------------------------------ verbs as functions


def _function(row: VerbCommand) -> Callable[..., int]:
    """A function whose parameters are the verb's options, for typer to read."""

    def run(**values: Any) -> int:
        return act(row, session_of(values.pop("context")), values)

    parameters = list(_parameters(row))
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _parameters(row: VerbCommand) -> Iterable[inspect.Parameter]:
    keyword = inspect.Parameter.KEYWORD_ONLY
    yield inspect.Parameter("context", keyword, annotation=typer.Context)
    if row is not REPORT:
        codes = typer.Argument(
            help=words.explain("事件编号或其结尾，可给多个", "codes of tickets, or their endings"),
            metavar="CODE",
            show_default=False,
        )
        yield inspect.Parameter("codes", keyword, annotation=Annotated[list[str] | None, codes], default=None)
    for field in row.fields:
        kind, default = _KINDS[field.kind]
        option = declare(field.option, help=_help(field), show_default=False)
        yield inspect.Parameter(f"field_{field.name}", keyword, annotation=Annotated[kind, option], default=default)
    for name, (kind, zh, en) in _COMMON.items():
        if row is REPORT and name in ("where", "seen"):
            continue
        option = declare("--" + name.replace("_", "-"), help=words.explain(zh, en), show_default=False)
        default = False if kind is bool else None
        yield inspect.Parameter(name, keyword, annotation=Annotated[kind, option], default=default)


_KINDS: dict[str, tuple[Any, Any]] = {
    "text": (str | None, None),
    "number": (int | None, None),
    "flag": (bool | None, None),
    "many": (list[str] | None, None),
}
_COMMON: dict[str, tuple[Any, str, str]] = {
    "where": (
        str | None,
        "代替编号：凡符合筛选条件的未结事件（条件写明已结的除外）",
        "instead of codes: every open ticket that fits a filter, closed ones where it names them",
    ),
    "dry_run": (bool, "只预演，不保存", "only say what would happen"),
    "key": (str | None, "幂等键：重复执行不会办两次", "idempotency key: run again, nothing happens twice"),
    "seen": (int | None, "所见版本号：已被他人更新则不办", "the revision you saw: refused when it has changed"),
    "json": (bool, "输出 JSON", "print JSON"),
    "jsonl": (bool, "输出 JSONL", "print JSONL"),
    "csv": (bool, "输出 CSV", "print CSV"),
}


def _help(field: Field) -> str:
    text = words.explain(field.zh, field.en)
    if not field.term:
        return text
    values = ", ".join(f"{term.value} {term.zh}" for term in field.values)
    return f"{text} ({values})"


def act(row: VerbCommand, session: Session, values: dict[str, Any]) -> int:
    """Carry a verb out on the tickets that were named or selected, and print the results."""
    from console.cli import acting, printing
    from core.desk.orders import Report
    from core.desk.verbs.table import VERBS

    form = form_of(values["json"], values["jsonl"], values["csv"])
    fields = _with_whole_codes(session, _order_values(row, values))
    key, seen, dry_run = values["key"], values.get("seen"), values["dry_run"]
    kind = Report if row is REPORT else VERBS[row.verb].order
    tickets = [""] if row is REPORT else _tickets(session, values)
    if seen is not None and (len(tickets) != 1 or values["where"]):
        raise BadInput("seen-many", "--seen 只能用于一件事件。", "--seen goes with a single ticket.")
    actor = session.actor()
    jobs = []
    for ticket in tickets:
        order = _read(row, kind, {**fields, "ticket": ticket} if ticket else fields)
        jobs.append(acting.Job(order, actor, seen, acting.checked_key(key, ticket)))
    zone = session.zone()
    found, trouble = acting.gathered(acting.carry_out(session.desk(), jobs, dry_run))
    code = printing.outcomes(found, form, zone)
    if trouble is not None:
        raise trouble
    if row is REPORT and not form and not dry_run and "join" not in fields:
        from console.cli.ticket_duplicates import remark_duplicates

        # A hint that cannot be looked up must not make a report that is saved look like one that failed.
        with suppress(StoreTrouble):
            remark_duplicates(session, found[0].record)
    return code


def _order_values(row: VerbCommand, values: dict[str, Any]) -> dict[str, Any]:
    """What was given for the order; labels of the field's terms become their stored values."""
    given: dict[str, Any] = {}
    for field in row.fields:
        value = values.get(f"field_{field.name}")
        if value is not None:
            given[field.name] = stored_words(field, value)
    return given


def _with_whole_codes(session: Session, fields: dict[str, Any]) -> dict[str, Any]:
    """Other tickets may be named by their endings too."""
    from console.cli.ticket_codes import whole_code

    return {name: whole_code(session, value) if name in OTHER_TICKETS else value for name, value in fields.items()}


def _read(row: VerbCommand, kind: type[Order], values: dict[str, Any]) -> Order:
    """The order of these values. Raises BadInput that names the option as it is typed."""
    from core.desk.orders import read_order

    try:
        return read_order(kind, values)
    except BadInput as refusal:
        zh, en = refusal.zh, refusal.en
        for field in row.fields:
            zh = re.sub(rf"(?<![\w-]){field.name}(?![\w-])", field.option, zh, count=1)
            en = re.sub(rf"(?<![\w-]){field.name}(?![\w-])", field.option, en, count=1)
        raise BadInput(refusal.code, zh, en, **refusal.details) from refusal


def stored_words(field: Field, value: Any) -> Any:
    """What was given for an option, with labels of its term as their stored values; what is unknown stays as it is."""
    if not field.term:
        return value
    if isinstance(value, list):
        return [stored_words(field, item) for item in value]
    for term in field.values:
        if value.lower() in (term.value, term.zh, term.en.lower()):
            return str(term.value)
    return value


def _tickets(session: Session, values: dict[str, Any]) -> list[str]:
    """The codes to act on, each once, in order. Raises BadInput when it is not clear which."""
    named, where = list(dict.fromkeys(values["codes"] or [])), values["where"]
    if bool(named) == (where is not None):
        raise BadInput(
            "which", "请给出事件编号，或用 --where 选择。", "Name tickets by code, or select them with --where."
        )
    if where is None:
        from console.cli.ticket_codes import whole_codes

        return whole_codes(session, named)
    if not where.strip():
        raise BadInput(
            "where-empty", "--where 不能为空；全部未结事件请写 open。", "--where may not be empty; for all write: open."
        )
    from data.queries.listing import codes

    return codes(session.reader(), session.centre_id(), session.condition(where), BULK_LIMIT)
