"""What would happen is what happens."""

from __future__ import annotations

from sqlalchemy import insert

from core.desk.orders import Report
from core.engine.dry_run import Upcoming, upcoming
from data.tables import Duty, LadderStep, TicketEvent, table
from tests.core.engine.rig import Rig


def _ahead(rig: Rig, hours: float = 8, limit: int = 1000) -> list[Upcoming]:
    with rig.store.read() as connection:
        return upcoming(connection, 1, rig.now(), rig.now() + int(hours * 3600), limit)


def test_the_forecast_comes_true(rig: Rig) -> None:
    for _ in range(3):
        rig.dispatched()
        rig.report()
        rig.later(minutes=1)
    before = len(rig.rows(TicketEvent))
    forecast = _ahead(rig)
    assert len(rig.rows(TicketEvent)) == before, "looking changes nothing"
    engine = rig.engine()
    engine.once()
    for _ in range(8 * 60):
        rig.later(minutes=1)
        if rig.due() and rig.due()[0]["next_at"] <= rig.now():
            engine.once()
    codes = {step.ticket_id: step.ticket for step in forecast}
    done = [(row["nominal_at"], codes[row["ticket_id"]], row["step"]) for row in rig.rows(LadderStep)]
    assert sorted(done) == sorted((step.at, step.ticket, f"{step.step}#{step.repeat}") for step in forecast)
    # Two units of a ticket may have the same step at the same moment, each told to its own people.
    told = [
        (
            row["nominal_at"],
            row["ticket_id"],
            row["step"],
            [p["officer_id"] for p in row["people"] if "skipped" not in p],
        )
        for row in rig.rows(LadderStep)
    ]
    foretold = [
        (step.at, step.ticket_id, f"{step.step}#{step.repeat}", [p.officer_id for p in step.told]) for step in forecast
    ]
    assert sorted(told) == sorted(foretold)


def test_it_is_in_order_and_ends_where_it_is_told_to(rig: Rig) -> None:
    for _ in range(4):
        rig.report()
        rig.later(seconds=20)
    ahead = _ahead(rig, hours=0.5)
    assert [step.at for step in ahead] == sorted(step.at for step in ahead)
    assert ahead[-1].at <= rig.now() + 1800
    assert _ahead(rig, hours=0.5, limit=5) == ahead[:5]
    assert _ahead(rig, hours=0) == []


def test_who_goes_on_leave_meanwhile_is_passed_over_from_then_on(rig: Rig) -> None:
    rig.report()
    with rig.store.write() as connection:
        leave = {"centre_id": 1, "id": 1, "officer_id": 3, "kind": "leave", "role": "", "note": "开会"}
        span = {"from_at": rig.now() + 900, "to_at": rig.now() + 1500}
        connection.execute(insert(table(Duty)), {**leave, **span})
    leaders = {step.repeat: step for step in _ahead(rig) if step.step == "leader"}
    assert [person.name for person in leaders[0].told] == ["王芳"]
    skipped = next(person for person in leaders[1].people if person.skipped)
    assert (skipped.name, skipped.skipped) == ("王芳", "开会")
    assert [person.name for person in leaders[1].told] == ["陈静"]
    assert [person.name for person in leaders[2].told] == ["王芳"]


def test_text_from_outside_comes_cleaned_and_confidential_text_not_at_all(rig: Rig) -> None:
    rig.report("\x1b[2J\u202e题")
    rig.desk.do(Report(title="普通", source="phone"), rig.duty)
    titles = {step.title for step in _ahead(rig)}
    assert not any("\x1b" in title or "\u202e" in title for title in titles)
