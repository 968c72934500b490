"""One field in full on a ticket's page, and reads on record: by the real screen on a real store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.dialogs.form import FormDrawer
from console.screens.lock import LockScreen
from console.screens.ticket import TicketScreen
from core.desk.desk import Desk
from data.access_terms import PersonalField
from tests.console.conftest import StreetCopy
from tests.console.memory import MemoryBackend, made_row
from tests.console.pilots import at_rest, ready, screen_text, speaking, street_app, until
from tests.console.test_mouse import Mouse

PHONE = "13900001111"


def access(desk: Desk, kind: str) -> list[Any]:
    """Bodies of the entries of a kind."""
    with desk.store.reader() as reader:
        return [
            row[0]
            for row in reader.rows(
                "SELECT body FROM access_event WHERE centre_id = :centre AND kind = :kind ORDER BY id",
                centre=desk.centre_id,
                kind=kind,
            )
        ]


def with_phone(desk: Desk) -> int:
    """The newest open ticket with the number."""
    with desk.store.reader() as reader:
        row = reader.one(
            "SELECT id FROM ticket WHERE centre_id = :centre AND reporter_phone = :phone ORDER BY id DESC LIMIT 1",
            centre=desk.centre_id,
            phone=PHONE,
        )
    assert row is not None
    return int(row[0])


async def ask(pilot: Pilot[Any], page: TicketScreen, then: Callable[[], bool]) -> None:
    """The key, the telephone, a reason."""
    await pilot.press("f22")
    await until(pilot, lambda: isinstance(pilot.app.screen, FormDrawer), "the drawer")
    await pilot.press("enter", *"x1", "enter")
    await until(pilot, lambda: pilot.app.screen is page and then(), "what comes of it")


async def test_a_field_stands_for_a_while_and_the_read_is_on_record_once(street_copy: StreetCopy) -> None:
    desk, officer = street_copy()
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        page = TicketScreen(with_phone(desk))
        app.push_screen(page)
        await until(pilot, lambda: page.shown is not None, "the page")
        for _time in range(3):
            page.changed()
            await at_rest(pilot)
        assert len(access(desk, "read")) == 1, "not each time that the page is drawn"
        assert PHONE not in screen_text(app)

        await ask(pilot, page, lambda: PHONE in screen_text(app))
        assert "x1" in str(access(desk, "revealed"))
        desk.clock.advance(seconds=29)  # type: ignore[attr-defined]
        await app._beat()
        await at_rest(pilot)
        assert PHONE in screen_text(app)
        desk.clock.advance(seconds=1)  # type: ignore[attr-defined]
        await app._beat()
        await until(pilot, lambda: PHONE not in screen_text(app), "masked when its time is up")

        await ask(pilot, page, lambda: PHONE in screen_text(app))
        await pilot.press("f7")
        await until(pilot, lambda: app.screen is not page and PHONE not in screen_text(app), "a drawer masks it")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is page, "back")
        assert PHONE not in screen_text(app)

        await ask(pilot, page, lambda: PHONE in screen_text(app))
        await pilot.press("f13")
        await until(pilot, lambda: isinstance(app.screen, LockScreen), "the lock")
        await until(pilot, lambda: page.revealed is None, "the lock masks it")

        desk.clock.advance(minutes=10)  # type: ignore[attr-defined]
        assert not backend.read_noted(page.ticket_id), "after read_minutes it is noted again"
    backend.close()
    desk.store.close()


async def test_what_cannot_be_put_on_record_does_not_show(street_copy: StreetCopy) -> None:
    desk, officer = street_copy()
    with desk.store.change_schema() as connection:
        connection.execute(
            text("CREATE TRIGGER no_audit BEFORE INSERT ON access_event BEGIN SELECT raise(ABORT, 'disk full'); END")
        )
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        page = TicketScreen(with_phone(desk))
        app.push_screen(page)
        await until(pilot, lambda: all(one.is_finished for one in page.workers) and page.is_mounted, "refused")
        await at_rest(pilot)
        assert page.shown is None
        assert access(desk, "read") == []
    backend.close()
    desk.store.close()


async def test_a_field_that_comes_after_the_lock_is_not_shown() -> None:
    backend = MemoryBackend([made_row(number) for number in range(3)])
    backend.personal = {"phone": PHONE}
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        page = TicketScreen(1)
        app.push_screen(page)
        await until(pilot, lambda: page.shown is not None, "the page")
        assert backend.noted == [1]
        await pilot.press("f13")
        await until(pilot, lambda: isinstance(app.screen, LockScreen), "the lock")
        page.reveal("phone", backend.show_field("x", "phone", "x"))
        assert page.revealed is None
        assert PHONE not in screen_text(app)


@pytest.mark.parametrize(
    "given", [{"show_seconds": 0}, {"looks_an_hour": True}, {"read_minutes": "10"}, {"unknown": 1}, 3]
)
def test_a_policy_with_wrong_figures_is_refused(given: object) -> None:
    from core.rules.personal import read_personal
    from data.errors import BadInput

    with pytest.raises(BadInput):
        read_personal({"personal": given})


async def test_a_field_is_asked_for_by_the_mouse_alone() -> None:
    backend = MemoryBackend([made_row(number) for number in range(3)])
    backend.personal = {"name": "赵大海", "phone": PHONE}
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        page = TicketScreen(1)
        app.push_screen(page)
        await until(pilot, lambda: page.shown is not None, "the page")
        mouse = Mouse(pilot, None, "")  # type: ignore[arg-type]  # no store behind it
        await mouse.by_help("完整查看", FormDrawer)
        drawer = app.screen
        assert isinstance(drawer, FormDrawer)
        await mouse.click(PersonalField.REPORTER_NAME.zh)
        await mouse.click("F8")
        await at_rest(pilot)
        assert app.screen is drawer, "without a reason nothing is shown"
        await mouse.click_in(drawer.entries[1])
        await until(pilot, lambda: app.focused is drawer.entries[1], "the reason")
        await mouse.type("回访")
        await mouse.click("F8")
        await until(pilot, lambda: app.screen is page and "赵大海" in screen_text(app), "the name in full")
        assert PHONE not in screen_text(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 50)], ids=str)
async def test_the_drawer_says_all_in_english_at_every_size(size: tuple[int, int]) -> None:
    with speaking("en"):
        app = street_app(MemoryBackend([made_row(number) for number in range(3)]))
        async with app.run_test(size=size) as pilot:
            await ready(pilot)
            page = TicketScreen(1)
            app.push_screen(page)
            await until(pilot, lambda: page.shown is not None, "the page")
            await pilot.press("f22")
            await until(pilot, lambda: isinstance(app.screen, FormDrawer), "the drawer")
            shown = screen_text(app)
            wanted = ("Show one field in full", "Which field", "Reason", "F8 send", *(one.en for one in PersonalField))
            assert [words for words in wanted if words not in shown] == []
