"""Restore, drill and the daily backups by the real command: steps told, refusals that change nothing, exit codes."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.engine.backups import take_backup
from data.location import locate
from data.maintenance import check
from data.snapshot import opened
from tests.console.cli.conftest import Run, Street

HOLDS = """
import sys
from data.reader import Reader
reader = Reader(sys.argv[1]); reader.rows("SELECT 1", fanout=True)
print("open", flush=True); sys.stdin.read()
"""


@contextmanager
def somebody_else(path: str) -> Iterator[int]:
    """A program of its own that has the store open for reading, as an idle console has; gives its process."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDS, locate(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "open\n"
    try:
        yield child.pid
    finally:
        child.communicate()


# ------------------------------------------------------------------------------------------------ restore


def test_a_restore_tells_its_steps_with_their_times(run: Run, street: Street, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.db")
    assert run("db", "backup", copy).code == 0
    before = street.digest()
    assert run("ticket", "note", "20261120-0001", "--text", "后来").code == 0
    street.desk.store.close()
    ended = run("db", "restore", copy, "--force")
    assert ended.code == 0, ended.err
    lines = ended.err.splitlines()
    assert [line.partition(".")[0] for line in lines if re.match(r"\d\. ", line)] == ["1", "2", "3", "4", "5"]
    assert sum(bool(re.match(r"   \[正常\] \d+\.\d\d s", line)) for line in lines) == 5
    assert "zhihui audit verify" in lines[-1]
    assert "原来的数据保存在" in ended.out
    assert street.digest() == before


def test_a_store_that_somebody_has_open_is_not_replaced(run: Run, street: Street, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.db")
    assert run("db", "backup", copy).code == 0
    assert run("ticket", "note", "20261120-0001", "--text", "后来").code == 0
    before = street.digest()
    street.desk.store.close()
    with somebody_else(street.path) as process:
        ended = run("db", "restore", copy, "--force", "--lang", "en")
        assert ended.code == 6
        assert f"process {process}" in ended.err
        assert "--live" in ended.err
        assert street.digest() == before
        street.desk.store.close()
        assert run("db", "restore", copy, "--force", "--live").code == 0
    assert street.digest() != before
    street.desk.store.close()
    assert run("db", "restore", copy, "--force").code == 0


def test_a_backup_of_another_centre_is_refused(run: Run, street: Street, tmp_path: Path) -> None:
    other, copy = str(tmp_path / "other.db"), str(tmp_path / "copy.db")
    assert run("db", "backup", other).code == 0
    with opened(other) as connection:
        connection.execute("UPDATE centre SET code = 'other'")
    assert run("db", "backup", copy, "--store", other).code == 8, "a row that another program wrote"
    before = street.digest()
    street.desk.store.close()
    ended = run("db", "restore", copy, "--force", "--accept-rot", "--lang", "en")
    assert ended.code == 6
    assert "another centre (other)" in ended.err
    assert street.digest() == before


def test_a_backup_with_rows_that_rotted_is_taken_only_by_a_word(run: Run, street: Street, tmp_path: Path) -> None:
    with opened(street.path) as connection:
        connection.execute("UPDATE ticket SET title = title || '!' WHERE code = '20261120-0001'")
    copy, fresh = str(tmp_path / "copy.db"), str(tmp_path / "fresh.db")
    ended = run("db", "backup", copy)
    assert ended.code == 8
    assert "ticket 1/" in ended.err
    refused = run("db", "restore", copy, "--store", fresh)
    assert refused.code == 6
    assert "ticket 1/" in refused.err
    assert not Path(fresh).exists()
    assert run("db", "restore", copy, "--store", fresh, "--accept-rot").code == 0
    assert [finding.code for finding in check(locate(fresh)) if finding.level == "bad"] == ["rows"]


def test_a_backup_of_a_newer_release_is_refused(run: Run, street: Street, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.db")
    assert run("db", "backup", copy).code == 0
    Path(f"{copy}.manifest.json").unlink()
    with opened(copy) as connection:
        connection.execute("UPDATE zhihui_schema SET version_num = '9999'")
    before = street.digest()
    street.desk.store.close()
    ended = run("db", "restore", copy, "--force", "--lang", "en")
    assert ended.code == 6
    assert "newer zhihui" in ended.err
    assert street.digest() == before


# ------------------------------------------------------------------------------------------------ drill


STEPS = ["room", "backup", "prove", "damage", "check", "recover", "compare", "sound", "audit"]


def test_a_drill_goes_through_a_whole_recovery_and_leaves_the_store_alone(run: Run, street: Street) -> None:
    before, files = street.digest(), sorted(path.name for path in Path(street.path).parent.iterdir())
    ended = run("db", "drill", "--json")
    assert ended.code == 0, ended.out
    assert [step["code"] for step in ended.json["steps"]] == STEPS
    assert all(step["ok"] and step["seconds"] >= 0 for step in ended.json["steps"])
    found = ended.json["steps"][STEPS.index("check")]["said_en"]
    assert "ticket_event 1/" in found
    said = run("db", "drill")
    assert said.code == 0
    assert said.out.count("[正常]") == len(STEPS)
    assert "演练通过" in said.out
    assert street.digest() == before
    assert sorted(path.name for path in Path(street.path).parent.iterdir()) == files


def test_a_drill_whose_check_is_blind_fails(run: Run, street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.drill.maintenance.check", lambda _url: [])
    ended = run("db", "drill", "--lang", "en")
    assert ended.code == 8
    assert "the damage was not found" in ended.out
    assert ended.out.splitlines()[-1] == "The drill failed at: the check finds the damage."


def test_a_drill_needs_a_folder(run: Run, street: Street, tmp_path: Path) -> None:
    assert run("db", "drill", "--folder", str(tmp_path / "none")).code == 2


# ------------------------------------------------------------------------------------------------ daily backups


def test_the_daily_backups_and_what_came_of_them(run: Run, street: Street) -> None:
    ended = run("db", "backups")
    assert (ended.code, ended.out) == (0, "")
    assert "还没有" in ended.err
    copy = take_backup(street.desk.store, street.clock, 1)
    assert copy is not None
    ended = run("db", "backups", "--lang", "en")
    assert ended.code == 0
    assert re.fullmatch(r"\[proved\] daily-20261120\.db  \d\.\d MiB  4 tickets, 7 events, \d+\.\d s\n", ended.out)
    street.clock.advance(days=1)
    with opened(street.path) as connection:
        connection.execute("UPDATE officer SET name = name || '!' WHERE id = 1")
    take_backup(street.desk.store, street.clock, 1)
    ended = run("db", "backups", "--json")
    assert ended.code == 8
    assert [(line["file"], line["outcome"]) for line in ended.json] == [
        ("daily-20261121.db", "failed"),
        ("daily-20261120.db", "sound"),
    ]
    assert "officer 1/1" in ended.json[0]["en"]


def test_proving_again_finds_a_copy_that_rotted_since(run: Run, street: Street) -> None:
    copy = take_backup(street.desk.store, street.clock, 1)
    assert copy is not None
    with copy.open("r+b") as file:
        file.seek(5000)
        byte = file.read(1)
        file.seek(5000)
        file.write(bytes([byte[0] ^ 1]))
    assert run("db", "backups").code == 0
    ended = run("db", "backups", "--prove")
    assert ended.code == 8
    assert "[失败] daily-20261120.db" in ended.out
