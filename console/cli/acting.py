"""Carrying out orders from the command line: one or many, for real or only to see, with a result for each."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import Connection, text

from core.desk.actor import Actor
from core.desk.desk import Desk, Receipt
from core.desk.orders import Order
from core.desk.references import References
from data.errors import BadInput, Refusal, StoreTrouble
from data.queries.listing import iso

RESULT_FIELDS = (
    "ticket",
    "verb",
    "ok",
    "stage",
    "unit",
    "due_at",
    "revision",
    "event",
    "at",
    "replayed",
    "dry_run",
    "error",
    "zh",
    "en",
)
"""Names of the fields of a result, in order. `error`, `zh` and `en` are empty when it was done."""

TURN_SECONDS = 0.03
"""How long orders share one write transaction before others may write."""

KEY_LIMIT = 120


@dataclass(frozen=True)
class Job:
    """An order with who gives it, the revision they saw and the idempotency key."""

    order: Order
    actor: Actor
    seen: int | None = None
    key: str | None = None

    @property
    def ticket(self) -> str:
        """The code of the ticket, empty for a new report."""
        return str(getattr(self.order, "ticket", ""))


@dataclass(frozen=True)
class Outcome:
    """What came of a job: the record to print, and the refusal if there was one."""

    record: dict[str, Any]
    refusal: Refusal | None = None


class _Undo(Exception):
    """Rolls a preview back."""


def carry_out(
    desk: Desk,
    items: Iterable[Job | Outcome],
    dry_run: bool = False,
    stop: bool = False,
    saved: Callable[[], None] = lambda: None,
) -> Iterator[Outcome]:
    """Carry jobs out in order; outcomes come when they are safely stored. Outcomes among the items pass through.

    Several jobs share a write transaction, but never longer than a moment, so that consoles are not kept waiting. A
    refused order changes nothing and does not hinder the others; with `stop` it is the last one. With `dry_run` each
    is tried and undone by itself. A turn over which the connection to a server breaks is taken again. Raises
    StoreTrouble when the store fails; then the outcomes that did not come have not happened, unless it says that it is
    in doubt whether they have. `saved` is called after the outcomes of each transaction, before the next one begins.
    """
    left = iter(items)
    while (following := next(left, None)) is not None:
        turn = _Turn(desk, chain((following,), left), dry_run, stop)
        with contextlib.suppress(_Undo):
            desk.store.run(turn.carry_out)
        yield from turn.done
        saved()
        if not turn.more:
            return


def rehearse(desk: Desk, items: Iterable[Job | Outcome], stop: bool = False) -> list[Outcome]:
    """Try all jobs one after the other, each on what the ones before left, and undo everything.

    Others wait for as long as it takes: what is tried must not change under the trial.
    """
    done: list[Outcome] = []
    try:
        with desk.store.write() as connection:
            refs = References(connection, desk.centre_id)
            for item in items:
                done.append(
                    item if isinstance(item, Outcome) else _attempt(desk, connection, refs, item, True, keep=True)
                )
                if stop and done[-1].refusal is not None:
                    break
            raise _Undo
    except _Undo:
        return done


def carry_out_together(
    desk: Desk, orders: Sequence[Order], actor: Actor, seen: int | None, dry_run: bool
) -> list[Outcome]:
    """Carry orders out in one write transaction: all of them, or none. `seen` is for the first one's ticket.

    Raises the first Refusal; with `dry_run` everything is tried and undone.
    """
    try:
        with desk.store.write() as connection:
            receipts = desk.do_all_in(connection, orders, actor, seen)
            outcomes = [Outcome(_done(desk, connection, receipt, dry_run)) for receipt in receipts]
            if dry_run:
                raise _Undo
    except _Undo:
        pass
    return outcomes


def outcome_of_refusal(ticket: str, verb: str, refusal: Refusal, dry_run: bool = False) -> Outcome:
    """The outcome of something that was refused before it became a job."""
    return Outcome(_record(ticket, verb, dry_run, refusal=refusal), refusal)


def checked_key(key: str | None, ticket: str = "") -> str | None:
    """The idempotency key of one ticket's order, derived from the key of the whole command."""
    if key is None:
        return None
    derived = f"{key}:{ticket}" if ticket else key
    if not key.strip() or len(derived) > KEY_LIMIT or not derived.isprintable():
        raise BadInput(
            "key",
            f"幂等键须为 1 到 {KEY_LIMIT} 个可见字符（含事件编号）。",
            f"An idempotency key has 1 to {KEY_LIMIT} printable characters, the ticket's code included.",
        )
    return derived


