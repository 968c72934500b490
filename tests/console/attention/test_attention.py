"""Attention on the real screens: what rings, how often, until whom; and what stays quiet."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.dialogs.notices import NoticesDrawer
from console.ports import Heartbeat, NoticeRow
from console.screens.ticket import TicketScreen
from console.widgets.bars import Banner
from tests.console.memory import NOW, MemoryBackend, made_row
from tests.console.pilots import banner_text, ready, said, screen_text, street_app, until


class Bench:
    """A console whose clock, bell and title are in the test's hands."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.backend = MemoryBackend([made_row(number) for number in range(60)])
        self.clock = [NOW]
        self.app: ZhihuiApp = street_app(self.backend, self.clock)
        self.rung: list[int] = []
        self.written: list[str] = []
        patch.setenv("TERM", "xterm-256color")
        self.app = street_app(self.backend, self.clock)
        patch.setattr(self.app, "bell", lambda: self.rung.append(self.clock[0]))
        patch.setattr(self.app.attention.calls, "_write", self.written.append)

    async def pass_seconds(self, seconds: int) -> list[int]:
        """Let the clock go on, beat by beat; the instants at which it rang, counted from NOW."""
        before = len(self.rung)
        for _second in range(seconds):
            self.clock[0] += 1
            await self.app._beat()
        return [at - NOW for at in self.rung[before:]]

    def news(self, *notices: NoticeRow) -> None:
        self.backend.news += notices
        self.backend.mark += 1

    @property
    def title(self) -> str:
        return self.written[-1].rpartition("\x1b]2;")[2].rstrip("\x07") if self.written else ""


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


