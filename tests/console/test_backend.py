"""The console's ports on a real store, on both kinds of it: masked, in order, by index, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from console.backend.store import StoreBackend
from console.backend.tickets import ladder_text
from console.ports import Heartbeat
from core.clock import SetClock
from core.desk.desk import Desk, open_desk
from core.desk.orders import Report
from core.engine.loop import Engine
from core.organisation.duty import DutyBook
from data.errors import BadInput, NotFound
from data.location import locate
from data.store import Store
from data.terms import SkipReason
from tests.console.conftest import StreetCopy
from tests.console.pilots import speaking
from tests.console.real_street import street_of_twelve
from tests.made_stores import MadeStores


@pytest.fixture
def street(street_copy: StreetCopy) -> Iterator[tuple[Desk, StoreBackend]]:
    desk, officer = street_copy()
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    yield desk, backend
    backend.close()
    desk.store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def either_street(
    request: pytest.FixtureRequest, made_stores: MadeStores, tmp_path: Path
) -> Iterator[tuple[Desk, StoreBackend]]:
    """The street on each kind of store."""
    target = tmp_path / "street.sqlite"
    with made_stores.copy(street_of_twelve, request.param, target) as (url, (clock, officer)):
        desk = open_desk(Store(locate(url)), SetClock(clock.now()))
        backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
        yield desk, backend
        backend.close()
        desk.store.close()


def test_lists_page_and_mask(either_street: tuple[Desk, StoreBackend]) -> None:
    _desk, backend = either_street
    order = Report(
        title="张某来电13800138000反映", address="阳光路3号", reporter_name="赵大海", reporter_phone="13900001111"
    )
    backend.do("report", "", None, order.model_dump(exclude_defaults=True), "key-1")
    provider = backend.queue("")
    rows = provider.after(None, 100)
    assert provider.count().number == len(rows)
    assert [row.key for row in rows] == sorted(row.key for row in rows)
    assert list(provider.before(None, 3)) == list(rows[-3:])
    assert list(provider.after(rows[2].key, 2)) == list(rows[3:5])
    assert provider.rank(rows[5].key).number == 5
    assert {row.id for row in provider.rows([rows[1].id, rows[4].id])} == {rows[1].id, rows[4].id}
    shown = repr(rows) + repr([backend.ticket(row.id) for row in rows])
    assert "13800138000" not in shown
    assert "13900001111" not in shown
    assert "赵大海" not in shown
    assert "138****8000" in shown


def test_timers_name_the_next_step(street: tuple[Desk, StoreBackend]) -> None:
    _desk, backend = street
    clocks = backend.timers("")
    rows = clocks.after(None, 50)
    assert clocks.count().number == len(rows)
    assert rows[0].next_step == "提醒值班席"
    assert all(row.ticket != row.id for row in rows)
    assert clocks.rank(rows[3].key).number == 3
    assert [row.id for row in clocks.rows([rows[2].id])] == [rows[2].id]
    with speaking("en"):
        assert backend.timers("").after(None, 1)[0].next_step == "remind the duty desk"


def test_a_filter_is_understood_or_refused(street: tuple[Desk, StoreBackend]) -> None:
    _desk, backend = street
    assert backend.queue("stage:待受理").count().number == sum(
        row.stage == "reported" for row in backend.queue("").after(None, 50)
    )
    with pytest.raises(BadInput):
        backend.queue("colour:red")


def test_proposals_posts_and_leaders(either_street: tuple[Desk, StoreBackend]) -> None:
    _desk, backend = either_street
    row = next(row for row in backend.queue("").after(None, 50) if "井盖" in row.title)
    proposal = backend.proposal(row.ticket)
    posts = {post.code: post for post in backend.posts()}
    assert posts[proposal.unit_code].target
    assert proposal.unit_id == posts[proposal.unit_code].id
    assert "主办" in proposal.reason
    assert all(code in posts for code in proposal.assist)
    leaders = backend.leaders(backend.seconds())
    assert len({leader.id for leader in leaders}) == len(leaders) == 11
    assert all(leader.nearest == tuple(sorted(leader.nearest, key=lambda row: row.key)) for leader in leaders)


def test_matters_are_proposed_with_reason_and_condition(street: tuple[Desk, StoreBackend]) -> None:
    _desk, backend = street
    hit = backend.matters("路口井盖缺失", 3)[0]
    assert "井盖" in hit.title
    assert "井盖" in hit.reason
    assert "紧急工作时" in hit.conditions[hit.proposed].limits
    assert len(backend.matters_of(backend.queue("").after(None, 1)[0].id)) >= 150


def test_the_engine_is_silent_when_its_beat_does_not_move(street: tuple[Desk, StoreBackend]) -> None:
    desk, backend = street
    assert backend.status(desk.now()).heartbeat == Heartbeat(None)
    with desk.store.write() as connection:
        connection.execute(
            text(
                "INSERT INTO lease (centre_id, name, holder, fence, expires_at, beat_at, beat_no, version, cycle)"
                " VALUES (:centre, 'engine', 'elsewhere', 1, 0, :at, 7, '1', '{}')"
            ),
            {"centre": desk.centre_id, "at": desk.now() - 60},
        )
    first = backend.status(desk.now()).heartbeat
    assert not first.well
    assert first.silent == 60


def test_nobody_acts_without_a_name(street: tuple[Desk, StoreBackend]) -> None:
    _desk, backend = street
    row = backend.queue("").after(None, 1)[0]
    backend.act_as("")
    with pytest.raises(BadInput):
        backend.do("note", row.code, row.revision, {"text": "x"}, "key-2")
    backend.act_as("nobody-here")
    with pytest.raises(NotFound):
        backend.do("note", row.code, row.revision, {"text": "x"}, "key-3")


def test_the_same_key_does_it_once(street: tuple[Desk, StoreBackend]) -> None:
    _desk, backend = street
    row = backend.queue("").after(None, 1)[0]
    first = backend.do("note", row.code, row.revision, {"text": "已联系"}, "key-4")
    again = backend.do("note", row.code, row.revision, {"text": "已联系"}, "key-4")
    assert first == again


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("reason", SkipReason)
def test_the_history_says_in_words_why_somebody_was_passed_over(reason: SkipReason, language: str) -> None:
    body = {"clock_kind": "accept", "action": "remind", "people": [{"target": "post_a", "skipped": reason.value}]}
    with speaking(language):
        text = ladder_text(body, str)
        assert f"({reason.label(language)})" in text
        assert "_" not in text
        body["people"] = [{"target": "post_a", "skipped": "住院 13900001111"}]
        assert ladder_text(body, str).endswith("(住院 139****1111)"), "the note of a leave, masked"


def test_what_b_took_over_is_with_the_leaders(either_street: tuple[Desk, StoreBackend]) -> None:
    desk, backend = either_street
    with desk.store.reader() as reader:
        code, b, a = reader.rows(
            "SELECT t.code, b.code, a.code FROM ticket t"
            " JOIN appointment hb ON hb.centre_id = t.centre_id AND hb.unit_id = t.holder_unit_id AND hb.rank = 'b'"
            " JOIN officer b ON b.centre_id = t.centre_id AND b.id = hb.officer_id"
            " JOIN appointment ha ON ha.centre_id = t.centre_id AND ha.unit_id = t.holder_unit_id AND ha.rank = 'a'"
            " JOIN officer a ON a.centre_id = t.centre_id AND a.id = ha.officer_id"
            " WHERE t.centre_id = :centre AND t.stage = 'dispatched' ORDER BY t.id LIMIT 1",
            centre=desk.centre_id,
        )[0]
    with desk.store.write() as connection:
        book = DutyBook(connection, desk.centre_id, desk.now(), desk.actor(a))
        book.leave(a, desk.now(), desk.now() + 8 * 3600, "培训")
    Engine(desk.store, desk.clock, desk.centre_id).once()
    leaders = backend.leaders(backend.seconds())
    found = [one for leader in leaders for one in leader.taken if one.row.code == code]
    assert found
    assert {(one.a, one.b, one.why) for one in found} == {(desk.actor(a).name, desk.actor(b).name, "A岗请假")}
    said = [line.text for line in backend.ticket(found[0].row.id).history if line.by_engine]
    assert f"{desk.actor(b).name} 接手 {desk.actor(a).name}：A岗请假" in said
