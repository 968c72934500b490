"""Sweeps, hazard register and broadcasts on the real screen and a real store, by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.dialogs.choose import SearchDrawer
from console.dialogs.form import FormDrawer
from console.dialogs.watch import DigitsDrawer
from core.desk.addressing import addressed_units
from core.desk.broadcast_orders import SendBroadcast
from core.desk.desk import Desk
from core.desk.references import References
from data.queries.hazards import broadcasts, entries, hazards
from data.queries.sweeps import sweeps
from tests.console.conftest import StreetCopy
from tests.console.pilots import said, screen_text, until


@pytest.fixture
def street(street_copy: StreetCopy) -> Iterator[tuple[Desk, StoreBackend]]:
    desk, officer = street_copy()
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    yield desk, backend
    backend.close()
    desk.store.close()


async def opened(pilot: Pilot[Any], app: ZhihuiApp, kind: type, *keys: str) -> str:
    """Press keys until a drawer of a kind is there; its text."""
    await pilot.press(*keys)
    await until(pilot, lambda: isinstance(app.screen, kind))
    await pilot.pause()
    return screen_text(app)


async def done(pilot: Pilot[Any], app: ZhihuiApp, words: str) -> None:
    await pilot.press("f8")
    await until(pilot, lambda: app.screen is app.duty_screen and said(app, words))


@pytest.mark.slow
async def test_by_keys_alone(street: tuple[Desk, StoreBackend]) -> None:
    desk, backend = street
    with desk.store.read() as connection:
        old = addressed_units(References(connection, desk.centre_id), SendBroadcast(title="x", tags=["老旧小区"]))
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: bool(app.status.centre))
        await opened(pilot, app, SearchDrawer, "f17")
        drawer = app.screen
        assert isinstance(drawer, SearchDrawer)
        assert drawer.items()[0].key.startswith("*tag-"), "what a sweep is for mostly stands first"
        await pilot.press(*"laojiu")
        said = await opened(pilot, app, FormDrawer, "enter")
        assert f"派给 {len(old)} 个单位" in said  # before anything is sent
        with desk.store.reader() as reader:
            assert sweeps(reader, desk.centre_id, desk.now()) == []
        await pilot.press("down", "down", "down", *"CSGX")  # nobody has this ticket yet: who runs it
        await done(pilot, app, "已发起排查")
        with desk.store.reader() as reader:
            (sweep,) = sweeps(reader, desk.centre_id, desk.now())
        assert (sweep.hands, sweep.done) == (len(old), 0)

        said = await opened(pilot, app, DigitsDrawer, "f16")
        assert f"完成 0/{len(old)}" in said
        await opened(pilot, app, FormDrawer, "1")
        await pilot.press(*old[0].code, "enter", *"滨江路3号", "enter", "enter", *"外墙空鼓")
        await done(pilot, app, "登记隐患：已完成")
        await opened(pilot, app, DigitsDrawer, "f16")
        await pilot.press("down")
        await until(pilot, lambda: "外墙空鼓" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "隐患 1" in screen_text(app))
        assert "滨江路**号" in screen_text(app)
        await opened(pilot, app, FormDrawer, "1")
        await pilot.press("3")
        await done(pilot, app, "复查隐患：已完成")
        with desk.store.reader() as reader:
            (hazard,) = hazards(reader, desk.centre_id)
            assert (hazard.result, hazard.sweep, bool(hazard.ticket)) == ("worse", sweep.code, True)
            assert [entry.kind for entry in entries(reader, desk.centre_id, 1)] == ["found", "checked"]

        await opened(pilot, app, DigitsDrawer, "f16")
        await opened(pilot, app, SearchDrawer, "2")
        await pilot.press(*"suoyoushequ")
        await opened(pilot, app, FormDrawer, "enter")
        await pilot.press(*"用火安全")
        await done(pilot, app, "广播通知：已完成")
        with desk.store.reader() as reader:
            (sent,) = broadcasts(reader, desk.centre_id)
        assert (sent.title, sent.seen, sent.audience) == ("用火安全", 0, {"kinds": ["community"]})