async def test_an_alarm_rings_again_until_it_is_acknowledged(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        bench.news(NoticeRow(5, "alarm", "20260720-0003 派单超期", 3))
        await until(pilot, lambda: banner_text(bench.app) == "20260720-0003 派单超期")
        await bench.pass_seconds(200)
        assert len(bench.rung) == 3, "at once, after 1 minute and after 2 more"
        assert "! 1" in bench.title
        await pilot.press("e")
        await until(pilot, lambda: bench.backend.seen == [5])
        await until(pilot, lambda: not bench.app.attention.waiting)
        assert await bench.pass_seconds(400) == []
        assert "!" not in bench.title


async def test_escape_puts_an_alarm_away_only_until_its_next_ring(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        bench.news(NoticeRow(5, "alarm", "派单超期", 3))
        await until(pilot, lambda: banner_text(bench.app) == "派单超期")
        await bench.pass_seconds(1)
        await pilot.press("escape")
        assert banner_text(bench.app) == ""
        await bench.pass_seconds(5)
        assert banner_text(bench.app) == ""
        await bench.pass_seconds(60)
        assert banner_text(bench.app) == "派单超期"
        assert bench.backend.seen == []


async def test_an_alarm_put_away_before_it_rang_was_seen(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        bench.news(NoticeRow(5, "alarm", "派单超期", 3))
        await until(pilot, lambda: banner_text(bench.app) == "派单超期")
        await pilot.press("escape")
        assert await bench.pass_seconds(40) == []
        assert banner_text(bench.app) == ""
        assert len(await bench.pass_seconds(40)) == 1
        assert banner_text(bench.app) == "派单超期"


async def test_what_is_not_mine_is_quiet_and_in_the_list_alone(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        bench.news(NoticeRow(5, "alarm", "别的岗位超期", 3, mine=False))
        await until(pilot, lambda: bench.app.watch_store.last_notice == 5)
        assert await bench.pass_seconds(100) == []
        assert banner_text(bench.app) == ""
        await pilot.press("ctrl+e")
        await until(
            pilot, lambda: isinstance(bench.app.screen, NoticesDrawer) and "别的岗位超期" in screen_text(bench.app)
        )


async def test_what_another_officer_acknowledged_rings_no_more(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        bench.news(NoticeRow(5, "alarm", "派单超期", 3))
        await until(pilot, lambda: banner_text(bench.app) == "派单超期")
        bench.backend.seen.append(5)
        bench.app.heard()
        await until(pilot, lambda: banner_text(bench.app) == "")
        await bench.pass_seconds(1)
        assert await bench.pass_seconds(300) == []


async def test_a_burst_is_one_line_and_one_ring_and_is_read_before_it_is_acknowledged(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        bench.news(*[NoticeRow(number, "alarm", f"第 {number} 件超期", number) for number in range(1, 8)])
        await until(pilot, lambda: banner_text(bench.app).startswith("7 条提醒"))
        await bench.pass_seconds(30)
        assert len(bench.rung) == 1
        await pilot.press("0")
        await until(pilot, lambda: isinstance(bench.app.screen, NoticesDrawer))
        assert bench.backend.seen == []
        await pilot.press("0")
        await until(pilot, lambda: bench.backend.seen == [7])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(bench.app.screen, TicketScreen))


async def test_an_emergency_rings_sooner_again(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        bench.news(NoticeRow(5, "alarm", "煤气泄漏", 3, urgency="emergency"))
        await until(pilot, lambda: banner_text(bench.app) == "煤气泄漏")
        await bench.pass_seconds(62)
        assert len(bench.rung) == 2


async def test_a_silent_engine_rings_until_it_is_noted(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        bench.backend.heartbeat = Heartbeat(12, "console")
        bench.app.heard()
        await until(pilot, lambda: not bench.app.status.heartbeat.well)
        await bench.pass_seconds(2)
        assert len(bench.rung) == 1
        await pilot.press("0")
        assert await bench.pass_seconds(120) == []


async def silent(bench: Bench, pilot: Pilot[None]) -> None:
    """The engine falls silent, and the console has noticed."""
    bench.backend.heartbeat = Heartbeat(12, "console")
    bench.app.heard()
    await until(pilot, lambda: not bench.app.status.heartbeat.well)
    await bench.pass_seconds(1)
    await until(pilot, lambda: bench.app.attention.unwatched_since is not None)


async def test_what_falls_due_while_the_engine_is_silent_is_raised_here_until_it_beats_again(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await silent(bench, pilot)
        await bench.pass_seconds(50)
        await until(pilot, lambda: banner_text(bench.app) == "20260720-0020 已超期")
        await bench.pass_seconds(12)
        assert "! 2" in bench.title, "the engine and the ticket"
        assert bench.rung
        await pilot.press("0")
        await until(pilot, lambda: not bench.app.attention.raised_here)
        assert bench.backend.seen == [], "there is no notice that could be acknowledged"
        assert banner_text(bench.app) != "20260720-0020 已超期"
        await pilot.press("0")
        assert await bench.pass_seconds(40) == []
        await bench.pass_seconds(60)
        await until(pilot, lambda: banner_text(bench.app) == "20260720-0021 已超期")
        bench.backend.heartbeat = Heartbeat(1, "console")
        await until(pilot, lambda: "已超期" not in banner_text(bench.app), "the engine says it itself now")
        await bench.pass_seconds(1)
        assert "!" not in bench.title


async def test_a_ticket_that_got_more_time_is_no_longer_raised_here(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await silent(bench, pilot)
        await bench.pass_seconds(50)
        await until(pilot, lambda: banner_text(bench.app) == "20260720-0020 已超期")
        bench.backend.tickets[19] = made_row(19, NOW + 3600)
        await until(pilot, lambda: not bench.app.attention.raised_here)
        await until(pilot, lambda: "已超期" not in banner_text(bench.app))


async def test_many_that_fall_due_are_one_line_with_the_nearest_deadline_and_each_is_in_the_list(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await silent(bench, pilot)
        bench.clock[0] += 500
        await until(pilot, lambda: banner_text(bench.app).startswith("5 条提醒"), "a burst")
        assert said(bench.app, "07-20 09:16：20260720-0020")
        await pilot.press("0")
        await until(pilot, lambda: isinstance(bench.app.screen, NoticesDrawer))
        await pilot.press("0")
        await until(pilot, lambda: len(bench.app.attention.raised_here) == 4)


async def test_the_line_of_a_burst_names_the_nearest_deadline_and_emergencies_first(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        plain = [
            NoticeRow(number, "alarm", f"第 {number} 件", number, due=NOW + after)
            for number, after in enumerate((-9000, 1800, 600, 7200), 1)
        ]
        bench.news(*plain)
        await until(pilot, lambda: banner_text(bench.app) == "4 条提醒，最近时限 07-20 09:26：第 3 件")
        urgent = [
            NoticeRow(number, "alarm", f"特急 {number}", number, urgency="emergency", due=NOW + 3000 + number)
            for number in range(11, 15)
        ]
        bench.news(*urgent)
        await until(pilot, lambda: said(bench.app, "特急 11"))


async def test_an_observer_is_shown_what_fell_due_and_is_not_rung(bench: Bench) -> None:
    bench.backend.read_only = True
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await silent(bench, pilot)
        await bench.pass_seconds(50)
        await until(pilot, lambda: banner_text(bench.app) == "20260720-0020 已超期")


async def test_an_alarm_is_on_every_pane(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        bench.news(NoticeRow(5, "alarm", "派单超期", 3))
        await until(pilot, lambda: banner_text(bench.app) == "派单超期")
        await pilot.press("f5")
        await until(pilot, lambda: bench.app.current_mode == "timers" and bool(bench.app.screen.query(Banner)))
        await bench.pass_seconds(1)
        assert banner_text(bench.app) == "派单超期"
        await pilot.press("0")
        await until(pilot, lambda: bench.backend.seen == [5])
        await pilot.press("f2")
        await bench.pass_seconds(1)
        assert banner_text(bench.app) == ""


async def test_a_message_over_an_alarm_is_taken_off_before_the_alarm_is_acknowledged(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        bench.news(NoticeRow(5, "alarm", "派单超期", 3))
        await until(pilot, lambda: banner_text(bench.app) == "派单超期")
        duty = bench.app.duty_screen
        assert duty is not None
        duty.say("别的话")
        await pilot.press("0")
        assert (banner_text(bench.app), bench.backend.seen) == ("派单超期", [])


async def test_neither_a_receipt_nor_the_alarm_of_the_engine_takes_the_other_down(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await silent(bench, pilot)
        duty = bench.app.duty_screen
        assert duty is not None
        duty.say("已受理。")
        await bench.pass_seconds(30)  # it rings again, and says again that the engine is silent
        assert banner_text(bench.app).startswith("引擎静默")
        assert said(bench.app, "已受理。")
        duty.say("已研判。")
        assert banner_text(bench.app) == "已研判。"
        await until(pilot, lambda: "+1" in screen_text(bench.app), "the alarm waits under it")
        await pilot.press("escape")
        assert banner_text(bench.app).startswith("引擎静默")
        assert not said(bench.app, "已受理。")


async def test_a_broken_settings_file_is_said_and_alarms_ring_as_usual(home: Path, bench: Bench) -> None:
    (home / "config" / "zhihui").mkdir(parents=True)
    (home / "config" / "zhihui" / "attention.toml").write_text("gap = 9999\n", encoding="utf-8")
    app = street_app(bench.backend, bench.clock)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: said(app, "attention.toml"))
        assert app.attention.settings.policy.gap == 10


async def test_the_title_counts_and_names_nobody_and_is_given_back(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        bench.news(NoticeRow(5, "alarm", "王某某 13900001111 超期", 3))
        await until(pilot, lambda: bool(bench.app.attention.waiting))
        await bench.pass_seconds(1)
    text = "".join(bench.written)
    assert text.startswith("\x1b[22;2t\x1b]2;")
    assert text.endswith("\x1b[23;2t")
    assert "王" not in text
    assert "139" not in text


async def test_what_was_said_to_several_people_is_one_line_of_the_list(bench: Bench) -> None:
    async with bench.app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        told = [NoticeRow(number, "warning", "签收已超期 4 秒", 1, at=NOW, mine=number == 2) for number in (1, 2, 3)]
        bench.news(*told, NoticeRow(4, "warning", "签收已超期 9 秒", 1, at=NOW + 5, mine=False))
        await pilot.press("ctrl+e")
        await until(pilot, lambda: isinstance(bench.app.screen, NoticesDrawer))
        lines = [line for line in screen_text(bench.app).splitlines() if "签收已超期" in line and "07-20" in line]
        assert [("x3" in line, "待确认" in line) for line in lines] == [(False, False), (True, True)]
        await pilot.press("down", "0")
        await until(pilot, lambda: bench.backend.seen == [2])
