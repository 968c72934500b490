"""Plans on the real screens: chosen with reasons, activated, worked through in one drawer; the card of a matter."""

from __future__ import annotations

from typing import Any

import pytest

from console.dialogs.contingency import CardDrawer, ChecklistDrawer, OffersDrawer
from console.dialogs.form import FormDrawer
from console.screens.intake import IntakeScreen
from core.desk.contingency import Contingencies
from core.desk.desk import Desk
from core.desk.orders import Report
from tests.console.pilots import said, screen_text, speaking, until
from tests.console.real_street import made_street
from tests.console.screens.test_hands import at, opened, tasks


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, str]:
    return made_street(tmp_path_factory.mktemp("plans") / "street.sqlite", 1)


def plan_of(street: tuple[Desk, str], code: str) -> Any:
    """How the active plan of a ticket stands."""
    return Contingencies(street[0]).active(code)[0].plan


async def test_a_plan_is_activated_and_worked_through_without_leaving_the_queue(street: tuple[Desk, str]) -> None:
    desk, officer = street
    code = desk.do(Report(title="电梯困人，一名老人", address="松青路9号"), desk.actor(officer)).ticket
    async with opened(street) as (pilot, app):
        await at(pilot, app, code)
        await pilot.press("ctrl+y")
        await until(pilot, lambda: isinstance(app.screen, OffersDrawer), "the plans")
        drawer = app.screen
        assert isinstance(drawer, OffersDrawer)
        assert (drawer.offers[0].code, [gap.code for gap in drawer.offers[0].gaps]) == ("LIFT", ["NO-PLACE"])
        said = screen_text(app)
        for words in ("事项 TF0402", "文中有“电梯困人、电梯”", "主办: 物业管理岗", "! NO-PLACE", "建议稿"):
            assert words in said
        assert tasks(street, code) == {}
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ChecklistDrawer), "its checklist")
        assert tasks(street, code)["WYGL"][0] == "lead"
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "[x]  2" in screen_text(app), "two lines, one after the other")
        assert ["done_at" in line for line in plan_of(street, code)["checks"]] == [True, True, False, False]
        await pilot.press("up", "space")
        await until(pilot, lambda: "[ ]  2" in screen_text(app), "and one taken back")
        await pilot.press("down", "down", "down")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer), "the question asks")
        await pilot.press(*"13812345678", "f8")
        await until(pilot, lambda: isinstance(app.screen, ChecklistDrawer) and "138****5678" in screen_text(app))
        assert plan_of(street, code)["questions"][0]["answer"] == "13812345678"
        await pilot.press("escape")
        other = desk.do(Report(title="咨询社保"), desk.actor(officer)).ticket
        await at(pilot, app, other)
        await pilot.press("ctrl+y", "enter")
        await until(pilot, lambda: "没有合适的预案" in screen_text(app), "and Enter activates none of them")
        assert tasks(street, other) == {}


async def test_the_card_of_a_matter_at_intake_and_on_a_ticket_in_both_languages(street: tuple[Desk, str]) -> None:
    desk, officer = street
    code = desk.do(Report(title="楼道燃气泄漏"), desk.actor(officer)).ticket
    async with opened(street) as (pilot, app):
        await at(pilot, app, code)
        with speaking("en"):
            await pilot.press("f18")
            await until(pilot, lambda: isinstance(app.screen, CardDrawer), "the ticket's")
            assert "Open windows, shut the valve" in screen_text(app)
            await pilot.press("escape")
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, IntakeScreen))
        await pilot.press("f18")
        await until(pilot, lambda: said(app, "还没有建议的事项"))
        await pilot.press(*"燃气泄漏")
        await until(pilot, lambda: isinstance(app.screen, IntakeScreen) and bool(app.screen.hits))
        await pilot.press("f18")
        await until(pilot, lambda: isinstance(app.screen, CardDrawer), "the one of the proposed matter")
        for words in ("先保安全", "开窗、关阀", "主办 YJGL 应急管理岗", "III级（较大）", "GAS-LEAK"):
            assert words in screen_text(app)
