"""Leave and exchanges of shifts: asked for, agreed to, granted; what the roster is then, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from core.accountability.audit import verify
from core.desk.centre_desk import CentreDesk
from core.desk.centre_orders import CentreOrder
from core.desk.duty_now import duty_now
from core.desk.duty_orders import AgreeExchange, AskExchange, AskLeave, DeclineAsk, GrantAsk, WithdrawAsk
from core.organisation.duty import DutyBook
from core.organisation.duty_ahead import gaps_ahead
from data.errors import Refusal
from data.ids import new_id
from data.queries.duty_asks import ask, asks
from data.tables import Appointment, Catalogue, Duty, table
from data.terms import Role
from tests.core.desk.scene import CENTRE, Scene
from tests.street import START

DAY, HOUR = 86_400, 3_600
MIDNIGHT = int((START - timedelta(hours=9)).timestamp())
"""Of Friday 2026-11-20 in the centre's zone."""


@pytest.fixture
def town(scene: Scene) -> Iterator[Scene]:
    """Zhang and gao are duty officers beside ma; zhang serves in the days of the week ahead, gao in the nights."""
    with scene.store.write() as connection:
        for number, officer in ((901, "gao"), (902, "lin")):
            role = Appointment(
                centre_id=1, id=number, officer_id=scene.desk.actor(officer).id or 0, unit_id=CENTRE,
                role=Role.DUTY_OFFICER.value, from_at=0,
            )  # fmt: skip
            connection.execute(insert(table(Appointment)), [role.model_dump()])
    for day in range(5):
        serve(scene, "zhang", day, 8, 20)
        serve(scene, "gao", day, 20, 32)
    yield scene
    with scene.reader() as reader:
        assert verify(reader, 1) == []


def serve(scene: Scene, officer: str, day: int, begin: int, end: int, role: str = "duty_officer") -> None:
    row = Duty(
        centre_id=1, id=new_id(), officer_id=scene.desk.actor(officer).id or 0, kind="shift", role=role,
        from_at=MIDNIGHT + day * DAY + begin * HOUR, to_at=MIDNIGHT + day * DAY + end * HOUR,
    )  # fmt: skip
    with scene.store.write() as connection:
        connection.execute(insert(table(Duty)), [row.model_dump()])


def act(scene: Scene, order: CentreOrder, who: str) -> int:
    return CentreDesk(scene.desk).do(order, scene.desk.actor(who)).item


def refused(scene: Scene, order: CentreOrder, who: str) -> str:
    counted = "SELECT chain_no, organisation_no FROM centre_seq WHERE centre_id = :centre"
    before = scene.rows(counted), book(scene)
    with pytest.raises(Refusal) as refusal:
        act(scene, order, who)
    assert (scene.rows(counted), book(scene)) == before
    assert refusal.value.zh != refusal.value.en
    return refusal.value.code


