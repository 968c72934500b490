"""What the search costs those who write: the same work with the texts of tickets kept, and without."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from core.clock import SystemClock
from core.desk.desk import Desk, open_desk
from core.desk.orders import Note
from core.desk.texts import Texts
from core.exchange import bulk
from data.search_index import fill
from data.store import Store
from tests.bench.figures import Figure, Rounds, short
from tests.bench.importing import import_file
from tests.bench.reports import write_reports
from tests.bench.run import OFFICER, Run
from tests.bench.stores import copy_of
from tests.bench.sweeping import CENTRE, SweptEngine, make_due

WORDS = {"note": "a note through the desk", "import": "an import", "sweep": "a sweep"}
TEXT = "已到现场查看，联系产权单位明日上午处理，周边已设警示围挡。"


def measure(run: Run) -> Iterator[Figure]:
    """Each work twice per round on one copy of a large store, in turns; then the index behind it."""
    rounds = Rounds()
    turns = max(run.rounds // 2, 1)
    tickets = max(run.written)
    with copy_of(run.store(tickets), "indexing") as store:
        for turn in range(turns):
            for kept in (True, False):
                _notes_and_imports(rounds, run, store, turn, kept)
    with copy_of(run.store(tickets), "sweeping") as store:
        engine = SweptEngine(store)
        amount = min(run.sweep, engine.waiting() // 4)
        for turn in range(2 * turns):
            kept = turn % 2 == 0
            now = make_due(store, amount, turn)
            with _texts(kept):
                rounds.add(f"sweep {kept}", _cost(lambda now=now: engine.sweep(now, amount)))
        engine.close()
    for what, title in WORDS.items():
        names = f"{what} True", f"{what} False"
        yield Figure(
            f"indexing.{what}",
            f"{title}, with the texts that are searched (CPU)",
            "the same without them",
            rounds.ratios(*names),
            note=rounds.amounts("s", *names),
            tickets=tickets,
        )
    for what, amount in (("note", run.notes), ("import", run.import_rows)):
        each = rounds.amounts("ms", f"{what} index", scale=1000 / amount)
        yield Figure(
            f"indexing.{what}.index",
            f"taking the tickets of {'the notes' if what == 'note' else 'the import'} into the index (CPU)",
            f"{WORDS[what]}, with the texts",
            rounds.ratios(f"{what} index", f"{what} True"),
            note=f"{each} a ticket, {short(amount / min(rounds.readings[f'{what} index']))} tickets/s",
            tickets=tickets,
        )


def _notes_and_imports(rounds: Rounds, run: Run, store: Path, turn: int, kept: bool) -> None:
    opened = Store(f"sqlite:///{store}")
    desk = open_desk(opened, SystemClock())
    with _texts(kept):
        rounds.add(f"note {kept}", _cost(lambda: _write_notes(desk, run.notes)))
    if kept:
        rounds.add("note index", _cost(lambda: _follow(opened)))
    seed = run.seed + 2 * turn + kept
    file = write_reports(run.work / "imports" / f"reports-{run.import_rows}-{seed}.csv", run.import_rows, seed)
    with _texts(kept):
        rounds.add(f"import {kept}", _cost(lambda: import_file(store, file)))
    if kept:
        rounds.add("import index", _cost(lambda: _follow(opened)))
    opened.close()


def _write_notes(desk: Desk, amount: int) -> None:
    """A note each on the tickets that are due first."""
    with desk.store.reader() as reader:
        rows = reader.rows(
            "SELECT code FROM ticket WHERE centre_id = :centre AND open = 1 ORDER BY due_at, id LIMIT :size",
            centre=CENTRE,
            size=amount,
        )
    actor = desk.actor(OFFICER)
    for (code,) in rows:
        desk.do(Note(ticket=code, text=TEXT), actor)


def _follow(store: Store) -> None:
    """Take everything that waits into the index."""
    while fill(store, CENTRE):
        pass


@contextmanager
def _texts(kept: bool) -> Iterator[None]:
    """Whether the desk and the import write the texts of tickets."""
    if kept:
        yield
        return
    add = bulk._Rows.add
    with (
        patch.object(Texts, "write", lambda *_: None),
        patch.object(bulk, "text_row", lambda *_: {}),
        patch.object(bulk._Rows, "add", lambda rows, values: add(rows, values) if values else None),
    ):
        yield


def _cost(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
