"""Attention on a real store: steps of the ladder reach whom they name, and a killed engine hides no deadline."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from core.clock import SetClock, SystemClock
from core.desk.desk import Desk, open_desk
from core.desk.orders import Accept, Assess, Dispatch, Report
from core.engine.loop import Engine
from data.location import locate
from data.queries import tickets
from data.store import Store
from tests.console.conftest import StreetCopy
from tests.console.pilots import banner_text, said, screen_text, until
from tests.console.real_street import made_street

ROOT = Path(__file__).parents[3]


class Console:
    """A console of an officer whose bell and title are written down; no engine of its own."""

    def __init__(self, desk: Desk, officer: str, patch: pytest.MonkeyPatch) -> None:
        self.backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
        self.backend.start = self.backend.desk  # type: ignore[method-assign, assignment]
        patch.setenv("TERM", "xterm-256color")
        self.app = ZhihuiApp(self.backend, desk.now)
        self.rung: list[int] = []
        self.titles: list[str] = []
        patch.setattr(self.app, "bell", lambda: self.rung.append(desk.now()))
        patch.setattr(self.app.attention.calls, "_write", self.titles.append)

    def quiet(self) -> bool:
        """Whether nothing calls the officer."""
        return not (self.rung or banner_text(self.app) or any("!" in title for title in self.titles))


@pytest.fixture
def street(street_copy: StreetCopy) -> Iterator[tuple[Desk, str]]:
    desk, officer = street_copy()
    yield desk, officer
    desk.store.close()


def rows(desk: Desk, sql: str, **values: object) -> list[tuple[object, ...]]:
    with desk.store.reader() as reader:
        return [tuple(row) for row in reader.rows(sql, centre=desk.centre_id, **values)]


def dispatched(desk: Desk, officer: str, address: str) -> str:
    """A ticket that waits to be acknowledged by its post."""
    actor = desk.actor(officer)
    code = desk.do(Report(title="井盖缺失", address=address), actor).ticket
    desk.do(Accept(ticket=code), actor)
    desk.do(Assess(ticket=code, matter="BJ0101"), actor)
    desk.do(Dispatch(ticket=code, to="CSGX"), actor)
    return code


def called_upon(desk: Desk, code: str) -> set[str]:
    """The officers whom steps of the ladder named so far."""
    with desk.store.reader() as reader:
        number = tickets.ticket_id(reader, desk.centre_id, code)
    found = rows(
        desk,
        "SELECT o.code FROM notice n JOIN officer o ON o.centre_id = n.centre_id AND o.id = n.officer_id"
        " WHERE n.centre_id = :centre AND n.ticket_id = :ticket AND n.kind = 'ladder'",
        ticket=number,
    )
    return {str(row[0]) for row in found}


def climb(desk: Desk, engine: Engine, code: str) -> set[str]:
    """Let time pass, engine cycle by engine cycle, until a step has named somebody by name."""
    assert isinstance(desk.clock, SetClock)
    for _minute in range(600):
        desk.clock.advance(minutes=1)
        engine.once(send=False)
        if named := called_upon(desk, code):
            return named
    raise AssertionError("no step of the ladder named an officer")


@pytest.mark.slow
async def test_a_step_of_the_ladder_calls_whom_it_names_and_nobody_else(
    street: tuple[Desk, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, officer = street
    engine = Engine(desk.store, desk.clock, desk.centre_id)
    named = climb(desk, engine, dispatched(desk, officer, "春晖路1号"))
    everybody = {str(row[0]) for row in rows(desk, "SELECT code FROM officer WHERE centre_id = :centre AND active")}
    desk_people = {
        str(row[0])
        for row in rows(
            desk,
            "SELECT o.code FROM officer o JOIN appointment a ON a.centre_id = o.centre_id AND a.officer_id = o.id"
            " WHERE o.centre_id = :centre AND (a.role IN ('duty_officer', 'shift_leader') OR a.unit_id IN"
            " (SELECT id FROM unit WHERE centre_id = :centre AND code = 'CSGX'))",
        )
    }
    leader, other = min(named), min(everybody - named - desk_people)
    second = dispatched(desk, officer, "春晖路2号")
    called, spared = Console(desk, leader, monkeypatch), Console(desk, other, monkeypatch)
    async with called.app.run_test(size=(120, 36)) as pilot, spared.app.run_test(size=(120, 36)) as silent:
        await until(pilot, lambda: bool(called.app.status.officer))
        await until(silent, lambda: bool(spared.app.status.officer))
        before = len(called.rung)
        assert leader in climb(desk, engine, second)
        called.app.heard()
        await until(pilot, lambda: said(called.app, second), "the banner names the ticket")
        await called.app._beat()
        assert len(called.rung) > before
        assert "!" in called.titles[-1]
        spared.app.heard()
        newest = spared.app.backend.change_mark()
        await until(silent, lambda: spared.app.watch_store._mark == newest, "everything was read")
        await spared.app._beat()
        assert spared.quiet()
        assert second not in screen_text(spared.app), "nor is it the other one's to see"
        await pilot.press("0")
        seen = "SELECT count(*) FROM notice WHERE centre_id = :centre AND seen_by = :officer"
        await until(pilot, lambda: rows(desk, seen, officer=leader)[0][0] != 0, "acknowledged on the record")
    engine.close()
    called.backend.close()
    spared.backend.close()


def engine_process(store: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "console", "engine", "run", "--no-jobs", "--store", str(store)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


async def wait(pilot: Pilot[None], condition: Callable[[], bool], what: str) -> None:
    """Wait for what takes real seconds, as an engine that must be missed for ten."""
    end = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < end, f"{what}\n{screen_text(pilot.app)}"
        await pilot.pause(0.1)


@pytest.mark.slow
async def test_a_killed_engine_hides_no_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real engine in a process of its own is killed; then a deadline passes, and the console alone says so."""
    path = tmp_path / "street.sqlite"
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    clock = SetClock(began)
    made, officer = made_street(path, 0, clock)
    actor = made.actor(officer)
    deadline = "SELECT due_at FROM ticket WHERE centre_id = :centre AND code = :code"
    old = made.do(Report(title="路灯不亮", address="松青路1号"), actor).ticket
    limit = int(str(rows(made, deadline, code=old)[0][0])) - int(began.timestamp())
    made.store.close()

    desk = open_desk(Store(locate(str(path))), SystemClock())
    engine = engine_process(path)
    console = Console(desk, officer, monkeypatch)
    app = console.app
    try:
        async with app.run_test(size=(120, 36)) as pilot:
            await wait(pilot, lambda: app.status.heartbeat.well, "the engine beats")
            engine.kill()
            engine.wait()
            clock.set(datetime.now(UTC) - timedelta(seconds=limit - 5))
            late = (
                Desk(desk.store, clock, desk.centre_id).do(Report(title="井盖缺失", address="松青路2号"), actor).ticket
            )
            await wait(pilot, lambda: said(app, late), "the console raises the ticket")
            assert said(app, "井盖缺失")
            assert old not in {notice.title.split()[0] for notice in app.attention.raised_here}
            await wait(pilot, lambda: bool(console.rung) and "! " in console.titles[-1], "bell and title")
            assert "引擎" in screen_text(app).splitlines()[0]
            due = int(str(rows(desk, deadline, code=late)[0][0]))
            late_notices = "SELECT count(*) FROM notice WHERE centre_id = :centre AND created_at >= :due"
            assert rows(desk, late_notices, due=due) == [(0,)], "no engine wrote a word"
    finally:
        engine.kill()
        console.backend.close()
        desk.store.close()
