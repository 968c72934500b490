"""The scheduled copies are restored and compared by themselves; what fails is on record and told to the leaders."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from core.backup_proof import prove, prove_apart
from core.engine.backups import ALARM, KEEP_BACKUPS, take_backup
from data.backup_log import NAME, BackupRun, newest_of, note, runs
from data.daily_copies import folder_of, newest_day
from data.snapshot import MANIFEST, opened, read_manifest, write_manifest
from tests.core.engine.rig import Rig

DAY = "daily-20261120.db"


def rot(path: str, statement: str) -> None:
    """Change rows behind the store's back, as a flipped bit does."""
    with opened(path) as connection:
        assert connection.execute(statement).rowcount


def alarms(rig: Rig) -> list[str]:
    return [row["title_en"] for row in rig.notices() if row["kind"] == ALARM]


def test_one_backup_a_day_and_the_oldest_go(file_rig: Rig) -> None:
    rig = file_rig
    rig.report()
    folder = folder_of(rig.store.path)
    folder.mkdir()
    other = folder / "before-the-holidays.db"
    other.write_text("somebody's own")
    first = take_backup(rig.store, rig.clock, 1, prove)
    assert first is not None
    assert first.stat().st_size > 0
    assert take_backup(rig.store, rig.clock, 1, prove) is None, "today's is there"
    for _ in range(KEEP_BACKUPS + 2):
        rig.clock.set(rig.clock.now() + timedelta(days=1))
        take_backup(rig.store, rig.clock, 1, prove)
    assert other.exists()
    kept = sorted(path.name for path in folder.glob("daily-*.db"))
    assert len(kept) == KEEP_BACKUPS
    assert kept[-1] == "daily-20261206.db"
    assert not list(folder.glob("daily-20261120*"))
    assert {run.outcome for run in runs(folder)} == {"sound"}
    assert newest_day(rig.store.path) == "2026-12-06"
    assert alarms(rig) == []
    assert not list(folder.glob(".proof-*"))


def test_a_copy_is_proved_in_a_program_of_its_own(file_rig: Rig) -> None:
    rig = file_rig
    rig.report()
    copy = take_backup(rig.store, rig.clock, 1)
    assert copy is not None
    [run] = runs(copy.parent)
    assert (run.file, run.outcome, run.tickets) == (DAY, "sound", 1)
    assert run.seconds > 0
    codes = [step.code for step in prove_apart(copy)]
    assert codes == ["restore", "counts", "sums", "audit"]


def test_rot_in_the_store_makes_its_copy_fail_and_the_leaders_hear_of_it_once(file_rig: Rig) -> None:
    rig = file_rig
    rig.report()
    take_backup(rig.store, rig.clock, 1, prove)
    rig.clock.set(rig.clock.now() + timedelta(days=1))
    rot(rig.store.path, "UPDATE ticket SET title = title || '!'")
    take_backup(rig.store, rig.clock, 1, prove)
    take_backup(rig.store, rig.clock, 1, prove)
    folder = folder_of(rig.store.path)
    run = newest_of(folder)["daily-20261121.db"]
    assert (run.outcome, run.step) == ("failed", "sums")
    assert "ticket 1/" in run.en
    told = alarms(rig)
    assert len(told) == len({row["officer_id"] for row in rig.notices() if row["kind"] == ALARM}) > 0
    assert all("daily-20261121.db" in body for body in told)
    assert newest_day(rig.store.path) == "! 2026-11-20"
    rot(rig.store.path, "UPDATE ticket SET title = replace(title, '!', '')")


def break_file(copy: Path) -> None:
    os.truncate(copy, copy.stat().st_size - 4096)


def break_event(copy: Path) -> None:
    """As somebody would who writes the manifest anew as well: only the log itself tells."""
    with opened(str(copy)) as connection:
        connection.execute("UPDATE ticket_event SET actor = 'nobody' WHERE seq = 1")
        connection.execute("DELETE FROM row_sum")
        connection.execute("DROP TABLE row_sum")
    manifest = read_manifest(copy)
    assert manifest is not None
    write_manifest(copy, "sqlite", manifest.contents)


def break_counts(copy: Path) -> None:
    with opened(str(copy)) as connection:
        connection.execute("DELETE FROM search_mark")
        connection.execute("DELETE FROM setting")


@pytest.mark.parametrize(
    ("spoil", "step"), [(break_file, "restore"), (break_event, "audit"), (break_counts, "restore")]
)
def test_a_copy_that_is_no_good_says_at_which_step(file_rig: Rig, spoil: object, step: str) -> None:
    rig = file_rig
    rig.report()
    copy = take_backup(rig.store, rig.clock, 1, prove)
    assert copy is not None
    spoil(copy)  # type: ignore[operator]
    steps = prove(copy)
    assert [one.code for one in steps if not one.ok] == [step]
    assert steps[-1].en
    assert not list(copy.parent.glob(".proof-*"))


def test_a_copy_that_cannot_be_made_is_told_once_and_tried_again(file_rig: Rig) -> None:
    rig = file_rig
    rig.report()
    folder = folder_of(rig.store.path)
    folder.write_text("a file in the place of the folder")
    for _ in range(3):
        assert take_backup(rig.store, rig.clock, 1, prove) is None
    told = alarms(rig)
    assert len(told) == len({row["officer_id"] for row in rig.notices() if row["kind"] == ALARM}) > 0
    folder.unlink()
    assert take_backup(rig.store, rig.clock, 1, prove) is not None
    assert newest_of(folder)[DAY].outcome == "sound"


def test_killed_between_copy_and_comparison_the_copy_is_compared_at_the_next_look(file_rig: Rig) -> None:
    rig = file_rig
    rig.report()
    copy = take_backup(rig.store, rig.clock, 1, prove)
    assert copy is not None
    (copy.parent / NAME).unlink()
    assert take_backup(rig.store, rig.clock, 1, prove) == copy
    assert newest_of(copy.parent)[DAY].outcome == "sound"


def test_good_copies_stay_while_new_ones_fail(file_rig: Rig) -> None:
    rig = file_rig
    rig.report()
    first = take_backup(rig.store, rig.clock, 1, prove)
    assert first is not None
    for _ in range(KEEP_BACKUPS + 1):
        rig.clock.set(rig.clock.now() + timedelta(days=1))
        take_backup(rig.store, rig.clock, 1, lambda copy: prove(copy.with_name("none.db")))
    assert first.exists()


def test_the_record_survives_a_line_that_is_none(tmp_path: Path) -> None:
    note(tmp_path, BackupRun(1, "a", "sound"))
    with (tmp_path / NAME).open("a") as file:
        file.write('{"what": 1}\n[[[\n\udcff'.encode("utf-8", "surrogateescape").decode("latin-1"))
    note(tmp_path, BackupRun(2, "b", "failed"))
    note(tmp_path, BackupRun(3, "a", "failed"))
    assert [(run.file, run.outcome) for run in runs(tmp_path)] == [("b", "failed"), ("a", "failed")]


def test_a_server_is_its_administrators(rig: Rig) -> None:
    if not rig.store.sqlite:
        assert take_backup(rig.store, rig.clock, 1, prove) is None
        assert MANIFEST
