"""Write transactions: whole or not at all, one at a time, in a fair order, many processes on one store."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from core.desk.ledger import chain_hash
from core.desk.orders import Report
from data.bell import strokes
from data.errors import NotFound, StoreTrouble
from data.location import locate
from data.schema import create_tables
from data.store import Store
from data.tables import EngineOutage, Setting, table
from data.turnstile import TurnstileBusy, turnstile
from tests.street import small_street

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def store(store_url: str) -> Store:
    store = Store(locate(store_url), create=True)
    create_tables(store)
    return store


def names(store: Store) -> list[str]:
    with store.reader() as reader:
        return [row[0] for row in reader.rows("SELECT name FROM setting WHERE centre_id = :centre", centre=1)]


def setting(name: str) -> dict[str, object]:
    return {"centre_id": 1, "name": name, "value": {}}


@pytest.mark.parametrize(
    "error", [NotFound("x", "无", "none"), OSError(28, "a file of an import"), KeyboardInterrupt(), ValueError("x")]
)
def test_an_error_inside_rolls_back_and_comes_out_as_it_is(store: Store, error: BaseException) -> None:
    """An OSError of the caller's own must not read as a trouble of the store."""
    with pytest.raises(type(error)) as caught:
        write_and_fail(store, error)
    assert caught.value is error
    assert names(store) == []
    with store.write() as connection:
        connection.execute(insert(table(Setting)), setting("b"))
    assert names(store) == ["b"]
    store.close()


def write_and_fail(store: Store, error: BaseException) -> None:
    with store.write() as connection:
        connection.execute(insert(table(Setting)), setting("a"))
        raise error


def test_a_write_inside_a_write_is_a_mistake_of_the_program(store: Store) -> None:
    """On the embedded store it would wait for itself."""
    with pytest.raises(RuntimeError), store.write(), store.write():
        pass
    with store.write():
        pass
    store.close()


def test_a_reading_transaction_is_a_steady_view_and_cannot_write(store: Store) -> None:
    count = text("SELECT count(*) FROM setting WHERE centre_id = 1")
    with store.read() as connection:
        assert connection.execute(count).scalar_one() == 0
        with store.write() as writing:
            writing.execute(insert(table(Setting)), setting("a"))
        assert connection.execute(count).scalar_one() == 0
    with pytest.raises(StoreTrouble) as caught, store.read() as connection:
        connection.execute(insert(table(Setting)), setting("b"))
    assert caught.value.code == "store-readonly"
    assert names(store) == ["a"]
    with store.reader() as reader, pytest.raises(StoreTrouble):
        reader.rows("DELETE FROM setting", fanout=True)
    assert names(store) == ["a"]
    store.close()


def test_a_reader_can_hold_one_view(store: Store) -> None:
    with store.reader() as reader:
        with reader.steady():
            before = reader.rows("SELECT name FROM setting WHERE centre_id = :centre", centre=1)
            with store.write() as connection:
                connection.execute(insert(table(Setting)), setting("a"))
            assert reader.rows("SELECT name FROM setting WHERE centre_id = :centre", centre=1) == before == []
        assert reader.rows("SELECT name FROM setting WHERE centre_id = :centre", centre=1) == [("a",)]
    store.close()


def test_the_bell_rings_after_a_commit_only(tmp_path: Path) -> None:
    store = Store(locate(str(tmp_path / "s.db")), create=True)
    create_tables(store)
    rung = strokes(store.path)
    with pytest.raises(ValueError, match="no"), store.write():
        raise ValueError("no")
    assert strokes(store.path) == rung
    with store.write(bell=False):
        pass
    assert strokes(store.path) == rung
    with store.write():
        pass
    assert strokes(store.path) > rung
    store.close()


def outage(number: int) -> dict[str, int]:
    return {"centre_id": 1, "id": number, "from_at": 0, "to_at": 1, "noted_at": 2}


def test_a_clash_of_ids_is_tried_again(store: Store) -> None:
    outages = table(EngineOutage)
    with store.write() as connection:
        connection.execute(insert(outages), outage(7))
    drawn = iter([7, 7, 8])
    store.run(lambda connection: connection.execute(insert(outages), outage(next(drawn))))
    with store.reader() as reader:
        assert reader.rows("SELECT id FROM engine_outage WHERE centre_id = :centre ORDER BY id", centre=1) == [
            (7,),
            (8,),
        ]
    store.close()


def test_any_other_error_is_not_tried_again(store: Store) -> None:
    calls: list[int] = []

    def work(connection: object) -> None:
        calls.append(1)
        connection.execute(text("SELECT nothing FROM nowhere"))  # type: ignore[attr-defined]

    with pytest.raises(StoreTrouble):
        store.run(work)
    assert calls == [1]
    store.close()


