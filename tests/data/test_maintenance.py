"""Backups that restore, restores that keep the old state, and a check that sees what is wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text

from core.clock import SetClock
from core.desk.counters import mend_counters
from core.desk.desk import open_desk
from core.desk.orders import Report
from data.counting import DIMENSIONS
from data.errors import Refusal, StoreTrouble
from data.location import locate
from data.maintenance import backup, check, info, restore, worst
from data.reader import Reader
from data.revision import HEAD
from data.snapshot import MANIFEST, read_manifest, verify
from data.store import Store
from data.tables import CentreStatistic, Ticket, table
from tests.data.test_migrations import everything
from tests.data.test_store_parity import run
from tests.street import START, small_street

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def url(store_url: str) -> str:
    """A store in which much has happened."""
    run(locate(store_url))
    return locate(store_url)


@pytest.fixture
def embedded(sqlite_database: str) -> str:
    run(locate(sqlite_database))
    return locate(sqlite_database)


def report(url: str, title: str) -> str:
    store = Store(url)
    desk = open_desk(store, SetClock(START))
    code = desk.do(Report(title=title, source="phone"), desk.actor("zhang")).ticket
    store.close()
    return code


def titles(url: str) -> list[str]:
    with Reader(url) as reader:
        return sorted(row[0] for row in reader.rows("SELECT title FROM ticket WHERE centre_id = :centre", centre=1))


# ------------------------------------------------------------------------------------------------ info


def test_info_says_what_the_store_is(url: str) -> None:
    store = Store(url)
    found = info(url)
    assert (found.schema, found.head, found.centres, found.events) == (HEAD, HEAD, 1, 24)
    assert found.counts["all"] == 3
    assert found.counts["stage.archived"] == 1
    assert found.size > 0
    if store.sqlite:
        assert (found.engine, found.journal_mode) == ("SQLite", "wal")
        assert found.pages * found.page_size >= found.size > 0
    else:
        assert found.engine == "PostgreSQL"
    store.close()


def test_info_of_an_empty_database(store_url: str) -> None:
    store = Store(locate(store_url), create=True)
    with store.change_schema():
        pass
    assert info(locate(store_url)).schema is None
    store.close()


# ------------------------------------------------------------------------------------------------ backup


def test_a_backup_holds_everything_and_its_manifest_vouches_for_it(url: str, tmp_path: Path) -> None:
    before = everything(url)
    path = backup(url, str(tmp_path / "copy.db"))
    assert as_one_kind(everything(f"sqlite:///{path}")) == as_one_kind(before)
    manifest = read_manifest(path)
    assert manifest is not None
    assert manifest.size == path.stat().st_size
    assert manifest.contents.rows["ticket_event"] == 24
    assert manifest.contents.schema == HEAD
    assert manifest.source == ("sqlite" if url.startswith("sqlite") else "postgresql")
    assert {path.stat().st_mode & 0o777, Path(f"{path}{MANIFEST}").stat().st_mode & 0o777} == {0o600}
    left = {file.name for file in tmp_path.iterdir() if file.name.startswith("copy")}
    assert {name for name in left if "-" not in name} == {"copy.db", f"copy.db{MANIFEST}"}


def as_one_kind(rows: dict[str, Any]) -> dict[str, Any]:
    """PostgreSQL hands out JSON and truth as values, SQLite as text and numbers."""

    def plain(value: Any) -> Any:
        if isinstance(value, str) and value[:1] in ("{", "["):
            value = json.loads(value)
        return json.dumps(int(value) if isinstance(value, bool) else value, sort_keys=True)

    return {name: sorted([plain(value) for value in row] for row in table) for name, table in rows.items()}


def test_a_backup_goes_into_a_folder_and_never_over_a_file(embedded: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    path = backup(embedded, str(folder))
    assert path.parent == folder
    with pytest.raises(Refusal) as caught:
        backup(embedded, str(path))
    assert caught.value.code == "backup-exists"
    with pytest.raises(Refusal):
        backup(embedded, str(tmp_path / "none" / "x.db"))


def test_a_backup_of_a_store_that_is_being_written_is_one_instant(embedded: str, tmp_path: Path) -> None:
    """Written and read by others meanwhile: each backup is whole, and its chain ends where its head says."""
    script = (
        "import sys; from tests.data.test_maintenance import report\n"
        "print(1, flush=True)\nfor number in range(10_000): report(sys.argv[1], f'busy {number}')"
    )
    writer = subprocess.Popen([sys.executable, "-c", script, embedded], cwd=REPOSITORY, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    try:
        writer.stdout.readline()
        for number in range(5):
            path = backup(embedded, str(tmp_path / f"{number}.db"))
            assert worst(check(f"sqlite:///{path}")) == "ok"
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()
    assert worst(check(embedded)) == "ok"


def test_no_room_for_a_backup(embedded: str, tmp_path: Path) -> None:
    script = (
        "import resource, sys; from data.errors import StoreTrouble; from data.maintenance import backup\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: backup(sys.argv[1], sys.argv[2])\nexcept StoreTrouble as trouble: print(trouble.code)"
    )
    folder = tmp_path / "small"
    folder.mkdir()
    ended = subprocess.run(
        [sys.executable, "-c", script, embedded, str(folder / "x.db")], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert ended.stdout.strip() in ("store-io", "store-full"), ended.stderr
    assert list(folder.iterdir()) == []


def test_no_room_for_the_manifest_of_a_backup(embedded: str, tmp_path: Path) -> None:
    """The copy is whole and stays; who asked for it hears why there is no manifest."""
    path = tmp_path / "copy.db"
    Path(f"{path}{MANIFEST}.partial").mkdir()
    with pytest.raises(StoreTrouble) as caught:
        backup(embedded, str(path))
    assert f"{path}{MANIFEST}" in caught.value.en
    assert verify(str(path)).rows["ticket_event"] == 24


# ------------------------------------------------------------------------------------------------ restore


@pytest.fixture
def copy(url: str, tmp_path: Path) -> Path:
    return backup(url, str(tmp_path / "copy.db"))


def test_a_restored_store_is_the_backup(url: str, copy: Path) -> None:
    before = everything(url)
    report(url, "later")
    with pytest.raises(StoreTrouble) as caught:
        restore(url, str(copy))
    assert caught.value.code == "restore-not-empty"
    assert "later" in titles(url)
    done = restore(url, str(copy), force=True)
    assert everything(url) == before
    assert done.had_manifest
    assert done.kept is not None
    assert "later" in titles(f"sqlite:///{done.kept}")
    assert worst(check(url)) == "ok"
    restore(url, str(done.kept), force=True)
    assert "later" in titles(url)


def test_into_a_store_that_is_not_there_yet(embedded: str, tmp_path: Path) -> None:
    copy = backup(embedded, str(tmp_path / "copy.db"))
    fresh = f"sqlite:///{tmp_path}/deep/fresh.db"
    assert restore(fresh, str(copy)).kept is None
    assert everything(fresh) == everything(embedded)
    assert (tmp_path / "deep" / "fresh.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.pg
def test_from_one_kind_of_store_to_the_other(embedded: str, postgres_database: str, tmp_path: Path) -> None:
    """The way from the embedded store to a server, and back."""
    there = locate(postgres_database)
    restore(there, str(backup(embedded, str(tmp_path / "a.db"))))
    assert as_one_kind(everything(there)) == as_one_kind(everything(embedded))
    report(there, "on the server")
    restore(embedded, str(backup(there, str(tmp_path / "b.db"))), force=True)
    assert "on the server" in titles(embedded)
    assert worst(check(embedded)) == "ok"


def test_consoles_stay_open_while_a_store_is_restored(embedded: str, tmp_path: Path) -> None:
    copy = backup(embedded, str(tmp_path / "copy.db"))
    console, reader = Store(embedded), Reader(embedded)
    with console.read() as connection:
        connection.execute(text("SELECT 1"))
    report(embedded, "later")
    mark = reader.change_mark()
    restore(embedded, str(copy), force=True)
    assert reader.change_mark() != mark
    assert "later" not in [row[0] for row in reader.rows("SELECT title FROM ticket", fanout=True)]
    desk = open_desk(console, SetClock(START))
    desk.do(Report(title="after", source="phone"), desk.actor("zhang"))
    assert "after" in titles(embedded)
    assert worst(check(embedded)) == "ok"
    reader.close()
    console.close()


def spoil_a_byte(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 4096)


def another_text(path: Path) -> None:
    path.write_text("not a store")


def another_manifest(path: Path) -> None:
    Path(f"{path}{MANIFEST}").write_text("[" * 100_000)


def gone(path: Path) -> None:
    path.unlink()


SPOILT = [spoil_a_byte, cut_short, another_text, another_manifest, gone]


def test_a_bad_backup_is_refused_before_anything_changes(url: str, copy: Path, tmp_path: Path) -> None:
    before = everything(url)
    for number, spoil in enumerate(SPOILT):
        bad = tmp_path / f"{number}.db"
        for end in ("", MANIFEST):
            shutil.copy(f"{copy}{end}", f"{bad}{end}")
        spoil(bad)
        with pytest.raises(StoreTrouble):
            restore(url, str(bad), force=True)
    assert everything(url) == before
    restore(url, str(copy), force=True)


def test_a_backup_without_its_manifest_is_still_checked(embedded: str, tmp_path: Path) -> None:
    copy = backup(embedded, str(tmp_path / "copy.db"))
    Path(f"{copy}{MANIFEST}").unlink()
    assert not restore(embedded, str(copy), force=True).had_manifest


def test_the_store_is_not_its_own_backup(embedded: str) -> None:
    with pytest.raises(Refusal) as caught:
        restore(embedded, embedded.removeprefix("sqlite:///"), force=True)
    assert caught.value.code == "restore-itself"


def test_a_file_of_something_else_is_never_replaced(embedded: str, tmp_path: Path) -> None:
    copy = backup(embedded, str(tmp_path / "copy.db"))
    path = tmp_path / "diary.txt"
    path.write_text("dear diary, " * 1000)
    with pytest.raises(StoreTrouble) as caught:
        restore(f"sqlite:///{path}", str(copy), force=True)
    assert caught.value.code == "store-foreign"
    assert path.read_text().startswith("dear diary")


def test_a_damaged_store_is_kept_aside_and_replaced(embedded: str, tmp_path: Path) -> None:
    copy = backup(embedded, str(tmp_path / "copy.db"))
    before = everything(embedded)
    path = Path(embedded.removeprefix("sqlite:///"))
    with path.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xaa" * (path.stat().st_size - 3 * 4096))
    assert worst(check(embedded)) == "bad"
    done = restore(embedded, str(copy), force=True)
    assert done.kept is not None
    assert done.kept.name.endswith(".damaged")
    assert everything(embedded) == before


# ------------------------------------------------------------------------------------------------ kill -9

KILLED = """
import os, signal, sys, threading, time
from data.maintenance import backup, restore
what, url, file, wait = sys.argv[1:]
def kill():
    time.sleep(float(wait)); os.kill(os.getpid(), signal.SIGKILL)
