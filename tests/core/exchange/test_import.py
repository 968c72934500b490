"""Importing on both stores: each ticket once, with its real times; what is wrong goes to a file, the rest goes in."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from core.clock import SetClock
from core.desk.actor import IMPORT, Actor
from core.desk.desk import Desk
from core.desk.orders import Accept, Acknowledge, Complete, Report
from core.exchange.importing import import_tickets
from core.exchange.rejects import Rejects
from core.exchange.tables import Fault
from data.errors import BadInput, NotAllowed, NotFound, Refusal
from data.location import locate
from data.store import Store
from tests.core.exchange.importing_rig import (
    HEADER,
    OPEN,
    digest,
    row,
    rows,
    rules,
    run,
    sound,
    street,
    table_file,
    told,
)
from tests.core.exchange.made_files import MADE_MAP, write_made
from tests.street import START

CN = ZoneInfo("Asia/Shanghai")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=CN).timestamp())


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = street(store_url)
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
    columns = {**rules().columns}
    assert columns
    how = rules(columns={**_columns(), "completed_at": "done"})
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


def _columns() -> dict[str, str]:
    from tests.core.exchange.importing_rig import RULES

    return dict(RULES["columns"])


def test_a_matter_and_a_place_are_looked_up(store: Store, tmp_path: Path) -> None:
    how = rules(columns={**_columns(), "matter": "matter", "grid": "grid"})
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


def test_two_imports_of_one_file_at_once_make_each_ticket_once(store: Store, store_url: str, tmp_path: Path) -> None:
    file = table_file(tmp_path / "t.csv", [row(number, unit=f"岗{number % 7}") for number in range(120)])
    results, failed = [], []

    def work() -> None:
        own = Store(locate(store_url))
        try:
            results.append(run(own, file, rules(), chunk=5))
        except Refusal as error:
            failed.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sum(result.created for result in results) == 120
    assert sum(result.unchanged for result in results) == 120
    assert rows(store, "SELECT count(*), count(DISTINCT code) FROM ticket WHERE centre_id = :centre") == [(120, 120)]
    assert rows(store, "SELECT count(*) FROM unit WHERE centre_id = :centre AND name LIKE '岗%'") == [(7,)]
    assert sound(store)


# ------------------------------------------------------------------------------------------------ what is rejected


BAD = {
    "empty": {"title": " "},
    "too-long": {"title": "长" * 201},
    "time": {"reported": "2026-02-30 00:00:00"},
    "status": {"state": "？"},
    "closed-time": {"closed": ""},
    "closed-open": {"state": "办"},
    "no-unit": {"state": "办", "closed": "", "unit": ""},
    "future": {"closed": "2026-11-21 00:00:00"},
    "order": {"closed": "2026-10-31 00:00:00"},
    "unit": {"unit": "岗" * 81},
}


@pytest.mark.parametrize("code", BAD)
def test_a_bad_row_goes_to_a_file_with_its_reason_and_the_rest_goes_in(store: Store, tmp_path: Path, code: str) -> None:
    result = run(store, table_file(tmp_path / "t.csv", [row(1), row(2, **BAD[code]), row(3)]), rules())
    assert (result.created, result.rejected, result.reasons) == (2, 1, {code: 1})
    assert result.reject_file == tmp_path / "t.csv.rejected.csv"
    assert result.reject_file.stat().st_mode & 0o777 == 0o600
    with result.reject_file.open(encoding="utf-8-sig", newline="") as file:
        heading, line = list(csv.reader(file))
    assert heading == ["line", "reason_zh", "reason_en", *HEADER]
    assert line[0] == "3"
    assert line[1]
    assert line[2]
    assert [cell.strip() for cell in line[3:]] == [cell.strip() for cell in row(2, **BAD[code])]
    assert (result.samples[0].line, result.samples[0].code) == (3, code)


def test_a_corrected_file_of_rejected_rows_can_be_imported(store: Store, tmp_path: Path) -> None:
    file = table_file(tmp_path / "t.csv", [row(1), row(2, title="=1+1", state="?"), row(3, title="'=2", state="?")])
    first = run(store, file, rules())
    assert first.reject_file is not None
    content = first.reject_file.read_text("utf-8-sig")
    assert "'=1+1" in content
    first.reject_file.write_text(content.replace(",?,", ",结,"), "utf-8-sig")
    second = run(store, first.reject_file, rules())
    assert (second.created, second.rejected) == (2, 0)
    titles = rows(store, "SELECT title FROM ticket WHERE centre_id = :centre ORDER BY external_id")
    assert titles == [("井盖破损1",), ("=1+1",), ("'=2",)]


def test_no_file_of_rejected_rows_is_overwritten(store: Store, tmp_path: Path) -> None:
    file = table_file(tmp_path / "t.csv", [row(1, state="?")])
    assert run(store, file, rules()).reject_file == tmp_path / "t.csv.rejected.csv"
    assert run(store, file, rules()).reject_file == tmp_path / "t.csv.rejected-2.csv"
    (tmp_path / "mine.csv").write_text("mine")
    with pytest.raises(BadInput, match="mine"):
        run(store, file, rules(), rejects=tmp_path / "mine.csv")
    assert (tmp_path / "mine.csv").read_text() == "mine"


def test_unknown_units_are_rejected_where_the_map_makes_none(store: Store, tmp_path: Path) -> None:
    how = rules(units={"column": "unit", "values": {"旧名": "GHJS"}})
    lines = [row(1), row(2, unit="CSGX"), row(3, unit="旧名"), row(4, unit="没有")]
    result = run(store, table_file(tmp_path / "t.csv", lines), how)
    assert (result.created, result.reasons) == (3, {"unknown": 1})
    assert rows(store, "SELECT lead_unit_id FROM ticket WHERE centre_id = :centre ORDER BY external_id") == [
        (3,),
        (3,),
        (4,),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("id,title\n1,a\n", "map-columns"),
        (",".join([*HEADER, "title"]) + "\n", "map-columns-twice"),
        (",".join(HEADER) + '\n1,"a\n', "csv-broken"),
        ("", "file-empty"),
    ],
)
def test_a_file_that_is_broken_as_a_whole_changes_nothing(
    store: Store, tmp_path: Path, content: str, code: str
) -> None:
    before = digest(store)
    (tmp_path / "t.csv").write_text(content)
    with pytest.raises(BadInput) as caught:
        run(store, tmp_path / "t.csv", rules())
    assert caught.value.code == code
    assert digest(store) == before


def test_a_section_that_is_not_there_is_refused_before_anything_is_written(store: Store, tmp_path: Path) -> None:
    before = digest(store)
    how = rules(units={"column": "unit", "create": "post", "section": ["nowhere", "also-not"]})
    with pytest.raises(NotFound, match="economy"):
        run(store, table_file(tmp_path / "t.csv", [row(1)]), how)
    assert digest(store) == before


def test_only_the_desk_may_import(store: Store, tmp_path: Path) -> None:
    file = table_file(tmp_path / "t.csv", [row(1)])
    desk = Desk(store, SetClock(START), 1)
    with pytest.raises(NotAllowed):
        run(store, file, rules(), actor=desk.actor("li"))
    with pytest.raises(BadInput):
        run(store, file, rules(), chunk=0)
    run(store, file, rules(), actor=desk.actor("zhang"))
    (body,) = (line[0] for line in rows(store, "SELECT body FROM ticket_event WHERE centre_id = :centre AND seq = 1"))
    assert "zhang" in str(body)


def test_progress_is_told_chunk_by_chunk(store: Store, tmp_path: Path) -> None:
    file = table_file(tmp_path / "t.csv", [row(number) for number in range(5)])
    heard: list[tuple[int, int]] = []
    run(store, file, rules(), chunk=2, progress=lambda done, of: heard.append((done, of)))
    assert heard == [(2, 5), (4, 5), (5, 5)]


# ------------------------------------------------------------------------------------------------ killed, beside others


PROGRAM = textwrap.dedent("""
    import sys
    from pathlib import Path
    from core.clock import SetClock
    from core.desk.actor import IMPORT
    from core.exchange.importing import import_tickets
    from core.exchange.maps import load_map
    from data.store import Store
    from tests.street import START

    url, file, rules = sys.argv[1:]
    def tell(done, of):
        print(done, flush=True)
    import_tickets(Store(url), SetClock(START), 1, Path(file), load_map(rules), IMPORT, chunk=25, progress=tell)
