"""Roles given and taken while the centre runs, and break-glass: two persons, half an hour, loud, marked, reviewed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from core.accountability.access_log import note_access
from core.accountability.audit import verify
from core.accountability.lookup import plain
from core.desk.centre_desk import CentreDesk
from core.desk.centre_orders import CentreOrder, LogEntry
from core.desk.orders import GradeIncident, Note, Void
from core.desk.rights_orders import AgreeRole, AskRole, DeclineRole, EndGlass, ReviewGlass, TakeGlass
from core.organisation.change import Redrawing
from data.access_terms import AccessKind
from data.errors import BadInput, NotAllowed, NotFound, Refusal
from data.queries.rights import grants, lasting, uses
from data.rights_terms import GLASS_SECONDS, GrantKind
from data.tables import Appointment, table
from data.terms import Grade, Role, Stage
from tests.core.desk.scene import Scene

GIVE, TAKE = GrantKind.GIVE, GrantKind.TAKE


@pytest.fixture
def town(scene: Scene) -> Iterator[Scene]:
    """What is derived from the log is right at the end, whatever was done."""
    yield scene
    with scene.reader() as reader:
        assert verify(reader, 1) == []


def act(scene: Scene, order: CentreOrder, who: str) -> int:
    """As somebody with the roles held now; gives the number of the row."""
    return CentreDesk(scene.desk).do(order, scene.desk.actor(who)).item


def refused(scene: Scene, order: CentreOrder, who: str) -> str:
    before = scene.rows("SELECT chain_no FROM centre_seq WHERE centre_id = :centre")
    with pytest.raises(Refusal) as refusal:
        act(scene, order, who)
    assert scene.rows("SELECT chain_no FROM centre_seq WHERE centre_id = :centre") == before
    return refusal.value.code


def told(scene: Scene, kind: str) -> list[str]:
    rows = scene.rows(
        "SELECT DISTINCT o.code FROM notice n JOIN officer o ON o.centre_id = n.centre_id AND o.id = n.officer_id"
        " WHERE n.centre_id = :centre AND n.kind = :kind ORDER BY o.code",
        kind=kind,
    )
    return [row["code"] for row in rows]


def accesses(scene: Scene) -> list[tuple[str, str, str, int | None]]:
    """Kind, who, about what, and the use of break-glass, of every entry of the access log."""
    rows = scene.rows("SELECT kind, actor, target, body FROM access_event WHERE centre_id = :centre ORDER BY id")
    return [(row["kind"], row["actor"], row["target"], plain(row["body"]).get("glass")) for row in rows]


def test_one_asks_and_a_second_person_agrees(town: Scene) -> None:
    give = AskRole(kind=GIVE, officer="li", role=Role.SHIFT_LEADER, reason="顶班")
    assert refused(town, give, "chen") == "not-permitted"
    number = act(town, give, "an")
    assert Role.SHIFT_LEADER not in town.desk.actor("li").roles
    assert {"chen", "wang"} <= set(told(town, "grant"))
    assert refused(town, AgreeRole(grant=number), "an") == "not-permitted"
    assert refused(town, AgreeRole(grant=number), "gao") == "not-permitted"
    act(town, AgreeRole(grant=number), "wang")
    assert Role.SHIFT_LEADER in town.desk.actor("li").roles
    assert refused(town, AgreeRole(grant=number), "wang") == "grant-decided"
    assert refused(town, give, "an") == "role-held"
    taken = act(town, AskRole(kind=TAKE, officer="li", role=Role.SHIFT_LEADER, reason="期满"), "an")
    town.wait(hours=1)
    act(town, AgreeRole(grant=taken), "chen")
    assert Role.SHIFT_LEADER not in town.desk.actor("li").roles
    with town.reader() as reader:
        newest, first = grants(reader, 1)
        assert (first.kind, first.state, first.officer, first.asked_by, first.decided_by) == (
            *("give", "agreed", "li", "安全", "王芳"),
        )
        assert (newest.kind, newest.decided_by) == ("take", "陈静")
    assert accesses(town) == [("granted", "wang", "li", None), ("taken_away", "chen", "li", None)]


def test_what_is_never_agreed_to(town: Scene) -> None:
    """Administrators hold nothing else; nobody decides on their own rights; who asks is not who agrees."""
    assert (
        refused(town, AskRole(kind=GIVE, officer="li", role=Role.AUDIT_ADMIN, reason="兼"), "an") == "roles-exclusive"
    )
    assert refused(town, AskRole(kind=GIVE, officer="shen", role=Role.POST_MEMBER, unit="CSGX", reason="兼"), "an") == (
        "roles-exclusive"
    )
    assert refused(town, AskRole(kind=GIVE, officer="an", role=Role.SYSTEM_ADMIN, reason="兼"), "an") == "own-rights"
    assert refused(town, AskRole(kind=TAKE, officer="li", role=Role.COMMANDER, reason="无"), "an") == "role-not-held"
    assert refused(town, AskRole(kind=GIVE, officer="nobody", role=Role.POST_MEMBER, reason="无"), "an") == (
        "officer-unknown"
    )
    about = act(town, AskRole(kind=GIVE, officer="wang", role=Role.COMMANDER, reason="代理"), "an")
    assert refused(town, AgreeRole(grant=about), "wang") == "second-person"
    assert refused(town, DeclineRole(grant=about, reason="不"), "gao") == "not-permitted"
    act(town, DeclineRole(grant=about, reason="不需要"), "chen")
    assert refused(town, AgreeRole(grant=about), "chen") == "grant-decided"
    assert refused(town, AgreeRole(grant=77), "chen") == "grant-unknown"
    mine = act(town, AskRole(kind=GIVE, officer="li", role=Role.COMMANDER, reason="误"), "an")
    act(town, DeclineRole(grant=mine, reason="写错"), "an")
    with town.reader() as reader:
        assert [line.state for line in grants(reader, 1)] == ["withdrawn", "declined"]


def test_without_a_security_administrator_the_seniors_ask(town: Scene) -> None:
    ask = AskRole(kind=GIVE, officer="ma", role=Role.SHIFT_LEADER, reason="顶班")
    assert refused(town, ask, "gao") == "not-permitted"
    held = table(Appointment)
    with town.store.write() as connection:
        connection.execute(
            update(held)
            .where(held.c.centre_id == 1, held.c.role == Role.SECURITY_ADMIN.value)
            .values(to_at=town.desk.now())
        )
    number = act(town, ask, "gao")
    assert refused(town, AgreeRole(grant=number), "gao") == "not-permitted"
    act(town, AgreeRole(grant=number), "wang")
    assert Role.SHIFT_LEADER in town.desk.actor("ma").roles
    assert refused(town, ask, "zhang") == "not-permitted"


def test_broken_glass_is_loud_marked_and_over_by_itself(town: Scene) -> None:
    code = town.at_stage(Stage.ACKNOWLEDGED)
    take = TakeGlass(role=Role.COMMANDER, reason="领导均失联，需定级")
    grading = GradeIncident(ticket=code, grade=Grade.II, reason="连片")
    with pytest.raises(NotAllowed):
        town.desk.do(grading, town.desk.actor("li"))
    for who in ("shen", "an", "zhao", "dai"):
        assert refused(town, take, who) == "not-permitted", who
    assert refused(town, TakeGlass(role=Role.DUTY_OFFICER, reason="无"), "li") == "glass-role"
    assert refused(town, take, "chen") == "glass-needless"
    assert refused(town, EndGlass(), "li") == "no-glass"
    number = act(town, take, "li")
    assert {"an", "chen", "shen", "wang"} == set(told(town, "break_glass"))
    town.desk.do(grading, town.desk.actor("li"))
    act(town, LogEntry(text="已定级"), "li")
    with town.store.write() as connection:
        note_access(connection, 1, town.desk.now(), town.desk.actor("li"), AccessKind.READ, code)
    assert accesses(town) == [("break_glass", "li", "commander", None), ("read", "li", code, number)]
    with town.store.write() as connection:
        now = town.desk.now()
        Redrawing(connection, 1, now, now, town.desk.actor("li")).rename("C02", "二社区新")
    marked = [(row["kind"], row["body"].get("glass")) for row in town.of("ticket_event", code, "seq")]
    assert marked[-1] == ("grade", number)
    assert all(mark is None for _, mark in marked[:-1])
    journal = town.rows("SELECT kind, body FROM organisation_event WHERE centre_id = :centre ORDER BY id")
    assert plain(journal[-1]["body"])["glass"] == number
    for order in (AgreeRole(grant=1), ReviewGlass(use=number, proper=True, words="好")):
        assert refused(town, order, "li") == "not-by-glass"
    town.wait(seconds=GLASS_SECONDS - 1)
    assert Role.COMMANDER in town.desk.actor("li").roles
    with town.reader() as reader:
        assert [use.id for use in lasting(reader, 1, town.desk.now())] == [number]
    assert refused(town, ReviewGlass(use=number, proper=True, words="好"), "chen") == "glass-lasts"
    town.wait(seconds=1)
    assert Role.COMMANDER not in town.desk.actor("li").roles
    with pytest.raises(NotAllowed):
        town.desk.do(Void(ticket=code, reason="无"), town.desk.actor("li"))
    town.desk.do(Note(ticket=code, text="之后"), town.desk.actor("li"))
    assert "glass" not in town.of("ticket_event", code, "seq")[-1]["body"]


def test_each_use_is_reviewed_by_somebody_else(town: Scene) -> None:
    first = act(town, TakeGlass(role=Role.COMMANDER, reason="一"), "wang")
    act(town, EndGlass(), "wang")
    assert Role.COMMANDER not in town.desk.actor("wang").roles
    second = act(town, TakeGlass(role=Role.SHIFT_LEADER, reason="二"), "zhang")
    assert refused(town, EndGlass(use=second), "li") == "glass-not-own"
    act(town, EndGlass(use=second), "chen")
    assert refused(town, EndGlass(use=second), "chen") == "glass-over"
    with town.reader() as reader:
        assert [use.id for use in uses(reader, 1, unreviewed=True)] == [second, first]
    assert refused(town, ReviewGlass(use=first, proper=True, words="好"), "wang") == "glass-own-review"
    assert refused(town, ReviewGlass(use=first, proper=True, words="好"), "gao") == "not-permitted"
    act(town, ReviewGlass(use=first, proper=True, words="情况紧急"), "chen")
    act(town, ReviewGlass(use=second, proper=False, words="值班长在岗"), "chen")
    assert refused(town, ReviewGlass(use=second, proper=True, words="好"), "chen") == "glass-reviewed"
    with town.reader() as reader:
        assert uses(reader, 1, unreviewed=True) == []
        assert [(use.id, use.proper, use.reviewed_by) for use in uses(reader, 1)] == [
            (second, False, "陈静"),
            (first, True, "陈静"),
        ]
    assert refused(town, ReviewGlass(use=9, proper=True, words="好"), "chen") == "glass-unknown"


def test_words_are_needed(town: Scene) -> None:
    for verb, values in (
        ("break_glass", {"role": "commander", "reason": " "}),
        ("break_glass", {"role": "king", "reason": "有"}),
        ("role_ask", {"kind": "give", "officer": "li", "role": "commander"}),
        ("break_glass_review", {"use": 1, "proper": True, "words": ""}),
    ):
        from core.desk.centre_desk import read_centre_order

        with pytest.raises((BadInput, NotFound)):
            read_centre_order(verb, values)
