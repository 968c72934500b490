"""Pages of the centre that name people are on record before the console shows them: once in so many minutes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.dialogs.changeover import HandoverDrawer
from console.dialogs.watch import DigitsDrawer
from core.clock import SetClock
from core.desk.centre_desk import CentreDesk
from core.desk.desk import Desk
from core.desk.hazard_orders import HazardFound
from core.sensing.orders import DeviceEntry
from core.sensing.register import Register
from data.device_terms import DeviceKind
from tests.console.conftest import StreetCopy
from tests.console.pilots import at_rest, screen_text, until
from tests.console.test_watch import opened

PAGES = ["hazard show 1", "device show MC-1", "handover show"]
DENY = "CREATE TRIGGER no_audit BEFORE INSERT ON access_event BEGIN SELECT raise(ABORT, 'disk full'); END"


@pytest.fixture
def street(street_copy: StreetCopy) -> Iterator[tuple[Desk, StoreBackend]]:
    desk, officer = street_copy()
    actor = desk.actor(officer)
    order = HazardFound(place="滨江路3号", what="堆物", unit="SQ01-G01", owner_name="林兴玉", register_only=True)
    CentreDesk(desk).do(order, actor)
    with desk.store.write() as connection:
        entry = DeviceEntry(code="MC-1", kind=DeviceKind.DOOR, unit="SQ01-G01", person_name="王秀英")
        Register(connection, desk.centre_id, desk.now(), actor).add(entry)
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    yield desk, backend
    backend.close()
    desk.store.close()


def read(desk: Desk, officer: str | None) -> list[str]:
    with desk.store.reader() as reader:
        rows = reader.rows(
            "SELECT target FROM access_event WHERE centre_id = :centre AND kind = 'read' AND actor = :who"
            " AND target LIKE '% show%' ORDER BY id",
            centre=desk.centre_id,
            who=officer,
        )
    return [str(row[0]) for row in rows]


@pytest.mark.slow
async def test_files_of_hazards_and_devices_and_the_handover(street: tuple[Desk, StoreBackend]) -> None:
    desk, backend = street
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: bool(app.status.centre))
        for _time in range(2):
            await opened(pilot, app, DigitsDrawer, "f16")
            await pilot.press("enter")
            await until(pilot, lambda: "林*玉" in screen_text(app), "the hazard's file")
            await pilot.press("escape")
            await opened(pilot, app, DigitsDrawer, "f14")
            await pilot.press("enter")
            await until(pilot, lambda: "最近信号" in screen_text(app), "the device's file")
            await pilot.press("escape")
            await opened(pilot, app, HandoverDrawer, "ctrl+o")
            await pilot.press("escape")
            await at_rest(pilot)
        assert read(desk, backend.officer) == PAGES, "once, not each time"
        assert isinstance(desk.clock, SetClock)
        desk.clock.advance(minutes=10)
        await opened(pilot, app, HandoverDrawer, "ctrl+o")
    assert read(desk, backend.officer) == [*PAGES, PAGES[-1]]


@pytest.mark.slow
async def test_what_cannot_be_put_on_record_is_not_shown(street: tuple[Desk, StoreBackend]) -> None:
    desk, backend = street
    with desk.store.change_schema() as connection:
        connection.execute(text(DENY))
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: bool(app.status.centre))
        await pilot.press("ctrl+o")
        await at_rest(pilot)
        assert app.screen is app.duty_screen
        await opened(pilot, app, DigitsDrawer, "f16")
        await pilot.press("enter")
        await at_rest(pilot)
        assert app.screen is app.duty_screen
    assert read(desk, backend.officer) == []
