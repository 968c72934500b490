"""`zhihui calendar`: working time day by day, and single days set by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.options import Csv, Json, Jsonl, argument, form_of, option, show_records
from console.exit_codes import OK
from data.errors import BadInput

app = new_app("日历：工作时间与节假日", "calendars: working time and holidays")

WEEKDAYS = (
    ("周一", "Mon"),
    ("周二", "Tue"),
    ("周三", "Wed"),
    ("周四", "Thu"),
    ("周五", "Fri"),
    ("周六", "Sat"),
    ("周日", "Sun"),
)


def build() -> Any:
    """The noun."""
    return built(app)


@command(app, "show", "逐日显示工作时段", "the working hours day by day")
def show(
    context: typer.Context,
    first: Annotated[str, option("--from", zh="从哪天，缺省今天", en="first day, by default today")] = "",
    days: Annotated[int, option("--days", zh="几天，缺省 14", en="how many days", min=1, max=3660)] = 14,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """After the last official year days are provisional."""
    from core.catalogue.days import centre_calendar
    from core.rules.windows import write_windows
    from data.official_days import official_name

    session = session_of(context)
    with session.store().read() as connection:
        _, calendar = centre_calendar(connection, session.centre_id())
    start = _day(first) if first else session.clock.now().astimezone(calendar.tz).date()
    fields = ("day", "weekday", "workday", "windows", "name", "provisional")
    records = []
    for number in range(days):
        day = start + timedelta(days=number)
        name = official_name(day)
        windows = write_windows(calendar.windows_of(day))
        records.append(
            {
                "day": day.isoformat(),
                "weekday": words.say(*WEEKDAYS[day.weekday()]),
                "workday": calendar.is_workday(day),
                "windows": " ".join("-".join(pair) for pair in windows),
                "name": words.say(*name) if name else "",
                "provisional": calendar.official_until is not None and day > calendar.official_until,
            }
        )
    titles = (
        *(("日期", "Day"), ("星期", "Weekday"), ("工作日", "Workday"), ("时段", "Hours"), ("名称", "Name")),
        ("暂定", "Provisional"),
    )
    show_records(records, fields, form_of(json, jsonl, csv), titles)
    return OK


@command(app, "set-day", "设定某日：holiday、workday、windows、usual", "set a day: holiday, workday, windows or usual")
def set_day_command(
    context: typer.Context,
    day: Annotated[str, argument("日期，如 2027-02-12", "the day, such as 2027-02-12")],
    kind: Annotated[str, argument("holiday 放假，workday 上班，windows 自定时段，usual 照常", "what the day is")],
    hours: Annotated[
        list[str] | None, argument("时段，如 09:00-12:00", "hours such as 09:00-12:00", metavar="HOURS")
    ] = None,
) -> int:
    """Running clocks keep their deadlines until `zhihui ticket recompute` moves them."""
    from core.catalogue.days import set_day

    session = session_of(context)
    actor = session.actor()
    pairs = [text.split("-") for text in hours or []]
    with session.store().write() as connection:
        done = set_day(connection, session.desk().centre_id, _day(day), kind, pairs, session.now(), actor)
    if done.is_new:
        output.say_line(words.say(f"{done.name} 第 {done.version} 版", f"{done.name} version {done.version}"))
        output.remark(
            words.say(
                "已在计时的事件须重算：zhihui ticket recompute --where open",
                "Running clocks are moved by: zhihui ticket recompute --where open",
            )
        )
    else:
        output.say_line(words.say("没有变化。", "Nothing changed."))
    return OK


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("day", "日期应如 2027-02-12。", "Write a day like 2027-02-12.") from error
    if not 2000 <= found.year <= 2200:
        raise BadInput("day", "年份须在 2000 到 2200 之间。", "The year must lie between 2000 and 2200.")
    return found
