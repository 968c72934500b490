"""The wall on a real store: what it reads is right and names nobody, and nothing is written."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from console import exit_codes
from console.backend.wall import WallBackend
from console.wall.app import WallApp
from core.clock import SetClock
from core.desk.desk import Desk, open_desk
from core.desk.notices import notice_row
from core.desk.orders import Report
from core.desk.work import Message
from data.errors import NotAllowed
from data.location import locate
from data.queries import tickets
from data.store import Store
from data.tables.engine import Notice
from data.terms import Severity
from tests.console.conftest import StreetCopy
from tests.console.pilots import paint, until
from tests.console.real_street import REPORTS, street_of_twelve
from tests.console.terminals import environment
from tests.console.wall.street import settle, wall_text
from tests.made_stores import MadeStores

PERSONAL = ["".join(words.split()) for report in REPORTS for words in report if words]
"""Titles, addresses, names and numbers, without blanks: the wall sets its characters apart."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def either(
    request: pytest.FixtureRequest, made_stores: MadeStores, tmp_path: Path
) -> Iterator[tuple[Desk, str, WallBackend]]:
    """The street on each kind of store, and its wall."""
    target = tmp_path / "street.sqlite"
    with made_stores.copy(street_of_twelve, request.param, target) as (url, (clock, officer)):
        desk = open_desk(Store(locate(url)), SetClock(clock.now()))
        backend = WallBackend(desk.store.url, desk.clock, desk.now, None)
        yield desk, officer, backend
        backend.close()
        desk.store.close()


def test_what_is_read(either: tuple[Desk, str, WallBackend]) -> None:
    desk, officer, backend = either
    view = backend.look(desk.now())
    assert view.status.counts.open == len(view.nearest) == len({ticket.code for ticket in view.nearest})
    assert [ticket.due for ticket in view.nearest] == sorted(ticket.due for ticket in view.nearest)
    assert [ticket.at for ticket in view.newest] == sorted((ticket.at for ticket in view.newest), reverse=True)
    assert view.on_duty
    desk.do(Report(title="赵大海家漏水", address="阳光路3号", confidential=True), desk.actor(officer))
    newest = backend.look(desk.now()).newest[0]
    assert newest.confidential
    assert newest.place == ""
    assert "赵大海" not in repr(backend.look(desk.now()))


def test_only_alarms_since_the_first_look(either: tuple[Desk, str, WallBackend]) -> None:
    desk, _officer, backend = either
    ticket = backend.look(desk.now()).nearest[0]
    assert backend.alarms(desk.now()) == ()
    _ring(desk, ticket.code, Severity.ALARM)
    _ring(desk, ticket.code, Severity.WARNING)
    assert [rung.code for rung in backend.alarms(desk.now())] == [ticket.code]
    assert list(backend.alarms(desk.now())) == []


def _ring(desk: Desk, code: str, severity: Severity) -> None:
    """A notice of the console about a ticket."""
    with desk.store.reader() as reader:
        number = tickets.ticket_id(reader, desk.centre_id, code)
    message = Message("ladder", severity, "受理已超期", "late")
    row = notice_row(message, None, "console", desk.centre_id, number, 1, desk.now())
    with desk.store.write() as connection:
        connection.execute(insert(Notice).values(row))


def test_nothing_can_be_done_from_it(either: tuple[Desk, str, WallBackend]) -> None:
    _desk, _officer, backend = either
    with pytest.raises(NotAllowed):
        backend.desk()
    backend.start()
    assert backend._engine is None


async def test_no_page_names_a_citizen(street_copy: StreetCopy) -> None:
    desk, _officer = street_copy()
    backend = WallBackend(desk.store.url, desk.clock, desk.now, None)
    app = WallApp(backend, desk.now)
    async with app.run_test(size=(160, 50)) as pilot:
        await until(pilot, lambda: bool(app.wall.page))
        await settle(pilot, app)
        shown = ""
        for _page in range(len(app.wall._pages)):
            shown += wall_text(app)
            await pilot.press("right")
            await pilot.pause()
    backend.close()
    assert "20261120-0001" in shown
    shown = "".join(shown.split())
    assert [words for words in PERSONAL if words in shown] == []


def test_the_command_in_a_terminal_of_its_own(street_copy: StreetCopy, repository: Path) -> None:
    """All its life: it shows the figures, takes keys that mean nothing to it, leaves by Escape, has written nothing."""
    desk, _officer = street_copy()
    before = _rows(desk)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "console", "wall", "--store", desk.store.url, "--every", "3"]
    child = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=repository, start_new_session=True,
        env=environment(COLUMNS="100", LINES="30"),
    )  # fmt: skip
    os.close(theirs)
    try:
        paint(ours, "空格停留", 60)
        os.write(ours, b"ads \x1b[18~1.\x1b")
        paint(ours, "\x1b[?1049l", 60)
        assert child.wait(timeout=30) == exit_codes.OK
    finally:
        child.kill()
        os.close(ours)
    assert _rows(desk) == before
    desk.store.close()


def _rows(desk: Desk) -> list[object]:
    """Who holds the engine's lease, and how many events and notices there are."""
    queries = (
        "SELECT holder, beat_no FROM lease ORDER BY name",
        "SELECT count(*) FROM ticket_event",
        "SELECT count(*) FROM notice",
    )
    with desk.store.reader() as reader:
        return [reader.rows(query, fanout=True) for query in queries]