def book(scene: Scene) -> list[tuple[str, str, int, int | None]]:
    """Who has which shift or leave: officer, kind, begin in hours since Friday's midnight, end."""
    rows = scene.rows(
        "SELECT o.code, d.kind, d.from_at, d.to_at FROM duty d JOIN officer o ON o.centre_id = d.centre_id"
        " AND o.id = d.officer_id WHERE d.centre_id = :centre ORDER BY d.from_at, d.kind, o.code"
    )
    return [
        (row["code"], row["kind"], (row["from_at"] - MIDNIGHT) // HOUR,
         None if row["to_at"] is None else (row["to_at"] - MIDNIGHT) // HOUR)
        for row in rows
    ]  # fmt: skip


def told(scene: Scene) -> set[str]:
    rows = scene.rows(
        "SELECT DISTINCT o.code FROM notice n JOIN officer o ON o.centre_id = n.centre_id AND o.id = n.officer_id"
        " WHERE n.centre_id = :centre AND n.kind = 'duty_ask'"
    )
    return {row["code"] for row in rows}


def leave(first: int, last: int, officer: str = "") -> AskLeave:
    """From one hour since Friday's midnight to another."""
    return AskLeave(from_at=MIDNIGHT + first * HOUR, to_at=MIDNIGHT + last * HOUR, reason="体检", officer=officer)


def answers(scene: Scene, role: str, hour: int) -> str:
    with scene.store.read() as connection:
        found = duty_now(connection, 1, MIDNIGHT + hour * HOUR)
    return next((one.answers.code for one in found if one.code == role and one.answers), "")


def test_a_leave_that_is_granted_puts_the_substitute_on_duty_and_called_off_the_officer(town: Scene) -> None:
    assert refused(town, leave(30, 30), "zhang") == "duty-span"
    assert refused(town, leave(24, 48, "zhang"), "li") == "not-permitted"
    number = act(town, leave(24, 68), "zhang")
    assert {"wang", "chen"} <= told(town)
    assert refused(town, leave(40, 50), "zhang") == "leave-waiting"
    for who in ("zhang", "li", "hu"):
        assert refused(town, GrantAsk(ask=number), who) == "not-permitted"
    assert answers(town, "duty_officer", 33) == "zhang"
    assert refused(town, GrantAsk(ask=number, substitute="li"), "wang") == "exchange-role"
    assert refused(town, GrantAsk(ask=number, substitute="gao"), "wang") == "exchange-rest"
    act(town, GrantAsk(ask=number, substitute="lin"), "wang")
    assert told(town) >= {"zhang", "lin"}
    assert (answers(town, "duty_officer", 33), answers(town, "duty_officer", 57)) == ("lin", "lin")
    assert ("zhang", "leave", 24, 68) in book(town)
    assert [row for row in book(town) if row[0] == "lin"] == [("lin", "shift", 32, 44), ("lin", "shift", 56, 68)]
    assert refused(town, GrantAsk(ask=number), "wang") == "ask-decided"
    town.wait(hours=30)
    assert refused(town, WithdrawAsk(ask=number), "li") == "ask-other"
    act(town, WithdrawAsk(ask=number), "zhang")
    assert [row for row in book(town) if row[0] == "lin"] == [("lin", "shift", 32, 44)], "what has begun stays"
    assert ("zhang", "shift", 56, 68) in book(town)
    with town.reader() as reader:
        line = ask(reader, 1, town.desk.now(), number)
        assert line is not None
        assert (line.state, line.other, line.words) == ("withdrawn", "lin", "")


def test_of_a_shift_the_substitute_has_what_the_leave_takes(town: Scene) -> None:
    town.wait(hours=1)
    act(town, leave(14, 16), "zhang")
    act(town, leave(38, 40), "zhang")
    for number in (1, 2):
        assert refused(town, GrantAsk(ask=number, substitute="gao"), "chen") == "exchange-rest"
        act(town, GrantAsk(ask=number, substitute="lin"), "chen")
    parts = [("lin", "shift", 14, 16), ("lin", "shift", 38, 40)]
    assert [row for row in book(town) if row[0] == "lin"] == parts
    assert ("zhang", "shift", 8, 20) in book(town)
    assert [answers(town, "duty_officer", hour) for hour in (13, 14, 16, 37, 39, 41)] == [
        *("zhang", "lin", "zhang", "zhang", "lin", "zhang")
    ]
    with town.reader() as reader:
        kinds = [line.gap.kind for line in gaps_ahead(reader, 1, town.desk.now(), MIDNIGHT + 60 * HOUR)]
    assert kinds == [], "a leave that somebody stands in for is nothing wrong"
    town.wait(hours=5)
    for number in (1, 2):
        act(town, WithdrawAsk(ask=number), "zhang")
    assert [row for row in book(town) if row[0] == "lin"] == [("lin", "shift", 14, 15)]
    assert answers(town, "duty_officer", 39) == "zhang"


def test_without_a_substitute_the_shift_is_open_and_b_has_the_post(town: Scene) -> None:
    act(town, leave(24, 48, "zhang"), "gao")
    act(town, GrantAsk(ask=1), "gao")
    assert answers(town, "duty_officer", 33) == "gao", "the shift before, whom nobody relieves"
    act(town, leave(24, 48), "li")
    assert refused(town, GrantAsk(ask=2), "lin") == "not-permitted", "another section's leader"
    assert refused(town, GrantAsk(ask=2, substitute="lin"), "hu") == "substitute-none"
    act(town, GrantAsk(ask=2), "hu")
    assert answers(town, "CSGX", 33) == "sun"
    act(town, DeclineAsk(ask=act(town, leave(72, 96), "li"), reason="人手不足"), "hu")
    assert ("li", "leave", 72, 96) not in book(town)
    own = act(town, leave(24, 48), "gao")
    assert refused(town, GrantAsk(ask=own), "gao") == "second-person"


def test_two_officers_exchange_shifts_once_a_leader_agrees(town: Scene) -> None:
    day, night = "2026-11-22", "2026-11-23T20:00"
    for mine, theirs, code in (
        ("2026-11-25", night, "turn-unknown"),
        ("2026-11-20", night, "turn-begun"),
        (day, "2026-11-23T21:00", "turn-unknown"),
        (day, night, "exchange-rest"),
    ):
        assert refused(town, AskExchange(other="gao", mine=mine, theirs=theirs, reason="家事"), "zhang") == code
    assert refused(town, AskExchange(other="gao", mine=day, reason="家事"), "zhang") == "exchange-rest"
    serve(town, "lin", 4, 20, 32)
    same = AskExchange(other="gao", mine="2026-11-24", theirs="2026-11-24", reason="家事")
    assert refused(town, same, "lin") == "exchange-same"
    order = AskExchange(other="lin", mine="2026-11-21", theirs="2026-11-24", reason="家事")
    assert refused(town, order, "zhang") == "exchange-rest", "zhang would serve day and night of the 24th"
    order = order.model_copy(update={"mine": "2026-11-24"})
    number = act(town, order, "zhang")
    assert "lin" in told(town)
    assert refused(town, order, "zhang") == "exchange-waiting"
    assert refused(town, GrantAsk(ask=number), "wang") == "exchange-other"
    assert refused(town, AgreeExchange(ask=number), "li") == "exchange-other"
    act(town, AgreeExchange(ask=number), "lin")
    assert refused(town, AgreeExchange(ask=number), "lin") == "ask-agreed"
    assert refused(town, GrantAsk(ask=number), "lin") == "second-person"
    act(town, GrantAsk(ask=number), "wang")
    mine = [row for row in book(town) if row[2] >= 4 * 24 and row[0] in ("zhang", "lin")]
    assert mine == [("lin", "shift", 104, 116), ("zhang", "shift", 116, 128)]
    assert (answers(town, "duty_officer", 105), told(town) >= {"zhang", "lin"}) == ("lin", True)


def test_a_shift_is_given_away_and_the_policy_may_want_no_leader(town: Scene) -> None:
    with town.store.write() as connection:
        body = connection.execute(
            table(Catalogue).select().where(table(Catalogue).c.centre_id == 1, table(Catalogue).c.kind == "policy")
        ).one()
        changed = {**body.body, "duty": {**body.body["duty"], "exchange_approved": False, "rest_hours": 20}}
        connection.execute(
            update(table(Catalogue)).where(table(Catalogue).c.centre_id == 1, table(Catalogue).c.id == body.id)
            .values(body=changed)
        )  # fmt: skip
    serve(town, "lin", 3, 8, 20, "section_leader")
    assert refused(town, AskExchange(other="lin", mine="2026-11-23", reason="家事"), "zhang") == "exchange-double"
    assert refused(town, AskExchange(other="lin", mine="2026-11-24", reason="家事"), "zhang") == "exchange-rest"
    order = AskExchange(other="lin", mine="2026-11-22", reason="家事")
    number = act(town, order.model_copy(update={"mine": "2026-11-21"}), "zhang")
    act(town, AgreeExchange(ask=number), "lin")
    assert answers(town, "duty_officer", 33) == "lin"
    with town.reader() as reader:
        assert [(line.state, line.officer, line.other) for line in asks(reader, 1, town.desk.now())] == [
            ("granted", "zhang", "lin")
        ]


def test_an_exchange_is_off_once_the_shift_has_begun_or_the_roster_has_changed(town: Scene) -> None:
    first = act(town, AskExchange(other="lin", mine="2026-11-21", reason="家事"), "zhang")
    later = act(town, AskExchange(other="lin", mine="2026-11-23", reason="家事"), "zhang")
    act(town, AgreeExchange(ask=later), "lin")
    away = act(town, leave(70, 100), "lin")
    act(town, GrantAsk(ask=away), "wang")
    assert refused(town, GrantAsk(ask=later), "wang") == "exchange-leave"
    with town.store.write() as connection:
        changed = update(table(Duty)).where(table(Duty).c.centre_id == 1, table(Duty).c.from_at == MIDNIGHT + 80 * HOUR)
        connection.execute(changed.values(to_at=MIDNIGHT + 90 * HOUR))
    assert refused(town, GrantAsk(ask=later), "wang") == "turn-changed"
    town.wait(hours=24)
    assert refused(town, AgreeExchange(ask=first), "lin") == "turn-begun"
    with town.reader() as reader:
        assert [line.id for line in asks(reader, 1, town.desk.now(), waiting=True)] == [later]
        assert {line.id: line.state for line in asks(reader, 1, town.desk.now())}[first] == "lapsed"
    act(town, DeclineAsk(ask=first, reason="已过"), "lin")
    act(town, WithdrawAsk(ask=later), "zhang")


def test_what_cannot_wait_is_written_down_without_asking_but_not_for_long(town: Scene) -> None:
    now = town.desk.now()

    def write(who: str, until: int | None) -> None:
        with town.store.write() as connection:
            DutyBook(connection, 1, now, town.desk.actor(who)).leave(who, now, until)

    for until in (None, now + 24 * HOUR + 1):
        with pytest.raises(Refusal) as refusal:
            write("li", until)
        assert refusal.value.code == "leave-ask"
    write("li", now + 24 * HOUR)
    write("wang", None)
