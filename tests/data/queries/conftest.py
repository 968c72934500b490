"""A street with tickets of every kind, made once per engine; the tests only read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from core.desk.orders import Accept, Acknowledge, Assess, Dispatch, Refuse, Supervise
from data.queries import queue
from data.queries.filters import parse
from data.reader import Reader
from data.terms import Source, Stage, Urgency
from tests import postgres
from tests.core.desk.scene import Scene, make_scene


@dataclass
class Filled:
    """The street, a reader on it, and its tickets by a name of the test's own."""

    scene: Scene
    reader: Reader
    codes: dict[str, str]

    @property
    def now(self) -> int:
        return self.scene.desk.now()

    def found(self, text: str, open_only: bool = True) -> set[str]:
        """Names of the tickets that a filter finds."""
        condition = parse(text, self.now)
        names = {code: name for name, code in self.codes.items()}
        rows = self.reader.rows(
            f"SELECT t.code FROM ticket t WHERE t.centre_id = :centre AND ({condition.sql})",
            centre=1,
            **condition.values,
        )
        found = {names[row[0]] for row in rows}
        if not open_only:
            return found
        lines = queue.page_after(self.reader, 1, None, 100, condition=condition)
        assert len(lines) == queue.count(self.reader, 1, condition).number
        assert {names[line.code] for line in lines} <= found
        return {names[line.code] for line in lines}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    with ExitStack() as stack:
        url = str(tmp_path_factory.mktemp("queries") / "store.sqlite")
        if request.param == "postgresql":
            url = stack.enter_context(postgres.database(request.getfixturevalue("postgres_url")))
        scene = make_scene(url)
        stack.callback(scene.store.close)
        codes = fill(scene)
        yield Filled(scene, stack.enter_context(scene.reader()), codes)


def fill(scene: Scene) -> dict[str, str]:
    """One ticket per kind of thing that a filter can ask for."""
    codes = {
        "new": scene.new("楼道堆物 100%", address="人民路_8 号", community="C01", source=Source.HOTLINE),
        "refused": scene.new("不属本辖区"),
        "late": scene.new("Manhole COVER", body="near the school"),
    }
    scene.do(Refuse(ticket=codes["refused"], reason="x"))
    scene.do(Accept(ticket=codes["late"]))
    scene.do(Assess(ticket=codes["late"], matter="BJ0101", urgency=Urgency.EMERGENCY, grid="G02"))
    scene.do(Dispatch(ticket=codes["late"], to="GHJS"))
    scene.wait(hours=3)
    codes["handling"] = scene.at_stage(Stage.HANDLING)
    codes["paused"] = scene.at_stage(Stage.SUSPENDED)
    codes["archived"] = scene.at_stage(Stage.ARCHIVED)
    codes["secret"] = scene.new("举报", confidential=True)
    scene.do(Supervise(ticket=codes["handling"]), "wang")
    code = codes["soon"] = scene.at_stage(Stage.ASSESSED)
    scene.do(Dispatch(ticket=code, to="CSGX"))
    scene.do(Acknowledge(ticket=code), "li")
    scene.wait(minutes=40)
    return codes
