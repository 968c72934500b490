"""A terminal that reads nothing for a while: whether engine and clocks go on behind it, and how its screen heals.

The console runs with an engine of its own. While its terminal reads nothing, tickets on its screen change all the time,
so that it has more to send than any pipe holds, and clocks become due. A beat is the engine's mark in the store.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyte

from core.clock import SystemClock
from core.desk.desk import open_desk
from core.desk.orders import Amend
from core.engine.loop import CYCLE
from data.queries.engine import beat
from data.sqlite import driver
from data.store import Store
from tests.bench.figures import Figure, Rounds, short
from tests.bench.run import OFFICER, ROWS_SHOWN, Run, program
from tests.bench.stores import copy_of
from tests.bench.sweeping import LATER
from tests.bench.terminal import COLUMNS, ROWS, Terminal

CENTRE = 1
DUE = 10
"""Clocks that become due while the terminal reads nothing."""
CHANGED = 20
"""Tickets at the top of the list whose titles change all the time."""
BETWEEN = 0.1
"""Seconds between two changes."""
SETTLED = 5.0
"""Seconds until a console has loaded what it loads behind its first screen, and its engine is at work."""
SAME = 1.05
"""As often as before, but for a beat at either end of the time that is watched."""
HEALED = 2.0
"""Seconds in which a screen that is read again must be right."""
LIMIT = 30.0


def measure(run: Run) -> Iterator[Figure]:
    """One stall per round."""
    rounds, late, healed = Rounds(), [], []
    for _ in range(max(run.rounds // 2, 1)):
        with copy_of(run.store(run.small), "stalled") as path, closing(Store(f"sqlite:///{path}")) as store:
            stall = _Stall(run, path, store)
            stall.pass_by(rounds)
        late.append(stall.late)
        healed.append(stall.healed)
    what = f"a terminal that reads nothing for {short(run.stall)} s while its tickets change"
    yield Figure(
        "stalled.beats",
        f"{what}: from beat to beat of its engine",
        "itself while its terminal was read",
        rounds.ratios("stalled", "read"),
        goal=SAME,
        note=rounds.amounts("s", "stalled", "read"),
    )
    note = f"{DUE} clocks became due"
    yield Figure("stalled.late", f"{what}: the latest step of a clock", "–", tuple(late), "s", 2 * CYCLE, note)
    note = f"{CHANGED} tickets changed in turn"
    words = f"{what}: reading again to a screen that shows the last changes alone"
    yield Figure("stalled.healed", words, "–", tuple(healed), "s", HEALED, note)


class _Stall:
    """One console with an engine of its own, on a copy of a store."""

    def __init__(self, run: Run, path: Path, store: Store) -> None:
        self.run, self.path, self.store = run, path, store
        self.desk = open_desk(store, SystemClock())
        self.actor = self.desk.actor(OFFICER)
        sql = "SELECT code FROM ticket WHERE open = 1 ORDER BY due_at, id LIMIT :most"
        with store.reader() as reader:
            self.codes = [str(row[0]) for row in reader.rows(sql, fanout=True, most=CHANGED)]
        self.changes = 0
        self.late, self.healed = 0.0, LIMIT

    def pass_by(self, rounds: Rounds) -> None:
        """Read, read nothing, read again."""
        screen = pyte.Screen(COLUMNS, ROWS)
        stream = pyte.ByteStream(screen)
        with Terminal(program(), self.run.environment(self.path)) as terminal:
            stream.feed(terminal.read_until(ROWS_SHOWN, LIMIT))
            self._watch(terminal, stream, SETTLED)
            before, began = self._beats(), time.perf_counter()
            self._watch(terminal, stream, self.run.stall)
            rounds.add("read", (time.perf_counter() - began) / max(self._beats() - before, 1))
            last = _make_due(self.path, self.run.stall)
            before, began = self._beats(), time.perf_counter()
            while time.perf_counter() < began + self.run.stall:
                self._change()
            rounds.add("stalled", (time.perf_counter() - began) / max(self._beats() - before, 1))
            self.late = self._latest(last)
            began = time.perf_counter()
            while time.perf_counter() < began + LIMIT and self.healed == LIMIT:
                stream.feed(terminal.read(0.05))
                if self._shows_the_last(screen):
                    self.healed = time.perf_counter() - began

    def _watch(self, terminal: Terminal, stream: pyte.ByteStream, seconds: float) -> None:
        """Change tickets while the terminal is read."""
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline:
            self._change()
            stream.feed(terminal.read(0))

    def _change(self) -> None:
        """The next ticket gets another title, at a pace that a console could follow."""
        began = time.perf_counter()
        code = self.codes[self.changes % len(self.codes)]
        self.desk.do(Amend(ticket=code, title=f"第{self.changes}次改"), self.actor)
        self.changes += 1
        time.sleep(max(began + BETWEEN - time.perf_counter(), 0))

    def _shows_the_last(self, screen: pyte.Screen) -> bool:
        """Whether the list shows the last title of each ticket, and no older one."""
        shown = {int(number) for number in re.findall(r"第 ?(\d+) ?次 ?改", _text(screen))}
        return shown == set(range(self.changes - len(self.codes), self.changes))

    def _beats(self) -> int:
        with self.store.reader() as reader:
            found = beat(reader, CENTRE)
        if found is None:
            raise AssertionError("the console's engine does not run")
        return found.beat_no

    def _latest(self, last: int) -> float:
        """How late the latest of the steps was that were due up to an instant, in seconds."""
        sql = "SELECT count(*), max(fired_at - nominal_at) FROM ladder_step WHERE nominal_at BETWEEN :first AND :last"
        with self.store.reader() as reader:
            amount, latest = reader.rows(sql, fanout=True, first=last - int(self.run.stall), last=last)[0]
        if amount != DUE:
            raise AssertionError(f"{amount} of {DUE} clocks took their step")
        return float(latest)


def _make_due(path: Path, stall: float) -> int:
    """Let clocks become due one after the other within the next seconds; the last instant."""
    connection = driver().connect(str(path), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    rows = connection.execute(
        "SELECT d.next_at, d.clock_id, d.ticket_id FROM clock_due d JOIN clock k"
        " ON k.centre_id = d.centre_id AND k.id = d.clock_id WHERE k.fired = '[]'"
        " ORDER BY d.centre_id, d.next_at DESC, d.clock_id LIMIT ?",
        (DUE,),
    ).fetchall()
    first = int(time.time()) + 1
    instants = [first + int(number * (stall / 2) / DUE) for number in range(DUE)]
    for at, (was, clock, ticket) in zip(instants, rows, strict=True):
        connection.execute("DELETE FROM clock_due WHERE centre_id = 1 AND next_at = ? AND clock_id = ?", (was, clock))
        connection.execute("INSERT INTO clock_due VALUES (1, ?, ?, ?)", (at, clock, ticket))
        connection.execute(
            "UPDATE clock SET next_at = ?, warn_at = ?, due_at = ? WHERE centre_id = 1 AND id = ?",
            (at, at, at + LATER, clock),
        )
    connection.execute("COMMIT")
    connection.close()
    return instants[-1]


def _text(screen: pyte.Screen) -> str:
    """What stands on a screen. Not its `display`: half of a wide character, drawn over in between, is no text to it."""
    rows = (screen.buffer[line] for line in range(screen.lines))
    return "\n".join("".join(row[column].data for column in range(screen.columns)) for row in rows)
