"""Reading meetings, consultations with residents, mediation rounds and what was made public. Text is raw."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from data.reader import Reader

SHOWN = 500


class MeetingLine(NamedTuple):
    """A meeting; instants in epoch seconds."""

    ticket_id: int
    ticket: str
    title: str
    confidential: bool
    no: int
    kind: str
    state: str
    meets_at: int
    place: str
    agenda: str
    reason: str
    convened_by: str
    put_off: int
    minutes: str
    minutes_at: int | None


class AttendeeLine(NamedTuple):
    """A line of an attendance list: a unit, an officer, or people in words."""

    no: int
    meeting: int
    hand: str
    """As a hand is written; the words of people from outside."""
    name: str
    name_en: str
    outside: bool
    state: str
    people: int
    note: str


class ResolutionLine(NamedTuple):
    """A decision, with the state of its task or ticket."""

    no: int
    meeting: int
    words: str
    owner: str
    owner_name: str
    due_at: int
    task_state: str
    child: str
    child_stage: str


class ConsultationLine(NamedTuple):
    """A consultation with residents."""

    no: int
    kind: str
    state: str
    subject: str
    body: str
    options: list[str]
    households: int
    opens_at: int
    closes_at: int
    opinions: int
    answered: int
    tally: dict[str, int]
    refused: int
    result: str
    concluded_at: int | None
    before: str
    after: str
    unit: str
    reason: str


class OpinionLine(NamedTuple):
    """An answer of a household."""

    no: int
    consultation: int
    household: str
    name: str
    choice: str
    words: str
    received_at: int


class PublicationLine(NamedTuple):
    """A line of the publication log."""

    no: int
    meeting: int | None
    consultation: int | None
    step: str
    place: str
    published_at: int
    words: str


class MediationLine(NamedTuple):
    """A round of mediation."""

    no: int
    held_at: int
    parties: str
    mediator: str
    place: str
    outcome: str
    words: str
    follow: str
    followed_at: int | None
    followed: str


@dataclass(frozen=True)
class Proceedings:
    """All of a ticket, each in its order."""

    meetings: list[MeetingLine]
    attendees: list[AttendeeLine]
    resolutions: list[ResolutionLine]
    consultations: list[ConsultationLine]
    publications: list[PublicationLine]
    mediations: list[MediationLine]

    @property
    def any(self) -> bool:
        """Whether there is anything at all."""
        return bool(self.meetings or self.consultations or self.mediations)


_MEETINGS = """
SELECT m.ticket_id, t.code, t.title, t.confidential, m.no, m.kind, m.state, m.meets_at, m.place, m.agenda, m.reason,
    coalesce(o.name, ''), m.put_off, m.minutes, m.minutes_at
FROM meeting m
JOIN ticket t ON t.centre_id = m.centre_id AND t.id = m.ticket_id
LEFT JOIN officer o ON o.centre_id = m.centre_id AND o.id = m.convened_by
WHERE m.centre_id = :centre AND {condition}
"""
_ATTENDEES = """
SELECT a.no, a.meeting, coalesce('@' || o.code, u.code, a.outside), coalesce(o.name, u.name, a.outside),
    coalesce(o.name, CASE WHEN u.name_en = '' THEN u.name ELSE u.name_en END, a.outside),
    CASE WHEN a.unit_id IS NULL THEN 1 ELSE 0 END, a.state, a.people, a.note
FROM attendee a
LEFT JOIN unit u ON u.centre_id = a.centre_id AND u.id = a.unit_id
LEFT JOIN officer o ON o.centre_id = a.centre_id AND o.id = a.officer_id
WHERE a.centre_id = :centre AND a.ticket_id = :ticket ORDER BY a.no
"""
_RESOLUTIONS = """
SELECT r.no, r.meeting, r.words, r.owner, coalesce(o.name, u.name, r.owner), r.due_at, coalesce(k.state, ''),
    coalesce(c.code, ''), coalesce(c.stage, '')
