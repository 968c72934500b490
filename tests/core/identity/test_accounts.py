"""The check of passwords and sessions, on both kinds of store."""

from __future__ import annotations

import pyotp
from sqlalchemy import insert, select

from core.clock import SetClock
from core.identity.accounts import AccountBook, Outcome, check_password
from core.identity.sessions import end_all, live_session, open_session
from data.store import Store
from data.tables import AccessEvent, Duty, table
from tests.street import START, small_street

PASSWORD = "blue-kettle-71-oak"


def test_the_only_officer_on_shift_is_never_kept_out_by_others(store_url: str) -> None:
    store = Store(store_url if "://" in store_url else f"sqlite:///{store_url}", create=True)
    desk = small_street(store, SetClock(START))
    now, chen = desk.now(), desk.actor("chen")
    with store.write() as connection:
        for officer in ("zhang", "li"):
            AccountBook(connection, 1, now, chen).add(officer, PASSWORD)

    def attempt(officer: str, password: str, address: str, code: str = "") -> Outcome:
        return check_password(store, 1, officer, password, code, address, now)

    def refused(outcome: Outcome) -> str:
        return outcome.refusal.code if outcome.refusal is not None else ""

    for number in range(5):
        assert refused(attempt("zhang", "wrong", f"10.0.0.{number}")) == "sign-in-failed"
    assert refused(attempt("zhang", PASSWORD, "10.0.0.9")) == "sign-in-wait", "there are others on shift, or none"
    shift = {"centre_id": 1, "id": 1, "officer_id": desk.actor("zhang").id, "kind": "shift", "role": "duty_officer",
             "from_at": now - 60, "to_at": now + 3600, "note": "", "source": "roster"}  # fmt: skip
    with store.write() as connection:
        connection.execute(insert(table(Duty)), shift)
    found = attempt("zhang", PASSWORD, "10.0.0.9")
    assert found.officer is not None
    assert (found.officer.code, found.owes) == ("zhang", "password")
    for number in range(5):
        assert refused(attempt("li", "wrong", f"10.0.0.{number + 20}")) == "sign-in-failed"
    assert refused(attempt("li", PASSWORD, "10.0.0.30")) == "sign-in-wait"
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
