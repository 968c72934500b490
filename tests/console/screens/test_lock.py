"""The lock: people and tickets are hidden, alarms go on, and what was open is there again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.dialogs.form import FormDrawer
from console.lock_ports import LockState
from console.locking import HALF_TYPED
from console.ports import NoticeRow, Status
from console.screens.lock import LockScreen
from console.widgets.drawer import Drawer
from console.widgets.fields import TextField
from data.errors import StoreTrouble
from tests.console.memory import MemoryBackend, made_row
from tests.console.pilots import at_rest, ready, screen_text, street_app, until

TITLE = "井盖破损"
PHONE = "139****1111"


class LockingBackend(MemoryBackend):
    """Locks after a minute."""

    state = LockState(1)

    def status(self, now: int) -> Status:
        return replace(super().status(now), lock=self.state)


def app_of(backend: MemoryBackend) -> ZhihuiApp:
    app = street_app(backend)
    assert isinstance(app, ZhihuiApp)
    return app


@pytest.fixture
def backend() -> LockingBackend:
    return LockingBackend([made_row(number) for number in range(20)])


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await at_rest(pilot)


async def locked(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, LockScreen), "the lock")
    await at_rest(pilot)


async def test_it_hides_people_and_tickets_and_keeps_counts_and_alarms(backend: LockingBackend) -> None:
    app = app_of(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: PHONE in screen_text(app), "the ticket beside the list")
        await press(pilot, "f13")
        await locked(pilot)
        shown = screen_text(app)
        assert TITLE not in shown
        assert PHONE not in shown
        assert "20260720-0001" not in shown
        assert "未结 20" in shown
        backend.news = [NoticeRow(9, "alarm", "20260720-0001 受理已超期 30 分钟", 1)]
        backend.mark += 1
        app.heard()
        await until(pilot, lambda: "受理已超期" in screen_text(app), "the alarm over the lock")


async def test_it_comes_by_itself_after_minutes_without_a_key(backend: LockingBackend) -> None:
    app = app_of(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: app.status.lock.minutes == 1, "the policy is read")
        app.locking.touched()
        for _second in range(59):
            await app.locking.beat()
        assert not app.locking.locked
        await pilot.press("down")
        for _second in range(59):
            await app.locking.beat()
        assert not app.locking.locked, "a key says that somebody is there"
        for _second in range(2):
            await app.locking.beat()
        await locked(pilot)


async def test_no_key_acts_on_what_is_hidden(backend: LockingBackend) -> None:
    app = app_of(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await press(pilot, "q")
        await locked(pilot)
        before = screen_text(app)
        keys = ("f1", "f3", "f6", "f7", "f8", "f10", "f12", "ctrl+p", "ctrl+q", "ctrl+g", "ctrl+e", "ctrl+d", "escape")
        await pilot.press(*keys)
        await at_rest(pilot)
        assert screen_text(app) == before, "nothing comes over an alarm, not even why a key does nothing"
        assert app.is_running
        assert backend.done == []
        assert backend.seen == []
        await pilot.click(offset=(3, 1))
        assert isinstance(app.screen, LockScreen)


async def test_an_open_drawer_and_what_was_typed_are_there_again(backend: LockingBackend) -> None:
    app = app_of(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await press(pilot, "o")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer), "the form")
        await pilot.press(*"left as it was")
        await app.locking.lock()
        await locked(pilot)
        assert "left as it was" not in screen_text(app)
        app.push_screen(FormDrawer("opened behind the lock", []))
        await at_rest(pilot)
        assert isinstance(app.screen, LockScreen)
        await pilot.press(*"lin", "enter")
        await until(pilot, lambda: not app.locking.locked, "unlocked")
        assert "opened behind the lock" in app.screen.heading  # type: ignore[attr-defined]
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer), "the form again")
        assert app.screen.query_one(TextField).value == "left as it was"


async def test_a_wrong_password_leaves_it_locked_and_is_said(backend: LockingBackend) -> None:
    backend.passwords = {"lin": "right horse"}
    app = app_of(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await press(pilot, "f13")
        await locked(pilot)
        await pilot.press(*"lin", "enter")
        await until(pilot, lambda: app.focused is app.screen.query_one("#lock-password"), "the password is asked")
        await pilot.press(*"wrong", "enter", "enter")
        await until(pilot, lambda: "密码不对" in screen_text(app), "the refusal")
        assert "wrong" not in screen_text(app)
        assert app.locking.locked
        await pilot.press(*"right", "space", *"horse", "enter", "enter")
        await until(pilot, lambda: not app.locking.locked, "unlocked")
        await until(pilot, lambda: TITLE in screen_text(app), "the list again")


async def test_another_officer_goes_on_with_panes_of_their_own(backend: LockingBackend) -> None:
    app = app_of(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await press(pilot, "f3", "f2", "o")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer), "the form")
        await pilot.press(*"of the first")
        await app.locking.lock()
        await locked(pilot)
        await pilot.press(*"zhou", "enter")
        await until(pilot, lambda: backend.officer == "zhou", "the other officer")
        await ready(pilot)
        assert not isinstance(app.screen, Drawer)
        assert "of the first" not in screen_text(app)
        await app.locking.lock()
        await locked(pilot)
        assert app.screen.query_one("#lock-officer", TextField).value == ""


async def test_a_session_that_was_ended_elsewhere_locks(backend: LockingBackend) -> None:
    app = app_of(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        backend.state = LockState(0, session_over=True)
        backend.mark += 1
        await locked(pilot)


async def test_without_an_officer_or_only_looking_on_nothing_locks(backend: LockingBackend) -> None:
    backend.read_only = True
    app = app_of(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await press(pilot, "f13")
        assert not app.locking.locked
        backend.read_only, backend.officer = False, None
        await app.locking.lock()
        assert not app.locking.locked


async def test_what_was_begun_on_the_lock_is_forgotten_and_a_sign_out_hides_everything_or_leaves(
    backend: LockingBackend,
) -> None:
    backend.passwords, backend.state = {"lin": "right horse"}, LockState(0)
    app = app_of(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await press(pilot, "f13")
        await locked(pilot)
        await pilot.press(*"lin", "enter")
        await until(pilot, lambda: app.focused is app.screen.query_one("#lock-password"), "the password is asked")
        await pilot.press(*"right")
        for _second in range(HALF_TYPED):
            await app.locking.beat()
        await until(pilot, lambda: app.focused is app.screen.query_one("#lock-officer"), "from the start")
        assert [entry.value for entry in app.screen.query(TextField)] == [""] * len(app.screen.query(TextField))
        await pilot.press(*"lin", "enter")
        await until(pilot, lambda: app.focused is app.screen.query_one("#lock-password"), "the password is asked")
        await pilot.press(*"right", "space", *"horse", "enter", "enter")
        await until(pilot, lambda: not app.locking.locked, "unlocked")
        await ready(pilot)
        backend.silent = StoreTrouble("gone", "数据库没有回应。", "The database does not answer.")
        await pilot.press("f23")
        await until(pilot, lambda: "数据库没有回应" in screen_text(app), "why nothing is on record")
        assert "此处无人登录" in screen_text(app)
        assert TITLE not in screen_text(app), "hidden all the same"
        await pilot.press(*"zhou", "enter")
        await until(pilot, lambda: backend.officer == "zhou", "the next one")
        await ready(pilot)
        backend.remote = True
        await pilot.press("f23")
        await until(pilot, lambda: not app.is_running, "the session over SSH ends with the console")
    assert backend.officer == "zhou", "the key's session is not this console's to end"
