"""Emergency mode on the real screen and a real store: declared, written down, followed up and lifted by keys alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.backend.observer import ObserverBackend
from console.backend.store import StoreBackend
from console.backend.wall import WallBackend
from console.dialogs.emergency import EmergencyDrawer
from console.dialogs.form import FormDrawer
from console.emergency_ports import ModeView, OwedReport
from console.wall.pages import head
from console.widgets.mode_bar import ModeBar
from core.desk.centre_desk import CentreDesk
from core.desk.centre_orders import Declare, PhoneReport
from core.desk.desk import Desk
from data.errors import NotAllowed
from data.queries.emergency import emergencies, log, thread
from data.terms import Grade
from tests.console.conftest import StreetCopy
from tests.console.memory import NOW
from tests.console.pilots import said, screen_text, speaking, until

COMMANDER = "L01"


@pytest.fixture
def street(street_copy: StreetCopy) -> Iterator[tuple[Desk, StoreBackend]]:
    desk, _officer = street_copy()
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, COMMANDER)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    yield desk, backend
    backend.close()
    desk.store.close()


def first_line(app: ZhihuiApp) -> str:
    return screen_text(app).split("\n", 1)[0]


async def form(pilot: Pilot[Any], app: ZhihuiApp, *keys: str) -> None:
    """The drawer, what is chosen there, and its form."""
    await pilot.press("ctrl+k")
    await until(pilot, lambda: isinstance(app.screen, EmergencyDrawer))
    await pilot.press(*keys)
    await until(pilot, lambda: isinstance(app.screen, FormDrawer))


async def done(pilot: Pilot[Any], app: ZhihuiApp, words: str) -> None:
    await pilot.press("f8")
    await until(pilot, lambda: app.screen is app.duty_screen and said(app, words))


@pytest.mark.slow
async def test_by_keys_alone(street: tuple[Desk, StoreBackend]) -> None:
    desk, backend = street
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(app.status.centre))
        assert not any(bar.display for bar in app.screen.query(ModeBar))
        await form(pilot, app, "1")
        await pilot.press("2", "enter", *"多户被困")
        await done(pilot, app, "进入战时：已完成")
        await until(pilot, lambda: "!! 战时 II级（重大） 橙色" in first_line(app))
        await pilot.press("f5")  # every screen says it
        await until(pilot, lambda: app.duty_screen is not None and app.duty_screen.NAME == "timers")
        await until(pilot, lambda: "!! 战时" in first_line(app))

        await form(pilot, app, "4")
        await pilot.press(*"柏华新村5栋", "down", "down", *"三楼厨房起火")
        await done(pilot, app, "电话记录：已完成")
        await form(pilot, app, "enter")
        assert "第 1 号电话记录 续报一" in screen_text(app)
        assert "前报：三楼厨房起火" in screen_text(app)
        await pilot.press("down", "down", *"三楼厨房起火", "f8")
        await until(pilot, lambda: said(app, "与前报相同"))
        await form(pilot, app, "enter")  # what was typed is still there
        await pilot.press("down", "down", *"，已扑灭", *["backspace"] * 4, *["backspace"] * 6, *"十时明火扑灭")
        await done(pilot, app, "电话续报：已完成")

        await form(pilot, app, "1")  # now it changes the grade
        await pilot.press("1", "enter", *"扩大")
        await done(pilot, app, "调整应急等级：已完成")
        await until(pilot, lambda: "I级（特别重大） 红色" in first_line(app))
        await form(pilot, app, "2")
        await pilot.press(*"排除")
        await done(pilot, app, "解除战时：已完成")
        await until(pilot, lambda: "战时" not in first_line(app))
    with desk.store.reader() as reader:
        found = emergencies(reader, desk.centre_id)
        assert [(mode.grade, mode.reason, mode.lift_reason, mode.behalf) for mode in found] == [
            ("1", "多户被困", "排除", ""),
        ]
        calls = thread(reader, desk.centre_id, 1)
        assert [(call.follow_no, call.place, call.course) for call in calls] == [
            (0, "柏华新村5栋", "三楼厨房起火"),
            (1, "", "十时明火扑灭"),
        ]
        kinds = [entry.kind for entry in log(reader, desk.centre_id)]
        assert kinds == ["declare", "phone", "phone_follow", "regrade", "lift"]


async def test_an_observer_sees_it_and_changes_nothing(street_copy: StreetCopy) -> None:
    desk, officer = street_copy()
    centre = CentreDesk(desk)
    centre.do(Declare(grade=Grade.III, reason="暴雨红色预警"), desk.actor(COMMANDER))
    centre.do(PhoneReport(place="滨江路", course="积水", caller_phone="13912345678"), desk.actor(officer))
    backend = ObserverBackend(desk.store.url, desk.clock, desk.now, None)
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "III级（较大） 黄色" in first_line(app))
        await pilot.press("ctrl+k")
        await until(pilot, lambda: isinstance(app.screen, EmergencyDrawer) and "暴雨红色预警" in screen_text(app))
        assert "只读观察" in screen_text(app)
        await pilot.press("1", "2", "3", "4", "enter")
        await pilot.pause()
        assert isinstance(app.screen, EmergencyDrawer)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.duty_screen)
    with pytest.raises(NotAllowed, match="只读"):
        backend.centre_do("lift", {"reason": "x"}, "key")
    wall = WallBackend(desk.store.url, desk.clock, desk.now, None)
    view = wall.look(desk.now())
    top = "".join(text for text, _part in head(view, "总览", "1/6", desk.now(), 120))
    assert "!! III级（较大） 黄色" in top
    for opened in (wall, backend):
        opened.close()
    desk.store.close()


@pytest.mark.parametrize(("width", "language", "wanted"), [
    (80, "zh", "!! 战时 II级（重大） 橙色 07-20 09:01起 王芳 代 陈静"),
    (160, "zh", "!! 战时 II级（重大） 橙色 07-20 09:01起 王芳 代 陈静  多户被困"),
    (80, "en", "!! EMERGENCY grade II orange since 09:01, 王芳 for 陈静"),
])  # fmt: skip
def test_grade_colour_time_and_names_stand_at_every_width(
    width: int, language: str, wanted: str, parts: Callable[[int], str]
) -> None:
    with speaking(language):
        line = parts(width)
    assert line.strip().startswith(wanted)
    assert "19:00" in line


@pytest.fixture
def parts() -> Callable[[int], str]:
    owed = OwedReport("20260720-0001", "up_phone", NOW + 1140, NOW + 600)

    def read(width: int) -> str:
        bar = ModeBar()
        bar.mode, bar.now = ModeView("2", NOW - 900, "王芳", "陈静", "多户被困", "20260720-0001", owed), NOW
        return "".join(text for text, _style in bar.parts(width))

    return read
