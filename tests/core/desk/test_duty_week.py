"""The roster day by day says of each hour what the ladder would find then, whatever the book has in it."""

from __future__ import annotations

import random
from datetime import date

import pytest
from sqlalchemy import insert

from core.desk.duty_now import duty_now
from core.desk.people import people_at
from core.organisation.duty_week import Entry, Place, week_of
from data.ids import new_id
from data.tables import Duty, DutySwap, table
from data.terms import Role
from tests.core.desk.scene import CSGX, Scene

HOUR = 3_600
DESK = {"zhang": Role.DUTY_OFFICER, "gao": Role.SHIFT_LEADER, "wang": Role.DUTY_LEADER}
POSTED = ("li", "sun", "hu", "ye", "qian", "lin")


def write(scene: Scene, rows: list[Duty]) -> None:
    with scene.store.write() as connection:
        connection.execute(insert(table(Duty)), [row.model_dump() for row in rows])


def time_of(scene: Scene, officer: str, kind: str, role: str, begin: int, end: int | None) -> Duty:
    return Duty(
        centre_id=1, id=new_id(), officer_id=scene.who(officer).id, kind=kind, role=role, from_at=begin, to_at=end
    )


def lasting(place: Place, at: int) -> list[Entry]:
    """The entries of a place at an instant, each once however many days it stands under."""
    found = dict.fromkeys(entry for day in place.days for entry in day)
    return [one for one in found if one.from_at <= at and (one.to_at is None or at < one.to_at)]


def said_by_week(places: tuple[Place, ...], at: int) -> dict[str, tuple[set[str], set[str]]]:
    """Place → (who answers, who is away) at an instant."""
    return {
        place.code: (
            {one.officer for one in lasting(place, at) if one.what not in ("leave", "wrong")},
            {one.officer for one in lasting(place, at) if one.what == "leave"},
        )
        for place in places
    }


def said_by_ladder(scene: Scene, at: int) -> dict[str, tuple[set[str], set[str]]]:
    """Of a role those whom the roster has on shift then; whom it takes where there is nobody is another matter."""
    with scene.store.read() as connection:
        places, people = duty_now(connection, 1, at), people_at(connection, 1, at)
    codes = {scene.who(code).id: code for code in (*DESK, *POSTED)}
    found = {}
    for place in places:
        if place.kind == "role":
            serving = people.shifts.get(place.code, ())
            there = {codes[one] for one in serving if one not in people.away}
            found[place.code] = there, {codes[one] for one in serving if one in people.away}
        else:
            there = {one.code for one in place.a if not one.away} or {one.code for one in place.b if not one.away}
            away = {one.code for one in (*place.a, *place.b) if one.away and one.away != "off_duty"}
            found[place.code] = there, away
    return found


@pytest.mark.parametrize("seed", range(6))
def test_each_hour_is_as_the_ladder_sees_it(scene: Scene, seed: int) -> None:
    chance = random.Random(seed)
    now = scene.desk.now()
    # Shifts begin at whole hours before anybody could owe a handover: what is kept on is a matter of the present.
    rows = []
    for officer, role in DESK.items():
        at = now - chance.randrange(6) * HOUR
        while at < now + 6 * 24 * HOUR:
            length = chance.choice((6, 8, 12, 24, 40)) * HOUR
            if chance.random() < 0.8:
                rows.append(time_of(scene, officer, "shift", role, at, at + length))
            at += length + chance.choice((0, 0, 5)) * HOUR
    for officer in chance.sample(POSTED, 3):
        rows += [
            time_of(
                scene, officer, "shift", Role.POST_MEMBER, now + (24 * day + 1) * HOUR, now + (24 * day + 10) * HOUR
            )
            for day in range(6)
        ]
    for officer in chance.sample([*DESK, *POSTED], 5):
        since = now + chance.randrange(100) * HOUR
        until = None if chance.random() < 0.2 else since + chance.randrange(1, 60) * HOUR
        rows.append(time_of(scene, officer, "leave", "", since, until))
    write(scene, rows)
    swap = DutySwap(
        centre_id=1, id=new_id(), unit_id=CSGX, a_id=scene.who("li").id, b_id=scene.who("sun").id,
        from_at=now + 30 * HOUR, to_at=now + 70 * HOUR, agreed_at=now, reason="", asked_by="li", asked_at=now,
    )  # fmt: skip
    with scene.store.write() as connection:
        connection.execute(insert(table(DutySwap)), [swap.model_dump()])
    first = date(2026, 11, 20)
    with scene.reader() as reader:
        week = week_of(reader, 1, "Asia/Shanghai", first, now)
    for ahead in range(1, 130, 3):
        at = now + ahead * HOUR + chance.randrange(HOUR)
        ladder, said = said_by_ladder(scene, at), said_by_week(week.places, at)
        for code in ladder.keys() - {"commander"}:
            assert said[code] == ladder[code], f"seed {seed}, {code} at {at} ({ahead} h)"
