"""What the engine looks up again and again while it sweeps, kept as long as it is true.

Policies and calendars are versioned and never change; the roster is read anew each second and whenever the centre's
organisation number moves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from core.desk.desk import channels_of
from core.desk.people import People, answering, people_at
from core.desk.references import References
from core.rules.case import Case
from core.rules.cover import Cover, cover_of
from core.rules.ladder import Step
from core.rules.oncall import Resolution, resolve
from core.rules.policy import Policy
from core.rules.worktime import WorkCalendar
from data.tables import CentreSequence, ClockRecord, table
from data.terms import UnitKind

TellKey = tuple[str, str, int | None, int | None, str, Cover | None]


@dataclass
class Roster:
    """Who is told, by which channels, at one instant."""

    people: People
    channels: list[str]
    district_id: int | None
    zone: ZoneInfo
    _told: dict[TellKey, list[Resolution]] = field(default_factory=dict)

    def told(self, step: Step, case: Case, clock: ClockRecord) -> list[Resolution]:
        """Whom a step of a clock tells, and whom it passes over and why."""
        ticket = case.ticket
        unit_id = answering(case, clock.unit_id)
        named = case.named_officer(clock.task_id)
        key = (f"{ticket.policy_version}:{clock.ladder}", step.key, unit_id, named, ticket.section, cover_of(ticket))
        if key not in self._told:
            self._told[key] = resolve(step, self.people.duty_for(case, clock.unit_id, clock.task_id))
        return self._told[key]


class Shelf:
    """The engine's memory of one centre."""

    def __init__(self, centre_id: int) -> None:
        self.centre_id = centre_id
        self._policies: dict[int, Policy] = {}
        self._calendars: dict[int, WorkCalendar] = {}
        self._roster: Roster | None = None
        self._roster_of: tuple[int, int] | None = None

    def roster(self, connection: Connection, now: int) -> Roster:
        """The roster at `now` (epoch seconds)."""
        sequence = table(CentreSequence)
        organisation = connection.execute(
            select(sequence.c.organisation_no).where(sequence.c.centre_id == self.centre_id)
        ).scalar_one()
        key = (int(organisation), now)
        if self._roster is None or self._roster_of != key:
            refs = References(connection, self.centre_id)
            district = refs.first_of_kind(UnitKind.DISTRICT)
            self._roster = Roster(
                people_at(connection, self.centre_id, now),
                channels_of(connection, self.centre_id),
                district.id if district else None,
                ZoneInfo(refs.centre().zone),
            )
            self._roster_of = key
        return self._roster

    def policy(self, connection: Connection, version: int) -> Policy:
        """A policy version; 0 stands for the newest, for tickets that have none. Raises NotFound."""
        if not version:
            return References(connection, self.centre_id).policy()
        if version not in self._policies:
            self._policies[version] = References(connection, self.centre_id).policy(version)
        return self._policies[version]

    def calendar(self, connection: Connection, version: int) -> WorkCalendar:
        """A version of the centre's calendar; 0 stands for the newest. Raises NotFound."""
        if not version:
            return References(connection, self.centre_id).calendar()
        if version not in self._calendars:
            self._calendars[version] = References(connection, self.centre_id).calendar(version)
        return self._calendars[version]
