"""The lists on the real screens: who leads is shown where a ticket is sent; a guard is overridden with a reason."""

from __future__ import annotations

import pytest

from console.dialogs.form import FormDrawer
from console.dialogs.hands import HandsDrawer
from console.screens.dispatch import DispatchScreen
from console.widgets.lines import LinesView
from core.accountability.lookup import plain
from core.catalogue.lists import read_lists, shipped_lists
from core.catalogue.load import load_lists
from core.desk.actor import Actor
from core.desk.desk import Desk
from core.desk.orders import Accept, Report
from data.queries.organisation import holders
from data.terms import Role
from tests.console.pilots import said, screen_text, until
from tests.console.real_street import made_street
from tests.console.screens.test_hands import at, opened, tasks

HEAD = Actor("test", "测试", roles=frozenset({Role.COMMANDER.value}))
ASSISTING = "区级主责（区住房城乡建委）、镇街配合"


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, str]:
    """The street with the example lists, and its duty leader."""
    desk, _officer = made_street(tmp_path_factory.mktemp("lists") / "street.sqlite", 1)
    with desk.store.write() as connection:
        load_lists(connection, desk.centre_id, read_lists(shipped_lists()), desk.now(), HEAD)
    with desk.store.reader() as reader:
        people = holders(reader, desk.centre_id, desk.now())
    return desk, next(line.officer_code for line in people if line.role == Role.DUTY_LEADER)


def waiting(street: tuple[Desk, str], title: str, matter: str) -> str:
    """A ticket that waits to be sent."""
    desk, officer = street
    code = desk.do(Report(title=title, matter=matter, community="SQ01"), desk.actor(officer)).ticket
    desk.do(Accept(ticket=code), desk.actor(officer))
    return code


async def test_who_leads_by_the_lists_stands_in_the_pane_and_in_the_drawer(street: tuple[Desk, str]) -> None:
    code = waiting(street, "外墙瓷砖脱落", "AQ0201")
    async with opened(street) as (pilot, app):
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, DispatchScreen) and bool(app.screen.view.row))
        await at(pilot, app, code)
        await until(pilot, lambda: ASSISTING in screen_text(app), "the pane says it")
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(app.screen, HandsDrawer))
        said = app.screen.query_one("#duty", LinesView)
        await until(pilot, lambda: any(ASSISTING in line.parts[0][0] for line in said.lines), "the drawer says it")


async def test_a_guard_is_overridden_with_a_reason_that_the_event_keeps(street: tuple[Desk, str]) -> None:
    desk, _officer = street
    code = waiting(street, "要求提高征收补偿", "JJ0301")
    async with opened(street) as (pilot, app):
        await at(pilot, app, code)
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(app.screen, HandsDrawer))
        await pilot.press(*"sq01")
        await until(pilot, lambda: isinstance(app.screen, HandsDrawer) and app.screen.view.key == "SQ01")
        await until(pilot, lambda: "清单外" in screen_text(app) and "不得下派社区" in screen_text(app), "said before")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer), "the reason is asked for")
        assert tasks(street, code) == {}
        await pilot.press(*"agreed", "f8")
        await until(pilot, lambda: said(app, "待签收"))
    assert tasks(street, code) == {"SQ01": ("lead", "")}
    with desk.store.reader() as reader:
        ((body,),) = reader.rows(
            "SELECT e.body FROM ticket_event e JOIN ticket t ON t.centre_id = e.centre_id AND t.id = e.ticket_id"
            " WHERE e.centre_id = :centre AND t.code = :code AND e.kind = 'dispatch'",
            centre=desk.centre_id,
            code=code,
        )
    assert plain(body)["override"] == "agreed"
    assert plain(body)["stopped"] == "list-negative"
