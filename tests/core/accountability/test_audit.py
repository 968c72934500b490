"""Tampering of every kind is found, and a clean store is clean, on both engines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, text

from core.accountability.audit import verify
from core.accountability.findings import Finding
from core.accountability.head import Anchor, head, head_lines, read_anchor
from core.accountability.lookup import plain
from core.desk.ledger import chain_hash
from core.desk.orders import Amend, Note, Pause, Return
from data.errors import BadInput
from data.terms import PauseReason, ReturnReason, Stage
from tests.core.accountability.tampering import BOTH, change, kept_scene, put_back
from tests.core.desk.scene import Scene

EVENT = (
    *("id", "ticket_id", "seq", "at", "kind", "actor_id", "actor", "behalf_id", "seen_revision", "body"),
    *("salt", "erased"),
)


TABLES = (
    "ticket_event",
    "ticket",
    "ticket_text",
    "task",
    "clock",
    "custody",
    "clock_due",
    "centre_stat",
    "centre_seq",
    "daily_number",
    "notice",
)
"""In the order in which rows may be put back."""


@pytest.fixture(scope="module", params=BOTH)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A street with a past, and a copy of every row, to be put back after each damage."""
    with kept_scene(request, tmp_path_factory.mktemp("audit"), give_a_past, TABLES) as scene:
        yield scene


@pytest.fixture
def busy(kept: Scene) -> Iterator[Scene]:
    """The street with a past, as new."""
    stood = kept.clock.now()
    yield kept
    kept.clock.set(stood)
    put_back(kept, TABLES)


def give_a_past(scene: Scene) -> None:
    """Tickets at several stages, with bounces, pauses, nulls, booleans, fractions and odd text in the log."""
    for stage in (Stage.REPORTED, Stage.DISPATCHED, Stage.HANDLING, Stage.SUSPENDED, Stage.ARCHIVED):
        scene.at_stage(stage)
        scene.wait(minutes=3)
    code = scene.at_stage(Stage.ACKNOWLEDGED)
    scene.do(Return(ticket=code, code=ReturnReason.NOT_OURS, reason="非本岗\n\x1b[31m\"'\\ 🚒 \u2028"), "li")
    scene.do(Amend(ticket=code, title="𝒳 é\u0301 </b>"), seen=scene.ticket(code)["revision"])
    assert found(scene) == []


def found(scene: Scene, against: Anchor | None = None) -> list[Finding]:
    with scene.reader() as reader:
        return verify(reader, 1, against=against)


def places(scene: Scene, against: Anchor | None = None) -> set[str]:
    return {finding.place for finding in found(scene, against)}


def events(connection: Connection) -> list[dict[str, Any]]:
    rows = connection.execute(text(f"SELECT {', '.join(EVENT)} FROM ticket_event ORDER BY id")).mappings()
    return [{**row, "body": plain(row["body"]), "erased": plain(row["erased"]), "centre_id": 1} for row in rows]


def restamp(connection: Connection) -> None:
    """Make every hash right again, as somebody would who knows how they are made."""
    previous = ""
    for event in events(connection):
        previous = chain_hash(previous, event)
        connection.execute(
            text("UPDATE ticket_event SET hash = :hash WHERE id = :id"), {"hash": previous, "id": event["id"]}
        )
    last = connection.execute(text("SELECT max(id) FROM ticket_event")).scalar_one()
    connection.execute(
        text("UPDATE centre_seq SET chain_no = :number, chain_hash = :hash"), {"number": last, "hash": previous}
    )


