"""`zhihui report`: who held tickets for how long, the on-time rate, where reports come from."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.options import Csv, Json, Jsonl, Period, Where, form_of, option, show_records
from console.cli.session import Session
from console.exit_codes import OK
from data.errors import BadInput

app = new_app("报表：持有时长、按期率、来源", "reports: custody, on-time rate, sources")

CUSTODY_BY = "tier section unit person community stage holder"
ONTIME_BY = "all community grid section lead source matter urgency"


def build() -> Any:
    """The noun."""
    return built(app)


def _period(session: Session, text: str) -> Any:
    if not text:
        return None
    from core.accountability.period import read_period

    return read_period(text, session.zone())


def _condition(session: Session, where: str) -> Any:
    from core.accountability.custody import EVERY_TICKET
    from data.queries.filters import parse

    return parse(where, session.now(), session.zone()) if where else EVERY_TICKET


def _one_of(kind: Any, value: str) -> Any:
    try:
        return kind(value)
    except ValueError as error:
        known = " ".join(item.value for item in kind)
        raise BadInput("by", f"--by 只能是：{known}", f"--by must be one of: {known}") from error


@command(app, "custody", "谁持有了多久", "who held tickets for how long")
def custody(
    context: typer.Context,
    by: Annotated[str, option("--by", zh=f"按什么汇总：{CUSTODY_BY}", en="what to add up by")] = "unit",
    period: Period = "",
    where: Where = "",
    tier: Annotated[str, option("--tier", zh="层级", en="tier")] = "",
    section: Annotated[str, option("--section", zh="板块", en="section")] = "",
    unit: Annotated[str, option("--unit", zh="单位", en="unit")] = "",
    officer: Annotated[str, option("--person", zh="人员", en="person")] = "",
    community: Annotated[str, option("--community", zh="村社区", en="community")] = "",
    stage: Annotated[str, option("--stage", zh="环节", en="stage")] = "",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Seconds add up to the tickets' lives; time of engine, citizen or suspension is nobody's in the field."""
    from core.accountability.custody import By, CustodyFilter, custody_report

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    chosen = CustodyFilter(tier=tier, section=section, unit=unit, officer=officer, community=community, stage=stage)
    lines = custody_report(
        session.reader(), session.centre_id(), _one_of(By, by), session.now(), _period(session, period), chosen,
        _condition(session, where),
    )  # fmt: skip
    fields = ("key", "name", "own", "tickets", "turns", "seconds", "average", "longest")
    records: list[dict[str, Any]] = [
        {
            "key": line.key,
            "name": words.say(line.zh, line.en),
            "own": line.own,
            "tickets": line.tickets,
            "turns": line.turns,
            "seconds": line.seconds,
            "average": line.average,
            "longest": line.longest,
        }
        for line in lines
    ]
    if not form:
        for record in records:
            for name in ("seconds", "average", "longest"):
                record[name] = span(record[name])
    titles = (
        *(("编码", "Key"), ("名称", "Name"), ("归属", "Whose"), ("件数", "Tickets"), ("次数", "Turns")),
        *(("合计", "Together"), ("平均", "Average"), ("最长", "Longest")),
    )
    show_records(records, fields, form, titles)
    return OK


def span(seconds: int) -> str:
    """A length of time in days, hours, minutes and seconds."""
    days, rest = divmod(seconds, 86_400)
    clock = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    return f"{days}d {clock}" if days else clock


@command(app, "ontime", "按期办结率", "the on-time completion rate")
def ontime(
    context: typer.Context,
    by: Annotated[str, option("--by", zh=f"按什么分：{ONTIME_BY}", en="what to break down by")] = "all",
    period: Period = "",
    where: Where = "",
    current: Annotated[
        bool, option("--current-division", zh="按现行区划归并", en="count merged units where they belong today")
    ] = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Tickets whose deadline lies in the period."""
    from core.accountability.ontime import Dimension, on_time_report

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    found = on_time_report(
        session.reader(), session.centre_id(), _one_of(Dimension, by), session.now(), _period(session, period), current,
        _condition(session, where),
    )  # fmt: skip
    fields = (
        *("key", "name", "completed", "on_time", "late", "rate", "strict_rate", "open_overdue", "open_in_time"),
        *("undated", "overdue_multiple"),
    )
    lines = [*found.lines, found.total] if by != "all" or not found.lines else [found.total]
    records = [
        {
            "key": line.key,
            "name": words.say(line.zh, line.en),
            **{name: _number(getattr(line, name)) for name in fields[2:]},
        }
        for line in lines
    ]
    titles = (
        *(("编码", "Key"), ("名称", "Name"), ("办结", "Completed"), ("按期", "On time"), ("超期", "Late")),
        *(("按期率%", "Rate %"), ("严格率%", "Strict %"), ("超期未结", "Open overdue"), ("未到期", "Open in time")),
        *(("无时限", "Undated"), ("平均超期倍数", "Overdue multiple")),
    )
    show_records(records, fields, form, titles)
    return OK


def _number(value: Any) -> Any:
    """Rates are decimals with two places: numbers in JSON."""
    return value if value is None or isinstance(value, int) else float(value)


@command(app, "sources", "来源统计", "how reports come in")
def sources(
    context: typer.Context,
    period: Period = "",
    where: Where = "",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Reports by source, the busiest first."""
    from core.accountability.sources import sources_report

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    lines = sources_report(session.reader(), session.centre_id(), _period(session, period), _condition(session, where))
    fields = ("source", "name", "reported", "dropped", "completed", "open")
    records = [{**line._asdict(), "name": words.say(line.zh, line.en)} for line in lines]
    records = [{name: record[name] for name in fields} for record in records]
    titles = (
        *(("来源", "Source"), ("名称", "Name"), ("上报", "Reported"), ("不予受理或作废", "Dropped")),
        *(("办结", "Completed"), ("未结", "Open")),
    )
    show_records(records, fields, form, titles)
    return OK
