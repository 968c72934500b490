"""A single day of the centre's calendar, set by hand: a holiday, a make-up workday, or hours of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from core.catalogue.calendars import CalendarEntry
from core.catalogue.load import LoadedVersion, load_calendar
from core.desk.actor import Actor
from core.rules.windows import read_windows
from core.rules.worktime import WorkCalendar
from data.errors import BadInput, NotFound
from data.tables import Catalogue, Centre, table

KINDS = ("holiday", "workday", "windows", "usual")
"""A day off; a day with the usual hours; a day with hours of its own; what the week and the holidays say."""


def centre_calendar(connection: Connection, centre_id: int) -> tuple[str, WorkCalendar]:
    """The code of the centre's calendar and its newest version. Raises NotFound."""
    code = connection.execute(select(table(Centre).c.calendar).where(table(Centre).c.id == centre_id)).scalar()
    rows = table(Catalogue).c
    body = connection.execute(
        select(rows.body)
        .where(rows.centre_id == centre_id, rows.kind == "calendar", rows.name == code)
        .order_by(rows.version.desc())
        .limit(1)
    ).scalar()
    if body is None:
        raise NotFound("no-calendar", "没有加载日历。", "No calendar is loaded.")
    return str(code), WorkCalendar.from_dict(body)


def set_day(
    connection: Connection,
    centre_id: int,
    day: date,
    kind: str,
    pairs: Sequence[Sequence[str]],
    at: int,
    actor: Actor,
) -> LoadedVersion:
    """Set one day, as a new version of the calendar. Running clocks keep theirs until they are recomputed.

    `pairs` are the hours of a `windows` day: [["09:00", "12:00"]]. Raises NotAllowed, BadInput, NotFound.
    """
    if kind not in KINDS or (kind == "windows") != bool(pairs):
        known = " ".join(KINDS)
        raise BadInput(
            "day-kind", f"日期类别须为：{known}；windows 须给出时段。", f"A day is one of: {known}; windows has hours."
        )
    code, calendar = centre_calendar(connection, centre_id)
    overrides: dict[date, Any] = {when: what for when, what in calendar.date_overrides.items() if when != day}
    holidays = calendar.holidays - {day}
    if kind == "holiday":
        holidays |= {day}
    elif kind != "usual":
        overrides[day] = read_windows([list(pair) for pair in pairs], "windows") if pairs else calendar.usual_windows
    hours = replace(calendar, holidays=holidays, date_overrides=overrides)
    return load_calendar(connection, centre_id, CalendarEntry(code, code, code, hours), at, actor)
