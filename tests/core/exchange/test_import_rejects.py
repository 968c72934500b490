"""A bad row goes to a file with its reason and the rest goes in; a file that is broken as a whole changes nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.clock import SetClock
from core.desk.actor import IMPORT, Actor
from core.desk.desk import Desk
from core.exchange.importing import import_tickets
from core.exchange.rejects import Rejects
from core.exchange.tables import Fault
from data.errors import BadInput, NotAllowed, NotFound
from data.location import locate
from data.store import Store
from tests.core.exchange.importing_rig import (
    HEADER,
    digest,
    row,
    rows,
    rules,
    run,
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
