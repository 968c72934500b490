"""Notices are held against the logs: one taken out, put in, edited or stamped anew is found; what is right is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.accountability.audit import verify
from core.accountability.findings import MISSING, Finding
from core.accountability.lookup import plain
from core.accountability.told import Told
from core.desk.centre_desk import CentreDesk
from core.desk.centre_orders import Declare
from core.desk.orders import Archive
from core.desk.retention_orders import Erase
from core.desk.seals import NOTICES, seal
from core.desk.seen import mark_seen
from core.engine import jobs
from core.engine.anchoring import send_anchor
from core.engine.loop import Engine
from core.engine.outbox import Outbox
from core.engine.webhook import Answer, Webhook, clear_webhook, set_webhook
from data.location import locate
from data.schema import upgrade
from data.store import Store
from data.terms import Grade, Stage
from tests.core.accountability.tampering import BOTH, change, kept_scene, put_back
from tests.core.desk.scene import Scene
from tests.data.older import make_older

TABLES = ("notice", "centre_seq", "ticket_event", "organisation_event", "access_event", "access_head")
KEEP_DAYS = 1_096


@pytest.fixture(scope="module", params=BOTH)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A street with notices of every fate, and a copy of every row."""
    with kept_scene(request, tmp_path_factory.mktemp("told"), give_a_past, TABLES) as scene:
        yield scene


@pytest.fixture
def told(kept: Scene) -> Iterator[Scene]:
    """The street, as new."""
    stood = kept.clock.now()
    yield kept
    kept.clock.set(stood)
    put_back(kept, TABLES)


def hooked(scene: Scene) -> None:
    with scene.store.write() as connection:
        set_webhook(connection, 1, "http://127.0.0.1:9/", "", scene.who("xi"), scene.desk.now())


def give_a_past(scene: Scene) -> None:
    """By officers, by the centre and by the engine; seen and not; sent out, given up, and still on the way."""
    hooked(scene)
    scene.at_stage(Stage.DISPATCHED)
    CentreDesk(scene.desk).do(Declare(grade=Grade.II, reason="暴雨"), scene.who("chen"))
    scene.wait(minutes=20)
    scene.new("没有人受理")
    scene.wait(minutes=20)
    Engine(scene.store, scene.clock, 1).once()
    assert send_anchor(scene.store, scene.clock, 1)
    answers = {"0": Answer(arrived=True), "1": Answer(final=True, error="HTTP 400")}
    seen: list[str] = []

    def post(webhook: Webhook, key: str, payload: Mapping[str, Any], now: int) -> Answer:
        if key not in seen:
            seen.append(key)
        return answers.get(str(seen.index(key)), Answer(error="HTTP 503"))

    scene.wait(minutes=30)
    Outbox(scene.store, scene.clock, 1, post=post, seed=1).send_due()
    first, *_ = of(scene, "console")
    mark_seen(scene.desk, first["id"], "li")
    mark_seen(scene.desk, first["id"], "wang")
    states = {row["state"] for row in of(scene, "webhook")}
    assert states == {"sent", "failed", "pending"}
    assert {"ladder", "emergency", "dispatch", "anchor"} <= {row["kind"] for row in notices(scene)}
    assert found(scene) == []


def notices(scene: Scene) -> list[dict[str, Any]]:
    return scene.rows("SELECT * FROM notice WHERE centre_id = :centre ORDER BY id")


def of(scene: Scene, channel: str) -> list[dict[str, Any]]:
    return [row for row in notices(scene) if row["channel"] == channel]


def found(scene: Scene | Store) -> list[Finding]:
    with scene.reader() as reader:
        findings = verify(reader, 1)
    assert all(one.text("zh") and one.text("en") for one in findings)
    return findings


