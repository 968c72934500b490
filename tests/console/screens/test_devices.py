"""Devices on the real screen: what needs somebody first, its signals, its ticket; somebody is away."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.dialogs.form import FormDrawer
from console.dialogs.watch import DigitsDrawer
from console.screens.ticket import TicketScreen
from core.engine.loop import Engine
from core.sensing.orders import DeviceEntry, Signal
from core.sensing.register import Register
from core.sensing.signals import Intake
from data.device_terms import DeviceKind, SignalKind
from tests.console.key_counts import Hand
from tests.console.pilots import said, screen_text, speaking, until
from tests.console.real_street import made_street


async def test_from_the_key_to_the_ticket_and_back(tmp_path: Path) -> None:
    """Two keys to a device, one more to its ticket; the name in the list is masked."""
    desk, officer = made_street(tmp_path / "street.sqlite", 1)
    actor = desk.actor(officer)
    with desk.store.write() as connection:
        register = Register(connection, desk.centre_id, desk.now(), actor)
        for code, person in (("MC-1", "林兴玉"), ("MC-2", "王秀英")):
            register.add(
                DeviceEntry(code=code, kind=DeviceKind.DOOR, unit="SQ01-G01", person_name=person, beat_hours=24)
            )
    for code, kind in (("MC-1", SignalKind.OPEN), ("MC-2", SignalKind.ALIVE)):
        Intake(desk, actor).take([Signal(device=code, id="1", kind=kind, at=desk.now() - 25 * 3600)])
    engine = Engine(desk.store, desk.clock, desk.centre_id)
    assert engine.once().alerts == 1
    engine.lease.release(desk.now())
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    app = ZhihuiApp(backend, desk.now)
    with speaking("zh"):
        async with app.run_test(size=(100, 30)) as pilot:
            await until(pilot, lambda: bool(app.status.centre))
            hand = Hand(pilot, desk, officer)
            await hand.press("f14")
            await hand.drawer(DigitsDrawer)
            shown = screen_text(app)
            assert "无动静 1" in shown
            assert "林*玉" in shown
            assert "林兴玉" not in shown
            assert shown.index("MC-1") < shown.index("MC-2")
            await hand.press("enter")
            await until(pilot, lambda: "最近信号" in screen_text(app), "the device")
            assert "开门" in screen_text(app)
            await hand.press("2")
            await hand.drawer(FormDrawer)
            day = (desk.clock.now() + timedelta(days=3)).strftime("%Y-%m-%d")
            await hand.type(day)
            await hand.press("f8")
            await until(pilot, lambda: said(app, f"已登记外出至 {day}"), "away")
            await hand.press("f14", "enter")
            await until(pilot, lambda: "最近信号" in screen_text(app), "the device again")
            await hand.press("1")
            await until(pilot, lambda: isinstance(app.screen, TicketScreen), "its ticket")
            await until(pilot, lambda: "MC-1 智慧门磁" in screen_text(app), "the device on the ticket")
    backend.close()
    desk.store.close()
