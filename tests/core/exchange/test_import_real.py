"""The two real files in full: every row, every time to the second, closed ones closed, once only."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.exchange.readers import open_table
from data.location import locate
from data.store import Store
from tests.core.exchange.importing_rig import digest, rows, run, sound, street, told

BALTIMORE = "tickets/baltimore311_10000.csv"
RESIDENTS = "tickets/residents_messages_4326.csv"


@pytest.fixture
def store(street_url: str) -> Iterator[Store]:
    opened = Store(locate(street_url))
    yield opened
    opened.close()


def source(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def last_sunday_rule(year: int) -> tuple[datetime, datetime]:
    """Daylight saving of the eastern United States since 2007: second Sunday of March to first of November, at 2:00."""
    march = datetime(year, 3, 8)
    march += timedelta(days=(6 - march.weekday()) % 7)
    november = datetime(year, 11, 1)
    november += timedelta(days=(6 - november.weekday()) % 7)
    return march.replace(hour=2), november.replace(hour=2)


def baltimore_seconds(text: str) -> int | None:
    """Epoch seconds of a Baltimore wall-clock time, by the rule above and by nothing that the import uses."""
    if not text:
        return None
    local = datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p")
    begin, end = last_sunday_rule(local.year)
    # In the hour that spring skips, the clock had not been changed yet.
    summer = begin + timedelta(hours=1) <= local < end
    return int((local + timedelta(hours=4 if summer else 5)).replace(tzinfo=UTC).timestamp())


@pytest.mark.slow
def test_baltimore_arrives_whole(store: Store, shared_data: Path) -> None:
    file = shared_data / BALTIMORE
    expected = {line["SRRecordID"]: line for line in source(file)}
    result = run(store, file, "baltimore311")
    assert (result.read, result.created, result.unchanged, result.rejected) == (10_000, 10_000, 0, 0)
    assert result.reject_file is None
    assert set(result.new_units) == {line["Agency"] for line in expected.values()}

    found = rows(
        store,
        "SELECT t.external_id, t.title, t.address, t.open, t.reported_at, t.official_due_at, t.closed_at,"
        " t.completed_at, t.on_time, u.name, u.kind, t.section FROM ticket t"
        " JOIN unit u ON u.centre_id = t.centre_id AND u.id = t.lead_unit_id WHERE t.centre_id = :centre",
    )
    assert len(found) == 10_000
    for name, title, address, is_open, reported, due, closed, completed, on_time, agency, kind, section in found:
        line = expected[name]
        assert (title, address) == (line["SRType"].strip(), line["Address"].strip())
        assert (agency, kind, section) == (line["Agency"], "post", "economy")
        assert is_open == (0 if line["SRStatus"].startswith("Closed") else 1)
        assert reported == baltimore_seconds(line["CreatedDate"])
        assert due == baltimore_seconds(line["DueDate"])
        assert closed == completed == baltimore_seconds(line["CloseDate"])
        met = None if closed is None or due is None else closed <= due
        assert (None if on_time is None else bool(on_time)) == met
    assert Counter(line[3] for line in found) == {0: 9_792, 1: 208}
    assert Counter(str(line[8]) for line in found if line[3] == 0)["None"] == 237
    assert sum(1 for line in found if line[8]) == 7_988

    check_lives(store)
    check_clocks(store)
    assert sound(store)


def check_lives(store: Store) -> None:
    """Custody of a closed ticket adds up to its life, to the second; an open one has exactly one open segment."""
    lives = rows(
        store,
        "SELECT t.open, t.closed_at - t.reported_at, sum(coalesce(c.to_at, 0) - c.from_at),"
        " sum(CASE WHEN c.to_at IS NULL THEN 1 ELSE 0 END)"
        " FROM ticket t JOIN custody c ON c.centre_id = t.centre_id AND c.ticket_id = t.id"
        " WHERE t.centre_id = :centre GROUP BY t.id, t.open, t.closed_at, t.reported_at",
    )
    assert all(int(held) == life and gaps == 0 for is_open, life, held, gaps in lives if not is_open)
    assert all(gaps == 1 for is_open, _, _, gaps in lives if is_open)


def check_clocks(store: Store) -> None:
    """Every open ticket with a due date has its official clock, due at that instant; nothing waits to be fired."""
    clocks = rows(
        store,
        "SELECT t.official_due_at, k.due_at, k.state FROM ticket t"
        " LEFT JOIN clock k ON k.centre_id = t.centre_id AND k.ticket_id = t.id AND k.kind = 'official'"
        " WHERE t.centre_id = :centre AND t.open = 1",
    )
    assert [(due, clock) for due, clock, _ in clocks if due != clock] == []
    assert sum(1 for _, _, state in clocks if state == "running") == sum(1 for due, _, _ in clocks if due is not None)
    assert rows(store, "SELECT count(*) FROM clock_due WHERE centre_id = :centre") == [(0,)]
    assert rows(store, "SELECT count(*) FROM notice WHERE centre_id = :centre") == [(0,)]
    assert rows(
        store, "SELECT kind, count(*) FROM ticket_event WHERE centre_id = :centre GROUP BY kind ORDER BY 1"
    ) == [
        ("archive", 9_792),
        ("report", 10_000),
    ]


@pytest.mark.slow
def test_both_files_twice_change_nothing(sqlite_database: str, shared_data: Path) -> None:
    store = street(sqlite_database)
    jobs = ((BALTIMORE, "baltimore311", 10_000), (RESIDENTS, "residents", 4_326))
    for name, rules, size in jobs:
        assert run(store, shared_data / name, rules).created == size
    before = digest(store)
    for name, rules, size in jobs:
        again = run(store, shared_data / name, rules)
        assert (again.created, again.unchanged, again.rejected) == (0, size, 0)
    assert digest(store) == before
    assert sound(store)
    store.close()


@pytest.mark.slow
def test_residents_arrive_as_open_reports(store: Store, shared_data: Path) -> None:
    expected = {line["id"]: line for line in source(shared_data / RESIDENTS)}
    result = run(store, shared_data / RESIDENTS, "residents")
    assert (result.read, result.created, result.rejected) == (4_326, 4_326, 0)
    found = rows(
        store,
        "SELECT external_id, title, body, reporter_name, reported_at, source, stage, open FROM ticket"
        " WHERE centre_id = :centre",
    )
    for name, title, body, writer, reported, came_by, stage, is_open in found:
        line = expected[name]
        assert title == " ".join(line["title"].replace("\r\n", "\n").strip().split("\n"))
        assert body == line["body"].replace("\r\n", "\n").replace("\r", "\n").strip()
        assert writer == line["user"]
        local = datetime.fromisoformat(line["time"])
        assert reported == int((local - timedelta(hours=8)).replace(tzinfo=UTC).timestamp())
        assert (came_by, stage, is_open) == ("resident", "reported", 1)
    assert len(found) == 4_326
    assert sound(store)


@pytest.mark.slow
def test_other_encodings_and_forms_of_the_residents_file_give_the_same_tickets(
    tmp_path: Path, shared_data: Path
) -> None:
    original = shared_data / RESIDENTS
    text = original.read_bytes().decode("utf-8-sig")
    copies: list[Path] = []
    for encoding in ("gb18030", "utf-16"):
        copies.append(tmp_path / f"{encoding}.csv")
        copies[-1].write_bytes(text.encode(encoding))
    copies.append(as_workbook(original, tmp_path / "residents.xlsx"))
    results: list[Any] = []
    for number, file in enumerate([original, *copies]):
        store = street(str(tmp_path / f"{number}.sqlite"))
        assert run(store, file, "residents").created == 4_326
        if file.suffix == ".xlsx":
            # It is the same tickets, whatever form they come in.
            assert run(store, original, "residents").unchanged == 4_326
        results.append(told(store))
        store.close()
    assert all(result == results[0] for result in results[1:])


def as_workbook(source_file: Path, target: Path) -> Path:
    table = open_table(source_file)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(table.header)
    for _, cells, _ in table.rows:
        sheet.append(cells)
    book.save(target)
    return target