""")


def test_killed_in_the_middle_and_run_again_it_equals_a_clean_run(
    store: Store, store_url: str, tmp_path: Path, repository: Path
) -> None:
    file, how = tmp_path / "made.csv", tmp_path / "made.toml"
    write_made(file, 1_000, seed=7, late=20)
    how.write_text(MADE_MAP, "utf-8")
    command = [sys.executable, "-c", PROGRAM, locate(store_url), str(file), str(how)]
    for wanted in (100, 400):
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=repository)
        assert child.stdout is not None
        with child.stdout as heard:
            for line in heard:
                if int(line) >= wanted:
                    os.kill(child.pid, signal.SIGKILL)
                    break
        child.wait()
        assert sound(store)
    ((there,),) = rows(store, "SELECT count(*) FROM ticket WHERE centre_id = :centre")
    assert 400 <= there < 1_000
    result = run(store, file, str(how))
    assert (result.created, result.unchanged) == (1_000 - there, there)
    assert sound(store)
    clean = street(str(tmp_path / "clean.sqlite"))
    run(clean, file, str(how))
    assert told(store) == told(clean)
    clean.close()


def test_a_console_writes_beside_an_import(sqlite_database: str, tmp_path: Path) -> None:
    """A desk gets its turn between chunks: it never waits for the import to end."""
    store = street(sqlite_database)
    file, how = tmp_path / "made.csv", tmp_path / "made.toml"
    write_made(file, 2_000, seed=3)
    how.write_text(MADE_MAP, "utf-8")
    desk = Desk(store, SetClock(START), 1)
    zhang = desk.actor("zhang")
    waits: list[float] = []
    done = threading.Event()
    work = threading.Thread(target=lambda: (run(Store(store.url), file, str(how)), done.set()))
    work.start()
    while not done.is_set():
        started = time.perf_counter()
        desk.do(Report(title="来电"), zhang)
        waits.append(time.perf_counter() - started)
    work.join()
    assert len(waits) >= 5
    assert rows(store, "SELECT count(*) FROM ticket WHERE centre_id = :centre") == [(2_000 + len(waits),)]
    assert sound(store)
    store.close()


def test_an_actor_is_an_officer_or_the_import(store: Store, tmp_path: Path) -> None:
    nobody = Actor(code="x", name="某人")
    with pytest.raises(NotAllowed, match="某人"):
        import_tickets(store, SetClock(START), 1, table_file(tmp_path / "t.csv", [row(1)]), rules(), nobody)
    assert "import" in IMPORT.roles


def test_a_full_disk_under_the_rejected_rows_is_said(tmp_path: Path) -> None:
    kept = Rejects(tmp_path / "t.csv", None, ["id"], keep=True)
    fault = Fault("time", "时间有误", "not a time")
    kept.add(2, ["1"], fault)
    assert kept.path is not None
    kept.path.unlink()
    kept.path.symlink_to("/dev/full")
    kept._file = kept.path.open("w")
    kept._writer = csv.writer(kept._file)
    kept.add(3, ["2"], fault)
    with pytest.raises(BadInput, match="No space"):
        kept.flush()
    kept.close()
