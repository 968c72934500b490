"""A woven store is what the desk would have written."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import pytest

from core.desk.ledger import chain_hash
from core.rules.projection import apply, open_case
from data.reader import Reader
from data.terms import CLOSED_STAGES
from tests.bench.stores import copy_of, store_of
from tests.bench.weaving import CALM, Span

NOW = 1_800_000_000
TICKETS = 200


@pytest.fixture(scope="module")
def woven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_of(tmp_path_factory.mktemp("stores"), TICKETS)


@pytest.fixture
def reader(woven: Path) -> Reader:
    return Reader(f"sqlite:///{woven}")


def rows(reader: Reader, sql: str) -> list[dict[str, object]]:
    names, found = reader.columns(sql, fanout=True)
    return [dict(zip(names, row, strict=True)) for row in found]


def test_the_chain_has_no_gap_and_right_hashes(reader: Reader) -> None:
    previous = ""
    events = rows(reader, "SELECT * FROM ticket_event ORDER BY id")
    for number, event in enumerate(events, 1):
        assert event["id"] == number
        event["body"] = json.loads(str(event["body"]))
        previous = chain_hash(previous, event)
        assert event["hash"] == previous
    (head,) = rows(reader, "SELECT chain_no, chain_hash FROM centre_seq")
    assert head == {"chain_no": len(events), "chain_hash": previous}


def test_events_replay_into_the_rows(reader: Reader, woven: Path) -> None:
    cases = {}
    for event in rows(reader, "SELECT * FROM ticket_event ORDER BY id"):
        case = cases.setdefault(event["ticket_id"], open_case(1, event["ticket_id"]))
        apply(case, event["seq"], event["at"], json.loads(str(event["body"]))["effects"])
    stored = {row["id"]: row for row in rows(reader, "SELECT * FROM ticket")}
    assert len(stored) == len(cases) == TICKETS
    for ticket_id, case in cases.items():
        row = stored[ticket_id]
        for name, value in dict(case.ticket).items():
            assert row[name] == (json.dumps(value) if isinstance(value, dict) else value), name
        clocks = {clock.id: clock for clock in case.clocks}
        for clock in rows(reader, f"SELECT * FROM clock WHERE ticket_id = {ticket_id}"):
            replayed = clocks.pop(clock["id"])
            assert (clock["due_at"], clock["state"]) == (replayed.due_at, replayed.state)
            told = replayed.next_at is not None and replayed.next_at <= int(woven.stat().st_mtime) + CALM
            assert clock["next_at"] == (None if told else replayed.next_at)
            assert json.loads(str(clock["segments"])) == replayed.segments
        assert clocks == {}


def test_counters_and_due_clocks_are_right(reader: Reader) -> None:
    tickets = rows(reader, "SELECT * FROM ticket")
    counted: Counter[tuple[str, str]] = Counter()
    for ticket in tickets:
        counted["all", "all"] += 1
        counted["stage", str(ticket["stage"])] += 1
        counted["source", str(ticket["source"])] += 1
        counted["reported_hour", str(int(str(ticket["reported_at"])) // 3600)] += 1
        if ticket["stage"] not in CLOSED_STAGES:
            counted["open", "all"] += 1
            counted["open_section", str(ticket["section"] or "-")] += 1
            counted["open_urgency", str(ticket["urgency"])] += 1
            counted["open_unit", str(ticket["holder_unit_id"] or 0)] += 1
            counted["open_source", str(ticket["source"])] += 1
            counted["open_community", str(ticket["community_id"] or 0)] += 1
    kept = {(row["dimension"], row["item"]): row["amount"] for row in rows(reader, "SELECT * FROM centre_stat")}
    assert {place: amount for place, amount in kept.items() if amount and place in counted} == counted
    assert counted["open", "all"] == TICKETS * 9 // 10
    due = {(row["next_at"], row["clock_id"]) for row in rows(reader, "SELECT * FROM clock_due")}
    running = rows(reader, "SELECT * FROM clock WHERE state = 'running' AND next_at IS NOT NULL")
    assert due == {(row["next_at"], row["id"]) for row in running}


def test_the_file_is_sound_and_has_every_index(woven: Path, reader: Reader) -> None:
    assert rows(reader, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert rows(reader, "PRAGMA foreign_key_check") == []
    names = {row["name"] for row in rows(reader, "SELECT name FROM sqlite_master WHERE type = 'index'")}
    assert {"ix_ticket_open_due", "ix_clock_running", "ix_notice_ticket"} <= names


def test_deadlines_lie_where_they_are_wanted(tmp_path: Path) -> None:
    before = int(time.time())
    with Reader(f"sqlite:///{store_of(tmp_path, 100, Span(600, 1800), 'soon')}") as reader:
        due = sorted(int(str(row["due_at"])) for row in rows(reader, "SELECT due_at FROM ticket WHERE open = 1"))
    assert before + 600 <= due[0]
    assert due[29] <= before + 3600


def test_a_kept_store_is_used_again_and_copies_go_away(woven: Path) -> None:
    written = woven.stat().st_mtime_ns
    assert store_of(woven.parent, TICKETS) == woven
    assert woven.stat().st_mtime_ns == written
    with copy_of(woven, "scratch") as copy:
        assert copy.stat().st_size == woven.stat().st_size
    assert not copy.exists()