# ------------------------------------------------------------------------------------------------ the chain


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ticket_event SET at = at + 1 WHERE id = 5",
        "UPDATE ticket_event SET actor = 'wang' WHERE id = 5",
        "UPDATE ticket_event SET actor_id = NULL WHERE id = 5",
        "UPDATE ticket_event SET kind = 'note' WHERE id = 5",
        "UPDATE ticket_event SET behalf_id = 1 WHERE id = 5",
        "UPDATE ticket_event SET seen_revision = 1 WHERE id = 5",
        "UPDATE ticket_event SET ticket_id = ticket_id + 1 WHERE id = 5",
        "UPDATE ticket_event SET hash = upper(hash) WHERE id = 5",
        "UPDATE ticket_event SET body = '{}' WHERE id = 5",
        "UPDATE ticket_event SET body = '[]' WHERE id = 5",
        "UPDATE ticket_event SET body = 'null' WHERE id = 5",
    ],
)
def test_an_edited_event_is_found_where_it_stands(busy: Scene, statement: str) -> None:
    change(busy, statement)
    assert ("chain", 5, "hash") in {(finding.place, finding.number, finding.field) for finding in found(busy)}


def test_a_word_changed_in_a_body_is_found(busy: Scene) -> None:
    def edit(connection: Connection) -> None:
        event = next(event for event in events(connection) if event["kind"] == "return")
        event["body"]["reason"] = "另一个理由"
        connection.execute(
            text("UPDATE ticket_event SET body = :body WHERE id = :id"),
            {"body": json.dumps(event["body"]), "id": event["id"]},
        )

    change(busy, edit)
    assert {finding.field for finding in found(busy) if finding.place == "chain"} == {"hash"}


def test_a_deleted_event_leaves_a_gap(busy: Scene) -> None:
    change(busy, "DELETE FROM ticket_event WHERE id = 7")
    findings = {(finding.place, finding.number, finding.field) for finding in found(busy)}
    assert {("chain", 8, "number"), ("chain", 8, "hash")} <= findings
    assert any(finding.place == "event" and finding.field == "seq" for finding in found(busy))


def test_an_inserted_event_is_found(busy: Scene) -> None:
    ticket = busy.rows("SELECT max(ticket_id) AS id FROM ticket_event WHERE centre_id = :centre")[0]["id"]
    change(
        busy,
        "INSERT INTO ticket_event (centre_id, id, ticket_id, seq, at, kind, actor, body, hash)"
        " SELECT 1, max(id) + 1, :ticket, 99, max(at), 'note', 'zhang', '{}', 'x' FROM ticket_event",
        ticket=ticket,
    )
    assert {"chain", "head", "event"} <= places(busy)


def test_swapped_events_are_found(busy: Scene) -> None:
    def swap(connection: Connection) -> None:
        for before, after in ((3, -3), (4, 3), (-3, 4)):
            connection.execute(
                text("UPDATE ticket_event SET id = :after WHERE id = :before"), {"before": before, "after": after}
            )

    change(busy, swap)
    assert {finding.number for finding in found(busy) if finding.place == "chain"} >= {3, 4}


def test_a_tail_cut_off_is_found(busy: Scene) -> None:
    with busy.reader() as reader:
        anchor = read_anchor(head(reader, 1).anchor)
    change(busy, "DELETE FROM ticket_event WHERE id > :number", number=anchor.number - 2)
    assert "head" in places(busy)
    assert {finding.place for finding in found(busy, anchor)} >= {"anchor", "head"}


