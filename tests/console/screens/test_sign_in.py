"""Signing in and out at the console, on a real store: nothing is shown before, nothing of the former officer after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pyotp
import pytest
from sqlalchemy import insert, select
from textual.pilot import Pilot

from console.app import SignInApp, ZhihuiApp
from console.backend.store import StoreBackend
from console.dialogs.form import FormDrawer
from console.screens.queue import QueueScreen
from console.widgets.fields import TextField
from console.widgets.queue_view import QueueView
from core.desk.actor import Actor
from core.desk.desk import Desk
from core.identity.accounts import AccountBook
from core.identity.policy import Policy
from core.identity.sessions import live_sessions
from data.access_terms import AccessKind
from data.queries.identity import REQUIRED, SETTING
from data.tables import AccessEvent, Appointment, Officer, Setting, Unit, table
from data.terms import Role
from tests.console.conftest import StreetCopy
from tests.console.pilots import at_rest, ready, screen_text, until
from tests.console.real_street import REPORTS
from tests.passwords import fresh

GIVEN, OWN, NEW = "blue-kettle-71-oak", "seven lamps at dusk", "green-ladder-52-ash"


class Centre(NamedTuple):
    """A centre that requires a sign-in."""

    desk: Desk
    duty: str
    """A duty officer, with a password of their own."""
    member: str
    """A member of a post, likewise."""
    open: Callable[[str | None], tuple[StoreBackend, ZhihuiApp]]
    """A console, for nobody or for an officer who is named."""

    def log(self) -> list[tuple[str, str]]:
        """Kind and actor of each entry of the access log about coming and going."""
        entry = table(AccessEvent).c
        with self.desk.store.read() as connection:
            rows = connection.execute(
                select(entry.kind, entry.actor)
                .where(entry.centre_id == self.desk.centre_id, entry.kind != AccessKind.ACCOUNT)
                .order_by(entry.id)
            ).all()
        return [(row.kind, row.actor) for row in rows]

    def sessions(self) -> list[tuple[str, str]]:
        with self.desk.store.read() as connection:
            return [
                (one.officer, one.terminal) for one in live_sessions(connection, self.desk.centre_id, self.desk.now())
            ]


def account(desk: Desk, officer: str, own: str = OWN) -> None:
    """An account whose officer has chosen the password; without one it is to be chosen."""
    admin = Actor("admin", "", 0, frozenset({Role.SECURITY_ADMIN.value}))
    with desk.store.write() as connection:
        AccountBook(connection, desk.centre_id, desk.now(), admin).add(officer, fresh(desk, officer, GIVEN))
    if own:
        chosen = fresh(desk, officer, own, own=True)
        with desk.store.write() as connection:
            AccountBook(connection, desk.centre_id, desk.now(), desk.actor(officer)).choose_password(chosen)


def security_administrator(desk: Desk) -> str:
    """One more officer, with no other role."""
    one, unit = {"centre_id": desk.centre_id, "id": 90}, table(Unit).c
    with desk.store.write() as connection:
        home = connection.execute(select(unit.id).where(unit.centre_id == desk.centre_id).limit(1)).scalar_one()
        connection.execute(insert(table(Officer)), {**one, "code": "an", "name": "安", "created_at": 0})
        held = {"officer_id": 90, "unit_id": home, "role": Role.SECURITY_ADMIN.value, "from_at": 0}
        connection.execute(insert(table(Appointment)), {**one, **held})
    return "an"


def require(desk: Desk, **values: str) -> None:
    with desk.store.write() as connection:
        value = {**vars(Policy()), "sign_in": REQUIRED, **values}
        connection.execute(insert(table(Setting)), {"centre_id": desk.centre_id, "name": SETTING, "value": value})


@pytest.fixture
def centre(street_copy: StreetCopy) -> Iterator[Centre]:
    desk, duty = street_copy()
    held, officer = table(Appointment).c, table(Officer).c
    with desk.store.read() as connection:
        member = connection.execute(
            select(officer.code)
            .join(table(Appointment), (held.centre_id == officer.centre_id) & (held.officer_id == officer.id))
            .where(held.centre_id == desk.centre_id, held.role == Role.POST_MEMBER)
            .order_by(officer.code)
            .limit(1)
        ).scalar_one()
    account(desk, duty)
    opened: list[StoreBackend] = []

    def console(named: str | None) -> tuple[StoreBackend, ZhihuiApp]:
        backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, named)
        backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
        backend.signed_out = named is None
        opened.append(backend)
        return backend, (SignInApp if named is None else ZhihuiApp)(backend, desk.now)

    yield Centre(desk, duty, str(member), console)
    for backend in opened:
        backend.close()
    desk.store.close()


async def typed(pilot: Pilot[Any], *lines: str) -> None:
    """Each line into the field that has the keys, with Enter behind it and what comes of that."""
    app = pilot.app
    assert isinstance(app, ZhihuiApp)
    for line in lines:
        field = app.focused
        assert isinstance(field, TextField)
        field.value = line
        await pilot.press("enter")
        await until(pilot, lambda: app.keys_settled, "the key's end")


async def test_nothing_is_there_before_the_sign_in_and_the_session_ends_with_the_console(centre: Centre) -> None:
    require(centre.desk)
    backend, app = centre.open(None)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "有提醒等待处理" in screen_text(app), "what waits, with nobody signed in")
        await at_rest(pilot)
        assert "条提醒" not in screen_text(app), "whose they are, and how many, is for whoever they are meant for"
        assert app.attention._count_words() == "! 指挥"
        assert "此处无人登录" in screen_text(app)
        assert "未结" in screen_text(app)
        assert "登录后查看" in screen_text(app)
        assert not [title for title, *_rest in REPORTS if title[:4] in screen_text(app)]
        assert set(app._screen_stacks) == {"lock"}, "no pane is made"
        assert not backend.queue("").after(None, 20), "and nothing could be read"
        assert backend.ticket(1) is None
        before = screen_text(app)
        await pilot.press("f1", "f2", "f3", "f6", "f7", "f12", "f13", "f23", "ctrl+p", "ctrl+e", "ctrl+g")
        await at_rest(pilot)
        assert screen_text(app) == before
        refusals = []
        for who in ("nobody-at-all", centre.duty, centre.member):
            await typed(pilot, who, "wrong", "")
            refusals.append(screen_text(app).replace(who.ljust(20), " " * 20))
            await pilot.press("escape")
        assert "密码或验证码不对" in refusals[0]
        assert refusals[0] == refusals[1] == refusals[2], "nobody learns who has an account"
        name = centre.desk.actor(centre.duty).name
        await typed(pilot, name, OWN, "")
        await ready(pilot)
        assert (backend.officer, isinstance(app.screen, QueueScreen)) == (centre.duty, True)
        assert centre.sessions() == [(centre.duty, "console")]
        await pilot.press("f10")
    backend.close()
    assert centre.sessions() == []
    assert [kind for kind, _who in centre.log()] == [*["sign_in_failed"] * 3, "signed_in", "signed_out"]


async def test_what_is_owed_is_made_up_for_by_keys_alone(centre: Centre) -> None:
    """And an administrator, for whom the console is not, does not come in."""
    account(centre.desk, security_administrator(centre.desk))
    require(centre.desk, totp=REQUIRED)
    account(centre.desk, centre.member, own="")
    backend, app = centre.open(None)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, TextField), "the sign-in")
        await typed(pilot, "an", OWN, "")
        assert "没有“打开控制台”的权限" in screen_text(app)
        await pilot.press("escape")
        await typed(pilot, centre.member, GIVEN, "")
        assert "密码由他人设置" in screen_text(app)
        await typed(pilot, NEW, "other")
        assert "两次输入不同" in screen_text(app)
        await typed(pilot, "short", "short")
        assert "密码须为" in screen_text(app)
        await typed(pilot, NEW, NEW)
        shown = screen_text(app)
        assert "▀" in shown, "the picture has room on the smallest screen"
        secret = backend.pairing().secret
        assert secret[:4] in shown
        assert secret[-4:] in shown
        assert centre.sessions() == [], "no session before"
        await typed(pilot, "000000")
        assert "未绑定" in screen_text(app)
        assert NEW not in screen_text(app)
        await typed(pilot, pyotp.TOTP(secret).at(centre.desk.now()))
        await until(pilot, lambda: isinstance(app.screen, QueueScreen), "in")
        assert centre.sessions() == [(centre.member, "console")]


async def test_after_a_sign_out_nothing_of_the_officer_is_there_for_the_next_one(centre: Centre) -> None:
    require(centre.desk)
    account(centre.desk, centre.member)
    backend, app = centre.open(None)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, TextField), "the sign-in")
        await typed(pilot, centre.duty, OWN, "")
        everything = (await ready(pilot)).total
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer), "a form")
        await pilot.press(*"of the first")
        app.copy_to_clipboard("13900001111")
        await pilot.press("escape", "f23")
        await until(pilot, lambda: "此处无人登录" in screen_text(app), "signed out")
        await at_rest(pilot)
        assert centre.sessions() == []
        assert centre.log()[-1] == ("signed_out", centre.duty)
        assert (app.clipboard, set(app._screen_stacks)) == ("", {"lock"})
        assert not backend.queue("").after(None, 20)
        assert centre.desk.actor(centre.duty).name not in screen_text(app)
        await typed(pilot, centre.member, OWN, "")
        await until(pilot, lambda: app.screen.query_one(QueueView).ready, "the list of the next")
        assert app.screen.query_one(QueueView).total < everything, "their own scope"
        assert not app.drafts.get("note 20261120-0001")
        assert "of the first" not in screen_text(app)
        await pilot.press("f23")
        await until(pilot, lambda: "此处无人登录" in screen_text(app), "signed out again")
        await typed(pilot, centre.duty, OWN, "")
        await ready(pilot)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer), "the form")
        await until(pilot, lambda: "of the first" in screen_text(app), "what the first one had typed")


async def test_a_name_is_enough_until_a_sign_in_is_required_and_who_goes_on_ends_the_session_before(
    centre: Centre,
) -> None:
    backend, app = centre.open(centre.member)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(app.status.officer), "the console")
        await pilot.press("f23")
        await until(pilot, lambda: "此处无人登录" in screen_text(app), "signed out")
        hint = "输入编号或姓名后按 Enter"
        assert hint in screen_text(app)
        await typed(pilot, "nobody-at-all")
        await until(pilot, lambda: "没有这名人员" in screen_text(app), "a name that is nobody's")
        assert hint in screen_text(app), "what to do here stays"
        await typed(pilot, centre.member)
        await until(pilot, lambda: backend.officer == centre.member, "on by name")
        assert (backend.origin, centre.log()) == (None, []), "nobody proved anything: there was no session"
        account(centre.desk, centre.member)
        require(centre.desk)  # from now on a name is no proof, at consoles that are open neither
        backend._counted_for = (None, 0.0)  # the next look is a whole one
        app.heard()
        await until(pilot, lambda: isinstance(app.focused, TextField), "the lock")
        await typed(pilot, centre.member, OWN, "")
        await until(pilot, lambda: not app.locking.locked, "the officer goes on, proved")
        await pilot.press("f13")
        await until(pilot, lambda: isinstance(app.focused, TextField), "the lock")
        await typed(pilot, centre.duty, OWN, "")
        await until(pilot, lambda: backend.officer == centre.duty, "another one goes on")
        assert centre.sessions() == [(centre.duty, "console")]
        assert centre.log()[-2:] == [("signed_in", centre.duty), ("session_ended", centre.duty)]
        assert backend.actor().code == centre.duty, "who acts in the session of their own"
