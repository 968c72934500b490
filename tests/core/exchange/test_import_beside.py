"""Imports that are killed, that run twice at once, and that run beside a console."""

from __future__ import annotations

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

import pytest

from core.clock import SetClock
from core.desk.desk import Desk
from core.desk.orders import Report
from data.errors import Refusal
from data.location import locate
from data.store import Store
from tests.core.exchange.importing_rig import (
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
def store(street_url: str) -> Iterator[Store]:
    opened = Store(locate(street_url))
    yield opened
    opened.close()


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
    store: Store, street_url: str, tmp_path: Path, repository: Path
) -> None:
    file, how = tmp_path / "made.csv", tmp_path / "made.toml"
    write_made(file, 1_000, seed=7, late=20)
    how.write_text(MADE_MAP, "utf-8")
    command = [sys.executable, "-c", PROGRAM, locate(street_url), str(file), str(how)]
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


def test_two_imports_of_one_file_at_once_make_each_ticket_once(store: Store, street_url: str, tmp_path: Path) -> None:
    file = table_file(tmp_path / "t.csv", [row(number, unit=f"岗{number % 7}") for number in range(120)])
    results, failed = [], []

    def work() -> None:
        own = Store(locate(street_url))
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
