"""A centre that was without an engine for thirty days, with every ticket overdue: what it does when it comes back."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from core.clock import SetClock
from core.desk.desk import open_desk
from core.desk.orders import Report
from core.engine.firing import CLIMBED, REMINDED
from core.engine.loop import Engine
from data.reader import Reader
from data.row_sums import seal_tables, texts_as_bytes
from data.sqlite import driver
from data.store import Store
from tests.bench.figures import percentile
from tests.bench.run import program
from tests.bench.stores import build
from tests.bench.weaving import DAY, Span
from tests.storms.messages import FIRST_SIGN
from tests.storms.screens import Screen, type_on

CENTRE = 1
AWAY_DAYS = 30
FALLEN_DUE = Span(DAY // 2, 18 * DAY)
"""When the deadlines of the missed month lie, from its beginning on."""
REPORTED_AFTER_DAYS = 15
"""When the emergencies came in: in the middle, so that most of what is late is older than they are."""
PATIENCE = 3600.0


@dataclass
class Recovery:
    """What came of it."""

    overdue: int
    """Clocks that waited."""
    tickets: int
    frame: float = 0.0
    """Seconds from the start of the console to its frame."""
    told: float = 0.0
    """Seconds from there until the engine had told of the first emergency."""
    first: float | None = None
    """Seconds from the start of the console, which is the engine, to the first emergency on its screen."""
    urgent: float | None = None
    """Seconds until everything urgent was told."""
    done: float = 0.0
    """Seconds until nothing was overdue any more."""
    keys: list[float | None] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def missed_month(folder: Path, tickets: int, urgent: int) -> tuple[Path, int]:
    """A store whose engine last beat thirty days ago; and the present, in epoch seconds."""
    path, now = folder / "outage.db", int(time.time())
    began = now - AWAY_DAYS * DAY
    build(path, tickets, began, FALLEN_DUE)
    _seal(path)
    store = Store(f"sqlite:///{path}")
    clock = SetClock(datetime.fromtimestamp(began, UTC))
    engine = Engine(store, clock, CENTRE)
    engine.once(send=False)
    engine.close()
    clock.set(datetime.fromtimestamp(began + REPORTED_AFTER_DAYS * DAY, UTC))
    desk = open_desk(store, clock)
    duty = desk.actor("zhang")
    for number in range(urgent):
        sign = chr(FIRST_SIGN + number)
        desk.do(Report(title=f"{sign}{sign}起火", source="phone", community="C01", urgency="emergency"), duty)
    store.close()
    return path, now


def _seal(path: Path) -> None:
    """Rows that were woven get their checksums, as if the desk had written them."""
    with contextlib.closing(driver().connect(str(path), isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with texts_as_bytes(connection):
            seal_tables(connection, lambda _: True)
        connection.execute("COMMIT")


def recover(path: Path, now: int) -> Recovery:
    """One cycle of an engine at that present, without a screen; then the look at the state."""
    found = _waiting(path, now)
    store = Store(f"sqlite:///{path}")
    engine = Engine(store, SetClock(datetime.fromtimestamp(now, UTC)), CENTRE)
    began = time.perf_counter()
    engine.once(send=False)
    found.done = time.perf_counter() - began
    engine.close()
    store.close()
    found.wrong += wrong(path, now)
    return found


def come_back(path: Path, now: int, urgent: int, environment: Mapping[str, str]) -> Recovery:
    """Start a console on it, as somebody does who comes in after thirty days, and work with it meanwhile."""
    found = _waiting(path, now)
    signs = [chr(FIRST_SIGN + number) for number in range(urgent)]
    began = time.perf_counter()
    calm = threading.Event()
    with contextlib.ExitStack() as stack:
        screen = stack.enter_context(Screen(environment, signs))
        found.frame = time.perf_counter() - began
        with Reader(f"sqlite:///{path}") as reader:
            found.told = _until(lambda: time.perf_counter() if _told(reader, now) else None, began)
        found.first = _until(lambda: next(iter(screen.seen.values()), None), began)
        typist = threading.Thread(target=lambda: found.keys.extend(type_on(screen, calm, Random(1))), daemon=True)
        typist.start()
        with Reader(f"sqlite:///{path}") as reader:
            found.urgent = _until(lambda: None if _late_urgent(reader, now) else time.perf_counter(), began)
            _until(lambda: None if _late(reader, now) else time.perf_counter(), began)
        found.done = time.perf_counter() - began
        calm.set()
        typist.join(60)
    found.wrong += wrong(path, now)
    for command in (("audit", "verify"), ("db", "check"), ("engine", "audit")):
        whole = [*program(), *command]
        done = subprocess.run(whole, env=dict(environment), capture_output=True, text=True, check=False)
        if done.returncode:
            found.wrong.append(f"zhihui {' '.join(command)}: {(done.stdout + done.stderr)[-300:]}")
    return found


def wrong(path: Path, now: int) -> list[str]:
    """What is not as it must be after the month was caught up with."""
    with Reader(f"sqlite:///{path}") as reader:
        return list(_wrong(reader, now))


def _wrong(reader: Reader, now: int) -> Iterator[str]:
    if late := _late(reader, now):
        yield f"{late} steps are still overdue"
    told = Counter(
        reader.rows(
            "SELECT ticket_id, officer_id, unit_id, channel FROM notice WHERE centre_id = :centre"
            f" AND kind IN ('{CLIMBED}', '{REMINDED}') AND created_at >= :now",
            centre=CENTRE,
            now=now,
        )
    )
    if more := [who for who, times in told.items() if times > 1]:
        yield f"{len(more)} people were told more than once of one ticket: {more[:2]}"
    steps = reader.rows(
        "SELECT e.id, e.ticket_id, e.body, t.urgency FROM ticket_event e JOIN ticket t"
        " ON t.centre_id = e.centre_id AND t.id = e.ticket_id"
        " WHERE e.centre_id = :centre AND e.kind = 'engine_step' AND e.at >= :now ORDER BY e.id",
        centre=CENTRE,
        now=now,
    )
    untold = {step[1] for step in steps} - {ticket for ticket, *_ in told}
    if untold:
        yield f"nobody was told of {len(untold)} tickets that were overdue"
    pressing = [step[3] in ("urgent", "emergency") for step in steps]
    if pressing and True in pressing[pressing.count(True) :]:
        yield "something urgent was told of after what is not"
    yield from _disorder(steps)


def _disorder(steps: list[tuple[Any, ...]]) -> Iterator[str]:
    """The steps of a ticket come in the order of the instants for which they were."""
    import json

    last: dict[int, int] = {}
    for _, ticket, body, _ in steps:
        at = (json.loads(body) if isinstance(body, str) else body)["nominal_at"]
        if at < last.get(ticket, 0):
            yield f"ticket {ticket}: a step of {at} after one of {last[ticket]}"
            return
        last[ticket] = at


def _waiting(path: Path, now: int) -> Recovery:
    with Reader(f"sqlite:///{path}") as reader:
        row = reader.one(
            "SELECT count(*), count(DISTINCT ticket_id) FROM clock_due WHERE centre_id = :centre AND next_at <= :now",
            centre=CENTRE,
            now=now,
        )
    assert row is not None
    return Recovery(int(row[0]), int(row[1]))


def _late(reader: Reader, now: int) -> int:
    row = reader.one(
        "SELECT count(*) FROM clock_due WHERE centre_id = :centre AND next_at <= :now", centre=CENTRE, now=now
    )
    return int(row[0]) if row else 0


def _late_urgent(reader: Reader, now: int) -> int:
    row = reader.one(
        "SELECT count(*) FROM clock_due d JOIN ticket t ON t.centre_id = d.centre_id AND t.id = d.ticket_id"
        " WHERE d.centre_id = :centre AND d.next_at <= :now AND t.urgency IN ('urgent', 'emergency')",
        centre=CENTRE,
        now=now,
    )
    return int(row[0]) if row else 0


def _told(reader: Reader, now: int) -> bool:
    row = reader.one(
        f"SELECT 1 FROM notice WHERE centre_id = :centre AND kind = '{CLIMBED}' AND created_at >= :now LIMIT 1",
        centre=CENTRE,
        now=now,
    )
    return row is not None


def _until(condition: Callable[[], float | None], began: float) -> float:
    """Seconds from a moment until something was so. Raises TimeoutError."""
    while (at := condition()) is None:
        if time.perf_counter() - began > PATIENCE:
            raise TimeoutError("the month is not caught up with")
        time.sleep(0.2 if time.perf_counter() - began > 30 else 0.01)
    return at - began


def figures(found: Recovery) -> list[tuple[str, str, str, str]]:
    """What was measured, the figure, the goal, and whether it was reached."""
    rows = [
        ("overdue at once", f"{found.overdue:,} steps of {found.tickets:,} tickets", "", ""),
        ("state", str(len(found.wrong)) + " things wrong", "0", "" if found.wrong else "reached"),
    ]
    if found.first is not None and found.urgent is not None:
        first = "reached" if found.first <= 2 else "NOT REACHED"
        rows += [
            ("start of the console to its frame", f"{found.frame:.2f} s", "", ""),
            ("start of the console to the first summary written", f"{found.told:.2f} s", "", ""),
            ("start of the console to the first urgent one painted", f"{found.first:.2f} s", "2 s", first),
            ("everything urgent told", f"{found.urgent:.1f} s", "", ""),
        ]
    rows.append(("everything told", f"{found.done:.1f} s", "", ""))
    if keys := [took for took in found.keys if took is not None]:
        said = f"p50 {percentile(keys, 0.5):.3f} s, p99 {percentile(keys, 0.99):.3f} s, worst {max(keys):.3f} s"
        reached = percentile(keys, 0.99) <= 0.5 and len(keys) == len(found.keys)
        rows.append(("a key to painted meanwhile", said, "p99 0.5 s", "reached" if reached else "NOT REACHED"))
    return rows
