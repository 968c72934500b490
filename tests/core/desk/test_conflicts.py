"""Two officers on one ticket, the same request twice, the same report twice."""

from __future__ import annotations

import threading

import pytest

from core.desk.desk import open_desk
from core.desk.orders import Accept, Acknowledge, Arrive, Assess, Dispatch, Note, Report, read_order
from data.errors import BadInput, Conflict, NotFound
from data.store import Store
from data.terms import Stage
from tests.core.desk.scene import Scene


def test_the_second_officer_is_told_what_changed(any_scene: Scene) -> None:
    scene = any_scene
    code = scene.at_stage(Stage.ACCEPTED)
    seen = scene.ticket(code)["revision"]
    scene.do(Dispatch(ticket=code, to="CSGX"), "gao", seen=seen)
    scene.do(Acknowledge(ticket=code), "li")
    with pytest.raises(Conflict) as conflict:
        scene.do(Dispatch(ticket=code, to="AJ"), "zhang", seen=seen)
    refused = conflict.value
    assert refused.code == "changed"
    assert "gao 派单" in refused.zh
    assert "已签收" in refused.zh
    assert "gao: dispatch" in refused.en
    assert refused.details["revision"] == seen + 2
    assert [change["verb"] for change in refused.details["changes"]] == ["dispatch", "acknowledge"]
    assert scene.ticket(code)["revision"] == seen + 2


def test_a_revision_from_nowhere_is_no_revision(scene: Scene) -> None:
    code = scene.at_stage(Stage.ACCEPTED)
    with pytest.raises(Conflict, match="has no revision 99"):
        scene.do(Note(ticket=code, text="x"), seen=99)


def test_a_key_does_a_thing_once(any_scene: Scene) -> None:
    scene = any_scene
    order = Report(title="井盖缺失")
    first = scene.do(order, key="热线-1")
    again = scene.do(order, key="热线-1")
    assert (again.ticket, again.event_no, again.replayed) == (first.ticket, first.event_no, True)
    assert len(scene.rows("SELECT id FROM ticket WHERE centre_id = :centre")) == 1
    scene.do(Accept(ticket=first.ticket), key="热线-2", seen=1)
    assert scene.do(Accept(ticket=first.ticket), key="热线-2", seen=1).replayed
    with pytest.raises(Conflict) as reused:
        scene.do(Report(title="另一件"), key="热线-1")
    assert reused.value.code == "key-reused"


def test_a_refused_order_leaves_its_key_free(scene: Scene) -> None:
    code = scene.at_stage(Stage.REPORTED)
    with pytest.raises(NotFound):
        scene.do(Accept(ticket="20260101-0001"), key="k")
    assert not scene.do(Accept(ticket=code), key="k").replayed


@pytest.mark.parametrize("key", ["x" * 121, "a\x00b", "行\n尾", "\ud800"])
def test_a_key_is_short_and_printable(any_scene: Scene, key: str) -> None:
    with pytest.raises(BadInput) as refused:
        any_scene.do(Report(title="x"), key=key)
    assert refused.value.code == "bad-key"


def test_one_report_of_another_system_makes_one_ticket(any_scene: Scene) -> None:
    scene = any_scene
    code = scene.new(origin="12345", external_id="A-1")
    with pytest.raises(Conflict) as known:
        scene.new(origin="12345", external_id="A-1")
    assert (known.value.code, known.value.details["ticket"]) == ("external-known", code)
    scene.new(origin="热线", external_id="A-1")


def test_many_at_once_make_one_chain(any_scene: Scene) -> None:
    """Eight officers at their own connections: numbers without a gap, one accepts and the others are told."""
    scene = any_scene
    code = scene.at_stage(Stage.REPORTED)
    outcomes: list[str] = []

    def work(number: int) -> None:
        store = Store(scene.store.url)
        desk = open_desk(store, scene.clock)
        officer = desk.actor("zhang")
        desk.do(Report(title=f"并发 {number}"), officer)
        try:
            desk.do(Accept(ticket=code), officer, seen=1)
            outcomes.append("done")
        except Conflict as conflict:
            outcomes.append(conflict.code)
        finally:
            store.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["changed"] * 7 + ["done"]
    numbers = [row["id"] for row in scene.rows("SELECT id FROM ticket_event WHERE centre_id = :centre ORDER BY id")]
    assert numbers == list(range(1, 11))
    codes = [row["code"] for row in scene.rows("SELECT code FROM ticket WHERE centre_id = :centre ORDER BY code")]
    assert codes == [f"20261120-{number:04}" for number in range(1, 10)]


@pytest.mark.parametrize("code", [None, "", "  ", "nobody", "a\x00b", "\ud800", "'; DROP TABLE ticket"])
def test_an_officer_must_be_known(any_scene: Scene, code: str | None) -> None:
    with pytest.raises((BadInput, NotFound)) as refused:
        any_scene.desk.actor(code)
    assert refused.value.code in ("no-officer", "officer-unknown")
    assert refused.value.zh.isprintable()


def test_fields_are_named_when_they_are_wrong() -> None:
    with pytest.raises(BadInput) as refused:
        read_order(Report, {"title": "", "sourc": "phone"})
    assert refused.value.details["fields"] == ["title", "sourc"]
    with pytest.raises(BadInput, match="must be one of"):
        read_order(Report, {"title": "x", "source": "pigeon"})


def test_a_note_in_between_makes_no_order_stale(scene: Scene) -> None:
    """What changes nothing that one decides on is no conflict; a second hand on the same decision is."""
    code = scene.at_stage(Stage.ACCEPTED)
    seen = scene.ticket(code)["revision"]
    scene.do(Note(ticket=code, text="来电人补充：在三楼"), "wang")
    scene.do(Assess(ticket=code, matter="BJ0101"), seen=seen)
    with pytest.raises(Conflict):
        scene.do(Assess(ticket=code, matter="BJ0101"), "wang", seen=seen)


def test_the_log_says_when_the_desk_spoke_for_a_unit(scene: Scene) -> None:
    code = scene.at_stage(Stage.DISPATCHED)
    scene.do(Acknowledge(ticket=code), "zhang")
    assert scene.events(code)[-1]["body"]["by_desk"] is True
    scene.do(Arrive(ticket=code), "li")
    assert "by_desk" not in scene.events(code)[-1]["body"]
