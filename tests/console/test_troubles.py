"""A locked, lost or read-only store never takes the screen away, and everything goes on when it is back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.dialogs.form import FormDrawer
from console.widgets.bars import StatusBar
from console.widgets.queue_view import QueueView
from core.desk.desk import Desk
from core.desk.orders import Report
from data import turnstile as gate
from tests.console.conftest import StreetCopy
from tests.console.pilots import banner_text, said, screen_text, until
from tests.console.real_street import START, made_street


def console(desk: Desk, officer: str) -> tuple[ZhihuiApp, StoreBackend]:
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    return ZhihuiApp(backend, desk.now), backend


@pytest.fixture
def street(street_copy: StreetCopy) -> Iterator[tuple[Desk, ZhihuiApp]]:
    desk, officer = street_copy()
    app, backend = console(desk, officer)
    yield desk, app
    backend.close()
    desk.store.close()


async def opened(pilot: object, app: ZhihuiApp) -> QueueView:
    await until(pilot, lambda: bool(app.status.centre))  # type: ignore[arg-type]
    view = app.screen.query_one(QueueView)
    await until(pilot, lambda: view.ready and view.total > 0)  # type: ignore[arg-type]
    return view


async def test_a_store_that_another_program_holds(
    street: tuple[Desk, ZhihuiApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While somebody sits on the write place: lists move, the officer is told, the words are kept, later they go in."""
    desk, app = street
    monkeypatch.setattr(gate.turnstile.__wrapped__, "__defaults__", (8.0,))
    async with app.run_test(size=(120, 36)) as pilot:
        view = await opened(pilot, app)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer))
        with gate.turnstile(desk.store.path):
            await pilot.press(*"已到现场", "f8")
            await until(pilot, lambda: said(app, "正在排队"))
            await pilot.press("down", "f7")  # the store answers readers meanwhile
            await until(pilot, lambda: view.cursor == 1 and app.screen is not app.duty_screen)
            await pilot.press("escape")
            await until(pilot, lambda: said(app, "数据库正忙") and said(app, "已保留"))
        await pilot.press("up", "o")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer) and "已到现场" in screen_text(app))
        await pilot.press("f8")
        await until(pilot, lambda: said(app, "记录") and said(app, "现为"))


async def test_a_store_that_is_taken_away_and_comes_back(street: tuple[Desk, ZhihuiApp]) -> None:
    desk, app = street
    path, away = Path(desk.store.path), Path(desk.store.path + ".away")
    async with app.run_test(size=(120, 36)) as pilot:
        view = await opened(pilot, app)
        before = view.total
        desk.store.close()
        os.rename(path, away)
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        await app._beat()
        await until(pilot, lambda: said(app, "输入的内容会保留"))
        desk.clock.advance(seconds=7)  # type: ignore[attr-defined]
        await app._beat()
        await until(pilot, lambda: "数据库无响应 7 秒" in screen_text(app))
        assert app.screen.query_one(StatusBar).has_class("-silent")
        await pilot.press("down")
        assert view.cursor == 1
        os.rename(away, path)
        await app._beat()
        await until(pilot, lambda: said(app, "数据库已恢复"))
        assert "无响应" not in screen_text(app)
        desk.do(Report(title="恢复后的来件", address="阳光路"), app.backend.actor())  # type: ignore[attr-defined]
        await app._beat()
        await until(pilot, lambda: view.pending == 1 or view.total == before + 1)


@pytest.mark.pg
async def test_a_database_server_that_goes_away_and_comes_back(postgres_database: str, postgres_url: str) -> None:
    """No new connection and every old one cut, as when a server restarts: a banner, then everything goes on."""
    from core.clock import SetClock

    desk, officer = made_street(postgres_database, 6, SetClock(START))
    app, backend = console(desk, officer)
    name = postgres_database.rpartition("/")[2].partition("?")[0]
    async with app.run_test(size=(80, 24)) as pilot:
        view = await opened(pilot, app)
        with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as server:
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            await app._beat()
            await until(pilot, lambda: app.watch_store.failing and said(app, "输入的内容会保留"))
            await until(pilot, lambda: "恢复前不能提交" in screen_text(app), "what still works, in 80 columns")
            await pilot.press("o")
            await until(pilot, lambda: app.screen is app.duty_screen and bool(banner_text(app)))
            await pilot.press("down")
            assert view.cursor == 1
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        await app._beat()
        await until(pilot, lambda: said(app, "数据库已恢复"))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer))
        await pilot.press(*"服务器重启后", "f8")
        await until(pilot, lambda: said(app, "记录") and said(app, "现为"))
    backend.close()
    desk.store.close()
