"""A sweep over many units: one transaction, each hand by itself, reminders to who owes, the engine in short turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from console.backend.store import StoreBackend
from console.backend.tickets import MANY
from core.accountability.audit import verify
from core.desk.orders import Acknowledge, FinishTask, Report
from core.desk.sweep_orders import RemindHands, Sweep
from core.engine.loop import Engine
from core.engine.sweep import MAX_STEPS
from data.errors import BadInput, NotAllowed, NotFound
from data.queries.sweeps import by_community, progress, sweeps
from data.tables import Unit, table
from data.terms import Source, Stage, UnitKind
from tests.core.desk.scene import C01, Scene, make_scene

UNITS = 1000


def grids(folder: Path, amount: int) -> Scene:
    """The small street with more grids under its community."""
    scene, unit = make_scene(str(folder / "store.sqlite")), table(Unit)
    with scene.store.write() as connection:
        row = connection.execute(select(unit).where(unit.c.centre_id == 1, unit.c.code == "G01")).mappings().one()
        connection.execute(
            insert(unit),
            [
                {**row, "id": 1000 + number, "code": f"T{number}", "name": f"网格{number}", "facts": {"tags": ["old"]}}
                for number in range(amount)
            ],
        )
    return scene


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    scene = grids(tmp_path_factory.mktemp("sweeps"), UNITS)
    yield scene
    scene.store.close()


def test_a_thousand_hands(scene: Scene) -> None:
    origin = scene.at_stage(Stage.ARCHIVED)
    chain = "SELECT chain_no, change_no FROM centre_seq WHERE centre_id = :centre"
    before = scene.rows(chain)[0]
    order = Sweep(ticket=origin, title="排查", tags=["old"], limit="3 work_day")
    _case, rehearsed = scene.desk.rehearse(order, scene.who("zhang"))
    assert len(rehearsed.also[0].decision.effects.tasks) == UNITS + 1
    assert scene.rows(chain)[0] == before, "a preview changes nothing"
    code = scene.do(order).opened
    after = scene.rows(chain)[0]
    assert (after["chain_no"] - before["chain_no"], after["change_no"] - before["change_no"]) == (2, 1)
    swept = scene.ticket(code)
    assert (swept["source"], swept["stage"], swept["lead_unit_id"]) == ("sweep", "dispatched", 3)
    clocks = Counter(row["kind"] for row in scene.of("clock", code, "id"))
    assert (clocks["acknowledge"], clocks["part"], clocks["arrive"]) == (UNITS + 1, UNITS, 0)
    assert len({row["due_at"] for row in scene.of("clock", code, "id") if row["kind"] == "part"}) == 1
    assert {row["unit_id"] for row in scene.notices("dispatch")} >= set(range(1000, 1000 + UNITS))

    scene.do(Acknowledge(ticket=code, unit="T1"))
    scene.do(FinishTask(ticket=code, unit="T2", result="无"))
    with scene.reader() as reader:
        (line,) = sweeps(reader, 1, scene.desk.now())
        (group,) = by_community(progress(reader, 1, swept["id"], scene.desk.now()))
    assert (line.hands, line.acknowledged, line.done, line.late) == (UNITS, 2, 1, 0)
    assert (group.community, group.hands, group.acknowledged, group.done) == ("一社区", UNITS, 2, 1)
    backend = StoreBackend(scene.store.url, scene.clock, scene.desk.now, None, "zhang")
    view = backend.ticket(swept["id"])
    backend.close()
    assert view is not None
    assert (len(view.tasks), view.more_tasks, len(view.clocks)) == (MANY, UNITS + 1 - MANY, MANY)

    scene.do(RemindHands(ticket=code, units=["C01"], note="今日查完"))
    reminded = {row["unit_id"] for row in scene.notices("remind")}
    assert reminded == set(range(1000, 1000 + UNITS)) - {1002}
    assert C01 not in reminded

    with scene.reader() as reader:
        assert verify(reader, 1) == []


def test_what_all_hands_owe_is_done_once_in_transactions_of_a_bounded_size(tmp_path: Path) -> None:
    scene = grids(tmp_path, 120)
    code = scene.do(Sweep(ticket=scene.new(), title="排查", tags=["old"], lead="CSGX", limit="1 work_day")).opened
    scene.wait(hours=30)
    engine = Engine(scene.store, scene.clock, 1, steady_clock=lambda: 0.0)
    swept = engine.once(send=False).swept
    engine.close()
    steps = [event["body"] for event in scene.events(code) if event["kind"] == "engine_step"]
    done = Counter((step["clock"], step["step"]) for step in steps)
    assert len(done) > MAX_STEPS
    assert set(done.values()) == {1}
    assert swept is not None
    assert swept.batches > len(done) // MAX_STEPS
    times = [step["nominal_at"] for step in steps]
    assert times == sorted(times), "in their order, over all transactions"
    with scene.reader() as reader:
        assert verify(reader, 1) == []
    scene.store.close()


def test_who_is_meant(scene: Scene) -> None:
    origin = scene.new()
    refused = {
        "nobody-chosen": {},
        "tag-unknown": {"tags": ["没有"]},
        "nobody-fits": {"kinds": [UnitKind.EXCLUSIVE_GRID]},
        "kind-not-areal": {"kinds": [UnitKind.POST]},
        "sweep-lead": {"kinds": [UnitKind.GRID], "lead": ""},
        "budget.text": {"kinds": [UnitKind.GRID], "limit": "马上"},
        "not-a-target": {"units": ["ZX"]},
    }
    for code, whom in refused.items():
        with pytest.raises(BadInput) as caught:
            scene.do(Sweep(ticket=origin, title="排查", **{"lead": "CSGX", **whom}))
        assert caught.value.code == code
    with pytest.raises(BadInput):
        scene.do(Report(title="x", source=Source.SWEEP))
    with pytest.raises(NotAllowed):
        scene.do(Sweep(ticket=origin, title="排查", units=["G01"], lead="CSGX"), "zhao")
    small = scene.do(Sweep(ticket=origin, title="排查", communities=["C02"], units=["G02"], lead="CSGX")).opened
    assert [row["role"] for row in scene.of("task", small, "no")] == ["lead", "assist"]
    found = scene.new("空鼓", "tao", part_of=small)
    assert scene.ticket(found)["parent_id"] == scene.ticket(small)["id"]
    with pytest.raises(NotAllowed):
        scene.new("空鼓", "li", part_of=scene.at_stage(Stage.HANDLING))
    for unseen in (small, origin):
        with pytest.raises(NotFound):
            scene.new("空鼓", "zhao", part_of=unseen)
