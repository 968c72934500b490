"""`zhihui report`: who held tickets for how long, the on-time rate, where reports come from, what the lists did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.instants import instant
from console.cli.options import Csv, Json, Jsonl, Period, Where, argument, form_of, option, show_records
from console.cli.report_custody import TOTAL_FIELDS, one_ticket, print_totals, total_record
from console.cli.report_monthly import monthly_command
from console.cli.report_overview import overview_command
from console.cli.session import Session
from console.exit_codes import OK
from data.errors import BadInput

if TYPE_CHECKING:
    from core.accountability.ontime import OnTimeLine
    from data.queries.filters import Condition

app = new_app("报表：持有时长、按期率、来源", "reports: custody, on-time rate, sources")
command(
    app,
    "overview",
    "总览的数字：未结、超期、上报、趋势、在岗",
    "the overview's figures: open, late, reported, trends, staff",
)(overview_command)

command(
    app,
    "monthly",
    "月度清单：高频事项，跨板块、跨部门事项",
    "the monthly list: frequent matters, matters across sections or departments",
)(monthly_command)

CUSTODY_BY = "tier section unit person community stage holder"
ONTIME_BY = "all community grid section lead source matter urgency"
ALIASES = {"post": "unit", "officer": "person"}

First = Annotated[str, option("--from", zh="起始日，含当日", en="first day")]
Last = Annotated[str, option("--to", zh="截止日，含当日", en="last day")]


def build() -> Any:
    """The noun."""
    return built(app)


# ------------------------------------------------------------------------------------------------ what is asked


def _period(session: Session, text: str, first: str = "", last: str = "") -> Any:
    """The period of the options, None for all time. Raises BadInput."""
    if not (text or first or last):
        return None
    from core.accountability.period import read_period

    if not (first or last):
        return read_period(text, session.zone())
    if text:
        raise BadInput("period-twice", "--period 与 --from、--to 只能用一种。", "Use --period, or --from and --to.")
    return read_period(f"{first or '1970-01-01'}..{last or _today(session)}", session.zone())


def _today(session: Session) -> str:
    from zoneinfo import ZoneInfo

    from data.instants import from_seconds

    return from_seconds(session.now()).astimezone(ZoneInfo(session.zone())).date().isoformat()


def _condition(session: Session, where: str) -> Condition:
    from core.accountability.custody import EVERY_TICKET

    return session.condition(where) if where else EVERY_TICKET


def _one_of(kind: Any, value: str, option: str = "--by") -> Any:
    """A word of an enumeration, by its stored value or by its label. Raises BadInput with all of them."""
    wanted = ALIASES.get(value, value)
    for item in kind:
        if wanted.lower() in (item.value, getattr(item, "zh", None), getattr(item, "en", item.value).lower()):
            return item
    known = " ".join(item.value for item in kind)
    raise BadInput(option.strip("-"), f"{option} 只能是：{known}", f"{option} must be one of: {known}")


# ------------------------------------------------------------------------------------------------ custody


@command(app, "custody", "谁持有了多久；给出编号则列出一件的每一段", "who held tickets for how long, or one ticket")
def custody(
    context: typer.Context,
    code: Annotated[str, argument("事件编号，只看这一件", "code of a ticket, to see this one alone")] = "",
    by: Annotated[str, option("--by", zh=f"按什么汇总：{CUSTODY_BY}", en="what to add up by")] = "",
    period: Period = "",
    first: First = "",
    last: Last = "",
    where: Where = "",
    tier: Annotated[str, option("--tier", zh="层级", en="tier")] = "",
    section: Annotated[str, option("--section", zh="板块", en="section")] = "",
    unit: Annotated[str, option("--unit", "--post", zh="单位", en="unit")] = "",
    officer: Annotated[str, option("--person", zh="人员", en="person")] = "",
    community: Annotated[str, option("--community", zh="村社区", en="community")] = "",
    stage: Annotated[str, option("--stage", zh="环节", en="stage")] = "",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Seconds add up to the tickets' lives; time of engine, citizen or suspension is nobody's in the field."""
    from core.accountability.asked import check_filter
    from core.accountability.custody import By, CustodyFilter, custody_report
    from data.terms import Stage, Tier

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    if code:
        if any((by, period, first, last, where, tier, section, unit, officer, community, stage)):
            raise BadInput("one-ticket", "给出事件编号时不能再筛选。", "A single ticket goes without filters.")
        return one_ticket(session, code, form)
    chosen = CustodyFilter(
        tier=_one_of(Tier, tier, "--tier").value if tier else "",
        section=section,
        unit=unit,
        officer=officer,
        community=community,
        stage=_one_of(Stage, stage, "--stage").value if stage else "",
    )
    kind, asked, condition = (
        _one_of(By, by or "unit"),
        _period(session, period, first, last),
        _condition(session, where),
    )
    reader, centre = session.reader(), session.centre_id()
    check_filter(reader, centre, chosen)
    lines = custody_report(reader, centre, kind, session.now(), asked, chosen, condition)
    if form:
        output.write_records([total_record(line) for line in lines], TOTAL_FIELDS, form)
    else:
        print_totals(lines)
    return OK


