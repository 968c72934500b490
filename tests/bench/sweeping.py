"""Ten thousand due clocks among all the open ones: the engine's sweep against an ORM loop in one commit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from core.clock import SetClock
from core.desk.ledger import chain_hash
from core.engine.loop import Engine
from data.ids import new_id
from data.sqlite import driver
from data.store import Store
from data.tables import CentreSequence, ClockDue, ClockRow, LadderStep, Notice, Ticket, TicketEvent
from tests.bench.figures import Figure, Rounds, grown
from tests.bench.run import Run
from tests.bench.stores import copy_of

CENTRE = 1
ENOUGH = 10
"""A store has so many tickets for each clock that is due."""
WITHIN = 50
"""Seconds before the sweep inside which the clocks became due: none of them counts as late."""
LATER = 10 * 86_400
"""Seconds until the swept clocks' own deadlines: nothing follows at once."""


def measure(run: Run) -> Iterator[Figure]:
    """One sweep per round on each side, on each store that may be copied and has enough clocks."""
    rounds = Rounds()
    sizes = [size for size in run.written if size >= ENOUGH * run.sweep] or [max(run.written)]
    for size in sizes:
        amount = _sweep_both(run, rounds, size)
        for kind, words in (("wall", "time"), ("cpu", "processor time")):
            names = f"{kind} {size}", f"orm {kind} {size}"
            yield Figure(
                f"sweeping.{kind}",
                f"sweep of {amount:,} due clocks, with events and notices, {words}",
                "ORM loop in one commit",
                rounds.ratios(*names),
                goal=1 / 14 if kind == "wall" else None,
                note=rounds.amounts("s", *names),
                tickets=size,
            )
    yield from grown("sweeping", "the same sweep, processor time", rounds, sizes, "cpu", unit="s", scale=1)


