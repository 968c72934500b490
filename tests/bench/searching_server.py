"""The same words on PostgreSQL: against LIKE on the same server, in times as a client sees them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import text

from data.schema import create_tables
from data.search_index import fill
from data.store import Store
from data.transfer import transfer
from tests import postgres
from tests.bench.figures import Figure, Rounds
from tests.bench.run import Run
from tests.bench.searching import CENTRE, against_like, time_all


def measure(run: Run) -> Iterator[Figure]:
    """Words against LIKE."""
    sizes = [size for size in run.sizes if size <= run.server_tickets] or [run.small]
    for size in sizes:
        rounds = Rounds()
        with _server_store(run.work, run.store(size)) as url:
            for _ in range(run.rounds):
                time_all(rounds, str(size), url, time.perf_counter, {})
        yield from against_like("searching_server", rounds, size)


@contextmanager
def _server_store(work: Path, store: Path) -> Iterator[str]:
    """A store of SQLite, copied to a server and indexed there; ZHIHUI_TEST_POSTGRES may name the server."""
    given = os.environ.get("ZHIHUI_TEST_POSTGRES")
    with nullcontext(given) if given else postgres.running(work) as server, postgres.database(server) as url:
        source, target = Store(f"sqlite:///{store}"), Store(url, create=True)
        try:
            create_tables(target)
            with source.read() as rows, target.write() as connection:
                transfer(rows, connection)
            while fill(target, CENTRE):
                pass
            with target.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        finally:
            source.close()
            target.close()
        yield url
