"""`zhihui report monthly`: what came often in a month, and what several had to settle together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import session_of
from console.cli.options import Csv, Json, Jsonl, form_of, option
from console.exit_codes import OK
from data.errors import BadInput

if TYPE_CHECKING:
    from core.accountability.monthly import MatterLine, MonthlyReport

FIELDS = (
    *("list", "matter", "name", "count", "before", "change", "change_percent", "on_time", "late", "rate", "bounces"),
    *("cross", "cross_section", "cross_department", "lead", "places"),
)
MOST = 1000
Month = Annotated[
    str, option("--period", zh="月份，如 2026-11，缺省本月", en="a month such as 2026-11, by default this one")
]
Top = Annotated[
    int, option("--top", zh="每张表最多几行，缺省 20", en="how many lines each list has at most, by default 20")
]


def monthly_command(
    context: typer.Context,
    period: Month = "",
    top: Top = 20,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Two lists, by matter: the frequent ones, and those across sections or departments."""
    from core.accountability.monthly import month_of, monthly_report

    if not 1 <= top <= MOST:
        raise BadInput("top", f"--top 须在 1 至 {MOST} 之间。", f"--top must lie between 1 and {MOST}.")
    session = session_of(context)
    form, now = form_of(json, jsonl, csv), session.now()
    month, before = month_of(period, session.zone(), now)
    found = monthly_report(session.reader(), session.centre_id(), month, before, now, top)
    lists = {"frequent": found.frequent, "cross": found.cross}
    if form == "json":
        records = {name: [_record(name, line) for line in lines] for name, lines in lists.items()}
        output.write_json(
            {
                "period": found.period.label,
                "before": found.before.label,
                "partial": found.partial,
                "reported": found.total,
                "reported_before": found.total_before,
                **records,
            }
        )
    elif form:
        output.write_records([_record(name, line) for name, lines in lists.items() for line in lines], FIELDS, form)
    else:
        _print(found)
    return OK


def _record(name: str, line: MatterLine) -> dict[str, Any]:
    return {
        "list": name,
        "matter": line.key,
        "name": words.say(line.zh, line.en),
        "count": line.count,
        "before": line.before,
        "change": line.change,
        "change_percent": None if line.change_share is None else float(line.change_share),
        "on_time": line.on_time,
        "late": line.late,
        "rate": None if line.rate is None else float(line.rate),
        "bounces": line.bounces,
        "cross": line.cross,
        "cross_section": line.cross_section,
        "cross_department": line.cross_department,
        "lead": words.say(line.lead, line.lead_en),
        "places": [f"{words.say(zh, en)} {amount}" for zh, en, amount in line.places],
    }


def _print(found: MonthlyReport) -> None:
    from console.cli.printing import table

    output.say_line(
        words.say(
            f"{found.period.label}：上报 {found.total} 件，上月 {found.total_before} 件",
            f"{found.period.label}: {found.total} reported, {found.total_before} in the month before",
        )
        + (words.say("（本月未满）", " (the month is not over)") if found.partial else "")
    )
    output.say_line(words.say("高频事项", "Frequent matters"))
    header = words.say(
        "事项 名称 件数 上月 增减 按期率% 退单 常办单位 地点",
        "Matter Name Count Before Change Rate% Bounces Lead Places",
    ).split()
    table(header, [_frequent(line) for line in found.frequent], right=range(2, 7), drop=(3, 0, 8))
    output.say_line("")
    output.say_line(words.say("跨板块、跨部门事项", "Matters across sections or departments"))
    header = words.say(
        "事项 名称 协同 跨板块 跨部门 件数 按期率% 退单 常办单位",
        "Matter Name Joint Sections Departments Count Rate% Bounces Lead",
    ).split()
    table(header, [_cross(line) for line in found.cross], right=range(2, 8), drop=(5, 0))


def _frequent(line: MatterLine) -> tuple[Any, ...]:
    change = f"{line.change:+d}" + ("" if line.change_share is None else f" ({line.change_share:+}%)")
    places = words.say("、", ", ").join(f"{words.say(zh, en)} {amount}" for zh, en, amount in line.places)
    name, lead = words.say(line.zh, line.en), words.say(line.lead, line.lead_en)
    return line.key or "-", name, line.count, line.before, change, _rate(line), line.bounces, lead, places


def _cross(line: MatterLine) -> tuple[Any, ...]:
    name, lead = words.say(line.zh, line.en), words.say(line.lead, line.lead_en)
    figures = line.cross, line.cross_section, line.cross_department, line.count
    return line.key or "-", name, *figures, _rate(line), line.bounces, lead


def _rate(line: MatterLine) -> Any:
    return "-" if line.rate is None else line.rate
