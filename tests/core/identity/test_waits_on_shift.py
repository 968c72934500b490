"""Failures on purpose never keep the duty desk out, whatever the shifts; on both kinds of store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import insert

from core.clock import SetClock
from core.desk.desk import Desk, open_desk
from core.identity.accounts import AccountBook, check_password
from core.identity.lockout import LONGEST_WAIT_ON_SHIFT
from data.location import locate
from data.store import Store
from data.tables import Duty, table
from tests.passwords import fresh
from tests.street import START

PASSWORD = "blue-kettle-71-oak"
HOUR = 3600
DAY, NIGHT = ("zhang", "sun"), ("wang",)
"""Those on shift from the first hour on, and from the ninth; the hour before has no roster."""


class Centre:
    """The street with accounts and a roster; attackers come from addresses of their own."""

    def __init__(self, desk: Desk, clock: SetClock) -> None:
        self.desk, self.clock, self._addresses = desk, clock, 0
        chen = desk.actor("chen")
        with desk.store.write() as connection:
            for officer in (*DAY, *NIGHT):
                AccountBook(connection, 1, desk.now(), chen).add(officer, fresh(desk, officer, PASSWORD))
            connection.execute(insert(table(Duty)), self._turns(desk.now()))

    def _turns(self, start: int) -> list[dict[str, object]]:
        shifts = [(officer, "shift", 1, 9) for officer in DAY] + [(officer, "shift", 9, 17) for officer in NIGHT]
        away = [("sun", "leave", 5, 9)]
        return [
            {"centre_id": 1, "id": number, "officer_id": self.desk.actor(officer).id, "kind": kind,
             "role": "duty_officer" if kind == "shift" else "", "from_at": start + begin * HOUR,
             "to_at": start + end * HOUR, "note": "", "source": "roster"}
            for number, (officer, kind, begin, end) in enumerate([*shifts, *away], 1)
        ]  # fmt: skip

    def at(self, hour: int) -> None:
        self.clock.set(START + timedelta(hours=hour))

    def said(self, officer: str, password: str, address: str = "local:1") -> str:
        outcome = check_password(self.desk.store, 1, officer, password, "", address, self.desk.now())
        return outcome.refusal.code if outcome.refusal is not None else "in"

    def attack(self, officer: str) -> None:
        """Five failures, each from elsewhere."""
        for _ in range(5):
            self._addresses += 1
            self.said(officer, "wrong", f"10.0.0.{self._addresses}")

    def waits(self, officer: str) -> bool:
        """Whether the right password is not heard."""
        return self.said(officer, PASSWORD) == "sign-in-wait"


@pytest.fixture
def centre(street_url: str) -> Iterator[Centre]:
    store, clock = Store(locate(street_url)), SetClock(START)
    yield Centre(open_desk(store, clock), clock)
    store.close()


def test_the_desk_is_never_kept_out_when_shifts_change(centre: Centre) -> None:
    centre.at(1)
    centre.attack("zhang")
    assert centre.waits("zhang"), "sun is there too"
    centre.attack("sun")
    assert not centre.waits("zhang"), "or nobody of the shift could sign in"
    centre.attack("zhang")
    assert not centre.waits("sun"), "nor keeps the one who is there the other out"
    centre.at(5)
    centre.attack("zhang")
    assert not centre.waits("zhang"), "sun is on leave"
    centre.attack("wang")
    assert centre.waits("wang"), "not on shift yet"
    centre.at(9)
    centre.attack("wang")
    assert not centre.waits("wang"), "alone from now on"
    centre.attack("zhang")
    assert centre.waits("zhang"), "the shift is over"
    with centre.desk.store.write() as connection:
        AccountBook(connection, 1, centre.desk.now(), centre.desk.actor("chen")).set_disabled("wang", True)
    assert centre.said("wang", PASSWORD) == "sign-in-failed"


def test_without_a_roster_those_appointed_count(centre: Centre) -> None:
    """In an hour that no shift covers, zhang is the only duty officer."""
    centre.attack("zhang")
    centre.attack("sun")
    assert not centre.waits("zhang")
    assert centre.waits("sun")


def test_a_colleague_without_an_account_is_no_relief(centre: Centre) -> None:
    centre.at(1)
    with centre.desk.store.write() as connection:
        AccountBook(connection, 1, centre.desk.now(), centre.desk.actor("chen")).set_disabled("sun", True)
    centre.attack("zhang")
    assert not centre.waits("zhang")


def test_guesses_from_one_place_are_slowed_down_and_no_sign_in_of_another_makes_them_cheaper(centre: Centre) -> None:
    centre.at(9)
    heard = 0
    for second in range(5 * LONGEST_WAIT_ON_SHIFT):
        centre.clock.set(START + timedelta(hours=9, seconds=second))
        if centre.said("wang", "wrong") == "sign-in-failed":
            heard += 1
            assert heard % 4 or centre.said("zhang", PASSWORD) == "in", "somebody else's own, from the same place"
    assert heard == 5 + 6, "five in five seconds, then after 5, 10, 20 and each 30 seconds more"
    centre.clock.advance(minutes=1)
    assert not centre.waits("wang")
