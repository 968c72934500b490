"""What is true of every store after every operation, counted here a second time and independently of the code."""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise
from typing import Any

from core.accountability.audit import verify
from data.instants import FAR
from data.location import sqlite_path
from data.reader import Reader
from data.row_check import rotten_in
from tests.core.desk.scene import Scene

CLOSED = {"archived", "refused", "void", "merged"}
UPWARD = {"up_phone", "up_written", "up_follow"}
Row = dict[str, Any]


def check(scene: Scene) -> None:
    """All of it. Raises AssertionError."""
    with scene.reader() as reader:
        tickets = {row["id"]: row for row in _rows(reader, "ticket")}
        custody = _by_ticket(reader, "custody", "no")
        clocks, tasks = _by_ticket(reader, "clock", "id"), _by_ticket(reader, "task", "no")
        events = _by_ticket(reader, "ticket_event", "seq")
        for number, ticket in tickets.items():
            check_custody(ticket, custody[number])
            check_events(ticket, events[number])
            check_clocks(ticket, clocks.get(number, []))
            check_tasks(ticket, tasks.get(number, []))
        check_due(reader, [clock for found in clocks.values() for clock in found])
        check_counters(reader, list(tickets.values()))
        assert verify(reader, 1) == []
        if reader.sqlite:
            assert rotten_in(sqlite_path(reader.url), 5) == []


def check_custody(ticket: Row, segments: list[Row]) -> None:
    """In exactly one pair of hands at every moment; the segments add up to the life."""
    assert [row["no"] for row in segments] == list(range(1, len(segments) + 1))
    assert segments[0]["from_at"] == ticket["reported_at"]
    for before, after in pairwise(segments):
        assert before["to_at"] == after["from_at"]
        assert before["to_at"] >= before["from_at"]
    last = segments[-1]
    assert (last["to_at"] is None) == (ticket["stage"] not in CLOSED or is_joined(ticket))
    assert last["to_at"] == ticket["closed_at"]
    assert last["stage"] == ticket["stage"] or ticket["stage"] in CLOSED
    if last["to_at"] is None:
        assert (last["unit_id"], last["officer_id"]) == (ticket["holder_unit_id"], ticket["holder_officer_id"])
        assert (last["holder"], last["tier"]) == (ticket["holder"], ticket["tier"])
    else:
        life = ticket["closed_at"] - ticket["reported_at"]
        assert sum(row["to_at"] - row["from_at"] for row in segments) == life


def is_joined(ticket: Row) -> bool:
    """Whether it stands still under another ticket: no longer in any list, but its life goes on."""
    return ticket["stage"] == "merged" and ticket["closed_at"] is None


def check_events(ticket: Row, events: list[Row]) -> None:
    """Numbered without a gap, never going back in time; the revision is their number."""
    assert [row["seq"] for row in events] == list(range(1, len(events) + 1))
    assert ticket["revision"] == len(events)
    assert all(before["at"] <= after["at"] for before, after in pairwise(events))
    assert ticket["updated_at"] == events[-1]["at"]


def check_clocks(ticket: Row, clocks: list[Row]) -> None:
    """The next deadline is the earliest running one; what is over has nothing running."""
    live = [clock for clock in clocks if clock["state"] in ("running", "paused")]
    running = [clock for clock in live if clock["state"] == "running" and clock["kind"] not in ("handle", "suspension")]
    assert ticket["due_at"] == min((clock["due_at"] for clock in running), default=FAR)
    assert all(clock["due_at"] is not None for clock in running)
    assert ticket["open"] == (ticket["stage"] not in CLOSED)
    if is_joined(ticket):
        assert not running
    elif ticket["stage"] in CLOSED:
        assert [clock["kind"] for clock in live] == ["request"] * (ticket["pending"] == "appeal")
    if ticket["stage"] in CLOSED:
        assert ticket["due_kind"] == ("request" if live and not is_joined(ticket) else "")
    requests = [clock for clock in live if clock["kind"] == "request"]
    assert len(requests) == (ticket["pending"] not in ("", "lead"))
    if ticket["stage"] == "suspended":
        assert {clock["kind"] for clock in running} <= UPWARD, "what is owed upward is the only thing that runs on"
    assert not any(clock["state"] == "paused" for clock in live if clock["kind"] in UPWARD)
    assert len([clock for clock in live if clock["kind"] == "final"]) <= 1
    for clock in clocks:
        assert (clock["stopped_at"] is None) == (clock in live)


def check_tasks(ticket: Row, tasks: list[Row]) -> None:
    """One lead at any time."""
    live = [task for task in tasks if task["state"] in ("sent", "acknowledged", "arrived")]
    leads = [task for task in live if task["role"] == "lead"]
    assert len(leads) <= 1
    out = ticket["stage"] in ("dispatched", "acknowledged", "on_scene", "handling", "suspended")
    assert bool(leads) == out or is_joined(ticket)
    if is_joined(ticket):
        return
    if leads:
        assert leads[0]["unit_id"] == ticket["lead_unit_id"] == ticket["holder_unit_id"]
    else:
        assert not live
    # A plan may ask an officer of the unit that leads for a part of their own.
    assert len({(task["unit_id"], task["officer_id"]) for task in live}) == len(live)


def check_due(reader: Reader, clocks: list[Row]) -> None:
    """The engine's due rows are those of the running clocks with a next step."""
    wanted = {
        (clock["next_at"], clock["id"], clock["ticket_id"])
        for clock in clocks
        if clock["state"] == "running" and clock["next_at"] is not None
    }
    found = {(row["next_at"], row["clock_id"], row["ticket_id"]) for row in _rows(reader, "clock_due")}
    assert found == wanted


def check_counters(reader: Reader, tickets: list[Row]) -> None:
    """The kept counters are what counting gives."""
    counted: Counter[tuple[str, str]] = Counter()
    for ticket in tickets:
        counted[("all", "all")] += 1
        counted[("stage", ticket["stage"])] += 1
        counted[("source", ticket["source"])] += 1
        counted[("reported_hour", str(ticket["reported_at"] // 3600))] += 1
        if ticket["closed_at"] is not None:
            counted[("closed_hour", str(ticket["closed_at"] // 3600))] += 1
        if ticket["stage"] not in CLOSED:
            counted[("open", "all")] += 1
            counted[("open_urgency", ticket["urgency"])] += 1
            counted[("open_section", ticket["section"] or "-")] += 1
            counted[("open_unit", str(ticket["holder_unit_id"] or 0))] += 1
            counted[("open_source", ticket["source"])] += 1
            counted[("open_community", str(ticket["community_id"] or 0))] += 1
            counted[("open_grid", str(ticket["grid_id"] or 0))] += 1
    kept = {(row["dimension"], row["item"]): row["amount"] for row in _rows(reader, "centre_stat") if row["amount"]}
    assert kept == dict(counted)


def _rows(reader: Reader, table: str, order: str = "1") -> list[Row]:
    names, rows = reader.columns(f"SELECT * FROM {table} WHERE centre_id = :centre ORDER BY {order}", centre=1)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _by_ticket(reader: Reader, table: str, order: str) -> dict[int, list[Row]]:
    rows = _rows(reader, table, f"ticket_id, {order}")
    return {ticket: list(found) for ticket, found in groupby(rows, key=lambda row: row["ticket_id"])}
