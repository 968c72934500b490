"""What the engine fired is held against the log: a proof taken out, put in or edited is found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from core.accountability.audit import verify
from core.accountability.findings import MISSING, Finding
from core.desk.orders import Grant, Request
from core.engine.loop import Engine
from data.tables import LadderStep
from data.terms import RequestKind, Stage
from tests.core.desk.scene import Scene
from tests.core.engine.rig import Rig


@pytest.fixture
def fired(street_url: str) -> Iterator[Rig]:
    """Steps done in time, steps caught up after an outage and folded into one event, on both engines."""
    rig = Rig(street_url)
    rig.report()
    first = rig.engine()
    first.once()
    rig.later(minutes=4)
    first.once()
    first.close()
    rig.away(hours=3)
    rig.engine().once()
    assert found(rig) == []
    yield rig
    rig.close()


def found(rig: Rig) -> list[Finding]:
    with rig.store.reader() as reader:
        return verify(reader, 1)


def change(rig: Rig | Scene, statement: str) -> None:
    """Write past the desk, as somebody with the database in hand would."""
    with rig.store.write() as connection:
        connection.execution_options(fanout=True).execute(text(statement))


COPIED = "INSERT INTO ladder_step SELECT centre_id, id + 1000, ticket_id, clock_id, {}, nominal_at, fired_at, caught_up"


def test_a_proof_that_is_not_as_the_log_says_is_found(fired: Rig) -> None:
    rows = fired.rows(LadderStep)
    assert any(row["caught_up"] for row in rows)
    assert not all(row["caught_up"] for row in rows)
    for statement, field, amount in (
        ("DELETE FROM ladder_step WHERE step = 'leader#1'", "row", 1),
        ("DELETE FROM ladder_step", "row", len(rows)),
        (COPIED.format("'leader#9', generation") + ", people FROM ladder_step WHERE step = 'leader#1'", "row", 1),
        (COPIED.format("step, generation + 1") + ", people FROM ladder_step WHERE step = 'leader#1'", "row", 1),
        ("UPDATE ladder_step SET generation = generation + 1 WHERE step = 'leader#2'", "row", 2),
        ("UPDATE ladder_step SET clock_id = clock_id + 1 WHERE step = 'leader#2'", "row", 2),
        ("UPDATE ladder_step SET step = 'leader#7' WHERE step = 'leader#2'", "row", 2),
        ("UPDATE ladder_step SET ticket_id = ticket_id - 1 WHERE step = 'leader#2'", "row", 1),
        ("UPDATE ladder_step SET nominal_at = nominal_at + 1 WHERE step = 'leader#2'", "nominal_at", 1),
        ("UPDATE ladder_step SET fired_at = fired_at - 1 WHERE step = 'leader#2'", "fired_at", 1),
        ("UPDATE ladder_step SET caught_up = NOT caught_up WHERE step = 'leader#2'", "caught_up", 1),
        ("UPDATE ladder_step SET people = '[]' WHERE step = 'leader#2'", "people", 1),
    ):
        change(fired, statement)
        findings = found(fired)
        assert [(one.place, one.field) for one in findings] == [("ladder_step", field)] * amount, statement
        assert all(one.text("zh") and one.text("en") for one in findings)
        change(fired, "DELETE FROM ladder_step")
        with fired.store.write() as connection:
            connection.execute(LadderStep.__table__.insert(), rows)  # type: ignore[attr-defined]
    assert found(fired) == []


def test_the_end_of_a_suspension_has_its_proof_as_well(scene: Scene) -> None:
    code = scene.at_stage(Stage.HANDLING)
    scene.do(Request(ticket=code, kind=RequestKind.SUSPENSION, reason="等材料", days=10), "li")
    scene.do(Grant(ticket=code), "chen")
    scene.wait(days=10)
    Engine(scene.store, scene.clock, 1).once()
    assert verified(scene) == []
    change(scene, "DELETE FROM ladder_step WHERE clock_id IN (SELECT id FROM clock WHERE kind = 'suspension')")
    assert [(one.place, one.field, one.found) for one in verified(scene)] == [("ladder_step", "row", MISSING)]


def verified(scene: Scene) -> list[Finding]:
    with scene.reader() as reader:
        return verify(reader, 1)