CONTENT = (
    *("title = 'x'", "title_en = 'x'", "body = 'x'", "kind = 'x'", "severity = 'x'", "officer_id = 99"),
    *("unit_id = 99", "created_at = created_at + 1"),
)
WHERE = {
    "plain": "channel = 'console' AND seen_at IS NULL AND ticket_id IS NOT NULL",
    "centre": "channel = 'console' AND kind = 'emergency'",
    "engine": "channel = 'console' AND kind = 'ladder'",
    "seen": "seen_at IS NOT NULL",
    "sent": "channel = 'webhook' AND state = 'sent'",
    "failed": "channel = 'webhook' AND state = 'failed'",
    "waiting": "channel = 'webhook' AND state = 'pending'",
    "anchor": "kind = 'anchor'",
}
STAMPS = {
    "plain": {
        "seen_at = 1795000000, seen_by = 'li'": {"seen_at", "seen_by"},
        "state = 'pending'": {"seal"},
        "state = 'failed'": {"seal"},
        "sent_at = sent_at - 60": {"seal"},
        "sent_at = NULL": {"seal"},
    },
    "seen": {
        "seen_at = NULL, seen_by = ''": {"seen_at", "seen_by"},
        "seen_at = seen_at - 60": {"seen_at"},
        "seen_by = 'wang'": {"seen_by"},
    },
    "waiting": {
        "state = 'sent', sent_at = 1795000000": {"state", "sent_at"},
        "state = 'sent'": {"state"},
        "state = 'failed'": {"state"},
        "sent_at = 1795000000": {"sent_at"},
        "seen_at = 1795000000, seen_by = 'li'": {"seen_at", "seen_by"},
    },
    "sent": {
        "state = 'pending', sent_at = NULL": {"state", "sent_at"},
        "state = 'failed'": {"state"},
        "sent_at = sent_at - 60": {"sent_at"},
    },
    "failed": {"state = 'sent', sent_at = 1795000000": {"state", "sent_at"}, "state = 'pending'": {"state"}},
    "anchor": {"state = 'sent', sent_at = 1795000000": {"state", "sent_at"}},
}
DAMAGES = [
    *[(which, f"UPDATE notice SET {what}", {"seal"}) for which in ("plain", "waiting", "anchor") for what in CONTENT],
    *[
        (which, f"UPDATE notice SET {what}", fields)
        for which, list_ in STAMPS.items()
        for what, fields in list_.items()
    ],
    *[(which, "DELETE FROM notice", {"row"}) for which in WHERE],
    *[(which, "UPDATE notice SET event_no = NULL", {"event"}) for which in ("plain", "centre")],
    *[(which, "UPDATE notice SET event_no = event_no - 1", {"event"}) for which in ("engine", "centre")],
    ("plain", "UPDATE notice SET ticket_id = ticket_id + 1", {"seal"}),
    ("plain", "UPDATE notice SET channel = 'sms'", {"seal", "state", "sent_at"}),
    ("sent", "UPDATE notice SET channel = 'console'", {"seal"}),
    ("plain", "UPDATE notice SET id = -id", {"row", "event"}),
    ("seen", "UPDATE notice SET id = id + 1", {"row", "event", "seen_at", "seen_by"}),
]


@pytest.mark.parametrize(
    ("which", "statement", "fields"), DAMAGES, ids=[f"{which}, {statement[7:50]}" for which, statement, _ in DAMAGES]
)
def test_one_that_is_not_as_the_logs_say_is_found(told: Scene, which: str, statement: str, fields: set[str]) -> None:
    chosen = told.rows(f"SELECT min(id) AS id FROM notice WHERE centre_id = :centre AND {WHERE[which]}")[0]["id"]
    change(told, f"{statement} WHERE id = :id", id=chosen)
    findings = found(told)
    assert {one.place for one in findings} == {"notice"}
    assert {one.field for one in findings} == fields


@pytest.mark.parametrize("number", ["id + 1", "-id", "1", "4611686018427387904"])
@pytest.mark.parametrize("event", ["event_no", "event_no + 1", "NULL", "1"])
def test_one_that_no_event_names_is_found(told: Scene, number: str, event: str) -> None:
    columns = [name for name in notices(told)[0] if name not in ("id", "event_no")]
    change(
        told,
        f"INSERT INTO notice (id, event_no, {', '.join(columns)}) SELECT {number}, {event}, {', '.join(columns)}"
        f" FROM notice WHERE id = (SELECT min(id) FROM notice WHERE {WHERE['plain']})",
    )
    assert [(one.place, one.field, one.found) for one in found(told)] == [("notice", "event", MISSING)]


def test_what_may_change_of_one_on_its_way_out_is_no_finding(told: Scene) -> None:
    for legal in ("attempts = 7", "next_try_at = 0", "error = 'HTTP 500'", "state = 'sending'"):
        change(told, f"UPDATE notice SET {legal} WHERE {WHERE['waiting']}")
        assert found(told) == []


def test_those_that_were_given_up_with_the_webhook_are_no_finding(told: Scene) -> None:
    waiting = told.rows(f"SELECT id FROM notice WHERE centre_id = :centre AND {WHERE['waiting']}")
    with told.store.write() as connection:
        assert clear_webhook(connection, 1, told.who("xi"), told.desk.now())
    assert found(told) == []
    assert {row["state"] for row in of(told, "webhook")} == {"sent", "failed"}
    entries = told.rows("SELECT actor FROM access_event WHERE centre_id = :centre AND kind = 'notice_failed'")
    assert [row["actor"] for row in entries].count("xi") == len(waiting) > 0


def test_who_saw_it_stands_in_the_access_log_once(told: Scene) -> None:
    entries = told.rows("SELECT * FROM access_event WHERE centre_id = :centre AND kind = 'notice_seen'")
    assert [(one["actor"], one["actor_id"]) for one in entries] == [("li", told.who("li").id)]


