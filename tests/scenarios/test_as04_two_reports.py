"""AS-4 [1-25], its beginning: a sensor's alarm and a grid worker's report of one fire become one incident.

Through the real commands, and once more through the real screen with the keys counted.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.dialogs.choose import MenuDrawer
from console.screens.intake import IntakeScreen
from console.screens.ticket import TicketScreen
from console.widgets.fields import TextField
from core.desk.orders import Report
from data.terms import Source
from tests.console.key_counts import Hand
from tests.console.pilots import said, screen_text, speaking, until
from tests.console.real_street import made_street
from tests.scenarios.street_centre import StreetCentre

PLACE = "肖家湾12栋7楼"


@pytest.fixture
def street(tmp_path: Path) -> StreetCentre:
    """A December evening."""
    return StreetCentre(tmp_path, "2026-11-20 21:40:00")


def test_by_the_commands(street: StreetCentre) -> None:
    """The report says what it is likely a duplicate of; joined, both sources and the caller are kept."""
    desk = street.on_duty("duty_officer")
    grid, _ = street.a_grid()
    street.run("device", "add", "YG-7", "--kind", "smoke", "--unit", grid, "--address", PLACE, who=desk)
    for _ in range(2):  # it goes on and on, and is one ticket
        sent = street.run("signal", "YG-7", "alarm", "--text", "浓度连续三次超限", "--json", who=desk)
        street.at("2026-11-20 21:40:30")
    alarm = json.loads(sent)["ticket"]
    assert street.rows("SELECT count(*) FROM ticket WHERE centre_id = :centre") == [(1,)]
    assert "YG-7" in street.show(alarm)["reporter_name"]
    noise = street.report("--title", "商铺噪声扰民", "--source", "phone", "--address", "松青路9号", who=desk)
    street.at("2026-11-20 21:42:00")
    call = street.report(
        "--title", "肖家湾12栋7楼着火有明火", "--source", "grid", "--address", PLACE,
        "--reporter-name", "赵强", "--reporter-phone", "13900001111", who=desk,
    )  # fmt: skip
    (found,) = json.loads(street.run("ticket", "duplicates", call, "--json"))
    assert found["code"] == alarm
    assert noise not in street.run("ticket", "duplicates", call)
    assert all(word in found["reasons"] for word in ("地址相近", "文字相近", "相隔 2 分钟", "感知设备与人工上报"))
    street.ticket("join", call, "--into", alarm[-4:], who=desk)
    record = street.show(alarm)
    assert [line["code"] for line in record["related"]["joined"]] == [call]
    assert record["related"]["joined"][0]["source"] == "grid"
    assert (record["source"], record["urgency"]) == ("sensor", "emergency")
    assert [line["code"] for line in [street.show(call)["related"]["main"]]] == [alarm]
    assert street.show(call)["custody"][-1]["holder"] == "joined"
    assert "已并案" in street.ticket("accept", call, who=desk, expect=4)
    explained = street.run("ticket", "explain", call)
    assert f"并入 {alarm}" in explained
    street.at("2026-11-20 21:50:00")
    street.ticket("separate", call, "--reason", "实为另一栋", who=desk)
    assert (street.show(call)["stage"], street.show(alarm)["related"]["joined"]) == ("reported", [])
    assert json.loads(street.run("audit", "verify", "--json"))["whole"] is True


async def test_by_the_screen(tmp_path: Path) -> None:
    """At the door one key; from the ticket two. Ctrl+B is Shift+F8 where a terminal has no such key."""
    desk, officer = made_street(tmp_path / "street.sqlite", 1)
    alarm = desk.do(
        Report(title="智能烟感报警：肖家湾12栋7楼走廊", source=Source.SENSOR, address=PLACE), desk.actor(officer)
    ).ticket
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    app = ZhihuiApp(backend, desk.now)
    with speaking("zh"):
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: bool(app.status.centre))
            hand = Hand(pilot, desk, officer)
            await hand.press("f6")
            await hand.look(lambda: isinstance(app.screen, IntakeScreen) and isinstance(app.focused, TextField))
            await hand.type("肖家湾12栋着火")
            await hand.press("enter")
            await hand.type(PLACE)
            await hand.look(lambda: f"疑似重复：{alarm}" in screen_text(app), "the proposal")
            await until(pilot, lambda: "地址相近" in screen_text(app), "why")
            await hand.press("f20")
            await until(pilot, lambda: said(app, "已上报"), "reported")
            assert hand.keys == ["f6", "enter", "f20"]
            assert hand.kinds(alarm) == ["report", "join"]

            other = desk.do(Report(title="肖家湾12栋7楼起火", address=PLACE), desk.actor(officer)).ticket
            await hand.at(other)
            await until(pilot, lambda: f"疑似与 {alarm}" in screen_text(app), "the queue proposes it")
            await hand.press("b")
            await hand.drawer(MenuDrawer)
            assert alarm in screen_text(app)
            await hand.press("1")
            await hand.done(other, "report", "join")
            assert hand.keys == ["b", "1"]

            await hand.at(alarm)
            await hand.press("enter")
            await until(pilot, lambda: isinstance(app.screen, TicketScreen), "the ticket")
            await until(pilot, lambda: "已并入" in screen_text(app), "who is joined")
            await hand.press("ctrl+b")
            await hand.drawer(MenuDrawer)
            assert other in screen_text(app)
            await hand.press("1")
            await until(pilot, lambda: app.screen.query_one("#tabs") is not None and "并案" in screen_text(app))
    backend.close()
    desk.store.close()
