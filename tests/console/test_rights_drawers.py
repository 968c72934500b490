"""Grants and break-glass on the real screen and a real store, by keys alone: asked, agreed, taken, ended, reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.dialogs.changeover import HandoverDrawer
from console.dialogs.choose import SearchDrawer
from console.dialogs.form import FormDrawer
from console.dialogs.rights import RightsDrawer, rights_drawer
from console.rights_ports import RightsView
from console.screens.lock import LockScreen
from console.widgets.glass_bar import GlassBar
from console.widgets.lines import LinesView
from core.clock import SetClock
from core.desk.centre_desk import CentreDesk
from core.desk.desk import Desk
from core.desk.rights_orders import TakeGlass
from data.queries.organisation import HolderLine, holders
from data.queries.rights import grants, uses
from data.rights_terms import GLASS_SECONDS
from data.terms import Role
from tests.console.conftest import StreetCopy
from tests.console.pilots import said, screen_text, speaking, until
from tests.console.test_watch import opened

WHY = "联系 13812345678"


class Town:
    """A street, who is what in it, and consoles."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        with desk.store.reader() as reader:
            self.people = holders(reader, desk.centre_id, desk.now())

    def who(self, role: Role, unit: str = "", rank: str = "") -> HolderLine:
        fits = (
            one for one in self.people if one.role == role and unit in ("", one.unit_code) and rank in ("", one.rank)
        )
        return next(fits)

    def app(self, officer: str) -> ZhihuiApp:
        backend = StoreBackend(self.desk.store.url, self.desk.clock, self.desk.now, None, officer)
        backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
        return ZhihuiApp(backend, self.desk.now)

    def wait(self, seconds: int) -> None:
        assert isinstance(self.desk.clock, SetClock)
        self.desk.clock.advance(seconds=seconds)

    def states(self) -> list[tuple[str, str, str, str]]:
        with self.desk.store.reader() as reader:
            return [(one.kind, one.state, one.officer, one.role) for one in grants(reader, self.desk.centre_id)]

    def reviews(self) -> list[tuple[bool | None, str]]:
        with self.desk.store.reader() as reader:
            return [(use.proper, use.words) for use in uses(reader, self.desk.centre_id)]


@pytest.fixture
def town(street_copy: StreetCopy) -> Iterator[Town]:
    desk, _officer = street_copy()
    yield Town(desk)
    desk.store.close()


async def begun(pilot: Pilot[Any], app: ZhihuiApp) -> None:
    await until(pilot, lambda: bool(app.status.centre) and app.status.officer != "")


async def sent(pilot: Pilot[Any], app: ZhihuiApp, words: str) -> None:
    """F8; the list comes back, the banner says what was done."""
    await pilot.press("f8")
    await until(pilot, lambda: isinstance(app.screen, RightsDrawer) and said(app, words), words)


async def form(pilot: Pilot[Any], app: ZhihuiApp, key: str, *texts: str) -> None:
    """A form, filled in from field to field."""
    await opened(pilot, app, FormDrawer, key)
    for place, text in enumerate(texts):
        await pilot.press(*(["enter"] if place else []), *text)


@pytest.mark.slow
async def test_a_role_is_given_and_taken_by_two_persons_by_keys_alone(town: Town) -> None:
    """This street has no security administrator: a senior asks in their place."""
    leader, head = town.who(Role.SHIFT_LEADER), town.who(Role.COMMANDER)
    post = town.who(Role.POST_MEMBER, "CSGX", "a").officer_code
    app = town.app(leader.officer_code)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, app)
        assert (await opened(pilot, app, RightsDrawer, "alt+0")).count(" 无 ") == 4, "nothing there is said"
        await opened(pilot, app, SearchDrawer, "1")
        await pilot.press(*"zbz")
        await form(pilot, app, "enter", "nobody", "", "", WHY)
        await pilot.press("f8")
        await until(pilot, lambda: said(app, "没有人员“nobody”"), "refused in words")
        await opened(pilot, app, RightsDrawer, "alt+0")
        await opened(pilot, app, SearchDrawer, "1")
        await pilot.press(*"zbz")
        await opened(pilot, app, FormDrawer, "enter")
        await pilot.press(*["backspace"] * 6, *post)  # what was typed is there again
        await sent(pilot, app, "申请授权或收回：已完成")
        assert town.states() == [("give", "waiting", post, "shift_leader")]
        assert "待同意的授权：1" in screen_text(app)
        assert "13812345678" not in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: "由指挥长或值班领导同意，不能由申请人同意" in screen_text(app))
        assert "1 撤回" in screen_text(app)
    app.backend.close()  # type: ignore[attr-defined]
    app = town.app(head.officer_code)
    async with app.run_test(size=(120, 36)) as pilot:
        await begun(pilot, app)
        await opened(pilot, app, RightsDrawer, "alt+0")
        await pilot.press("enter")
        await until(pilot, lambda: "1 同意  2 不同意" in screen_text(app))
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, RightsDrawer) and said(app, "同意授权：已完成"))
        assert Role.SHIFT_LEADER in town.desk.actor(post).roles
        await opened(pilot, app, SearchDrawer, "2")
        await pilot.press(*post)
        await form(pilot, app, "enter", "期满")
        await sent(pilot, app, "申请授权或收回：已完成")
        await pilot.press("enter")
        await until(pilot, lambda: "1 撤回" in screen_text(app))
        await form(pilot, app, "1", "写错")
        await sent(pilot, app, "不同意授权：已完成")
    app.backend.close()  # type: ignore[attr-defined]
    assert [state for _kind, state, *_rest in town.states()] == ["withdrawn", "agreed"]


