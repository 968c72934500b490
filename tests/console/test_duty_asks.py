"""Leave on the real screen and a real store, by keys alone: asked for, granted, who stands in, called off."""

from __future__ import annotations

import pytest

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.dialogs.form import FormDrawer
from console.dialogs.watch import DigitsDrawer
from core.desk.centre_desk import CentreDesk
from core.desk.desk import Desk
from core.desk.duty_orders import AskLeave
from data.queries.duty_asks import asks
from data.queries.organisation import holders
from data.terms import Role
from tests.console.conftest import StreetCopy
from tests.console.pilots import said, screen_text, until
from tests.console.test_watch import done, opened

DAY = 86_400


def states(desk: Desk) -> list[str]:
    with desk.store.reader() as reader:
        return [line.state for line in asks(reader, desk.centre_id, desk.now())]


@pytest.mark.slow
async def test_a_leave_is_asked_for_and_granted_by_keys_alone(street_copy: StreetCopy) -> None:
    desk, _officer = street_copy()
    with desk.store.reader() as reader:
        people = holders(reader, desk.centre_id, desk.now())
    (a, b) = (next(one for one in people if (one.unit_code, one.rank) == ("CSGX", rank)) for rank in "ab")
    leader = next(one for one in people if one.role == Role.COMMANDER)
    span = {"from_at": desk.now() + DAY, "to_at": desk.now() + 2 * DAY}
    CentreDesk(desk).do(AskLeave(**span, reason="联系 13812345678"), desk.actor(a.officer_code))
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, leader.officer_code)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: bool(app.status.centre))
        shown = await opened(pilot, app, DigitsDrawer, "f24")
        assert "待决定：1" in shown
        assert "13812345678" not in shown
        await pilot.press("enter")
        await until(pilot, lambda: f"城市更新岗  {b.name}" in screen_text(app))
        await opened(pilot, app, FormDrawer, "1")
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, DigitsDrawer) and "已批准" in screen_text(app))
        assert states(desk) == ["granted"]
        await pilot.press("1")
        await until(pilot, lambda: "已撤回" in screen_text(app) and "由谁顶替" not in screen_text(app))
        await pilot.press("escape")
        await opened(pilot, app, DigitsDrawer, "f24")
        await opened(pilot, app, FormDrawer, "1")
        await pilot.press("enter", *"2026-11-30", "enter", *"体检")
        await done(pilot, app, "申请请假：已完成")
        assert states(desk) == ["asked", "withdrawn"]
        await opened(pilot, app, DigitsDrawer, "f24")
        await pilot.press("enter")
        await until(pilot, lambda: "体检" in screen_text(app))
        await opened(pilot, app, FormDrawer, "1")
        await pilot.press("f8")
        await until(pilot, lambda: said(app, "不能批准自己的申请"))
    backend.close()
    desk.store.close()
