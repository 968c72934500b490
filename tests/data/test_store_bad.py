"""Whatever is wrong with a store, both sides say so in two languages, and change nothing."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from data.errors import BadInput, StoreTrouble
from data.location import locate
from data.maintenance import backup
from data.reader import Reader
from data.schema import create_tables
from data.sqlite import driver
from data.store import Store
from tests.street import small_street

NOBODY = 65534
OPENERS: dict[str, Callable[[str], object]] = {
    "reader": Reader,
    "store": Store,
    "new store": lambda url: Store(url, create=True),
}


def a_folder(path: Path) -> None:
    path.mkdir()


def a_text(path: Path) -> None:
    path.write_text("事件,时间\n" * 1000, "utf-8")


def an_empty_file(path: Path) -> None:
    path.touch()


def a_database_of_something_else(path: Path) -> None:
    connection = driver().connect(str(path))
    connection.execute("CREATE TABLE ticket (id INTEGER PRIMARY KEY)")
    connection.commit()
    connection.close()


def half_a_header(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + bytes(84))


def nothing(path: Path) -> None:
    """No file at all."""


CASES = [
    (a_folder, "reader", "store-directory"),
    (a_folder, "store", "store-directory"),
    (a_folder, "new store", "store-directory"),
    (a_text, "reader", "store-foreign"),
    (a_text, "store", "store-foreign"),
    (a_text, "new store", "store-foreign"),
    (an_empty_file, "reader", "store-foreign"),
    (an_empty_file, "store", "store-foreign"),
    (a_database_of_something_else, "reader", "store-foreign"),
    (a_database_of_something_else, "store", "store-foreign"),
    (a_database_of_something_else, "new store", "store-foreign"),
    (half_a_header, "reader", "store-foreign"),
    (half_a_header, "store", "store-foreign"),
    (half_a_header, "new store", "store-foreign"),
    (nothing, "reader", "store-missing"),
    (nothing, "store", "store-missing"),
]


def state(folder: Path) -> dict[str, bytes | None]:
    """What lies in a folder."""
    return {path.name: path.read_bytes() if path.is_file() else None for path in folder.iterdir()}


@pytest.mark.parametrize(("make", "opener", "code"), CASES)
def test_what_is_no_store_is_refused_and_left_alone(
    tmp_path: Path, make: Callable[[Path], None], opener: str, code: str
) -> None:
    path = tmp_path / "房间 1?#%.db"
    make(path)
    before = state(tmp_path)
    with pytest.raises(StoreTrouble) as caught:
        OPENERS[opener](locate(str(path)))
    assert caught.value.code == code
    assert path.name in caught.value.zh
    assert path.name in caught.value.en
    assert state(tmp_path) == before


def test_an_empty_file_may_become_a_store(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.touch()
    small_street(Store(locate(str(path)), create=True)).store.close()
    Reader(locate(str(path))).close()


def test_a_store_whose_tables_were_never_made(tmp_path: Path) -> None:
    """Making a store was interrupted: readers say that it is empty, and making it again goes on."""
    url = locate(str(tmp_path / "s.db"))
    store = Store(url, create=True)
    with store.change_schema():
        pass
    store.close()
    for opener in ("reader", "store"):
        with pytest.raises(StoreTrouble) as caught:
            OPENERS[opener](url)
        assert caught.value.code == "store-empty"
    create_tables(Store(url, create=True))
    Reader(url).close()


def test_another_kind_of_address_is_refused() -> None:
    with pytest.raises(BadInput):
        locate("mysql://x/y")


def test_files_and_folder_are_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "store.db"
    mask = os.umask(0)
    try:
        store = Store(locate(str(path)), create=True)
        small_street(store)
    finally:
        os.umask(mask)
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()}
    assert set(modes.values()) == {"0o600"}, modes
    assert "store.db-wal" in modes
    assert path.parent.stat().st_mode & 0o777 == 0o700
    store.close()


# ------------------------------------------------------------------------------------------------ rights


@contextlib.contextmanager
def without_rights() -> Iterator[None]:
    """As somebody whom file permissions bind."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def street() -> Iterator[Path]:
    """A closed store in a folder that the other account may enter."""
    folder = Path(tempfile.mkdtemp())
    small_street(Store(locate(str(folder / "store.db")), create=True)).store.close()
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, NOBODY, NOBODY)
    yield folder
    folder.chmod(0o700)
    shutil.rmtree(folder)


def write_something(url: str) -> None:
    store = Store(url)
    try:
        with store.write() as connection:
            connection.execute(text("UPDATE centre SET name = 'x'"))
    finally:
        store.close()


def test_a_file_that_may_not_be_read(street: Path) -> None:
    (street / "store.db").chmod(0)
    for attempt in (Reader, Store, write_something):
        with pytest.raises(StoreTrouble) as caught, without_rights():
            attempt(locate(str(street / "store.db")))
        assert caught.value.code == "store-open"


def test_a_file_that_may_not_be_written_can_be_read(street: Path) -> None:
    url = locate(str(street / "store.db"))
    (street / "store.db").chmod(0o400)
    with without_rights():
        with Reader(url) as reader:
            assert reader.rows("SELECT code FROM centre", fanout=True) == [("demo",)]
        store = Store(url)
        with store.read() as connection:
            assert connection.execute(text("SELECT code FROM centre")).all() == [("demo",)]
        store.close()
        with pytest.raises(StoreTrouble) as caught:
            write_something(url)
    assert caught.value.code == "store-readonly"
    with Reader(url) as reader:
        assert reader.rows("SELECT name FROM centre", fanout=True) == [("示范街道",)]