@pytest.mark.slow
async def test_glass_is_broken_ends_and_is_reviewed_at_the_handover_by_keys_alone(town: Town) -> None:
    post, head = town.who(Role.POST_MEMBER, "CSGX", "a"), town.who(Role.COMMANDER)
    town.desk.store.close()
    app = town.app(post.officer_code)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, app)
        shown = await opened(pilot, app, RightsDrawer, "alt+0")
        assert "只列与您有关的" in shown
        assert "1 紧急授权  Enter 打开" in shown, "what is not for the role is not offered"
        await form(pilot, app, "1", "", WHY)
        await sent(pilot, app, "紧急授权：已完成")
        await until(pilot, lambda: "还剩 30 分钟" in screen_text(app).split("\n", 1)[0], "loud at once")
        assert "13812345678" not in screen_text(app)
        town.wait(GLASS_SECONDS - 90)
        await until(pilot, lambda: "还剩 2 分钟" in screen_text(app).split("\n", 1)[0], "it counts down")
        await pilot.press("escape", "f13")
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        await until(pilot, lambda: "还剩 2 分钟）" in screen_text(app).split("\n", 1)[0], "also on a locked screen")
        assert "联系" not in screen_text(app), "but not why"
    app.backend.close()  # type: ignore[attr-defined]
    app = town.app(post.officer_code)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, app)
        await until(pilot, lambda: any(bar.display for bar in app.screen.query(GlassBar)))
        town.wait(90)
        await until(pilot, lambda: said(app, "的紧急授权（指挥长）已结束，待指挥长或值班领导复核"), "its end is said")
        await until(pilot, lambda: not any(bar.display for bar in app.screen.query(GlassBar)))
        await opened(pilot, app, RightsDrawer, "alt+0")
        await pilot.press("enter")
        await until(pilot, lambda: "不能由取得者本人复核" in screen_text(app))
        assert "1 " not in screen_text(app).split("\n")[-1].replace("Esc", "")
    app.backend.close()  # type: ignore[attr-defined]
    app = town.app(head.officer_code)
    async with app.run_test(size=(120, 36)) as pilot:
        await begun(pilot, app)
        await opened(pilot, app, HandoverDrawer, "ctrl+o")
        pack = app.screen.query_one(".drawer--list", LinesView)
        while not str(pack.key).startswith("glass "):
            before = pack.key
            await pilot.press("down")
            assert pack.key != before, "the pack lists it"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RightsDrawer))
        await pilot.press("enter")
        await until(pilot, lambda: "1 妥当  2 不当" in screen_text(app))
        await form(pilot, app, "2", "值班长在岗")
        await sent(pilot, app, "复核紧急授权：已完成")
        await until(pilot, lambda: "! 不当" in screen_text(app) and "待复核的紧急授权：0" in screen_text(app))
        assert town.reviews() == [(False, "值班长在岗")]
    app.backend.close()  # type: ignore[attr-defined]


@pytest.mark.slow
async def test_it_is_given_back_early_and_a_head_ends_anothers(town: Town) -> None:
    post, head = town.who(Role.POST_MEMBER, "CSGX", "a"), town.who(Role.COMMANDER)
    centre = CentreDesk(town.desk)
    centre.do(TakeGlass(role=Role.SHIFT_LEADER, reason="失联"), town.desk.actor(post.officer_code))
    centre.do(TakeGlass(role=Role.COMMANDER, reason="失联"), town.desk.actor(town.who(Role.DUTY_OFFICER).officer_code))
    for officer, left in ((post.officer_code, 1), (head.officer_code, 0)):
        app = town.app(officer)
        async with app.run_test(size=(160, 50)) as pilot:
            await begun(pilot, app)
            await opened(pilot, app, RightsDrawer, "alt+0")
            await pilot.press(*["down"] * left, "enter")
            await until(pilot, lambda: "1 提前结束" in screen_text(app))  # noqa: B023
            await pilot.press("1")
            await until(
                pilot,
                lambda: isinstance(app.screen, RightsDrawer) and said(app, "结束紧急授权：已完成"),  # noqa: B023
                "done, and the list is there again",
            )
            with town.desk.store.reader() as reader:
                assert sum(town.desk.now() < use.to_at for use in uses(reader, town.desk.centre_id)) == left
        app.backend.close()  # type: ignore[attr-defined]


def test_what_is_offered_to_whom() -> None:
    everything = frozenset({"role_ask", "break_glass", "role_agree", "break_glass_review"})
    with speaking("en"):
        for may, offered in ((everything, ["give", "take", "glass"]), (frozenset({"break_glass"}), ["glass"])):
            found = RightsView((), (), whole=True, may=frozenset(may))
            drawer = rights_drawer(found, "Asia/Shanghai", lambda: 0, read_only=False)
            assert [answer for answer, _title in drawer.digits] == offered
        assert rights_drawer(found, "Asia/Shanghai", lambda: 0, read_only=True).digits == ()
        said_in_english = " ".join(part for line in drawer.lines(80) for part, _look in line.parts)
        assert "Grants that wait: 0" in said_in_english