print(1, flush=True)
threading.Thread(target=kill, daemon=True).start()
backup(url, file) if what == "backup" else restore(url, file, force=True)
"""


def killed(what: str, url: str, file: Path, wait: float) -> int:
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, what, url, str(file), str(wait)], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
    return ended.returncode


@pytest.fixture
def larger(sqlite_database: str) -> str:
    url = locate(sqlite_database)
    store = small_street(Store(url, create=True)).store
    with store.write() as connection:
        for number in range(3000):
            ticket = Ticket(centre_id=1, id=number + 1, code=f"c{number}", body="事" * 400, stage="archived", open=0)
            connection.execute(insert(table(Ticket)), ticket.model_dump())
        counts = [("all", "all"), ("stage", "archived"), ("source", "")]
        for dimension, item in counts:
            row = {"centre_id": 1, "dimension": dimension, "item": item, "amount": 3000}
            connection.execute(insert(table(CentreStatistic)), row)
    store.close()
    return url


def test_a_backup_killed_at_any_moment_leaves_a_whole_one_or_none(larger: str, tmp_path: Path) -> None:
    for number in range(12):
        path = tmp_path / f"{number}.db"
        killed("backup", larger, path, 0.004 * number)
        if path.exists():
            assert verify(str(path)).rows["ticket"] == 3000
    assert worst(check(larger)) == "ok"
    assert backup(larger, str(tmp_path / "last.db")).exists()


def test_a_restore_killed_at_any_moment_leaves_the_old_or_the_new(larger: str, tmp_path: Path) -> None:
    copy = backup(larger, str(tmp_path / "copy.db"))
    endings = set()
    for wait in (*(0.01 * number for number in range(12)), 600):
        code = report(larger, "later")
        killed("restore", larger, copy, wait)
        assert worst(check(larger)) == "ok"
        with Reader(larger) as reader:
            found = [row[0] for row in reader.rows("SELECT code FROM ticket WHERE open = 1", fanout=True)]
        assert found == [] or code in found
        endings.add(code in found)
    assert endings == {False, True}, "some were killed before it was done, some after"


# ------------------------------------------------------------------------------------------------ check


def test_a_sound_store(url: str) -> None:
    found = check(url)
    assert {finding.level for finding in found} == {"ok"}, found
    assert all(finding.zh and finding.en for finding in found)


def test_every_counter_that_is_kept_is_counted_again(url: str) -> None:
    """What the ledger counts and what the check counts are the same set."""
    with Reader(url) as reader:
        kept = {row[0] for row in reader.rows("SELECT DISTINCT dimension FROM centre_stat", fanout=True)}
    assert kept == DIMENSIONS.keys()


def test_a_store_of_an_older_release_is_counted_anew_by_its_next_writer(url: str) -> None:
    report(url, "open")
    store = Store(url)
    older = "('all', 'stage', 'source', 'open', 'open_section', 'open_urgency', 'open_unit')"
    with store.write() as connection:
        connection.execute(text(f"DELETE FROM centre_stat WHERE centre_id = 1 AND dimension NOT IN {older}"))
        connection.execute(text("DELETE FROM setting WHERE centre_id = 1 AND name = 'counters'"))
    assert {finding.level for finding in check(url)} == {"ok"}, "what it does not keep is not missed"
    report(url, "another")
    with Reader(url) as reader:
        kept = {row[0] for row in reader.rows("SELECT DISTINCT dimension FROM centre_stat", fanout=True)}
    assert "open_community" in kept
    assert {finding.level for finding in check(url)} == {"ok"}
    assert not mend_counters(store, 1), "once is enough"
    store.close()


FAULTS = {
    "counters": "UPDATE centre_stat SET amount = amount + 1 WHERE centre_id = 1 AND dimension = 'all'",
    "clock-due": "DELETE FROM clock_due WHERE centre_id = 1",
    "chain": "UPDATE centre_seq SET chain_no = chain_no + 1 WHERE centre_id = 1",
    "custody": "UPDATE custody SET to_at = 9 WHERE centre_id = 1",
}


def test_faults_are_found(url: str) -> None:
    report(url, "open")
    store = Store(url)
    for number, fault in enumerate(FAULTS.values(), 1):
        with store.write() as connection:
            assert connection.execute(text(fault)).rowcount
        bad = [finding for finding in check(url) if finding.level == "bad"]
        assert [finding.code for finding in bad] == list(FAULTS)[:number]
        assert all(finding.todo("zh") and finding.todo("en") for finding in bad)
    store.close()


def test_a_broken_link_is_found(embedded: str) -> None:
    store = Store(embedded)
    with store.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")
        connection.connection.driver_connection.execute("DELETE FROM officer WHERE id = 1")
    store.close()
    assert [finding.code for finding in check(embedded) if finding.level == "bad"] == ["links", "rows"]