FROM resolution r
LEFT JOIN task k ON k.centre_id = r.centre_id AND k.id = r.task_id
LEFT JOIN ticket c ON c.centre_id = r.centre_id AND c.id = r.child_id
LEFT JOIN unit u ON u.centre_id = r.centre_id AND u.code = r.owner
LEFT JOIN officer o ON o.centre_id = r.centre_id AND '@' || o.code = r.owner
WHERE r.centre_id = :centre AND r.ticket_id = :ticket ORDER BY r.no
"""
_CONSULTATIONS = """
SELECT c.no, c.kind, c.state, c.subject, c.body, c.options, c.households, c.opens_at, c.closes_at, c.opinions,
    c.answered, c.tally, c.refused, c.result, c.concluded_at, c.before, c.after, c.unit, c.reason
FROM consultation c WHERE c.centre_id = :centre AND c.ticket_id = :ticket ORDER BY c.no
"""
_OPINIONS = """
SELECT p.no, p.consultation, p.household, p.name, p.choice, p.words, p.received_at
FROM opinion p WHERE p.centre_id = :centre AND p.ticket_id = :ticket AND p.consultation = :consultation ORDER BY p.no
"""
_PUBLICATIONS = """
SELECT p.no, p.meeting, p.consultation, p.step, p.place, p.published_at, p.words
FROM publication p WHERE p.centre_id = :centre AND p.ticket_id = :ticket ORDER BY p.published_at, p.no
"""
_MEDIATIONS = """
SELECT m.no, m.held_at, m.parties, m.mediator, m.place, m.outcome, m.words, m.follow, m.followed_at, m.followed
FROM mediation m WHERE m.centre_id = :centre AND m.ticket_id = :ticket ORDER BY m.no
"""


def proceedings(reader: Reader, centre: int, ticket: int) -> Proceedings:
    """All meetings, consultations and mediation rounds of a ticket, under the reader's view."""

    def rows(sql: str) -> Sequence[Sequence[Any]]:
        return reader.rows(sql, centre=centre, ticket=ticket)

    return Proceedings(
        _meetings(reader, centre, "m.ticket_id = :ticket ORDER BY m.no", ticket=ticket),
        [AttendeeLine(*_read(row, {5: bool})) for row in rows(_ATTENDEES)],
        [ResolutionLine(*row) for row in rows(_RESOLUTIONS)],
        [ConsultationLine(*_read(row, {5: _plain, 11: _plain})) for row in rows(_CONSULTATIONS)],
        [PublicationLine(*row) for row in rows(_PUBLICATIONS)],
        [MediationLine(*row) for row in rows(_MEDIATIONS)],
    )


def opinions(reader: Reader, centre: int, ticket: int, consultation: int) -> list[OpinionLine]:
    """The answers to a consultation, in the order they were taken."""
    rows = reader.rows(_OPINIONS, centre=centre, ticket=ticket, consultation=consultation)
    return [OpinionLine(*row) for row in rows]


def meetings_between(reader: Reader, centre: int, since: int, until: int, size: int = SHOWN) -> list[MeetingLine]:
    """Meetings of a time by the time they are at, whatever became of them."""
    condition = "m.meets_at >= :since AND m.meets_at < :until ORDER BY m.meets_at, m.ticket_id, m.no LIMIT :size"
    return _meetings(reader, centre, condition, since=since, until=until, size=size)


def coming_meetings(reader: Reader, centre: int, since: int, size: int = SHOWN) -> list[MeetingLine]:
    """Meetings that are to be held, the next one first."""
    condition = "m.meets_at >= :since AND m.state = 'convened' ORDER BY m.meets_at, m.ticket_id, m.no LIMIT :size"
    return _meetings(reader, centre, condition, since=since, size=size)


def _meetings(reader: Reader, centre: int, condition: str, **values: Any) -> list[MeetingLine]:
    rows = reader.rows(_MEETINGS.format(condition=condition), centre=centre, **values)
    return [MeetingLine(*_read(row, {3: bool})) for row in rows]


def _read(row: Sequence[Any], readers: Mapping[int, Callable[[Any], Any]]) -> list[Any]:
    """A row whose columns at some places are read in their own way."""
    return [readers[place](value) if place in readers else value for place, value in enumerate(row)]


def _plain(value: Any) -> Any:
    """A JSON column: SQLite hands out its text, PostgreSQL the value."""
    return json.loads(value) if isinstance(value, str) else value
