"""Tickets from another system's file into the store: all rows that are sound, each once, in short transactions.

A row is known again by origin and external id, so that the same file twice changes nothing and an import that was
killed is finished by running it again. An import makes tickets and never changes one: a row whose ticket is there with
other content is rejected with that reason.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from core.clock import Clock
from core.desk.actor import Actor
from core.desk.ledger import Ledger
from core.desk.permissions import may
from core.desk.references import References
from core.exchange.bulk import Bulk, Prepared
from core.exchange.drafts import Draft, RowFault, draft_reader
from core.exchange.lookups import Lookups, UnitBook, UnknownName
from core.exchange.maps import ImportMap
from core.exchange.openings import Openings
from core.exchange.readers import open_table
from core.exchange.rejects import Rejects
from core.exchange.steps import Scene, steps_of
from core.exchange.tables import Fault, NumberedRow, Table, shown
from data.errors import BadInput, NotAllowed
from data.instants import to_seconds
from data.store import Store
from data.tables import Ticket, table

CHUNK = 300
"""Rows per transaction: short enough that a console beside it does not wait."""
CHUNKS = (1, 5000)
SAMPLES = 20
COLLECT_EVERY = 50_000

Progress = Callable[[int, int], None]
"""Called with the rows done and the rows in the file."""


@dataclass(frozen=True)
class Rejection:
    """A rejected row: its line and the reason."""

    line: int
    code: str
    zh: str
    en: str


@dataclass
class ImportResult:
    """What came of an import; in a dry run, what would come of it."""

    read: int = 0
    created: int = 0
    unchanged: int = 0
    rejected: int = 0
    reject_file: Path | None = None
    dry_run: bool = False
    new_units: list[str] = field(default_factory=list)
    """Names of posts that were made for tickets to be with."""
    reasons: dict[str, int] = field(default_factory=dict)
    """Rejected rows by the code of their reason."""
    samples: list[Rejection] = field(default_factory=list)
    """The first rejected rows."""


def import_tickets(
    store: Store,
    clock: Clock,
    centre_id: int,
    file: Path,
    rules: ImportMap,
    actor: Actor,
    dry_run: bool = False,
    progress: Progress | None = None,
    chunk: int = CHUNK,
    rejects: Path | None = None,
) -> ImportResult:
    """Import the tickets of a file.

    `rejects` is where rejected rows go, by default a new file beside the source; a dry run writes none. Raises NotFound
    or BadInput, before anything has changed, for a file that is broken as a whole or lacks a column of the map, and
    NotAllowed for an actor who does not serve at the desk.
    """
    if "import" not in actor.roles and not may("import", actor):
        raise NotAllowed("not-permitted", f"{actor.name} 没有导入的权限。", f"{actor.code} may not import.")
    if not CHUNKS[0] <= chunk <= CHUNKS[1]:
        raise BadInput(
            "chunk", f"每批须为 {CHUNKS[0]} 到 {CHUNKS[1]} 行。", f"A chunk has {CHUNKS[0]} to {CHUNKS[1]} rows."
        )
    with _few_collections():
        return _import(store, clock, centre_id, file, rules, actor, dry_run, progress, chunk, rejects)


def _import(
    store: Store,
    clock: Clock,
    centre_id: int,
    file: Path,
    rules: ImportMap,
    actor: Actor,
    dry_run: bool,
    progress: Progress | None,
    chunk: int,
    rejects: Path | None,
) -> ImportResult:
    source = open_table(file, rules.used_columns(), rules.form, rules.encoding, rules.delimiter, rules.sheet)
    try:
        run = _Import(store, centre_id, rules, actor, to_seconds(clock.now()), dry_run, source)
        run.rejects = Rejects(file, rejects, source.header, not dry_run)
        try:
            return run.all(progress, chunk)
        finally:
            run.rejects.close()
    finally:
        source.close()


@contextmanager
def _few_collections() -> Iterator[None]:
    """Let the collector of cycles come seldom: a chunk makes many objects and no cycles, and it would walk them all."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECT_EVERY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class _Import:
    """One run over one file."""

    rejects: Rejects

    def __init__(
        self, store: Store, centre_id: int, rules: ImportMap, actor: Actor, now: int, dry_run: bool, source: Table
    ) -> None:
        self.store, self.centre_id, self.rules, self.now, self.dry_run = store, centre_id, rules, now, dry_run
        self.source = source
        self.result = ImportResult(dry_run=dry_run)
        self.units = UnitBook(centre_id, rules.units, actor.code, now)
        self._seen: dict[str, str] = {}
        """Ids that a dry run has met: what a real run would find in the store by then."""
        self._dry_units: dict[str, None] = {}
        with store.read() as connection:
            refs = References(connection, centre_id)
            self.lookups = Lookups(connection, centre_id)
            self.units.read(connection)
            self.zone = ZoneInfo(refs.centre().zone)
            self.scene = Scene(
                origin=rules.origin,
                actor=actor.code,
                now=now,
                policy_version=refs.version("policy"),
                calendar_version=refs.version("calendar", refs.centre().calendar),
                openings=Openings(refs.policy(), refs.calendar(), self.lookups.matters, now),
            )
            self._read = draft_reader(rules, source.header, self.lookups, now)

    def all(self, progress: Progress | None, chunk: int) -> ImportResult:
        """Work through the file, chunk by chunk."""
        rows = self.source.rows
        while batch := list(islice(rows, chunk)):
            drafts = list(self._drafts(batch))
            if drafts:
                self._take(drafts)
            self.rejects.flush()
            self.result.read += len(batch)
            if progress is not None:
                progress(self.result.read, self.source.count)
        self.result.reject_file = self.rejects.path
        self.result.new_units = list(self._dry_units) if self.dry_run else self.units.created
        return self.result

    def _drafts(self, batch: list[NumberedRow]) -> Iterator[Draft]:
        with self.store.read() as connection:
            # Matters are looked up when they first come up, in this chunk's own view.
            self.lookups.refs.connection = connection
            for line, cells, fault in batch:
                if fault is not None:
                    self._reject(line, cells, fault)
                    continue
                try:
                    draft = self._read(line, cells)
                except RowFault as error:
                    self._reject(line, cells, error.fault)
                    continue
                except UnknownName as error:
                    name = shown(error.name)
                    fault = Fault("unknown", f"本中心没有 {error.field} {name}", f"there is no {error.field} {name}")
                    self._reject(line, cells, fault)
                    continue
                if draft.unit and draft.unit not in self.units:
                    name = shown(draft.unit)
                    self._reject(line, cells, Fault("unknown", f"本中心没有单位 {name}", f"there is no unit {name}"))
                    continue
                yield draft

    def _take(self, drafts: list[Draft]) -> None:
        if self.dry_run:
            with self.store.read() as connection:
                new = self._new(connection, drafts)
            self.result.created += len(new)
            self._seen.update({draft.external_id: draft.digest for draft in new})
            names = (draft.unit for draft in new if draft.unit and not self.units.has(draft.unit))
            self._dry_units.update(dict.fromkeys(names))
            return
        # What is there already costs no turn at the store's one writer, and the rest is prepared before its turn.
        with self.store.read() as connection:
            head = Ledger(connection, self.centre_id, self.now, reading=True).chain_no
            new = self._new(connection, drafts)
        if new:
            self._write(new, head)

    def _write(self, new: list[Draft], head: int) -> None:
        missing = dict.fromkeys(draft.unit for draft in new if draft.unit and not self.units.has(draft.unit))
        if missing:
            with self.store.write() as connection:
                self.units.ensure(connection, missing)
        units = self.units
        prepared = [
            Prepared(self.centre_id, draft, steps_of(draft, units[draft.unit] if draft.unit else None, self.scene))
            for draft in new
        ]
        with self.store.write() as connection:
            bulk = Bulk(connection, self.centre_id, self.now, self.zone)
            chosen = prepared
            if bulk.chain_no != head:
                # Somebody wrote since these rows were looked up; behind the lock nobody can any more.
                left = {draft.external_id for draft in self._new(connection, new)}
                chosen = [ticket for ticket in prepared if ticket.draft.external_id in left]
            if chosen:
                bulk.add(chosen)
                bulk.flush()
        self.result.created += len(chosen)

    def _new(self, connection: Connection, drafts: list[Draft]) -> list[Draft]:
        """The drafts that are no tickets yet; the others are counted, or rejected where they differ."""
        tickets = table(Ticket)
        found = connection.execute(
            select(tickets.c.external_id, tickets.c.facts).where(
                tickets.c.centre_id == self.centre_id,
                tickets.c.origin == self.rules.origin,
                tickets.c.external_id.in_([draft.external_id for draft in drafts]),
                tickets.c.external_id != "",
            )
        )
        known = {row.external_id: (row.facts or {}).get("import", "") for row in found}
        new: list[Draft] = []
        for draft in drafts:
            digest = known.get(draft.external_id, self._seen.get(draft.external_id))
            if digest is None:
                known[draft.external_id] = draft.digest
                new.append(draft)
            elif digest in ("", draft.digest):
                self.result.unchanged += 1
            else:
                self._reject(draft.line, draft.cells, _differs(draft))
        return new

    def _reject(self, line: int, cells: list[str], fault: Fault) -> None:
        result = self.result
        result.rejected += 1
        result.reasons = dict(Counter(result.reasons) + Counter([fault.code]))
        if len(result.samples) < SAMPLES:
            result.samples.append(Rejection(line, *fault))
        self.rejects.add(line, cells, fault)


def _differs(draft: Draft) -> Fault:
    name = shown(draft.external_id)
    return Fault(
        "differs",
        f"编号 {name} 已导入过，内容不同；导入不会修改已有事件",
        f"{name} was imported before with other content; an import never changes a ticket",
    )