# ------------------------------------------------------------------------------------------------ on-time rate

ONTIME_FIELDS = (
    *("key", "name", "completed", "on_time", "late", "rate", "strict_rate", "open_overdue", "open_in_time"),
    *("undated", "waived", "overdue_multiple"),
)


@command(app, "ontime", "按期办结率", "the on-time completion rate")
def ontime(
    context: typer.Context,
    by: Annotated[str, option("--by", zh=f"按什么分：{ONTIME_BY}", en="what to break down by")] = "all",
    period: Period = "",
    first: First = "",
    last: Last = "",
    where: Where = "",
    current: Annotated[
        bool, option("--current-division", zh="按现行区划归并", en="count merged units where they belong today")
    ] = False,
    division: Annotated[str, option("--division", zh="按某日的区划归并", en="count by the division of a day")] = "",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Tickets whose deadline lies in the period."""
    from core.accountability.ontime import Dimension, on_time_report

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    kind, asked, condition = _one_of(Dimension, by), _period(session, period, first, last), _condition(session, where)
    if current and division:
        raise BadInput("division", "--current-division 与 --division 只能用一种。", "Ask for one division.")
    day = instant(division, session.zone()) if division else None
    reader, centre = session.reader(), session.centre_id()
    found = on_time_report(reader, centre, kind, session.now(), asked, current, condition, day)
    lines = [found.total] if kind is Dimension.ALL else [*found.lines, found.total]
    if form:
        output.write_records([_ontime_record(line) for line in lines], ONTIME_FIELDS, form)
    else:
        _print_ontime(lines)
    return OK


def _ontime_record(line: OnTimeLine) -> dict[str, Any]:
    figures = {name: _number(getattr(line, name)) for name in ONTIME_FIELDS[2:]}
    return {"key": line.key, "name": words.say(line.zh, line.en), **figures}


def _number(value: Any) -> Any:
    """Rates are decimals with two places: numbers in JSON."""
    return value if value is None or isinstance(value, int) else float(value)


def _print_ontime(lines: list[OnTimeLine]) -> None:
    from console.cli.printing import table

    shown = ("completed", "on_time", "late", "rate", "strict_rate", "open_overdue", "open_in_time", "overdue_multiple")
    header = words.say(
        "名称 办结 按期 超期 按期率% 严格率% 超期未结 未到期 超期倍数",
        "Name Done In-time Late Rate% Strict% Overdue Running Multiple",
    ).split()
    rows = [
        (words.say(line.zh, line.en), *("-" if getattr(line, name) is None else getattr(line, name) for name in shown))
        for line in lines
    ]
    table(header, rows, right=range(1, 9))
    undated = lines[-1].undated
    if undated:
        output.say_line(
            words.say(f"另办结无时限的 {undated} 件，不计入。", f"{undated} more were done that had no deadline.")
        )
    waived = lines[-1].waived
    if waived:
        output.say_line(
            words.say(
                f"另有 {waived} 件超期经申诉豁免，不计入。", f"{waived} more were late and are waived after an appeal."
            )
        )


# ------------------------------------------------------------------------------------------------ sources


@command(app, "sources", "来源统计", "how reports come in")
def sources(
    context: typer.Context,
    period: Period = "",
    first: First = "",
    last: Last = "",
    where: Where = "",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Reports by source, the busiest first."""
    from core.accountability.sources import sources_report

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    asked, condition = _period(session, period, first, last), _condition(session, where)
    lines = sources_report(session.reader(), session.centre_id(), asked, condition)
    fields = ("source", "name", "reported", "dropped", "completed", "open")
    records = [{**line._asdict(), "name": words.say(line.zh, line.en)} for line in lines]
    records = [{name: record[name] for name in fields} for record in records]
    titles = (
        *(("来源", "Source"), ("名称", "Name"), ("上报", "Reported"), ("不予受理或作废", "Dropped")),
        *(("办结", "Completed"), ("未结", "Open")),
    )
    show_records(records, fields, form, titles, right=range(2, 6))
    return OK


# ------------------------------------------------------------------------------------------------ alerts of devices

ALERT_FIELDS = (
    *("kind", "alerts", "tickets", "hospital", "helped", "hazard", "false_alarm", "device_fault", "unsaid"),
    "false_rate",
)
ALERT_TITLES = (
    *(("预警", "Alert"), ("次数", "Alerts"), ("事件", "Tickets"), ("送医", "Hospital"), ("就地帮助", "Helped")),
    *(("险情属实", "Hazard"), ("误报", "False"), ("设备故障", "Fault"), ("未判明", "Unsaid"), ("误报率%", "False%")),
)


@command(app, "alerts", "感知预警：属实、误报、设备故障分开计", "devices' alerts: true, false and faults, apart")
def alerts(
    context: typer.Context,
    period: Period = "",
    first: First = "",
    last: Last = "",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Alerts found in the period; what was found there is counted by ticket."""
    from core.accountability.alerts import alert_report
    from data.device_terms import AlertKind

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    lines = alert_report(session.reader(), session.centre_id(), _period(session, period, first, last))
    records = [line._asdict() for line in lines]
    if not form:
        records = [{**record, "kind": words.named(AlertKind, record["kind"])} for record in records]
    show_records(records, ALERT_FIELDS, form, ALERT_TITLES, right=range(1, 10))
    return OK


# ------------------------------------------------------------------------------------------------ lists


@command(
    app, "lists", "清单：不予出具的证明，突破清单的派单", "lists: certificates refused, tasks sent although stopped"
)
def lists(
    context: typer.Context,
    period: Period = "",
    first: First = "",
    last: Last = "",
    each: Annotated[bool, option("--each", zh="逐次列出", en="one line per case")] = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Counted from the log, by list entry or matter."""
    from console.cli.report_lists import show_lists

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    show_lists(session, _period(session, period, first, last), each, form)
    return OK


# ------------------------------------------------------------------------------------------------ requests


@command(
    app,
    "requests",
    "申请：各类申请的结果与用时；待决定的；退单原因",
    "requests: what became of them, what waits, why tickets were sent back",
)
def requests(
    context: typer.Context,
    period: Period = "",
    first: First = "",
    last: Last = "",
    waiting: Annotated[bool, option("--waiting", zh="只列待决定的申请", en="what waits for a decision")] = False,
    returns: Annotated[bool, option("--returns", zh="退单按原因统计", en="returns by their reason")] = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Counted from clocks and log; a period is that of the asking or of the return."""
    from console.cli.report_requests import show_requests, show_returns, show_waiting

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    asked = _period(session, period, first, last)
    if waiting and (returns or asked is not None):
        raise BadInput("waiting-now", "--waiting 只看现在，不能再加期间或 --returns。", "--waiting is about now alone.")
    if waiting:
        show_waiting(session, form)
    elif returns:
        show_returns(session, asked, form)
    else:
        show_requests(session, asked, form)
    return OK


# ------------------------------------------------------------------------------------------------ meetings


@command(
    app, "meetings", "会议、议定事项、征求意见、调解轮次", "meetings, decisions, consultations, rounds of mediation"
)
def meetings(
    context: typer.Context,
    period: Period = "",
    first: First = "",
    last: Last = "",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """By the time of the meeting, the opening or the round."""
    from console.cli.report_meetings import show_meetings

    session = session_of(context)
    show_meetings(session, _period(session, period, first, last), form_of(json, jsonl, csv))
    return OK
