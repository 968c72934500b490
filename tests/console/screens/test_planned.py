"""As proposed, undo and the change of shift: it says first what it will do; Enter does it, Escape does nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.dialogs.changeover import HandoverDrawer
from console.dialogs.form import FormDrawer
from console.dialogs.plan import PlanDrawer
from console.plan_ports import Plan
from console.screens.ticket import TicketScreen
from data.errors import NotAllowed
from tests.console.memory import NOW, MemoryBackend, made_row
from tests.console.pilots import ready, said, screen_text, street_app, until


@pytest.fixture
def backend() -> MemoryBackend:
    return MemoryBackend([made_row(number) for number in range(30)])


@pytest.mark.parametrize("key", ["8", "p"])
async def test_as_proposed_in_two_keys(backend: MemoryBackend, key: str) -> None:
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        view = await ready(pilot)
        assert view.row is not None
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, PlanDrawer))
        shown = screen_text(app)
        for words in ("受理", "城市更新岗", "堡坎"):
            assert words in shown
        assert backend.done == []
        await pilot.press("enter")
        await until(pilot, lambda: len(backend.done) == 2)
        code, revision = view.row.code, view.row.revision
        assert backend.done == [
            ("accept", code, revision, {}),
            ("dispatch", code, revision, {"to": "urban_renewal"}),
        ]


async def test_escape_does_nothing(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("8", "escape", "7", "escape", "down")
        await until(pilot, lambda: app.screen is app.duty_screen)
        assert backend.done == []


async def test_without_a_proposal_enter_does_nothing(backend: MemoryBackend) -> None:
    """The drawer says why, and what to do instead."""
    backend.plan = Plan(("文中未提到目录事项", "可改为：S 研判"))
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("8")
        await until(pilot, lambda: "可改为" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.duty_screen)
        assert backend.done == []


@pytest.mark.parametrize("key", ["7", "ctrl+z", "z"])
async def test_undo_says_first_what_it_undoes(backend: MemoryBackend, key: str) -> None:
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        view = await ready(pilot)
        await pilot.press(key)
        await until(pilot, lambda: "撤销：派单" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: bool(backend.done))
        assert view.row is not None
        assert backend.done == [("undo", view.row.code, view.row.revision, {})]


async def test_what_cannot_be_undone_says_why(backend: MemoryBackend) -> None:
    backend.refusal = NotAllowed("undo-other", "最近一步由他人办理。", "Done by somebody else.")
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("7")
        await until(pilot, lambda: said(app, "由他人办理"))
        assert app.screen is app.duty_screen


async def test_the_change_of_shift_in_one_drawer(backend: MemoryBackend) -> None:
    """The sums above, late ones first; each step asks what it needs, and the drawer comes back until it is signed."""
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "F8 制作交接包" in screen_text(app))
        shown = screen_text(app)
        for words in ("此刻情况", "07-20 01:16 - 07-20 09:16  张明", "未结 30  ! 超期 19", "! 超期  19", "还有 14 件"):
            assert words in shown, words
        await pilot.press("f8")
        await until(pilot, lambda: [entry[0] for entry in backend.done] == ["handover_pack"])
        await until(pilot, lambda: isinstance(app.screen, HandoverDrawer))
        backend.handover_step = "accept"
        await pilot.press("down", "6", *"ok", "f8")
        await until(pilot, lambda: len(backend.done) == 2)
        assert backend.done[1] == ("handover_note", "", None, {"text": "ok", "ticket": "20260720-0002"})
        await until(pilot, lambda: "F8 签收接班" in screen_text(app))
        await pilot.press("5", "f8")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer))
        assert len(backend.done) == 2, "a refusal needs its reason"
        await pilot.press("escape", "ctrl+o")
        await until(pilot, lambda: "F8 签收接班" in screen_text(app))
        await pilot.press("f8", "f8")
        await until(pilot, lambda: len(backend.done) == 3)
        assert backend.done[2] == ("handover_accept", "", None, {})
        await until(pilot, lambda: app.screen is app.duty_screen)


async def test_a_ticket_of_the_list_opens(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+o", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.ticket_id == 2)


async def test_nothing_open_is_said(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        backend.tickets = []
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "没有未结工单" in screen_text(app))


async def test_what_fires_next_stands_above_the_timers(backend: MemoryBackend) -> None:
    """When, whom it tells, for which ticket, soonest first."""
    backend.tickets = [replace(made_row(number), due=NOW + 60 + number) for number in range(5)]
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("4")
        await until(pilot, lambda: "下一步" in screen_text(app))
        line = next(line for line in screen_text(app).splitlines() if "下一步  " in line)
        for words in ("09:17:00", "上报至板块领导", "20260720-0001"):
            assert words in line
