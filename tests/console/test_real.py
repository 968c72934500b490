"""The console on a real store: a ticket from the telephone to the archive by keys alone, and changes made elsewhere."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.dialogs.choose import MenuDrawer, SearchDrawer
from console.dialogs.form import FormDrawer
from console.screens.intake import IntakeScreen
from console.screens.queue import QueueScreen
from console.widgets.fields import TextField
from console.widgets.queue_view import QueueView
from core.desk.desk import Desk
from core.desk.orders import Report
from data.queries import tickets
from tests.console.conftest import StreetCopy
from tests.console.pilots import paint, said, screen_text, until
from tests.console.terminals import environment


@pytest.fixture
def street(street_copy: StreetCopy) -> Iterator[tuple[Desk, str, StoreBackend]]:
    desk, officer = street_copy()
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    yield desk, officer, backend
    backend.close()
    desk.store.close()


def kinds(desk: Desk, code: str) -> list[str]:
    """What happened to a ticket."""
    with desk.store.reader() as reader:
        number = tickets.ticket_id(reader, desk.centre_id, code)
        return [str(event["kind"]) for event in tickets.events(reader, desk.centre_id, number)]


@pytest.mark.slow
async def test_from_the_telephone_to_the_archive(street: tuple[Desk, str, StoreBackend]) -> None:
    desk, _officer, backend = street
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: bool(app.status.centre))
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, IntakeScreen) and isinstance(app.focused, TextField))
        await pilot.press(*"春晖路井盖缺失")
        await until(pilot, lambda: "文中有“井盖”" in screen_text(app))
        await pilot.press("enter", *"春晖路88号", "f8")
        await until(pilot, lambda: said(app, "20261120-0013"))
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))
        view = app.screen.query_one(QueueView)
        await until(pilot, lambda: view.ready and view.total > 0)
        await _go_to(pilot, app, view, "20261120-0013")
        for verb, keys in [
            ("accept", ()),
            ("assess", ("enter", "enter", "f8")),
            ("dispatch", ("enter",)),
            ("acknowledge", ("1",)),
            ("arrive", ("1", "f8")),
            ("complete", (*"井盖已补装", "enter", "enter", *"协办随主办完成", "f8")),
            ("check", ("f8",)),
            ("call_back", ("f8",)),
            ("archive", ()),
        ]:
            desk.clock.advance(seconds=30)  # type: ignore[attr-defined]
            await _go_to(pilot, app, view, "20261120-0013")
            await pilot.press("f8")
            for key in keys:
                await until(pilot, lambda: isinstance(app.screen, FormDrawer | SearchDrawer | MenuDrawer), verb)
                await pilot.press(key)
            await until(pilot, lambda verb=verb: verb in kinds(desk, "20261120-0013"), verb)
            await until(pilot, lambda: app.screen is app.duty_screen)
    assert kinds(desk, "20261120-0013") == [
        *(
            "report",
            "accept",
            "assess",
            "dispatch",
            "acknowledge",
            "arrive",
            "complete",
            "check",
            "call_back",
            "archive",
        )
    ]


async def _go_to(pilot: object, app: ZhihuiApp, view: QueueView, code: str) -> None:
    """Put the cursor on a ticket, its newest reading on the screen."""
    app.heard()

    def there() -> bool:
        row = next((row for row in view._rows_on_screen() if row.code == code), None)
        if row is None:
            view.catch_up()
            return False
        view.go_to(row.id)
        fresh = app.backend.queue(f"code:{code}").after(None, 1)
        return view.row is not None and bool(fresh) and view.row.revision == fresh[0].revision

    await until(pilot, there, f"{code} on the screen")  # type: ignore[arg-type]


async def test_a_change_by_a_command_shows_within_a_second(street: tuple[Desk, str, StoreBackend]) -> None:
    desk, officer, backend = street
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: bool(app.status.centre))
        view = app.screen.query_one(QueueView)
        await until(pilot, lambda: view.ready and view.total > 0)
        before = view.total
        desk.do(Report(title="另一终端登记的来件", address="阳光路"), desk.actor(officer))
        began = time.monotonic()
        await until(pilot, lambda: view.total == before + 1)
        assert time.monotonic() - began < 3
        await until(pilot, lambda: "另一终端登记的来件" in screen_text(app))


async def test_two_officers_on_one_ticket(street: tuple[Desk, str, StoreBackend]) -> None:
    """The second is told what the first did, and nothing is overwritten."""
    desk, officer, backend = street
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: bool(app.status.centre))
        view = app.screen.query_one(QueueView)
        await until(pilot, lambda: view.ready and view.total > 0)
        await _go_to(pilot, app, view, "20261120-0001")
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, MenuDrawer))
        from core.desk.orders import Accept

        desk.do(Accept(ticket="20261120-0001"), desk.actor(officer))
        await pilot.press("1")
        await until(pilot, lambda: said(app, "已被他人更新"))
        assert kinds(desk, "20261120-0001") == ["report", "accept"]


@pytest.mark.parametrize("way", ["hangup", "kill", "lost terminal"])
def test_nothing_is_left_behind(street_copy: StreetCopy, repository: Path, way: str) -> None:
    """However the session ends, the process is gone within seconds and the store can be written at once."""
    desk, officer = street_copy()
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "console", "--store", desk.store.path, "--as", officer],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=repository, start_new_session=True,
        env=environment(COLUMNS="100", LINES="30"),
    )  # fmt: skip
    os.close(theirs)
    try:
        paint(ours, "F10", 60)
        if way == "hangup":
            process.send_signal(signal.SIGHUP)
        elif way == "kill":
            process.send_signal(signal.SIGTERM)
        os.close(ours)
        process.wait(10)
    finally:
        if process.poll() is None:
            process.kill()
            pytest.fail("the process is an orphan")
    desk.do(Report(title="之后的来件", address="阳光路"), desk.actor(officer))
    desk.store.close()