def _sweep_both(run: Run, rounds: Rounds, size: int) -> int:
    """Both ways on copies of one store, in turns; how many clocks were due."""
    with copy_of(run.store(size), "sweeping") as ours, copy_of(run.store(size), "looping") as theirs:
        engine = SweptEngine(ours)
        amount = min(run.sweep, engine.waiting() // 4)
        for turn in range(max(run.rounds // 2, 1)):
            now = make_due(ours, amount, turn)
            if make_due(theirs, amount, turn) != now:
                raise AssertionError("the two stores differ")
            wall, cpu = time.perf_counter(), time.process_time()
            engine.sweep(now, amount)
            rounds.add(f"wall {size}", time.perf_counter() - wall)
            rounds.add(f"cpu {size}", time.process_time() - cpu)
            wall, cpu = time.perf_counter(), time.process_time()
            orm_loop(theirs, now, amount)
            rounds.add(f"orm wall {size}", time.perf_counter() - wall)
            rounds.add(f"orm cpu {size}", time.process_time() - cpu)
        engine.close()
    return amount


class SweptEngine:
    """The engine of a store on a clock that the benchmark sets."""

    def __init__(self, path: Path) -> None:
        self.store = Store(f"sqlite:///{path}")
        with self.store.reader() as reader:
            (self.start,) = reader.one("SELECT min(next_at) - 3600 FROM clock_due", fanout=True) or (0,)
        self.clock = SetClock(datetime.fromtimestamp(self.start, UTC))
        self.engine = Engine(self.store, self.clock, CENTRE, seed=1)
        if not self.engine.once(send=False).leading:
            raise AssertionError("the engine did not take its lease")

    def waiting(self) -> int:
        with self.store.reader() as reader:
            return int((reader.one("SELECT count(*) FROM clock_due", fanout=True) or (0,))[0])

    def sweep(self, now: int, amount: int) -> None:
        """One cycle at an instant at which so many clocks are due."""
        self.clock.set(datetime.fromtimestamp(now, UTC))
        self.engine.lease.kept(now - 1)
        swept = self.engine.once(send=False).swept
        if swept is None or (swept.fired, swept.late) != (amount, 0):
            raise AssertionError(f"not {amount} steps in time: {swept}")

    def close(self) -> None:
        self.engine.close()
        self.store.close()


def make_due(path: Path, amount: int, turn: int) -> int:
    """Move the clocks that come next to one short time, their deadlines far behind; the instant to sweep at."""
    connection = driver().connect(str(path), isolation_level=None)
    rows = connection.execute(
        "SELECT d.next_at, d.clock_id, d.ticket_id FROM clock_due d JOIN clock k"
        " ON k.centre_id = d.centre_id AND k.id = d.clock_id WHERE k.fired = '[]'"
        " ORDER BY d.centre_id, d.next_at, d.clock_id LIMIT ?",
        (amount,),
    ).fetchall()
    now = int(rows[0][0]) - 1 if turn == 0 else 0
    if turn:
        (now,) = connection.execute("SELECT beat_at FROM lease").fetchone() or (0,)
    now = max(now, int(connection.execute("SELECT coalesce(max(at), 0) FROM ticket_event WHERE kind = 'engine_step'")
              .fetchone()[0])) + WITHIN + 10  # fmt: skip
    moved = [(now - number * WITHIN // amount, clock, ticket) for number, (_, clock, ticket) in enumerate(rows)]
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("DELETE FROM clock_due WHERE centre_id = 1 AND next_at = ? AND clock_id = ?",
                           [row[:2] for row in rows])  # fmt: skip
    connection.executemany("INSERT INTO clock_due VALUES (1, ?, ?, ?)", moved)
    connection.executemany(
        "UPDATE clock SET next_at = ?, warn_at = ?, due_at = ? WHERE centre_id = 1 AND id = ?",
        [(at, at, at + LATER, clock) for at, clock, _ in moved],
    )
    connection.execute("COMMIT")
    connection.close()
    return now


def orm_loop(path: Path, now: int, amount: int) -> None:
    """The plain way: load each due clock with its ticket, change the objects, add the new ones, commit once."""
    store = Store(f"sqlite:///{path}")
    with Session(store.engine) as session:
        head = session.exec(select(CentreSequence).where(CentreSequence.centre_id == CENTRE)).one()
        due = session.exec(
            select(ClockDue)
            .where(ClockDue.centre_id == CENTRE, ClockDue.next_at <= now)
            .order_by(ClockDue.next_at, ClockDue.clock_id)  # type: ignore[arg-type]
        ).all()
        if len(due) != amount:
            raise AssertionError(f"{len(due)} clocks are due, not {amount}")
        for row in due:
            _fire(session, head, row, now)
        session.commit()
    store.close()


def _fire(session: Session, head: CentreSequence, due: ClockDue, now: int) -> None:
    """One step of the plain way: the same facts that the engine writes."""
    clock = session.get_one(ClockRow, (CENTRE, due.clock_id))
    ticket = session.get_one(Ticket, (CENTRE, due.ticket_id))
    step = clock.next_step
    clock.fired = [*clock.fired, step]
    clock.next_at, clock.next_step = clock.due_at, "due#0"
    ticket.revision += 1
    ticket.updated_at = now
    ticket.due_at, ticket.warn_at = clock.due_at or ticket.due_at, clock.warn_at
    head.chain_no += 1
    changed = {"id": clock.id, "fired": clock.fired, "next_at": clock.next_at, "next_step": clock.next_step}
    event: dict[str, Any] = {
        "centre_id": CENTRE,
        "id": head.chain_no,
        "ticket_id": ticket.id,
        "seq": ticket.revision,
        "at": now,
        "kind": "engine_step",
        "actor_id": None,
        "actor": "engine",
        "behalf_id": None,
        "seen_revision": None,
        "body": {"step": step, "clock": clock.id, "effects": {"set": {}, "clocks": [changed]}},
    }
    head.chain_hash = event["hash"] = chain_hash(head.chain_hash, event)
    session.add(TicketEvent(**event))
    session.add(
        LadderStep(
            centre_id=CENTRE, id=new_id(), ticket_id=ticket.id, clock_id=clock.id, step=step,
            generation=clock.generation, nominal_at=due.next_at, fired_at=now, people=[{"officer": 1}],
        )
    )  # fmt: skip
    session.add(
        Notice(
            centre_id=CENTRE, id=new_id(), ticket_id=ticket.id, event_no=head.chain_no, kind="remind", officer_id=1,
            title=f"{ticket.code} 即将到期", title_en=f"{ticket.code} is due soon", created_at=now, next_try_at=now,
        )
    )  # fmt: skip
    session.delete(due)
    if clock.next_at is not None:
        session.add(ClockDue(centre_id=CENTRE, next_at=clock.next_at, clock_id=clock.id, ticket_id=ticket.id))