def test_a_tail_cut_off_with_everything_put_right_is_found_by_the_printed_head(busy: Scene) -> None:
    """Whoever cuts the last event off, rebuilds the rows and sets the head back is caught by the paper alone."""
    code = busy.new("将被抹去")
    with busy.reader() as reader:
        anchor = read_anchor(head(reader, 1).anchor)

    def erase(connection: Connection) -> None:
        ticket, reported = connection.execute(
            text("SELECT id, reported_at FROM ticket WHERE code = :code"), {"code": code}
        ).one()
        for table in ("ticket_text", "clock_due", "clock", "task", "custody", "notice", "ticket_event"):
            connection.execute(text(f"DELETE FROM {table} WHERE ticket_id = :ticket"), {"ticket": ticket})
        connection.execute(text("DELETE FROM ticket WHERE id = :ticket"), {"ticket": ticket})
        restamp(connection)
        for dimension, item in (
            ("all", "all"), ("open", "all"), ("stage", "reported"), ("source", "phone"),
            ("open_section", "-"), ("open_urgency", "normal"), ("open_unit", "0"), ("open_source", "phone"),
            ("open_community", "0"), ("open_grid", "0"), ("reported_hour", str(reported // 3600)),
        ):  # fmt: skip
            connection.execute(
                text("UPDATE centre_stat SET amount = amount - 1 WHERE dimension = :d AND item = :i"),
                {"d": dimension, "i": item},
            )

    change(busy, erase)
    assert found(busy) == []
    assert places(busy, anchor) == {"anchor"}


def test_a_log_written_anew_is_found_by_the_printed_head(busy: Scene) -> None:
    with busy.reader() as reader:
        anchor = read_anchor(head(reader, 1).anchor)

    def forge(connection: Connection) -> None:
        connection.execute(text("UPDATE ticket_event SET actor = 'nobody' WHERE id = 2"))
        restamp(connection)

    change(busy, forge)
    assert found(busy) == []
    assert places(busy, anchor) == {"anchor"}


def test_a_head_that_was_printed_earlier_still_fits(busy: Scene) -> None:
    with busy.reader() as reader:
        printed = head(reader, 1)
    busy.new("后来的事")
    assert found(busy, read_anchor(printed.anchor)) == []


# ------------------------------------------------------------------------------------------------ the rows


@pytest.mark.parametrize(
    ("statement", "place", "field"),
    [
        ("UPDATE ticket SET title = 'x' WHERE stage = 'archived'", "ticket", "title"),
        ("UPDATE ticket SET on_time = NULL WHERE stage = 'archived'", "ticket", "on_time"),
        ("UPDATE ticket SET completed_at = completed_at - 60 WHERE stage = 'archived'", "ticket", "completed_at"),
        ("UPDATE ticket SET bounces = 0 WHERE bounces = 1", "ticket", "bounces"),
        ("UPDATE ticket SET facts = '{\"a\": 1}' WHERE stage = 'handling'", "ticket", "facts"),
        ("UPDATE ticket SET due_at = due_at + 1 WHERE stage = 'handling'", "ticket", "due_at"),
        ("UPDATE task SET unit_id = 4 WHERE state = 'returned'", "task", "unit_id"),
        ("UPDATE clock SET due_at = due_at + 60 WHERE kind = 'final' AND state = 'met'", "clock", "due_at"),
        ("UPDATE clock SET state = 'met' WHERE kind = 'handle' AND state = 'cancelled'", "clock", "state"),
        ("UPDATE clock SET warn_share = 0.5 WHERE kind = 'accept'", "clock", "warn_share"),
        ("UPDATE clock SET segments = '[]' WHERE kind = 'accept'", "clock", "segments"),
        ("UPDATE clock SET fired = '[\"warn#0\"]' WHERE kind = 'accept'", "clock", "fired"),
        ("UPDATE custody SET unit_id = 4 WHERE unit_id = 3", "custody", "unit_id"),
        ("UPDATE custody SET to_at = to_at - 1 WHERE no = 1 AND to_at IS NOT NULL", "custody", "to_at"),
        ("DELETE FROM custody WHERE no = 1", "custody", "row"),
        ("DELETE FROM task WHERE state = 'returned'", "task", "row"),
        ("DELETE FROM clock_due", "clock_due", "next_at"),
        ("UPDATE clock_due SET next_at = next_at + 86400", "clock_due", "next_at"),
        ("INSERT INTO clock_due (centre_id, next_at, clock_id, ticket_id) VALUES (1, 5, 5, 5)", "clock_due", "next_at"),
        ("UPDATE centre_stat SET amount = amount + 1 WHERE dimension = 'source'", "counter", "phone"),
        ("DELETE FROM centre_stat WHERE dimension = 'open'", "counter", "all"),
        ("UPDATE centre_seq SET chain_no = chain_no - 1", "head", "head"),
        ("UPDATE centre_seq SET chain_hash = 'x'", "head", "head"),
    ],
)
def test_a_row_changed_past_the_log_is_found(busy: Scene, statement: str, place: str, field: str) -> None:
    change(busy, statement)
    findings = found(busy)
    assert (place, field) in {(finding.place, finding.field) for finding in findings}
    assert not [finding for finding in findings if finding.place in ("chain", "event")]
    for finding in findings:
        assert finding.text("zh")
        assert finding.text("en")


def test_a_finding_names_ticket_field_expected_and_found(busy: Scene) -> None:
    code = busy.at_stage(Stage.ARCHIVED)
    change(busy, "UPDATE ticket SET outcome = '另一个结果' WHERE code = :code", code=code)
    ((place, _, ticket, field, expected, stored),) = found(busy)
    assert (place, ticket, field, expected, stored) == ("ticket", code, "outcome", "修好", "另一个结果")
    assert (
        found(busy)[0].text("zh")
        == f"事件 {busy.ticket(code)['id']}（事件 {code}） outcome：应为 修好，实为 另一个结果"
    )


def test_a_ticket_without_a_log_and_a_log_without_a_ticket(busy: Scene) -> None:
    code = busy.at_stage(Stage.REPORTED)
    ticket = busy.ticket(code)["id"]
    change(busy, "UPDATE ticket_event SET ticket_id = 5 WHERE ticket_id = :ticket", ticket=ticket)
    rows = {(finding.place, finding.field, str(finding.ticket)) for finding in found(busy) if finding.field == "row"}
    assert ("ticket", "row", code) in rows
    assert ("ticket", "row", "5") in rows


def test_the_list_of_findings_is_bounded(busy: Scene) -> None:
    change(busy, "UPDATE ticket SET title = 'x'")
    with busy.reader() as reader:
        assert len(verify(reader, 1, limit=2)) == 2


def test_progress_is_told_and_ends_at_the_whole(scene: Scene) -> None:
    for _ in range(3):
        scene.at_stage(Stage.DISPATCHED)
    told: list[tuple[int, int]] = []
    with scene.reader() as reader:
        verify(reader, 1, lambda done, of: told.append((done, of)))
    assert told == sorted(told)
    assert told[-1] == (15, 15)


def test_what_is_written_meanwhile_is_no_finding(busy: Scene) -> None:
    """Work goes on while the audit runs."""
    code = busy.at_stage(Stage.HANDLING)

    def work(done: int, of: int) -> None:
        busy.do(Note(ticket=code, text=f"{done}/{of}"))
        busy.new("新的事")

    with busy.reader() as reader:
        assert verify(reader, 1, work) == []


# ------------------------------------------------------------------------------------------------ the head on paper


def test_the_head_for_paper(scene: Scene) -> None:
    scene.at_stage(Stage.DISPATCHED)
    with scene.reader() as reader:
        found = head(reader, 1)
    lines = head_lines(found, "zh")
    assert lines[0].endswith("demo 示范街道")
    assert "4" in lines[1]
    assert "2026-11-20 09:00:00" in lines[2]
    written = " ".join(line.removeprefix("校验").strip() for line in lines[3:])
    assert read_anchor(f"{found.number}: {written}") == Anchor(found.number, found.hash)
    assert all(len(group) == 4 for group in written.split())
    assert all(len(line) <= 60 for line in head_lines(found, "en"))


def test_the_head_of_an_empty_log(scene: Scene) -> None:
    with scene.reader() as reader:
        found = head(reader, 1)
        assert (found.number, found.at) == (0, None)
        assert head_lines(found, "en")[1].endswith("0")
        assert verify(reader, 1, against=read_anchor(found.anchor)) == []


@pytest.mark.parametrize(
    "written", ["", "5", "5:", "x:" + "a" * 64, "5:" + "g" * 64, "-1:" + "a" * 64, "²:" + "a" * 64]
)
def test_a_head_that_was_copied_wrongly(written: str) -> None:
    with pytest.raises(BadInput):
        read_anchor(written)


def test_pausing_and_its_facts_survive_the_round_trip(any_scene: Scene) -> None:
    """None, booleans, fractions and nested lists hash the same from either engine's JSON."""
    code = any_scene.at_stage(Stage.HANDLING)
    any_scene.do(Pause(ticket=code, code=PauseReason.WEATHER, reason="雨"))
    assert found(any_scene) == []
