"""Looking on: everything is shown, nothing is changed, no engine runs, nobody has to say who they are."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator

import pytest

from console.app import ZhihuiApp
from console.backend.observer import ObserverBackend
from console.dialogs.choose import MenuDrawer
from console.screens.intake import IntakeScreen
from console.screens.ticket import TicketScreen
from console.widgets.queue_view import QueueView
from core.desk.desk import Desk
from core.desk.verbs.table import VERBS
from data.errors import NotAllowed
from tests.console.conftest import StreetCopy
from tests.console.pilots import said, screen_text, until


@pytest.fixture
def looking(street_copy: StreetCopy) -> Iterator[tuple[Desk, ObserverBackend]]:
    desk, _officer = street_copy()
    backend = ObserverBackend(desk.store.url, desk.clock, desk.now, None)
    yield desk, backend
    backend.close()
    desk.store.close()


def everything(desk: Desk) -> str:
    """A hash over all rows of all tables."""
    with desk.store.reader() as reader:
        names = reader.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", fanout=True)
        rows = [reader.rows(f'SELECT * FROM "{name}"', fanout=True) for (name,) in names]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


@pytest.mark.parametrize("verb", ["report", *VERBS])
def test_no_verb_gets_through(looking: tuple[Desk, ObserverBackend], verb: str) -> None:
    desk, backend = looking
    before = everything(desk)
    with pytest.raises(NotAllowed, match="只读"):
        backend.do(verb, "20261120-0001", None, {"title": "x", "address": "y"}, "key")
    assert everything(desk) == before


async def test_everything_can_be_seen_and_nothing_changed(looking: tuple[Desk, ObserverBackend]) -> None:
    desk, backend = looking
    before, threads = everything(desk), threading.active_count()
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "只读观察" in screen_text(app))
        view = app.screen.query_one(QueueView)
        await until(pilot, lambda: view.ready and view.total > 0)
        assert app.screen is app.duty_screen  # nobody is asked who they are
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen) and "中心待办" in screen_text(app))
        await pilot.press("escape", "f7")
        await until(pilot, lambda: isinstance(app.screen, MenuDrawer))
        assert "这里是只读观察" in screen_text(app)
        await pilot.press("1", "enter", "escape")
        await until(pilot, lambda: app.screen is app.duty_screen)
        await pilot.press("a")
        await until(pilot, lambda: said(app, "受理：这里是只读观察"))
        await pilot.press("f6")
        await until(pilot, lambda: said(app, "上报：这里是只读观察"))
        assert not isinstance(app.screen, IntakeScreen)
        await pilot.press("escape", "escape")
        assert not any(thread.name.startswith("engine") for thread in threading.enumerate())
    assert everything(desk) == before
    assert threads <= threading.active_count() + 4