def test_reading_needs_no_weight(tmp_path: Path) -> None:
    """Scripts call it in loops: the version is looked at without SQLAlchemy, Alembic or pydantic."""
    url = locate(str(tmp_path / "s.db"))
    create_tables(Store(url, create=True))
    script = (
        "import sys; from data.reader import Reader; Reader(sys.argv[1]).close()\n"
        "print(*{name.partition('.')[0] for name in sys.modules} & {'sqlalchemy', 'alembic', 'pydantic', 'sqlmodel'})"
    )
    environment = {name: value for name, value in os.environ.items() if name != "ZHIHUI_GUARD"}
    ended = subprocess.run(
        [sys.executable, "-c", script, url], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "\n"


# ------------------------------------------------------------------------------------------------ the turnstile


def test_waiting_for_the_write_place_ends(tmp_path: Path) -> None:
    """Whoever holds it may hang. The lock that comes too late is given back."""
    path = str(tmp_path / "s.db")
    with turnstile(path), pytest.raises(TurnstileBusy), turnstile(path, patience=0.05):
        pass
    with turnstile(path, patience=20):
        pass


def test_a_killed_holder_lets_the_next_one_in(tmp_path: Path) -> None:
    path = str(tmp_path / "s.db")
    script = (
        "import sys, time; from data.turnstile import turnstile\n"
        "with turnstile(sys.argv[1]): print(1, flush=True); time.sleep(600)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script, path], cwd=REPOSITORY, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    with holder.stdout as output:
        output.readline()
        holder.kill()
        holder.wait()
    with turnstile(path, patience=20):
        pass


def test_a_console_comes_between_two_chunks_of_an_import(tmp_path: Path) -> None:
    """A bulk writer that never pauses lets a waiting console in after the chunk that is under way: order, not luck."""
    store = Store(locate(str(tmp_path / "s.db")), create=True)
    create_tables(store)
    order: list[str] = []
    begun, waiting, done = threading.Event(), threading.Event(), threading.Event()

    def bulk() -> None:
        number = 0
        while not done.is_set():
            with store.write():
                order.append(f"chunk {number}")
                begun.set()
                if waiting.is_set() or number == 0:
                    until(lambda: done.is_set() or turn_is_taken(store.path))
            number += 1

    def console() -> None:
        begun.wait()
        for number in range(20):
            waiting.set()
            with store.write():
                order.append(f"console {number}")
        done.set()

    threads = [threading.Thread(target=bulk), threading.Thread(target=console)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert done.is_set()
    places = [order.index(f"console {number}") for number in range(20)]
    gaps = [later - earlier for earlier, later in pairwise(places)]
    assert max(gaps) <= 3, order
    store.close()


def turn_is_taken(path: str) -> bool:
    """Whether somebody stands at the turn, waiting for the gate."""
    handle = os.open(path + ".turn", os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def until(condition: Callable[[], bool]) -> None:
    patience = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < patience
        time.sleep(0.0005)


# ------------------------------------------------------------------------------------------------ many at once

WRITERS = """
import sys, threading
from core.clock import SetClock
from core.desk.desk import open_desk
from core.desk.orders import Note, Report
from data.errors import Conflict
from data.store import Store
from tests.street import START
url, process, writers = sys.argv[1], sys.argv[2], int(sys.argv[3])
store = Store(url)
desk = open_desk(store, SetClock(START))
actor = desk.actor("zhang")
shared = sys.argv[4]
failed = []
def writer(number):
    try:
        for turn in range(3):
            desk.do(Report(title=f"{process}/{number}/{turn}", source="phone"), actor, key=f"{process}/{number}/{turn}")
        while True:
            seen = [row[0] for row in rows()][0]
            try:
                desk.do(Note(ticket=shared, text=f"{process}/{number}"), actor, seen=seen)
                break
            except Conflict:
                pass
    except BaseException as error:
        failed.append(repr(error))
def rows():
    with store.reader() as reader:
        wanted = "SELECT revision FROM ticket WHERE centre_id = :centre AND code = :code"
        return reader.rows(wanted, centre=1, code=shared)
threads = [threading.Thread(target=writer, args=(number,)) for number in range(writers)]
print("ready", flush=True); sys.stdin.readline()
for thread in threads: thread.start()
for thread in threads: thread.join()
print(failed, flush=True)
"""


def test_sixty_four_writers_in_two_processes(store_url: str) -> None:
    """No update is lost, no number of the chain is missing, nobody gets an error."""
    url = locate(store_url)
    desk = small_street(Store(url, create=True))
    shared = desk.do(Report(title="shared", source="phone"), desk.actor("zhang")).ticket
    desk.store.close()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITERS, url, str(number), "32", shared],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.communicate(timeout=120)[0] for process in processes] == ["[]\n", "[]\n"]
    check_everything(url, shared)


def check_everything(url: str, shared: str) -> None:
    store = Store(url)
    with store.reader() as reader:
        columns, rows = reader.columns("SELECT * FROM ticket_event WHERE centre_id = :centre ORDER BY id", centre=1)
        head = reader.one("SELECT chain_no, chain_hash FROM centre_seq WHERE centre_id = :centre", centre=1)
        codes = [row[0] for row in reader.rows("SELECT code FROM ticket WHERE centre_id = :centre", centre=1)]
        revision = reader.one(
            "SELECT revision FROM ticket WHERE centre_id = :centre AND code = :code", centre=1, code=shared
        )
        all_tickets = reader.one(
            "SELECT amount FROM centre_stat WHERE centre_id = :centre AND dimension = 'all'", centre=1
        )
    store.close()
    events = [dict(zip(columns, row, strict=True)) for row in rows]
    tickets = 1 + 2 * 32 * 3
    assert [event["id"] for event in events] == list(range(1, tickets + 64 + 1))
    assert len(set(codes)) == len(codes) == tickets
    assert sorted(int(code[-4:]) for code in codes) == list(range(1, tickets + 1))
    assert revision == (1 + 64,)
    assert all_tickets == (tickets,)
    previous = ""
    for event in events:
        for name in ("body", "erased"):
            event[name] = json.loads(event[name]) if isinstance(event[name], str) else event[name]
        assert event["hash"] == chain_hash(previous, event)
        previous = event["hash"]
    assert head == (len(events), previous)
