"""Requests on the leaders' pane: each stands with those who may decide it, and one key answers."""

from __future__ import annotations

import pytest

from console.app import ZhihuiApp
from console.backend.decisions import may_decide
from console.backend.store import StoreBackend
from console.dialogs.form import FormDrawer
from console.screens.leaders import LeadersScreen
from core.desk.desk import Desk
from core.desk.orders import Accept, Assess, Dispatch, Report, Request
from data.queries import tickets
from data.queries.organisation import holders
from data.queries.requests import WaitingLine
from data.terms import RequestKind, Role
from tests.console.pilots import said, screen_text, speaking, until
from tests.console.real_street import made_street


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, str]:
    return made_street(tmp_path_factory.mktemp("decisions") / "street.sqlite", 1)


def asked(street: tuple[Desk, str], kind: RequestKind, **more: object) -> str:
    """A ticket that is out, with a request of the desk for its lead unit."""
    desk, officer = street
    actor = desk.actor(officer)
    code = desk.do(Report(title=f"{kind.zh} 13900001111 路口", matter="BJ0101"), actor).ticket
    desk.do(Accept(ticket=code), actor)
    desk.do(Assess(ticket=code, matter="BJ0101"), actor)
    desk.do(Dispatch(ticket=code, to="ZHXT"), actor)
    desk.do(Request(ticket=code, kind=kind, reason="配件未到，致电13900001111", **more), actor)
    return code


def row_of(desk: Desk, code: str) -> dict[str, object]:
    with desk.store.reader() as reader:
        number = tickets.ticket_id(reader, desk.centre_id, code)
        found = tickets.ticket(reader, desk.centre_id, number)
    assert found is not None
    return dict(found)


def test_nobody_decides_their_own_request_nor_reviews_one_twice() -> None:
    line = WaitingLine(1, "20261120-0001", "appeal", 0, None, 0, {"by": 5, "approved": [7]})
    roles = frozenset({Role.COMMANDER.value})
    assert [may_decide(line, officer, roles) for officer in (5, 6, 7)] == [False, True, False]
    assert not may_decide(line, 6, frozenset({Role.SECTION_LEADER.value}))
    assert not may_decide(line._replace(kind="lead"), 6, roles), "no request: a lead is wanted"


async def test_a_leader_grants_and_declines_from_the_pane(street: tuple[Desk, str]) -> None:
    desk = street[0]
    later, suspend = asked(street, RequestKind.EXTENSION), asked(street, RequestKind.SUSPENSION, days=30)
    with desk.store.reader() as reader:
        people = holders(reader, desk.centre_id, desk.now())
    commander = next(line for line in people if line.role == "commander")
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, commander.officer_code)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]
    views = {view.id: view for view in backend.leaders(desk.now())}
    whose = {number: {one.row.code for one in view.decides} for number, view in views.items()}
    assert whose[commander.officer_id] == {later, suspend}
    section_leader = next(line.officer_id for line in people if line.role == "section_leader" and not line.on_shift)
    assert section_leader == commander.officer_id or suspend not in whose[section_leader]
    app = ZhihuiApp(backend, desk.now)
    with speaking("zh"):
        async with app.run_test(size=(120, 36)) as pilot:
            await until(pilot, lambda: bool(app.status.centre))
            await pilot.press("f4")
            await until(pilot, lambda: isinstance(app.screen, LeadersScreen) and "待本人决定" in screen_text(app))
            shown = screen_text(app)
            assert "13900001111" not in shown
            assert "139****1111" in shown
            assert "30 天" in shown
            await pilot.press("enter")
            pane = app.screen
            assert isinstance(pane, LeadersScreen)
            first = pane.ticket()
            assert first is not None
            assert first.code == later, "the nearer deadline of a decision comes first"
            await pilot.press("plus")
            await until(pilot, lambda: isinstance(app.screen, FormDrawer))
            await pilot.press("ctrl+s")
            await until(pilot, lambda: row_of(desk, later)["pending"] == "")
            assert row_of(desk, later)["extensions"] == 1
            await until(
                pilot, lambda: app.screen is pane and (row := pane.ticket()) is not None and row.code == suspend
            )
            await pilot.press("f19")
            await until(pilot, lambda: isinstance(app.screen, FormDrawer))
            await pilot.press(*"等配件")
            await pilot.press("ctrl+s")
            await until(pilot, lambda: row_of(desk, suspend)["pending"] == "")
            assert row_of(desk, suspend)["suspensions"] == 0
            await until(pilot, lambda: app.screen is pane and "待本人决定" not in screen_text(app))
            await pilot.press("plus")
            await until(pilot, lambda: said(app, "现在不能办理"))
    backend.close()
