"""A reader that is closed while another thread reads with it: the statement stops, and the process lives."""

from __future__ import annotations

import subprocess
import sys

from data.location import locate
from data.schema import create_tables
from data.store import Store

CLOSED_UNDER_A_STATEMENT = """
import sys, threading
from data.errors import StoreTrouble
from data.reader import Reader

reader, began, said = Reader(sys.argv[1]), threading.Event(), []
if reader.sqlite:
    reader._connection.create_function("began", 0, lambda: began.set() or 1)
    endless = "WITH RECURSIVE n(i) AS (SELECT began() UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
else:
    endless = "SELECT pg_sleep(600)"

def read():
    try:
        reader.rows(endless, fanout=True)
    except StoreTrouble as trouble:
        said.append(trouble.code)

thread = threading.Thread(target=read)
thread.start()
if reader.sqlite:
    began.wait()
else:
    with Reader(sys.argv[1]) as other:
        while not other.rows("SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'", fanout=True):
            pass
reader.close()
thread.join()
print(said)
"""


def test_it_stops_the_statement(store_url: str) -> None:
    store = Store(locate(store_url), create=True)
    create_tables(store)
    store.close()
    done = subprocess.run(
        [sys.executable, "-c", CLOSED_UNDER_A_STATEMENT, locate(store_url)], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout) == (0, "['store-read']\n"), done.stderr