def gathered(outcomes: Iterable[Outcome]) -> tuple[list[Outcome], StoreTrouble | None]:
    """The outcomes that came, and the trouble for which no more did: what was done is to be told all the same."""
    found: list[Outcome] = []
    try:
        for outcome in outcomes:
            found.append(outcome)
    except StoreTrouble as trouble:
        if not found:
            raise
        return found, trouble
    return found, None


class _Turn:
    """The jobs of one write transaction; after a lost connection the same ones are tried again from the first."""

    def __init__(self, desk: Desk, left: Iterator[Job | Outcome], dry_run: bool, stop: bool) -> None:
        self.desk, self.dry_run, self.stop = desk, dry_run, stop
        self.done: list[Outcome] = []
        self.more = True
        """Whether something may be left to do after it."""
        self._left = left
        self._taken: list[Job | Outcome] = []

    def carry_out(self, connection: Connection) -> None:
        """Work until the turn is over. Raises _Undo where all was a trial."""
        until = time.monotonic() + TURN_SECONDS
        refs = References(connection, self.desk.centre_id)
        self.done, self.more = [], False
        for item in self._items():
            self.done.append(
                item
                if isinstance(item, Outcome)
                else _attempt(self.desk, connection, refs, item, self.dry_run, keep=not self.dry_run)
            )
            if self.stop and self.done[-1].refusal is not None:
                break
            if time.monotonic() > until and len(self.done) == len(self._taken):
                self.more = True
                break
        if self.dry_run:
            raise _Undo

    def _items(self) -> Iterator[Job | Outcome]:
        """What an earlier try had taken, to the last of it, then more."""
        yield from self._taken
        for item in self._left:
            self._taken.append(item)
            yield item


def _attempt(desk: Desk, connection: Connection, refs: References, job: Job, dry_run: bool, keep: bool) -> Outcome:
    """One job inside a savepoint, so that a refusal half-way leaves nothing behind."""
    outcome: list[Outcome] = []
    try:
        with connection.begin_nested():
            receipt = desk.do_in(connection, job.order, job.actor, job.seen, job.key, refs)
            outcome.append(Outcome(_done(desk, connection, receipt, dry_run)))
            if not keep:
                raise _Undo
    except _Undo:
        pass
    except Refusal as refusal:
        return outcome_of_refusal(job.ticket, job.order.verb, refusal, dry_run)
    return outcome[0]


def _done(desk: Desk, connection: Connection, receipt: Receipt, dry_run: bool) -> dict[str, Any]:
    row = connection.execute(
        text(
            "SELECT h.code, t.due_at FROM ticket t"
            " LEFT JOIN unit h ON h.centre_id = t.centre_id AND h.id = t.holder_unit_id"
            " WHERE t.centre_id = :centre AND t.id = :ticket"
        ),
        {"centre": desk.centre_id, "ticket": receipt.ticket_id},
    ).one()
    record = _record(receipt.ticket, receipt.verb, dry_run, receipt=receipt)
    record["unit"], record["due_at"] = row[0], iso(row[1])
    return record


def _record(
    ticket: str, verb: str, dry_run: bool, receipt: Receipt | None = None, refusal: Refusal | None = None
) -> dict[str, Any]:
    values: dict[str, Any] = dict.fromkeys(RESULT_FIELDS)
    values.update(ticket=ticket or None, verb=verb, ok=refusal is None, replayed=False, dry_run=dry_run)
    if receipt is not None:
        values.update(
            stage=receipt.stage,
            revision=receipt.revision,
            event=receipt.event_no,
            at=iso(receipt.at),
            replayed=receipt.replayed,
        )
    if refusal is not None:
        values.update(error=refusal.code, zh=refusal.zh, en=refusal.en)
    return values
