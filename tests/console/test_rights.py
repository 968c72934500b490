"""Rights on the real screen: a refused key says why, and break-glass is said on every screen until it is over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.rights_ports import GlassView, Rights
from console.widgets.glass_bar import GlassBar, glass_words
from core.desk.centre_desk import CentreDesk
from core.desk.rights_orders import TakeGlass
from data.rights_terms import GLASS_SECONDS
from data.terms import Role
from tests.console.conftest import StreetCopy
from tests.console.memory import NOW
from tests.console.pilots import said, screen_text, speaking, until


@pytest.mark.slow
async def test_a_key_that_is_not_for_the_role_and_a_wider_right_for_a_while(street_copy: StreetCopy) -> None:
    desk, _officer = street_copy()
    with desk.store.reader() as reader:
        (worker,) = reader.rows(
            "SELECT o.code FROM officer o JOIN appointment a ON a.centre_id = o.centre_id AND a.officer_id = o.id"
            " WHERE o.centre_id = :centre AND a.role = 'post_member' ORDER BY o.code LIMIT 1",
            centre=desk.centre_id,
        )
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, str(worker[0]))
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(app.status.rights.barred))
        assert not any(bar.display for bar in app.screen.query(GlassBar))
        await pilot.press("a")
        await until(pilot, lambda: said(app, "受理：") and said(app, "的角色无此权限"))
        CentreDesk(desk).do(TakeGlass(role=Role.COMMANDER, reason="领导失联"), desk.actor(str(worker[0])))
        await until(pilot, lambda: "!! 紧急授权" in screen_text(app).split("\n", 1)[0])
        assert "行使指挥长权限至" in screen_text(app)
        assert "accept" not in app.status.rights.barred
        await pilot.press("f5")  # every screen says it
        await until(pilot, lambda: app.duty_screen is not None and app.duty_screen.NAME == "timers")
        assert "!! 紧急授权" in screen_text(app).split("\n", 1)[0]
        # It goes by itself, whatever the store last said.
        assert app.duty_screen is not None
        app.duty_screen.tick(desk.now() + GLASS_SECONDS)
        assert not any(bar.display for bar in app.screen.query(GlassBar))
    backend.close()
    desk.store.close()


def test_words_of_break_glass() -> None:
    one = GlassView("张明\x1b[31m", "指挥长", NOW + 60, "失联")
    rights = Rights(glass=(one, replace(one, name="李强")))
    with speaking("zh"):
        words = glass_words(rights.glass, "Asia/Shanghai", NOW)
        assert words.startswith("!! 紧急授权 张明")
        assert "\x1b" not in words
        assert words.endswith("（另有 1 项）")
        assert glass_words(rights.glass, "Asia/Shanghai", NOW + 60) == ""
    with speaking("en"):
        assert "BREAK-GLASS" in glass_words(rights.glass, "Asia/Shanghai", NOW)