def test_those_that_went_when_their_time_was_up_are_no_finding_and_others_are(any_scene: Scene) -> None:
    told = any_scene
    give_a_past(told)
    before = len(notices(told))
    told.wait(days=jobs.KEEP_NOTICES_DAYS + 1)
    code = told.at_stage(Stage.DISPATCHED)
    dropped = jobs.prune_notices(told.store, told.clock, 1)
    assert 0 < dropped < before
    assert jobs.prune_notices(told.store, told.clock, 1) == 0
    assert found(told) == []
    young = told.rows(
        "SELECT n.id FROM notice n JOIN ticket t ON t.centre_id = n.centre_id AND t.id = n.ticket_id"
        " WHERE n.centre_id = :centre AND t.code = :code",
        code=code,
    )
    change(told, "DELETE FROM notice WHERE id = :id", id=young[0]["id"])
    assert [(one.number, one.found) for one in found(told)] == [(young[0]["id"], MISSING)]


def test_old_ones_that_went_without_a_word_are_found(told: Scene) -> None:
    told.wait(days=jobs.KEEP_NOTICES_DAYS + 1)
    change(told, f"DELETE FROM notice WHERE {WHERE['engine']}")
    assert {(one.place, one.found) for one in found(told)} == {("notice", MISSING)}


def test_those_of_a_ticket_whose_texts_were_erased_are_no_finding(scene: Scene) -> None:
    code = scene.at_stage(Stage.CALLED_BACK)
    scene.do(Archive(ticket=code))
    rows = notices(scene)
    assert rows
    scene.wait(days=KEEP_DAYS + 1)
    erase = Erase(ticket=code, reason="到期")
    CentreDesk(scene.desk).do(erase, scene.who("an"))
    assert notices(scene) == []
    assert found(scene) == []
    columns = ", ".join(rows[0])
    marks = ", ".join(f":{name}" for name in rows[0])
    change(scene, f"INSERT INTO notice ({columns}) VALUES ({marks})", **rows[0])
    assert {(one.place, one.field, one.expected) for one in found(scene)} == {("notice", "row", MISSING)}


def test_an_event_names_its_notices_and_says_nothing_of_it_to_people(told: Scene) -> None:
    event = told.rows("SELECT * FROM ticket_event WHERE centre_id = :centre AND kind = 'dispatch'")[0]
    mine = [row for row in notices(told) if row["event_no"] == event["id"]]
    assert plain(event["body"])[NOTICES] == [[row["id"], seal(event["salt"], row)] for row in mine]
    assert len({one["channel"] for one in mine}) == 2


def test_entries_of_the_access_log_that_went_when_their_time_was_up_prove_nothing(told: Scene) -> None:
    change(told, "UPDATE access_head SET base_no = (SELECT max(id) FROM access_event)")
    change(told, "UPDATE access_event SET at = at + 1000000, target = 'x'")
    with told.reader() as reader:
        assert list(Told(reader, 1).rows()) == []


# ------------------------------------------------------------------------------------------------ an older store


def test_an_upgrade_says_from_which_event_on_notices_are_held(told: Scene, tmp_path: Path) -> None:
    url = locate(str(tmp_path / "older.sqlite"))
    make_older(told.store, url, "0026")
    old = Store(url, any_version=True)
    with old.change_schema() as connection:
        connection.execute(text(f"UPDATE notice SET state = 'pending', sent_at = NULL WHERE {WHERE['engine']}"))
        head = connection.execute(text("SELECT chain_no, organisation_no FROM centre_seq")).one()
        newest = connection.execute(text("SELECT max(id) FROM notice")).scalar_one()
    old.close()
    upgrade(url, no_copy=True)
    scene = Scene(Store(url), told.desk, told.clock)
    assert found(scene) == []
    marker = scene.rows("SELECT id, actor, kind, body FROM organisation_event WHERE centre_id = :centre ORDER BY id")[
        -1
    ]
    assert (marker["id"], marker["actor"], marker["kind"]) == (head[1] + 1, "upgrade", "notices_held")
    assert plain(marker["body"]) == {"from": head[0] + 1, "newest": newest, "schema": "0027"}
    assert (
        scene.rows("SELECT id FROM notice WHERE centre_id = :centre AND channel = 'console' AND state = 'pending'")
        == []
    )
    change(scene, f"UPDATE notice SET title = 'x' WHERE {WHERE['plain']}")
    assert found(scene) == [], "of those before nobody can say"
    columns = [name for name in notices(scene)[0] if name != "id"]
    change(
        scene,
        f"INSERT INTO notice (id, {', '.join(columns)}) SELECT id + 1, {', '.join(columns)} FROM notice WHERE id = :id",
        id=newest,
    )
    assert [one.field for one in found(scene)] == ["event"]
    scene.store.close()