def test_a_backup_that_may_not_be_written_can_be_looked_into(street: Path) -> None:
    """It has no write-ahead log, and cannot be given one: an error on connecting comes out as any other."""
    path = backup(locate(str(street / "store.db")), str(street / "copy.db"))
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)
    path.chmod(0o400)
    with without_rights():
        store = Store(locate(str(path)))
        with store.read() as connection:
            assert connection.execute(text("SELECT code FROM centre")).all() == [("demo",)]
        store.close()
        with pytest.raises(StoreTrouble) as caught:
            write_something(locate(str(path)))
    assert caught.value.code in ("store-readonly", "store-no-wal")


def test_a_folder_that_may_not_be_written(street: Path) -> None:
    url = locate(str(street / "store.db"))
    street.chmod(0o500)
    with without_rights(), pytest.raises(StoreTrouble) as caught:
        write_something(url)
    assert caught.value.code in ("store-readonly", "store-open")
    with without_rights(), pytest.raises(StoreTrouble) as caught:
        Store(locate(str(street / "new.db")), create=True)
    assert caught.value.code == "store-folder"
    with without_rights(), pytest.raises(StoreTrouble) as caught:
        Store(locate(str(street / "deeper" / "new.db")), create=True)
    assert caught.value.code == "store-folder"
    assert not (street / "new.db").exists()


# ------------------------------------------------------------------------------------------------ no room

FILL = """
import resource, sys
from sqlalchemy import text
from data.errors import StoreTrouble
from data.store import Store
store = Store(sys.argv[1])
if len(sys.argv) > 2:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
kept = 0
try:
    for number in range(10_000):
        with store.write() as connection:
            row = {"n": f"n{number}", "v": '"' + "x" * 20_000 + '"'}
            connection.execute(text("INSERT INTO setting (centre_id, name, value) VALUES (1, :n, :v)"), row)
        kept += 1
except StoreTrouble as trouble:
    print(kept, trouble.code)
with store.read() as connection:
    print(connection.execute(text("SELECT count(*) FROM setting WHERE centre_id = 1")).scalar())
"""


def fill(url: str, *limit: str) -> tuple[int, str, int]:
    """Write until there is no room: how many were acknowledged, the trouble's code, how many are there."""
    ended = subprocess.run(
        [sys.executable, "-c", FILL, url, *limit], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert ended.returncode == 0, ended.stderr
    kept, code, found = ended.stdout.split()
    return int(kept), code, int(found)


def test_no_room_by_quota(tmp_path: Path) -> None:
    """The limit on the size of files is what a quota looks like; one that is met in a commit is called in doubt."""
    url = locate(str(tmp_path / "s.db"))
    small_street(Store(url, create=True)).store.close()
    kept, code, found = fill(url, str(2 * 1024 * 1024))
    assert code in ("store-io", "store-full", "store-in-doubt")
    assert kept == found > 10
    write_something(url)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_no_room_on_the_disk(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here (needs root)")
    try:
        url = locate(str(disk / "s.db"))
        small_street(Store(url, create=True)).store.close()
        kept, code, found = fill(url)
        assert code == "store-full"
        assert kept == found > 10
        with Reader(url) as reader:
            assert reader.rows("PRAGMA integrity_check", fanout=True) == [("ok",)]
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


# ------------------------------------------------------------------------------------------------ replaced files


def test_a_store_that_was_taken_away_does_not_come_back_empty(tmp_path: Path) -> None:
    url = locate(str(tmp_path / "s.db"))
    store = small_street(Store(url, create=True)).store
    for path in tmp_path.glob("s.db*"):
        path.unlink()
    with pytest.raises(StoreTrouble) as caught, store.write():
        pass
    assert caught.value.code == "store-missing"
    assert not (tmp_path / "s.db").exists()
    store.close()


def test_a_store_that_was_replaced_is_written_and_read_anew(tmp_path: Path) -> None:
    url = locate(str(tmp_path / "s.db"))
    small_street(Store(url, create=True)).store.close()
    shutil.copy(tmp_path / "s.db", tmp_path / "copy.db")
    store, reader = Store(url), Reader(url)
    with store.read():
        mark = reader.change_mark()
    for side in ("-wal", "-shm"):
        (tmp_path / f"s.db{side}").unlink(missing_ok=True)
    os.replace(tmp_path / "copy.db", tmp_path / "s.db")
    with store.write() as connection:
        connection.execute(text("UPDATE centre SET name = 'new'"))
    assert reader.change_mark() != mark
    assert reader.rows("SELECT name FROM centre", fanout=True) == [("new",)]
    reader.close()
    store.close()


def test_a_damaged_store_says_so(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    small_street(Store(locate(str(path)), create=True)).store.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    for attempt in (Reader, Store, write_something):
        with pytest.raises(StoreTrouble) as caught:
            attempt(locate(str(path)))
        assert caught.value.code in ("store-damaged", "store-foreign"), caught.value
