"""Heads of both logs go outside by the webhook, and what a later audit makes of those that were kept there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, insert

from core.accountability.anchor import anchor_findings, read_anchors
from core.engine.anchoring import EVERY, LATE, LATE_AFTER, send_anchor
from core.engine.outbox import Outbox
from core.engine.schedule import Calendar
from core.engine.webhook import set_webhook
from data.errors import BadInput
from data.reader import Reader
from data.tables import Handover, TicketEvent, table
from tests.core.engine.receiver import Receiver, receiving
from tests.core.engine.rig import ADMIN, Rig


@pytest.fixture
def receiver(rig: Rig) -> Iterator[Receiver]:
    with receiving() as found:
        with rig.store.write() as connection:
            set_webhook(connection, 1, found.url, "a-secret-of-the-street", ADMIN, rig.now())
        yield found


def look(rig: Rig) -> bool:
    return send_anchor(rig.store, rig.clock, 1)


def send(rig: Rig) -> None:
    Outbox(rig.store, rig.clock, 1, steady_clock=rig.steady, seed=1).send_due()


def heads(rig: Rig) -> list[dict[str, object]]:
    return [row for row in rig.notices() if row["kind"] == "anchor"]


def test_each_hour_a_head_arrives_that_later_shows_a_cut_tail(rig: Rig, receiver: Receiver, tmp_path: Path) -> None:
    rig.report()
    Calendar(rig.store, rig.clock, 1).look()
    assert not look(rig), "once an hour"
    rig.away(seconds=EVERY)
    assert look(rig)
    send(rig)
    first, second = receiver.bodies
    assert (first["kind"], first["centre"], first["organisation"]) == ("anchor", "demo", second["organisation"])
    numbers = [int(str(one["log"]).partition(":")[0]) for one in (first, second)]
    assert numbers[1] == numbers[0] + 1, "the event that says that a head went out"
    assert receiver.keys == [str(row["id"]) for row in heads(rig)]

    kept = tmp_path / "kept.jsonl"
    kept.write_text("".join(json.dumps(body) + "\n" for body in [{"kind": "remind"}, first, second]))
    anchors = read_anchors(kept, "demo")
    assert [anchor.log for anchor in anchors] == [first["log"], second["log"]]
    reader = Reader(rig.url)
    assert not list(anchor_findings(reader, 1, anchors))
    events = table(TicketEvent).c
    *_, newest, _ = rig.rows(TicketEvent)  # the one that the second head is of; behind it stands that it went
    with rig.store.write() as connection:
        connection.execute(delete(table(TicketEvent)).where(events.centre_id == 1, events.id == newest["id"]))
    assert list(anchor_findings(reader, 1, anchors))
    with rig.store.write() as connection:
        connection.execute(insert(table(TicketEvent)), newest)
    assert not list(anchor_findings(reader, 1, anchors))
    reader.close()


def test_a_line_that_is_no_head_is_refused(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    for line in ("[]", '{"kind":"anchor","centre":"demo"}', "null"):
        kept.write_text(line + "\n")
        with pytest.raises(BadInput, match="Line 1 is no head"):
            read_anchors(kept, "demo")


def test_a_shift_that_was_signed_for_sends_one_at_once(rig: Rig, receiver: Receiver) -> None:
    assert look(rig)
    rig.away(minutes=5)
    assert not look(rig)
    blank = Handover(centre_id=1, id=1, state="accepted", answered_at=rig.now()).model_dump()
    with rig.store.write() as connection:
        connection.execute(insert(table(Handover)), blank)
    assert look(rig)
    rig.away(minutes=5)
    assert not look(rig)


def test_leaders_are_told_once_when_none_arrives(rig: Rig, receiver: Receiver) -> None:
    receiver.behaviour = lambda _: -1
    for _ in range(LATE_AFTER // EVERY + 2):
        look(rig)
        send(rig)
        rig.away(seconds=EVERY)
    told = [row for row in rig.notices() if row["kind"] == LATE and row["channel"] == "console"]
    assert told
    assert len(told) == len({row["officer_id"] for row in told}), "each once"
    assert [event["kind"] for event in rig.rows(TicketEvent)].count(LATE) == 1

    receiver.behaviour = lambda _: 200
    rig.away(hours=1)
    look(rig)
    send(rig)
    assert any(row["state"] == "sent" for row in heads(rig))
    rig.away(seconds=EVERY)
    look(rig)
    assert [event["kind"] for event in rig.rows(TicketEvent)].count(LATE) == 1


def test_without_a_webhook_nothing_is_queued(rig: Rig) -> None:
    assert not look(rig)
    assert not rig.notices()
