"""Importing on both stores: each ticket once, with its real times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from core.clock import SetClock
from core.desk.desk import Desk
from core.desk.orders import Accept, Acknowledge, Complete, Report
from data.location import locate
from data.store import Store
from tests.core.exchange.importing_rig import (
    HEADER,
    OPEN,
    RULES,
    digest,
    row,
    rows,
    rules,
    run,
    sound,
    table_file,
)
from tests.street import START

CN = ZoneInfo("Asia/Shanghai")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=CN).timestamp())


@pytest.fixture
def store(street_url: str) -> Iterator[Store]:
    opened = Store(locate(street_url))
    yield opened
    opened.close()


# ------------------------------------------------------------------------------------------------ what arrives


def test_a_closed_ticket_arrives_closed_with_its_real_times(store: Store, tmp_path: Path) -> None:
    result = run(store, table_file(tmp_path / "t.csv", [row(1)]), rules())
    assert (result.read, result.created, result.unchanged, result.rejected) == (1, 1, 0, 0)
    reported, closed, due = at("2026-11-01 09:00:00"), at("2026-11-02 10:00:30"), at("2026-11-03 09:00:00")
    assert rows(
        store,
        "SELECT code, stage, open, reported_at, completed_at, closed_at, official_due_at, on_time, source, section,"
        " lead_unit_id, revision, updated_at FROM ticket WHERE centre_id = :centre",
    ) == [("20261101-0001", "archived", 0, reported, closed, closed, due, True, "hotline", "economy", 3, 2, closed)]
    assert rows(store, "SELECT seq, kind, at, actor FROM ticket_event WHERE centre_id = :centre ORDER BY seq") == [
        (1, "report", reported, "import"),
        (2, "archive", closed, "import"),
    ]
    assert rows(store, "SELECT holder, unit_id, from_at, to_at FROM custody WHERE centre_id = :centre") == [
        ("unit", 3, reported, closed)
    ]
    assert rows(store, "SELECT count(*) FROM clock_due WHERE centre_id = :centre") == [(0,)]
    assert sound(store)


def test_late_is_late_to_the_second(store: Store, tmp_path: Path) -> None:
    due = "2026-11-02 10:00:30"
    lines = [row(1, due=due), row(2, due="2026-11-02 10:00:29"), row(3, due="")]
    run(store, table_file(tmp_path / "t.csv", lines), rules())
    found = rows(store, "SELECT external_id, on_time FROM ticket WHERE centre_id = :centre ORDER BY external_id")
    assert [(name, None if met is None else bool(met)) for name, met in found] == [
        ("N1", True),
        ("N2", False),
        ("N3", None),
    ]


def test_an_open_report_was_in_transit_until_the_centre_got_it(store: Store, tmp_path: Path) -> None:
    run(store, table_file(tmp_path / "t.csv", [row(1, **OPEN)]), rules())
    reported, now = at("2026-11-01 09:00:00"), int(START.timestamp())
    assert rows(store, "SELECT holder, from_at, to_at FROM custody WHERE centre_id = :centre ORDER BY no") == [
        ("transit", reported, now),
        ("queue", now, None),
    ]
    assert rows(store, "SELECT kind, at FROM ticket_event WHERE centre_id = :centre ORDER BY seq") == [
        ("report", reported),
        ("import", now),
    ]
    assert rows(store, "SELECT kind, state, started_at, due_at FROM clock WHERE centre_id = :centre") == [
        ("accept", "running", reported, reported + 300)
    ]
    assert sound(store)


def test_ladder_steps_before_the_import_are_booked_and_nobody_is_told(store: Store, tmp_path: Path) -> None:
    """One deadline lies years back, one passed an hour ago, one lies ahead."""
    lines = [
        row(1, closed="", state="办", reported="2019-01-01 00:00:00", due="2019-01-05 00:00:00"),
        row(2, closed="", state="办", reported="2026-11-01 09:00:00", due="2026-11-20 08:00:00"),
        row(3, closed="", state="办", reported="2026-11-01 09:00:00", due="2026-12-01 09:00:00"),
    ]
    run(store, table_file(tmp_path / "t.csv", lines), rules())
    clocks = rows(
        store,
        "SELECT t.external_id, k.due_at, k.fired, k.next_at, k.next_step, d.next_at FROM clock k"
        " JOIN ticket t ON t.centre_id = k.centre_id AND t.id = k.ticket_id"
        " LEFT JOIN clock_due d ON d.centre_id = k.centre_id AND d.clock_id = k.id"
        " WHERE k.centre_id = :centre AND k.kind = 'official' ORDER BY t.external_id",
    )
    assert [clock[1] for clock in clocks] == [
        at("2019-01-05 00:00:00"),
        at("2026-11-20 08:00:00"),
        at("2026-12-01 09:00:00"),
    ]
    assert [clock[3:] for clock in clocks] == [
        (None, "", None),
        (at("2026-11-20 12:00:00"), "section#0", at("2026-11-20 12:00:00")),
        (at("2026-11-23 21:00:00"), "warn#0", at("2026-11-23 21:00:00")),
    ]
    fired = [str(clock[2]) for clock in clocks]
    assert "commander#0" in fired[0]
    assert "due#0" in fired[1]
    assert "section" not in fired[1]
    assert fired[2] == "[]"
    for table in ("notice", "ladder_step"):
        assert rows(store, f"SELECT count(*) FROM {table} WHERE centre_id = :centre") == [(0,)]
    assert sound(store)


def test_work_goes_on_at_the_desk_where_the_other_system_left_it(store: Store, tmp_path: Path) -> None:
    due = "2026-12-01 09:00:00"
    lines = [row(1, closed="", state="派", due=due), row(2, **OPEN)]
    run(store, table_file(tmp_path / "t.csv", lines), rules())
    desk = Desk(store, SetClock(START), 1)
    li, zhang = desk.actor("li"), desk.actor("zhang")
    code, other = (line[0] for line in rows(store, "SELECT code FROM ticket WHERE centre_id = :centre ORDER BY code"))
    desk.do(Acknowledge(ticket=code), li)
    desk.do(Complete(ticket=code, outcome="已补装"), li)
    desk.do(Accept(ticket=other), zhang)
    assert rows(
        store, "SELECT kind, state FROM clock WHERE centre_id = :centre AND kind <> 'check' ORDER BY kind, state"
    ) == [("accept", "missed"), ("acknowledge", "missed"), ("assess", "running"), ("official", "met")]
    assert [bool(met) for (met,) in rows(
        store, "SELECT on_time FROM ticket WHERE centre_id = :centre AND completed_at IS NOT NULL"
    )] == [True]  # fmt: skip
    assert sound(store)


def test_a_centre_that_worked_before_goes_on_counting(store: Store, tmp_path: Path) -> None:
    desk = Desk(store, SetClock(START), 1)
    desk.do(Report(title="来电"), desk.actor("zhang"))
    run(store, table_file(tmp_path / "t.csv", [row(1, reported="2026-11-20 08:00:00", **OPEN)]), rules())
    desk.do(Report(title="又一来电"), desk.actor("zhang"))
    codes = rows(store, "SELECT code FROM ticket WHERE centre_id = :centre ORDER BY code")
    assert codes == [("20261120-0001",), ("20261120-0002",), ("20261120-0003",)]
    assert sound(store)


def test_completed_and_closed_may_be_two_moments(store: Store, tmp_path: Path) -> None:
    header = [*HEADER, "done"]
    how = rules(columns={**RULES["columns"], "completed_at": "done"})
    lines = [[*row(1), "2026-11-02 08:00:00"], [*row(2), "2026-11-02 10:00:30"], [*row(3), ""]]
    run(store, table_file(tmp_path / "t.csv", lines, header), how)
    kinds = rows(
        store,
        "SELECT t.external_id, e.kind FROM ticket_event e JOIN ticket t ON t.centre_id = e.centre_id"
        " AND t.id = e.ticket_id WHERE e.centre_id = :centre ORDER BY t.external_id, e.seq",
    )
    assert kinds == [
        *[("N1", kind) for kind in ("report", "complete", "archive")],
        *[("N2", kind) for kind in ("report", "archive")],
        *[("N3", kind) for kind in ("report", "archive")],
    ]
    lengths = rows(
        store,
        "SELECT t.closed_at - t.reported_at, sum(c.to_at - c.from_at) FROM custody c JOIN ticket t"
        " ON t.centre_id = c.centre_id AND t.id = c.ticket_id WHERE c.centre_id = :centre GROUP BY t.id, 1",
    )
    assert all(life == int(held) for life, held in lengths)
    assert sound(store)


def test_a_matter_and_a_place_are_looked_up(store: Store, tmp_path: Path) -> None:
    how = rules(columns={**RULES["columns"], "matter": "matter", "grid": "grid"})
    lines = [[*row(1, **OPEN), "BJ0101", "第一网格"], [*row(2, **OPEN), "XX", ""], [*row(3, **OPEN), "", "nowhere"]]
    result = run(store, table_file(tmp_path / "t.csv", lines, [*HEADER, "matter", "grid"]), how)
    assert result.reasons == {"unknown": 2}
    assert rows(
        store,
        "SELECT matter_code, urgency, section, affair, community_id, grid_id FROM ticket WHERE centre_id = :centre",
    ) == [("BJ0101", "urgent", "economy", "public", 5, 6)]
    assert sound(store)


# ------------------------------------------------------------------------------------------------ once


def test_the_same_file_twice_changes_nothing(store: Store, tmp_path: Path) -> None:
    file = table_file(tmp_path / "t.csv", [row(1), row(2, **OPEN), row(3, unit="新单位"), row(4, id="")])
    first = run(store, file, rules())
    before = digest(store)
    second = run(store, file, rules())
    assert (first.created, first.new_units) == (4, ["新单位"])
    assert (second.created, second.unchanged, second.new_units) == (0, 4, [])
    assert digest(store) == before


def test_a_row_without_an_id_is_known_by_what_it_says(store: Store, tmp_path: Path) -> None:
    file = table_file(tmp_path / "t.csv", [row(1, id=""), row(1, id=""), row(1, id="", text="另一件")])
    result = run(store, file, rules())
    assert (result.created, result.unchanged) == (2, 1)


def test_a_workbook_made_of_the_file_holds_the_same_tickets(store: Store, tmp_path: Path) -> None:
    """A spreadsheet program turns times into its own and numbers into numbers."""
    lines = [row(1, text="12"), row(2, **OPEN)]
    run(store, table_file(tmp_path / "t.csv", lines), rules())
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    for line in lines:
        cells: list[object] = [int(cell) if cell.isdigit() else cell for cell in line]
        for place in (3, 4, 5):
            cells[place] = datetime.fromisoformat(line[place]) if line[place] else None
        book.active.append(cells)
    book.save(tmp_path / "t.xlsx")
    again = run(store, tmp_path / "t.xlsx", rules())
    assert (again.unchanged, again.rejected) == (2, 0)


@pytest.mark.parametrize("chunk", [1, 2, 300])
def test_an_id_that_comes_again_with_other_content_is_rejected(store: Store, tmp_path: Path, chunk: int) -> None:
    file = table_file(tmp_path / "t.csv", [row(1), row(1), row(1, text="改过")])
    dry = run(store, file, rules(), dry_run=True, chunk=chunk)
    result = run(store, file, rules(), chunk=chunk)
    for found in (dry, result):
        assert (found.created, found.unchanged, found.reasons) == (1, 1, {"differs": 1})
    assert rows(store, "SELECT body FROM ticket WHERE centre_id = :centre") == [("路口井盖破损",)]


def test_two_origins_may_use_the_same_id(store: Store, tmp_path: Path) -> None:
    file = table_file(tmp_path / "t.csv", [row(1)])
    assert run(store, file, rules()).created == 1
    assert run(store, file, rules(origin="third")).created == 1


def test_a_dry_run_changes_nothing_and_says_what_would_happen(store: Store, tmp_path: Path) -> None:
    file = table_file(tmp_path / "t.csv", [row(1), row(2, unit="新单位"), row(3, state="?")])
    before = digest(store)
    dry = run(store, file, rules(), dry_run=True)
    assert digest(store) == before
    real = run(store, file, rules())
    assert (dry.read, dry.created, dry.rejected, dry.new_units) == (3, 2, 1, ["新单位"])
    assert (real.read, real.created, real.rejected, real.new_units) == (3, 2, 1, ["新单位"])
    assert dry.reject_file is None
    assert dry.samples == real.samples
