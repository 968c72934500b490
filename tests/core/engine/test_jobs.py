"""The jobs of the calendar owe what the tables say, however often they are started."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, update

from core.engine import jobs
from core.engine.schedule import Calendar
from data.tables import Catalogue, ClockRow, Notice, Ticket, table
from tests.core.engine.rig import Rig


def test_old_notices_that_arrived_are_dropped_and_others_stay(rig: Rig) -> None:
    rig.report()
    engine = rig.engine()
    engine.once()
    rig.later(minutes=6)
    engine.once()
    assert len(rig.notices()) == 2
    assert jobs.prune_notices(rig.store, rig.clock, 1) == 0
    rig.clock.advance(days=jobs.KEEP_NOTICES_DAYS + 1)
    notices = table(Notice)
    first = rig.notices()[0]["id"]
    with rig.store.write() as connection:
        connection.execute(
            update(notices).where(notices.c.centre_id == 1, notices.c.id == first).values(state="pending")
        )
    assert jobs.prune_notices(rig.store, rig.clock, 1) == 1
    assert [row["id"] for row in rig.notices()] == [first]


def test_deadlines_without_an_official_calendar_are_set_anew_when_it_comes_out(rig: Rig) -> None:
    rig.dispatched()
    rig.dispatched()
    clocks, catalogue = table(ClockRow), table(Catalogue)
    one = rig.rows(Ticket)[0]["id"]
    with rig.store.write() as connection:
        connection.execute(
            update(clocks)
            .where(clocks.c.centre_id == 1, clocks.c.ticket_id == one, clocks.c.kind == "final")
            .values(provisional=True)
        )
    assert jobs.recompute_provisional(rig.store, rig.clock, 1) == 0, "nothing newer is there"
    calendar = next(row for row in rig.rows(Catalogue) if row["kind"] == "calendar")
    with rig.store.write() as connection:
        connection.execute(insert(catalogue), {**calendar, "id": 99, "version": 2})
    assert jobs.recompute_provisional(rig.store, rig.clock, 1) == 1
    assert jobs.recompute_provisional(rig.store, rig.clock, 1) == 0
    assert [row["calendar_version"] for row in rig.rows(Ticket)] == [2, 1]


def test_a_look_survives_a_job_that_fails(file_rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("core.engine.schedule.take_backup", fail)
    monkeypatch.setattr("core.engine.schedule.recompute_provisional", lambda *_: done.append("recompute"))
    monkeypatch.setattr("core.engine.schedule.prune_notices", lambda *_: done.append("prune"))
    Calendar(file_rig.store, file_rig.clock, 1).look()
    assert done == ["recompute", "prune"]


def test_without_the_lease_nothing_is_done(file_rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    for name in ("take_backup", "recompute_provisional", "prune_notices"):
        monkeypatch.setattr(f"core.engine.schedule.{name}", lambda *_: done.append("job"))
    Calendar(file_rig.store, file_rig.clock, 1).look(lambda: False)
    assert not done


def test_the_scheduler_starts_and_stops(file_rig: Rig) -> None:
    calendar = Calendar(file_rig.store, file_rig.clock, 1)
    calendar.start(lambda: False)
    calendar.stop()
    calendar.stop()
