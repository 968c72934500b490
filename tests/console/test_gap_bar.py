"""Gaps and double bookings of the next 24 hours stand above every screen, from the engine's finding to the filling."""

from __future__ import annotations

import pytest

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.widgets.gap_bar import GapBar
from core.clock import SetClock
from core.desk.desk import Desk
from core.engine.loop import Engine
from core.organisation.duty import DutyBook
from data.queries.duty import DutyLine, times
from tests.console.conftest import StreetCopy
from tests.console.pilots import screen_text, until

HOUR = 3_600


def tonight(desk: Desk, role: str) -> DutyLine:
    """Whose turn in a role is next."""
    with desk.store.reader() as reader:
        lines = times(reader, desk.centre_id, desk.now(), desk.now() + 24 * HOUR)
    return next(line for line in lines if line.role == role and line.from_at > desk.now())


def look(desk: Desk) -> None:
    engine = Engine(desk.store, desk.clock, desk.centre_id)
    engine.once(send=False)
    engine.close()


def write(desk: Desk, by: str, kind: str, *what: object) -> None:
    with desk.store.write() as connection:
        book = DutyBook(connection, desk.centre_id, desk.now(), desk.actor(by))
        getattr(book, kind)(*what)


def bars(app: ZhihuiApp) -> list[GapBar]:
    return [bar for bar in app.screen.query(GapBar) if bar.display]


@pytest.mark.slow
async def test_a_gap_within_a_day_stands_above_the_screen_until_it_is_filled(street_copy: StreetCopy) -> None:
    desk, officer = street_copy()
    assert isinstance(desk.clock, SetClock)
    look(desk)
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine of its own: the clock stands still
    # The roster of three days ends within the look of the engine, and not within a day.
    assert backend.status(desk.now()).gaps == ()
    turn = tonight(desk, "shift_leader")
    write(desk, turn.officer, "leave", turn.officer, turn.from_at, turn.from_at + 4 * HOUR, "")
    look(desk)
    desk.clock.advance(minutes=1)
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(app.status.centre) and bool(bars(app)), "the line")
        assert "! 值班：无值班长  11-20 16:00 - 20:00  另 1 处  Ctrl+X" in screen_text(app)
        assert not bars(app)[0].has_class("-alarm")
        await pilot.press("f4")
        listed = f"! {turn.name} 请假又排班（值班长）  11-20 16:00 - 20:00"
        await until(pilot, lambda: listed in screen_text(app), "the leaders' pane")
        desk.clock.advance(hours=5, minutes=19)
        look(desk)
        await app._beat()
        await until(pilot, lambda: bars(app)[0].has_class("-alarm"), "the alarm, two hours before")
        desk.clock.advance(hours=3)
        look(desk)
        await app._beat()
        lasts = "无值班长  11-20 16:00 - 20:00（正在发生）"
        await until(pilot, lambda: lasts in screen_text(app), "the gap lasts")
        end = turn.from_at + 4 * HOUR
        write(desk, a_leader(desk), "on", stand_in(desk, turn), "shift_leader", desk.now(), end)
        look(desk)
        await app._beat()
        await until(pilot, lambda: "! 值班：" in screen_text(app) and "无值班长" not in screen_text(app), "filled")
        desk.clock.advance(hours=3)
        look(desk)
        await app._beat()
        await until(pilot, lambda: not bars(app), "all is over")
    backend.close()
    desk.store.close()


def a_leader(desk: Desk) -> str:
    """A leader who may write down the duty of others."""
    with desk.store.reader() as reader:
        (row,) = reader.rows(
            "SELECT min(o.code) FROM officer o JOIN appointment a ON a.centre_id = o.centre_id AND a.officer_id = o.id"
            " WHERE o.centre_id = :centre AND a.role = 'commander'",
            centre=desk.centre_id,
        )
    return str(row[0])


def stand_in(desk: Desk, turn: DutyLine) -> str:
    """Another officer who holds the role and has no shift then."""
    with desk.store.reader() as reader:
        busy = {line.officer for line in times(reader, desk.centre_id, turn.from_at, turn.from_at + 4 * HOUR)}
        rows = reader.rows(
            "SELECT o.code FROM officer o JOIN appointment a ON a.centre_id = o.centre_id AND a.officer_id = o.id"
            " WHERE o.centre_id = :centre AND a.role = 'shift_leader' ORDER BY o.code",
            centre=desk.centre_id,
        )
    return next(str(code) for (code,) in rows if code not in busy)
