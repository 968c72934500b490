"""Meetings on the real screen and a real store: called and attendance taken by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.dialogs.attendance import AttendanceDrawer
from console.dialogs.choose import MenuDrawer
from console.dialogs.form import FormDrawer
from core.desk.desk import Desk
from core.desk.meeting_orders import Attend
from core.desk.orders import Accept, Acknowledge, Assess, Dispatch, Report
from data.queries.meetings import Proceedings, proceedings
from tests.console.conftest import StreetCopy
from tests.console.pilots import said, screen_text, until

Keys = list[str]


@pytest.fixture
def street(street_copy: StreetCopy) -> Iterator[tuple[Desk, StoreBackend, int]]:
    """A street with one ticket that is out at the property post, and a duty officer before it."""
    desk, officer = street_copy()
    actor = desk.actor(officer)
    receipt = desk.do(Report(title="停车难[/]\x1b[2J", urgency="emergency"), actor)
    for order in (Accept, Assess, Dispatch, Acknowledge):
        values = {"to": "WYGL"} if order is Dispatch else {"affair": "shared"} if order is Assess else {}
        desk.do(order(ticket=receipt.ticket, **values), actor)
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    yield desk, backend, receipt.ticket_id
    backend.close()
    desk.store.close()


async def chosen(pilot: Pilot[Any], app: ZhihuiApp, title: str, drawer: type, counted: Keys) -> None:
    """The drawer of meetings, the line of a deed, and what opens."""
    await press(pilot, counted, "ctrl+n")
    await until(pilot, lambda: isinstance(app.screen, MenuDrawer) and title in screen_text(app))
    assert isinstance(app.screen, MenuDrawer)
    place = next(n for n, item in enumerate(app.screen.items) if item.title == title)
    await press(pilot, counted, MenuDrawer.SIGNS[place])
    await until(pilot, lambda: isinstance(app.screen, drawer))


async def press(pilot: Pilot[Any], counted: Keys, *keys: str) -> None:
    counted.extend(keys)
    await pilot.press(*keys)


async def sent(pilot: Pilot[Any], app: ZhihuiApp, words: str) -> None:
    await until(pilot, lambda: app.screen is app.duty_screen and said(app, words))


def read(desk: Desk, ticket_id: int) -> Proceedings:
    with desk.store.reader() as reader:
        return proceedings(reader, desk.centre_id, ticket_id)


async def test_a_meeting_by_keys_alone(street: tuple[Desk, StoreBackend, int]) -> None:
    desk, backend, ticket_id = street
    app = ZhihuiApp(backend, desk.now)
    counted: Keys = []
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(app.status.centre))
        app.show_ticket(ticket_id)
        await until(pilot, lambda: app.duty_screen is not None and app.duty_screen.NAME == "ticket")
        await until(pilot, lambda: "停车难" in screen_text(app))
        await chosen(pilot, app, "召集会议", FormDrawer, counted)
        for text in ("2026-11-20 08:45", "会议室", "停车", "WYGL CSGX", "居民=8"):
            await press(pilot, counted, "down", *text)
        await press(pilot, counted, "f8")
        await sent(pilot, app, "已召集会议")

        # On the ticket's page, and among those that come, from any screen.
        await press(pilot, counted, "left")
        await until(pilot, lambda: "社区评议会 1" in screen_text(app) and "待召开" in screen_text(app))
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "11-20 08:45 社区评议会 会议室" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.duty_screen)

        counted.clear()
        code = read(desk, ticket_id).meetings[0].ticket
        desk.do(Attend(ticket=code, excused=["CSGX=出差"]), desk.actor(backend.officer))
        desk.clock.advance(minutes=30)  # type: ignore[attr-defined]
        await chosen(pilot, app, "签到", AttendanceDrawer, counted)
        # The property post sent somebody, the residents came, one less than called.
        await press(pilot, counted, "2", "down", "1", "left", "enter")
        assert len(counted) == 7
        await sent(pilot, app, "已签到")
        await until(pilot, lambda: "到会：居民 (7)" in screen_text(app))
        assert "\x1b" not in screen_text(app)
    found = read(desk, ticket_id)
    assert [(line.name, line.state, line.people, line.note) for line in found.attendees] == [
        ("物业管理岗", "sent", 1, ""),
        ("城市更新岗", "excused", 1, "出差"),
        ("居民", "came", 7, ""),
    ]
