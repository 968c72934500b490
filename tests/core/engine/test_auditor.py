"""The auditor finds what the engine missed, by its own way; the status says how the engine does."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from core.desk.orders import Join
from core.engine.auditor import Findings, audit, engine_status
from data.queries.engine import Silence
from data.tables import ClockDue, ClockRow, LadderStep, TicketEvent, table
from tests.core.engine.rig import Rig


def _audit(rig: Rig, grace: int = 60) -> Findings:
    with rig.store.read() as connection:
        return audit(connection, 1, rig.now(), grace)


def test_a_street_whose_engine_works_is_clean(rig: Rig) -> None:
    engine = rig.engine()
    for _ in range(3):
        rig.dispatched()
        rig.later(minutes=7)
        engine.once()
    findings = _audit(rig)
    assert findings.clean
    assert findings.clocks > 3


def test_steps_that_nobody_did_are_found_after_the_grace(rig: Rig) -> None:
    code = rig.report()
    rig.later(minutes=5)
    assert _audit(rig, grace=120).clean
    found = _audit(rig).missed
    assert [(step.ticket, step.step) for step in found] == [(code, "warn#0")]


def test_a_lost_due_row_is_found_although_the_sweep_sees_nothing(rig: Rig) -> None:
    rig.report()
    due = rig.due()
    with rig.store.write() as connection:
        connection.execute(table(ClockDue).delete().where(table(ClockDue).c.centre_id == 1))
    engine = rig.engine()
    rig.later(minutes=6)
    assert engine.once().swept.fired == 0
    findings = _audit(rig)
    assert findings.unqueued == [due[0]["clock_id"]]
    assert [step.step for step in findings.missed] == ["warn#0", "shift#0"]
    with rig.store.write() as connection:
        connection.execute(table(ClockDue).insert(), due)


def test_what_was_done_before_a_ticket_was_joined_is_not_missed(file_rig: Rig) -> None:
    """The main ticket takes over the deadline with the steps that were done for it."""
    engine = file_rig.engine()
    main, joined = file_rig.dispatched(), file_rig.dispatched()
    engine.once()
    file_rig.later(minutes=100)
    engine.once()
    file_rig.desk.do(Join(ticket=joined, into=main), file_rig.duty)
    taken = [clock for clock in file_rig.rows(ClockRow) if clock["kind"] == "joined"]
    assert any(clock["fired"] for clock in taken)
    file_rig.later(minutes=2)
    engine.once()
    assert _audit(file_rig).clean


def test_a_step_that_is_logged_as_done_but_not_proven_is_found(rig: Rig) -> None:
    rig.report()
    engine = rig.engine()
    engine.once()
    rig.later(minutes=4)
    engine.once()
    proofs = rig.rows(LadderStep)
    with rig.store.write() as connection:
        connection.execute(table(LadderStep).delete().where(table(LadderStep).c.centre_id == 1))
    assert [step.step for step in _audit(rig, grace=0).missed] == ["warn#0"]
    with rig.store.write() as connection:
        connection.execute(table(LadderStep).insert(), proofs)


def test_status_tells_who_leads_and_how_late_it_is(rig: Rig) -> None:
    with rig.store.reader() as reader:
        empty = engine_status(reader, 1, rig.now())
        assert (empty.running, empty.silent, empty.holder) == (False, None, "")
        rig.report()
        engine = rig.engine()
        engine.once()
        watch = Silence(rig.steady)
        well = engine_status(reader, 1, rig.now(), watch)
        assert (well.running, well.silent, well.overdue) == (True, 0, 0)
        assert well.next_at == rig.now() + 225
        assert ":" in well.holder
        rig.away(minutes=10)
        silent = engine_status(reader, 1, rig.now(), watch)
        assert (silent.running, silent.silent, silent.overdue, silent.lag) == (False, 600, 1, 375)
        engine.once()
        again = engine_status(reader, 1, rig.now(), watch)
        assert (again.running, again.overdue, len(again.outages)) == (True, 0, 1)
        assert again.cycle["swept"]["fired"] == 3  # type: ignore[index,call-overload]
        engine.close()
        stopped = engine_status(reader, 1, rig.now(), watch)
        assert (stopped.running, stopped.holder) == (False, "")


@pytest.mark.parametrize("generation", [2, 3])
def test_what_an_earlier_generation_did_is_not_missed(file_rig: Rig, generation: int) -> None:
    file_rig.report()
    engine = file_rig.engine()
    engine.once()
    file_rig.later(minutes=4)
    engine.once()
    clocks = table(ClockRow)
    with file_rig.store.write() as connection:
        connection.execute(update(clocks).where(clocks.c.centre_id == 1).values(generation=generation))
    assert _audit(file_rig, grace=0).clean
    with file_rig.store.write() as connection:
        connection.execute(update(clocks).where(clocks.c.centre_id == 1).values(generation=1))
    assert file_rig.rows(TicketEvent)
