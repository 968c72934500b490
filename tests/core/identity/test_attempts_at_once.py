"""Attempts to sign in that come at the same time, and what others write meanwhile; on both kinds of store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from core.clock import SetClock
from core.desk.desk import Desk, open_desk
from core.identity import passwords
from core.identity.accounts import AccountBook, Outcome, check_password
from data.location import locate
from data.store import Store
from data.tables import SignInFailure, table
from tests.passwords import fresh
from tests.street import START

PASSWORD, OTHER = "blue-kettle-71-oak", "seven lamps at dusk"
PATIENCE = 60
"""Seconds after which a test that hangs fails; none of them waits that long."""

Fits = Callable[[str | None, str], bool]


@pytest.fixture
def desk(street_url: str) -> Iterator[Desk]:
    """The small street; `li` has an account."""
    store = Store(locate(street_url))
    desk = open_desk(store, SetClock(START))
    with store.write() as connection:
        AccountBook(connection, 1, desk.now(), desk.actor("chen")).add("li", fresh(desk, "li", PASSWORD))
    yield desk
    store.close()


def attempt(desk: Desk, password: str, address: str = "10.0.0.1") -> Outcome:
    return check_password(desk.store, 1, "li", password, "", address, desk.now())


def refused(outcome: Outcome) -> str:
    return outcome.refusal.code if outcome.refusal is not None else ""


def counts(desk: Desk) -> list[int]:
    failed = table(SignInFailure).c
    with desk.store.read() as connection:
        return list(connection.execute(select(failed.amount).where(failed.centre_id == 1)).scalars())


def during_the_hash(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Do something each time a password is tried, before the answer is there."""
    tried: Fits = passwords.fits

    def fits(stored: str | None, password: str) -> bool:
        act()
        return tried(stored, password)

    monkeypatch.setattr(passwords, "fits", fits)


def test_others_write_while_a_password_is_tried(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []

    def write() -> None:
        with desk.store.write() as connection:
            AccountBook(connection, 1, desk.now(), desk.actor("chen")).release("li")
        written.append("released")

    def act() -> None:
        with ThreadPoolExecutor(1) as other:
            other.submit(write).result(PATIENCE)

    during_the_hash(monkeypatch, act)
    assert refused(attempt(desk, "wrong")) == "sign-in-failed"
    assert written == ["released"]
    assert counts(desk) == [1, 1, 1], "the account's, the address's, and those of the account from there"


def test_eight_wrong_ones_at_once_count_eight_and_a_right_one_among_them_does_not_get_in(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All nine are tried before the first is counted; the right one is settled last."""
    together, wrong_settled = threading.Barrier(9), threading.Event()
    during_the_hash(monkeypatch, lambda: (together.wait(PATIENCE), None)[1])
    late: Fits = passwords.fits

    def right_one_last(stored: str | None, password: str) -> bool:
        found = late(stored, password)
        if password == PASSWORD:
            assert wrong_settled.wait(PATIENCE)
        return found

    monkeypatch.setattr(passwords, "fits", right_one_last)
    with ThreadPoolExecutor(9) as pool:
        right = pool.submit(attempt, desk, PASSWORD, "10.0.0.2")
        wrong = [pool.submit(attempt, desk, "wrong", "10.0.0.1") for _ in range(8)]
        told = [refused(one.result(PATIENCE)) for one in wrong]
        assert counts(desk) == [8, 8, 8]
        wrong_settled.set()
        assert refused(right.result(PATIENCE)) == "sign-in-wait"
    assert sorted(told) == ["sign-in-failed"] * 5 + ["sign-in-wait"] * 3
    assert sorted(counts(desk)) == [1, 1, 8, 8, 9], (
        "one that was overtaken counts, right or wrong: the wait is no answer"
    )


def test_a_password_that_was_changed_meanwhile_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = [OTHER]

    def act() -> None:
        if changes:
            password = changes.pop()
            with desk.store.write() as connection:
                AccountBook(connection, 1, desk.now(), desk.actor("chen")).reset(
                    "li", fresh(desk, "li", password), False
                )

    during_the_hash(monkeypatch, act)
    assert refused(attempt(desk, PASSWORD)) == "sign-in-failed", "the one that it was is good no more"
    monkeypatch.undo()
    assert attempt(desk, OTHER).officer is not None
