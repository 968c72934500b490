"""Dispatch, leaders, timers and intake: what each shows and what its keys do."""

from __future__ import annotations

import pytest

from console.screens.intake import IntakeScreen
from console.screens.leaders import LeadersScreen
from console.screens.ticket import TicketScreen
from console.widgets.fields import TextField
from tests.console.memory import MemoryBackend, made_row
from tests.console.pilots import ready, screen_text, speaking, street_app, until


@pytest.fixture
def backend() -> MemoryBackend:
    return MemoryBackend([made_row(number) for number in range(60)])


async def test_dispatch_preselects_the_proposal_and_two_enters_send(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("f3")
        view = await ready(pilot)
        assert {row.stage for row in view._rows_on_screen()} == {"accepted"}
        await until(pilot, lambda: "目录：" in screen_text(app))
        assert "无人在岗" in screen_text(app)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: bool(backend.done))
        verb, code, revision, values = backend.done[0]
        assert (verb, code, revision) == ("dispatch", "20260720-0002", 1)
        assert values == {"to": "urban_renewal", "assist": ["emergency"]}


async def test_another_post_is_sent_to_without_the_proposed_helpers(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f3")
        await ready(pilot)
        await until(pilot, lambda: "目录：" in screen_text(app))
        await pilot.press("right", "end", "enter")
        await until(pilot, lambda: bool(backend.done))
        assert backend.done[0][3] == {"to": "enforcement"}


async def test_a_post_is_found_by_its_initials(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("d")
        await until(pilot, lambda: "目录：" in screen_text(app))
        await pilot.press(*"yjgl", "enter")
        await until(pilot, lambda: bool(backend.done))
        assert backend.done[0][3] == {"to": "emergency"}


async def test_leaders_show_who_covers_whom_and_open_tickets(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(160, 50)) as pilot:
        await ready(pilot)
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, LeadersScreen) and "顶替" in screen_text(app))
        assert "不在岗，王三 顶替" in screen_text(app)
        assert "顶替 李二" in screen_text(app)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))


async def test_timers_say_what_the_ladder_does_next(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("4")
        await ready(pilot)
        assert "提醒 B 岗" in screen_text(app)


async def test_a_report_is_taken_down_by_keyboard_alone(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, IntakeScreen) and isinstance(app.focused, TextField))
        await pilot.press(*"井盖破了")
        await until(pilot, lambda: "文中有“井盖”" in screen_text(app))
        await pilot.press("enter", *"柏华路口")
        await until(pilot, lambda: "[柏华社区]" in screen_text(app))
        await pilot.press("enter", *"赵大海", "enter", *"13900001111", "enter", "enter")
        await until(pilot, lambda: bool(backend.done))
        verb, code, revision, values = backend.done[0]
        assert (verb, code, revision) == ("report", "", None)
        assert values == {
            "title": "井盖破了",
            "address": "柏华路口",
            "reporter_name": "赵大海",
            "reporter_phone": "13900001111",
            "community": "c0",
            "source": "phone",
            "matter": "M0101",
            "limit_no": 1,
        }
        await until(pilot, lambda: "已登记" in screen_text(app))
        assert app.screen.query_one("#field-title", TextField).value == ""


async def test_what_is_missing_is_named_and_a_draft_stays(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.focused, TextField))
        await pilot.press(*"路灯", "f8")
        await until(pilot, lambda: "请填写地点" in screen_text(app))
        assert backend.done == []
        await pilot.press("f2")
        await ready(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: "路灯" in screen_text(app))


async def test_digits_in_the_form_never_lead_out_of_it(backend: MemoryBackend) -> None:
    """A house number typed into a choice must not open another pane, where the next key would act on a ticket."""
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, IntakeScreen))
        screen = app.screen
        for widget in screen.focus_chain:
            screen.set_focus(widget)
            await pilot.press("1", "2", "3", "4", "9", "0")
            assert app.screen is screen, widget


async def test_a_post_without_staff_says_so_at_eighty_columns(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f3")
        await until(pilot, lambda: "! 无人在岗" in screen_text(app))
        assert "规划建设岗" in screen_text(app)


async def test_the_matter_of_a_waiting_ticket_is_read_at_eighty_columns_in_english(backend: MemoryBackend) -> None:
    with speaking("en"):
        app = street_app(backend)
        async with app.run_test(size=(80, 24)) as pilot:
            await ready(pilot)
            await pilot.press("f3")
            await until(pilot, lambda: "堡坎裂缝有掉落风险" in screen_text(app).splitlines()[2][:40])
