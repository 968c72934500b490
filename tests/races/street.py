"""The small street with as many officers at its desk as are wanted, and the few tickets that they all work on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from core.clock import SystemClock
from core.desk.desk import open_desk
from core.desk.orders import Report
from data.location import locate
from data.store import Store
from data.tables import Appointment, Officer, table
from tests.street import small_street

CENTRE = DESK = 1
CSGX = 3
FIRST_ID = 1000
ROLES = ((DESK, "duty_leader"), (CSGX, "post_member"))


def officers(amount: int) -> list[str]:
    """Their codes."""
    return [f"race{number:02d}" for number in range(amount)]


def build(url: str, amount: int, tickets: int) -> list[str]:
    """Fill an empty store; returns the codes of the tickets. Every officer may do what desk and post may do."""
    store = Store(locate(url), create=True)
    small_street(store)
    with store.write() as connection:
        people = [_officer(FIRST_ID + number, code) for number, code in enumerate(officers(amount))]
        connection.execute(insert(table(Officer)), people)
        held = [(each["id"], *role) for each in people for role in ROLES]
        connection.execute(
            insert(table(Appointment)),
            [_appointment(FIRST_ID + number, *one) for number, one in enumerate(held)],
        )
    desk = open_desk(store, SystemClock())
    actor = desk.actor(officers(1)[0])
    codes = [
        desk.do(Report(title=f"0 第 {number} 件", source="phone", community="C01"), actor).ticket
        for number in range(tickets)
    ]
    store.close()
    return codes


def _officer(number: int, code: str) -> dict[str, Any]:
    return {"centre_id": CENTRE, "id": number, "code": code, "name": f"值班{code}", "phone": "", "title": "",
            "active": True, "created_at": 0}  # fmt: skip


def _appointment(number: int, officer: int, unit: int, role: str) -> dict[str, Any]:
    return {"centre_id": CENTRE, "id": number, "officer_id": officer, "unit_id": unit, "role": role,
            "rank": "a" if role == "post_member" else "", "from_at": 0, "to_at": None}  # fmt: skip
