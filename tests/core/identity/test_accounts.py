"""The check of passwords and sessions, on both kinds of store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from sqlalchemy import select, text

from core.clock import SetClock
from core.identity import passwords
from core.identity.accounts import AccountBook, Outcome, check_password
from core.identity.policy import Policy, change_policy
from core.identity.sessions import end_all, live_session, open_session
from data.errors import BadInput, Conflict
from data.store import Store
from data.tables import AccessEvent, table
from tests.passwords import fresh
from tests.street import START, small_street

PASSWORD = "blue-kettle-71-oak"


def test_a_code_is_good_once_and_a_session_stands_until_it_is_ended(store_url: str) -> None:
    store = Store(store_url if "://" in store_url else f"sqlite:///{store_url}", create=True)
    desk = small_street(store, SetClock(START))
    now, chen = desk.now(), desk.actor("chen")
    with store.write() as connection:
        AccountBook(connection, 1, now, chen).add("zhang", fresh(desk, "zhang", PASSWORD))

    def attempt(officer: str, password: str, address: str, code: str = "") -> Outcome:
        return check_password(store, 1, officer, password, code, address, now)

    def refused(outcome: Outcome) -> str:
        return outcome.refusal.code if outcome.refusal is not None else ""

    found = attempt("zhang", PASSWORD, "10.0.0.9")
    assert found.officer is not None
    assert (found.officer.code, found.owes) == ("zhang", "password")
    secret = pyotp.random_base32()
    with store.write() as connection:
        AccountBook(connection, 1, now, desk.actor("zhang")).pair(secret, pyotp.TOTP(secret).at(now))
    for code in ("", pyotp.TOTP(secret).at(now)):
        assert refused(attempt("zhang", PASSWORD, "10.0.0.9", code)) == "sign-in-failed", "none, and one that was used"
    following = pyotp.TOTP(secret).at(now + 30)
    assert attempt("zhang", PASSWORD, "10.0.0.9", following).officer is not None
    assert refused(attempt("zhang", PASSWORD, "10.0.0.9", following)) == "sign-in-failed", "one code, one sign-in"
    with store.write() as connection:
        opened = open_session(connection, 1, chen.id or 0, now, "ssh-key", "10.0.0.1", "SHA256:x", "")
        assert live_session(connection, 1, opened, now)
        assert not live_session(connection, 1, opened, now + 24 * 3600)
        assert end_all(connection, 1, chen.id or 0, now, chen, "why") == 1
        assert not live_session(connection, 1, opened, now)
        log = table(AccessEvent).c
        noted = connection.execute(
            select(log.kind, log.fingerprint).where(log.centre_id == 1, log.session_id == opened)
        ).all()
    assert [tuple(row) for row in noted] == [("signed_in", "SHA256:x")]
    store.close()


def test_a_new_password_is_hashed_while_others_write(store_url: str) -> None:
    """Nobody waits for it: another transaction is open all the while."""
    store = Store(store_url if "://" in store_url else f"sqlite:///{store_url}", create=True)
    desk = small_street(store, SetClock(START))
    with ThreadPoolExecutor(1) as pool, store.write() as connection:
        connection.execute(text("UPDATE centre_seq SET change_no = change_no + 1 WHERE centre_id = 1"))
        made = pool.submit(fresh, desk, "zhang", PASSWORD).result(timeout=30)
    assert passwords.fits(made.stored, PASSWORD)
    assert PASSWORD not in repr(made)
    assert made.stored not in repr(made)
    store.close()


def test_a_new_password_is_kept_only_where_nothing_has_changed_since(store_url: str) -> None:
    store = Store(store_url if "://" in store_url else f"sqlite:///{store_url}", create=True)
    desk = small_street(store, SetClock(START))
    now, chen, zhang = desk.now(), desk.actor("chen"), desk.actor("zhang")
    with store.write() as connection:
        AccountBook(connection, 1, now, chen).add("zhang", fresh(desk, "zhang", PASSWORD))
    chosen = fresh(desk, "zhang", "seven lamps at dusk", own=True)
    with pytest.raises(BadInput) as used:
        fresh(desk, "zhang", PASSWORD, own=True)
    assert used.value.code == "password-used"
    with store.write() as connection:
        AccountBook(connection, 1, now, chen).reset("zhang", fresh(desk, "zhang", "green-ladder-52-ash"), False)
    for wrong in (chosen, fresh(desk, "li", "seven lamps at dusk")):
        with pytest.raises(Conflict) as refused, store.write() as connection:
            AccountBook(connection, 1, now, zhang).choose_password(wrong)
        assert refused.value.code == "password-overtaken"
    again = fresh(desk, "zhang", "seven lamps at dusk", own=True)
    with store.write() as connection:
        change_policy(connection, 1, now, chen, {"shortest": 24})
    with pytest.raises(Conflict), store.write() as connection:
        AccountBook(connection, 1, now, zhang).choose_password(again)
    with store.write() as connection:
        change_policy(connection, 1, now, chen, {"shortest": Policy().shortest})
        AccountBook(connection, 1, now, zhang).choose_password(again)
    store.close()
