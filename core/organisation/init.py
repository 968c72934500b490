"""A new centre in the store: its organisation with duty turns, the catalogue, the policy and the calendars."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select

from core.catalogue.calendars import read_calendars
from core.catalogue.load import begin_catalogue
from core.catalogue.read import read_catalogue, read_policy
from core.organisation.load import LoadReport, fill_centre, refuse_errors
from core.organisation.model import Organisation
from core.organisation.roster import roster
from data.errors import BadInput, Conflict
from data.ids import new_id
from data.instants import to_seconds
from data.store import Store
from data.tables import Centre, CentreSequence, table

ROSTER_DAYS = 92
"""Duty turns written out at the start; `zhihui org roster` adds more."""

CENTRE = table(Centre)


@dataclass(frozen=True)
class NewCentre:
    """What was made."""

    centre_id: int
    code: str
    name: str
    matters: int
    report: LoadReport


def init_centre(
    store: Store,
    organisation: Organisation,
    now: datetime,
    actor: str = "init",
    roster_days: int = ROSTER_DAYS,
    catalogue: Path | None = None,
) -> NewCentre:
    """Make a centre from an organisation, all of it or nothing; the tables must be there.

    `now` is the instant at which everything begins; the roster starts the day before, so that somebody is on duty at
    once. `catalogue` is a folder with matters*.toml, policy.toml and calendar.toml instead of the one that comes with
    the product. Raises BadInput for an organisation with errors, Conflict when the centre is there already.
    """
    refuse_errors(organisation)
    policy, body = read_policy(catalogue)
    matters = read_catalogue(catalogue, policy)
    own = catalogue / "calendar.toml" if catalogue and (catalogue / "calendar.toml").is_file() else None
    calendars = read_calendars(own)
    if organisation.calendar not in {calendar.code for calendar in calendars}:
        raise BadInput(
            "calendar-unknown",
            f"没有日历 {organisation.calendar}。",
            f"There is no calendar {organisation.calendar}.",
        )
    at = to_seconds(now)
    with store.write() as connection:
        centre_id = _new_centre(connection, organisation, at)
        begin_catalogue(connection, centre_id, calendars, body, matters, at, actor)
        first = now.astimezone(ZoneInfo(organisation.zone)).date()
        turns = roster(organisation, first.fromordinal(first.toordinal() - 1), roster_days + 1) if roster_days else []
        full = replace(organisation, duty=(*organisation.duty, *turns))
        report = fill_centre(connection, centre_id, full, at, actor)
    return NewCentre(centre_id, organisation.code, organisation.name, len(matters.matters), report)


def _new_centre(connection: Connection, organisation: Organisation, at: int) -> int:
    if connection.execute(select(CENTRE.c.id).where(CENTRE.c.code == organisation.code)).first():
        raise Conflict(
            "centre-exists",
            f"中心 {organisation.code} 已经存在；要修改请用 zhihui org load。",
            f"The centre {organisation.code} is there already; to change it use zhihui org load.",
        )
    centre = Centre(
        id=new_id(),
        code=organisation.code,
        name=organisation.name,
        name_en=organisation.name_en,
        zone=organisation.zone,
        calendar=organisation.calendar,
        labels=organisation.labels(),
        created_at=at,
    )
    connection.execute(insert(CENTRE), [centre.model_dump()])
    connection.execute(insert(table(CentreSequence)), [CentreSequence(centre_id=centre.id).model_dump()])
    return centre.id
