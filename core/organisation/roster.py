"""Turns of the duty desk and of the duty leaders, written out for a number of days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.organisation.model import DutyEntry, Organisation
from data.terms import Role


def roster(organisation: Organisation, first: date, days: int) -> list[DutyEntry]:
    """Who serves from the start of the first shift of `first` for some days, in the centre's own time.

    Teams take the shifts one after the other; each day has one duty leader, from the first shift's start to the next
    day's. Empty for a desk that has no turns.
    """
    desk, zone = organisation.desk, ZoneInfo(organisation.zone)
    found: list[DutyEntry] = []
    for day in range(days):
        today = first + timedelta(days=day)
        begins = [_at(today, shift, zone) for shift in desk.shifts]
        begins += [_at(today + timedelta(days=1), shift, zone) for shift in desk.shifts[:1]]
        for number in range(len(desk.shifts)):
            if not desk.teams:
                break
            turn = today.toordinal() * len(desk.shifts) + number
            team = desk.teams[turn % len(desk.teams)]
            for place, officer in enumerate(team):
                role = Role.DUTY_OFFICER if place else Role.SHIFT_LEADER
                found.append(DutyEntry(officer, "shift", str(role), begins[number], begins[number + 1]))
        if desk.leaders and begins:
            leader = desk.leaders[today.toordinal() % len(desk.leaders)]
            found.append(DutyEntry(leader, "shift", str(Role.DUTY_LEADER), begins[0], begins[-1]))
    return found


def _at(day: date, shift: str, zone: ZoneInfo) -> str:
    hour, minute = map(int, shift.split(":"))
    return datetime.combine(day, time(hour, minute), zone).isoformat(timespec="seconds")
