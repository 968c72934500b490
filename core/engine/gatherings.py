"""Meetings and consultations with residents whose time has come: reminders, and the end of a consultation.

What is due stands in the rows themselves (`next_at`) and is read again under the centre's lock, so that each is done
once however many engines run. A ticket that was struck out, refused or joined reminds nobody any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, union

from core.desk.actor import ENGINE
from core.desk.ledger import Ledger
from core.desk.notices import notice_row
from core.desk.work import Message
from core.engine.lease import LeaseKeeper
from core.engine.shelf import Roster, Shelf
from core.engine.wording import Words, consultation_words, meeting_words
from core.rules.case import Case
from core.rules.meetings import Due, due_of_consultation, due_of_meeting
from data.meeting_terms import Act, AskState
from data.store import Store
from data.tables import Consultation, Meeting, MeetingRecord, table
from data.terms import Severity, Stage

STEP = "meeting_step"
NOTICE = "meeting"
BATCH = 100
SILENT = frozenset({Stage.VOID, Stage.REFUSED, Stage.MERGED})

_MEETING, _CONSULTATION = table(Meeting).c, table(Consultation).c


@dataclass
class Gatherings:
    """The meetings and consultations of one centre that the engine comes back to."""

    store: Store
    lease: LeaseKeeper
    shelf: Shelf

    def follow(self, now: int) -> int:
        """Do what is due; gives how many reminders went out and consultations closed.

        Raises LeaseLost, and StoreTrouble when the store refuses; done batches stay done.
        """
        done = 0
        while ids := self._due(now):
            with self.store.write() as connection:
                ledger = Ledger(connection, self.lease.centre_id, now)
                self.lease.beat(connection, now)
                roster = self.shelf.roster(connection, now)
                for case in ledger.cases(ids):
                    done += sum(1 for _ in _settle(ledger, roster, case, now))
                ledger.flush()
            self.lease.kept(now)
        return done

    def _due(self, now: int) -> list[int]:
        with self.store.read() as connection:
            return _due_tickets(connection, self.lease.centre_id, now)


def _due_tickets(connection: Connection, centre_id: int, now: int) -> list[int]:
    """Tickets with a meeting or a consultation to come back to."""
    found = [
        select(rows.ticket_id).where(rows.centre_id == centre_id, rows.next_at.is_not(None), rows.next_at <= now)
        for rows in (_MEETING, _CONSULTATION)
    ]
    return sorted(connection.execute(union(*found)).scalars())[:BATCH]


def _settle(ledger: Ledger, roster: Roster, case: Case, now: int) -> Iterator[Act]:
    """Everything due of one ticket; gives what was said or closed."""
    for meeting in case.rows("meeting").values():
        if meeting.next_at is not None and meeting.next_at <= now:
            due = due_of_meeting(meeting.state, meeting.meets_at, meeting.minutes_at is not None, now)
            if _write(ledger, case, "meeting", meeting.no, due, {"next_at": due.next_at}):
                _tell_of_meeting(ledger, roster, case, meeting, due)
                yield due.act
    for asked in case.rows("consultation").values():
        if asked.next_at is not None and asked.next_at <= now:
            due = due_of_consultation(asked.state, asked.closes_at, now)
            closed = {"state": AskState.CLOSED.value} if due.act == Act.CLOSE else {}
            if _write(ledger, case, "consultation", asked.no, due, {"next_at": due.next_at, **closed}):
                words = consultation_words(case, asked, due.act)
                _tell(ledger, roster, case, words, [(None, asked.opened_by), (case.ticket.holder_unit_id, None)])
                yield due.act


def _write(ledger: Ledger, case: Case, part: str, no: int, due: Due, fields: dict[str, Any]) -> bool:
    """The event; whether there is anything to be said."""
    act = Act.NOTHING if case.stage in SILENT else due.act
    if case.stage in SILENT:
        fields = {**fields, "next_at": None}
    body = {part: no, "act": act.value, "effects": {"attached": {part: [{"no": no, **fields}]}}}
    ledger.append(case, STEP, ENGINE, body, ledger.moment(case))
    return act != Act.NOTHING


def _tell_of_meeting(ledger: Ledger, roster: Roster, case: Case, meeting: MeetingRecord, due: Due) -> None:
    words = meeting_words(case, meeting, due.act, roster.zone)
    if due.act == Act.ASK_MINUTES:
        _tell(ledger, roster, case, words, [(None, meeting.convened_by)])
        return
    called = [row for row in case.rows("attendee").values() if row.meeting == meeting.no and not row.outside]
    _tell(ledger, roster, case, words, [(None if row.officer_id else row.unit_id, row.officer_id) for row in called])


def _tell(ledger: Ledger, roster: Roster, case: Case, words: Words, whom: list[tuple[int | None, int | None]]) -> None:
    """Notices to units and officers; those that name nobody are left out."""
    for unit_id, officer_id in dict.fromkeys(whom):
        if unit_id is None and officer_id is None:
            continue
        message = Message(NOTICE, Severity.WARNING, words.zh, words.en, unit_id=unit_id, officer_id=officer_id)
        for channel in roster.channels:
            row = notice_row(
                message, officer_id, channel, ledger.centre_id, case.ticket.id, ledger.chain_no, ledger.now
            )
            ledger.notify(row)
