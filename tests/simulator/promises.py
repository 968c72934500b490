"""What must hold after every step, and, looked at from the bottom up, every so many steps."""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter
from typing import Any

from sqlalchemy import select

from core.accountability.audit import verify
from core.accountability.lookup import plain
from core.accountability.replay import Replay
from core.desk.references import References
from core.engine.auditor import audit
from core.engine.firing import CLIMBED, REMINDED
from core.rules.budgets import Budget
from data.queries.queue import page_after
from data.reader import Reader
from data.sqlite import driver
from data.tables import ClockRow, table
from data.terms import ClockKind
from tests.core.desk import invariants
from tests.core.engine.rig import judge
from tests.simulator.centre import CENTRE, NEIGHBOUR, Centre
from tests.simulator.counting import due_of
from tests.simulator.memory import Memory

URGENT = ("urgent", "emergency")
GRACE = 60
CLOSED = "('archived', 'refused', 'void')"
STATE = ("ticket", "task", "clock", "custody", "clock_due", "ladder_step", "ticket_event", "centre_stat", "notice")


class Broken(AssertionError):
    """A promise does not hold."""


class Promises:
    """The promises of one centre, held against what was kept outside of it."""

    def __init__(self, centre: Centre, memory: Memory) -> None:
        self.centre, self.memory = centre, memory
        with centre.store.reader() as reader:
            self._neighbour = _state(reader, NEIGHBOUR)

    # ------------------------------------------------------------------------------------------------ every step

    def after_step(self) -> None:
        """The cheap ones."""
        with self.centre.store.reader() as reader:
            self._newest_receipts(reader)
            self._closed_never_climb(reader)
            self._custody_open(reader)

    def after_beat(self) -> None:
        """An engine that has just worked leaves nothing behind, and has lost sight of nothing."""
        with self.centre.store.reader() as reader:
            self._nothing_due(reader)
            found = list(Replay(reader, CENTRE, 1).due_rows())
        self._holds(not found, f"due rows and clocks differ: {found[:2]}")
        self._looked("due rows are the clocks'")

    def _newest_receipts(self, reader: Reader) -> None:
        """What was acknowledged last is in the log, as it was acknowledged."""
        for event in list(self.memory.receipts)[-3:]:
            self._receipt(reader, event)
        self._looked("acknowledged is there")

    def _receipt(self, reader: Reader, event: int) -> None:
        told = self.memory.receipts[event]
        row = reader.one(
            "SELECT ticket_id, kind FROM ticket_event WHERE centre_id = :centre AND id = :event",
            centre=CENTRE, event=event,
        )  # fmt: skip
        self._holds(row == (told.ticket, told.kind), f"acknowledged event {event} is {row}, not {told}")

    def _closed_never_climb(self, reader: Reader) -> None:
        rows = reader.rows(
            "SELECT t.code, k.kind FROM clock_due d"
            " JOIN ticket t ON t.centre_id = d.centre_id AND t.id = d.ticket_id"
            " JOIN clock k ON k.centre_id = d.centre_id AND k.id = d.clock_id"
            f" WHERE d.centre_id = :centre AND t.stage IN {CLOSED} AND k.kind <> '{ClockKind.REQUEST}'",
            centre=CENTRE,
        )
        self._holds(not rows, f"a closed ticket waits for a step: {rows}")
        self._looked("closed never climbs")

    def _nothing_due(self, reader: Reader) -> None:
        rows = reader.rows(
            "SELECT clock_id, next_at FROM clock_due WHERE centre_id = :centre AND next_at <= :now",
            centre=CENTRE, now=self.centre.now(),
        )  # fmt: skip
        self._holds(not rows, f"due and not done: {rows[:3]}")
        self._looked("nothing late")

    def _custody_open(self, reader: Reader) -> None:
        """An open ticket is in one pair of hands, a closed one in none."""
        rows = reader.rows(
            "SELECT t.code, t.open, count(c.no) FROM ticket t LEFT JOIN custody c"
            " ON c.centre_id = t.centre_id AND c.ticket_id = t.id AND c.to_at IS NULL"
            " WHERE t.centre_id = :centre AND (t.open = 1 OR t.closed_at IS NOT NULL)"
            " GROUP BY t.id HAVING count(c.no) <> t.open",
            centre=CENTRE,
        )
        self._holds(not rows, f"custody: {rows[:3]}")
        self._looked("one pair of hands")

    # ------------------------------------------------------------------------------------------------ now and then

    def deep(self, engine_works: bool) -> None:
        """All of them, over the whole store."""
        centre = self.centre
        judge(centre.store, per_clock=True)
        self._looked("replay equals rows")
        invariants.check(centre.scene)
        self._looked("custody to the second")
        with centre.store.reader() as reader:
            self._looked("audit chain whole")
            found = verify(reader, CENTRE) + verify(reader, NEIGHBOUR)
            self._holds(not found, f"audit: {found[:3]}")
            self._everything_acknowledged(reader)
            self._steps_told_once(reader)
            self._notices(reader)
            self._urgent_on_screen(reader)
            self._holds(_state(reader, NEIGHBOUR) == self._neighbour, "another centre's rows were touched")
            self._looked("neighbour untouched")
        self._deadlines()
        if engine_works:
            self._auditor()
        # A new connection: FTS5 checks its index against what an old one still remembers of it.
        with contextlib.closing(driver().connect(f"file:{centre.disk.path}?mode=ro", uri=True)) as fresh:
            word = fresh.execute("PRAGMA integrity_check").fetchone()[0]
        self._holds(word == "ok", f"integrity: {word}")
        self._looked("file intact")

    def _everything_acknowledged(self, reader: Reader) -> None:
        for event in self.memory.receipts:
            self._receipt(reader, event)
        rows = reader.rows("SELECT title, count(*) FROM ticket WHERE centre_id = :centre GROUP BY title", centre=CENTRE)
        reported = dict(rows)
        # A title that was corrected since is no longer to be found: the receipt above is what counts then.
        doubled = [title for title in self.memory.titles if reported.get(title, 0) > 1]
        self._holds(not doubled, f"one report made several tickets: {doubled}")
        signals = Counter(
            (str(device), str(message))
            for device, message in reader.rows(
                "SELECT d.code, s.message_id FROM device_signal s"
                " JOIN device d ON d.centre_id = s.centre_id AND d.id = s.device_id WHERE s.centre_id = :centre",
                centre=CENTRE,
            )
        )
        lost = self.memory.signals - signals.keys()
        self._holds(not lost, f"acknowledged signals are gone: {sorted(lost)[:3]}")
        self._holds(max(signals.values(), default=1) == 1, "a signal was taken twice")
        kinds = Counter(
            str(kind)
            for (kind,) in reader.rows(
                "SELECT kind FROM ticket_event WHERE centre_id = :centre AND ticket_id = 0", centre=CENTRE
            )
        )
        gone = {kind: number for kind, number in self.memory.centre.items() if kinds[kind] < number}
        self._holds(not gone, f"acknowledged deeds of the centre are gone: {gone}")
        self._looked("nothing acknowledged lost")

    def _steps_told_once(self, reader: Reader) -> None:
        """One ladder step makes one notice to a person and channel: told again is told twice."""
        rows = reader.rows(
            "SELECT event_no, officer_id, unit_id, channel, count(*) FROM notice"
            f" WHERE centre_id = :centre AND kind IN ('{REMINDED}', '{CLIMBED}') AND event_no IS NOT NULL"
            " GROUP BY event_no, officer_id, unit_id, channel HAVING count(*) > 1",
            centre=CENTRE,
        )
        self._holds(not rows, f"told twice: {rows[:3]}")
        self._looked("each step told once")

    def _notices(self, reader: Reader) -> None:
        """What counts as sent has arrived, and what came twice came under its own key and said the same."""
        receiver = self.centre.receiver
        rows = reader.rows(
            "SELECT id, state FROM notice WHERE centre_id = :centre AND channel = 'webhook'", centre=CENTRE
        )
        known = {str(number): str(state) for number, state in rows}
        untold = [key for key, state in known.items() if state == "sent" and key not in receiver.arrived]
        self._holds(not untold, f"counted as sent and never arrived: {untold[:3]}")
        foreign = receiver.arrived.keys() - known.keys()
        self._holds(not foreign, f"arrived under keys that no notice has: {sorted(foreign)[:3]}")
        self._holds(not receiver.changed, f"another text under the same key: {receiver.changed[:3]}")
        self._looked("notices arrive")

    def _urgent_on_screen(self, reader: Reader) -> None:
        """Every urgent open ticket stands in the desk's list."""
        shown = {line.code for line in page_after(reader, CENTRE, None, 100_000)}
        rows = reader.rows(
            f"SELECT code FROM ticket WHERE centre_id = :centre AND open = 1 AND urgency IN {URGENT}", centre=CENTRE
        )
        hidden = {str(code) for (code,) in rows} - shown
        self._holds(not hidden, f"urgent and on no list: {sorted(hidden)}")
        self._looked("urgent is on screen")

    def _deadlines(self) -> None:
        """Each running clock is due when counting window by window says so."""
        rows = table(ClockRow)
        with self.centre.store.read() as connection:
            refs = References(connection, CENTRE)
            query = select(rows).where(rows.c.centre_id == CENTRE, rows.c.state == "running")
            for clock in connection.execute(query).mappings():
                if not clock["seconds"]:
                    continue
                calendar = refs.calendar(int(clock["calendar_version"] or 0) or None)
                segments = plain(clock["segments"])
                pauses = [(since, until) for since, until, kind, *_ in segments if kind != "run"]
                unit = Budget.parse(clock["budget"]).unit
                counted = due_of(segments[0][0], clock["seconds"], unit, calendar, pauses)
                self._holds(
                    counted == clock["due_at"],
                    f"{clock['kind']} clock {clock['id']} ({clock['budget']}): {clock['due_at']}, counted {counted}",
                )
        self._looked("deadlines counted again")

    def _auditor(self) -> None:
        with self.centre.store.read() as connection:
            found = audit(connection, CENTRE, self.centre.now(), GRACE)
        self._holds(found.clean, f"the auditor: {found}")
        self._looked("each due step once")

    # ------------------------------------------------------------------------------------------------ over a restart

    def state(self) -> str:
        """A hash over everything that the centre knows."""
        with self.centre.store.reader() as reader:
            return _state(reader, CENTRE)

    def same(self, before: str) -> None:
        """A restart changed nothing."""
        self._holds(self.state() == before, "another state after the restart")
        self._looked("restart keeps state")

    def _holds(self, held: bool, said: str) -> None:
        if not held:
            raise Broken(said)

    def _looked(self, what: str) -> None:
        self.memory.checked[what] += 1


def _state(reader: Reader, centre: int) -> str:
    found: Any = hashlib.sha256()
    for name in STATE:
        found.update(repr(sorted(map(repr, reader.rows(
            f"SELECT * FROM {name} WHERE centre_id = :centre", centre=centre)))).encode())  # fmt: skip
    return str(found.hexdigest())
