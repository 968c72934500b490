"""Meetings, their decisions, consultations with residents and mediation rounds of a period, counted from their rows."""

from __future__ import annotations

from typing import NamedTuple

from core.accountability.period import Period
from data.meeting_terms import AskKind, MediationOutcome, MeetingKind
from data.reader import Reader
from data.terms import Term


class Part(Term):
    """What is counted."""

    MEETING = "meeting", "会议", "meetings"
    DECISION = "decision", "议定事项", "decisions"
    CONSULTATION = "consultation", "征求意见", "consultations"
    MEDIATION = "mediation", "调解轮次", "mediation rounds"


class MetLine(NamedTuple):
    """A line of the report.

    `done`: meetings held, decisions carried out, consultations concluded, agreements fulfilled. `people`: people there,
    households that answered.
    """

    part: str
    what: str
    """A MeetingKind, AskKind or MediationOutcome."""
    number: int
    done: int
    people: int


WORDS: dict[Part, type[Term]] = {
    Part.MEETING: MeetingKind,
    Part.DECISION: MeetingKind,
    Part.CONSULTATION: AskKind,
    Part.MEDIATION: MediationOutcome,
}
"""What each part is broken down by."""

_SQL = {
    Part.MEETING: """
SELECT m.kind, count(*), sum(CASE WHEN m.state = 'held' THEN 1 ELSE 0 END), coalesce(sum((
    SELECT sum(a.people) FROM attendee a WHERE a.centre_id = m.centre_id AND a.ticket_id = m.ticket_id
        AND a.meeting = m.no AND a.state IN ('came', 'sent'))), 0)
FROM meeting m WHERE m.centre_id = :centre AND m.meets_at >= :begin AND m.meets_at < :end GROUP BY m.kind
""",
    Part.DECISION: """
SELECT m.kind, count(*), sum(CASE WHEN k.state = 'done' OR c.completed_at IS NOT NULL THEN 1 ELSE 0 END), 0
FROM resolution r
JOIN meeting m ON m.centre_id = r.centre_id AND m.ticket_id = r.ticket_id AND m.no = r.meeting
LEFT JOIN task k ON k.centre_id = r.centre_id AND k.id = r.task_id
LEFT JOIN ticket c ON c.centre_id = r.centre_id AND c.id = r.child_id
WHERE r.centre_id = :centre AND m.meets_at >= :begin AND m.meets_at < :end GROUP BY m.kind
""",
    Part.CONSULTATION: """
SELECT c.kind, count(*), sum(CASE WHEN c.state = 'concluded' THEN 1 ELSE 0 END), sum(c.answered)
FROM consultation c WHERE c.centre_id = :centre AND c.opens_at >= :begin AND c.opens_at < :end GROUP BY c.kind
""",
    Part.MEDIATION: """
SELECT m.outcome, count(*), sum(CASE WHEN m.followed_at IS NOT NULL THEN 1 ELSE 0 END), 0
FROM mediation m WHERE m.centre_id = :centre AND m.held_at >= :begin AND m.held_at < :end GROUP BY m.outcome
""",
}


def met_report(reader: Reader, centre: int, period: Period | None = None) -> list[MetLine]:
    """The lines of a period, by default of all time; what did not happen has none."""
    begin, end = (period.from_at, period.to_at) if period else (0, 1 << 62)
    found = []
    for part, sql in _SQL.items():
        rows = {str(row[0]): row[1:] for row in reader.rows(sql, centre=centre, begin=begin, end=end)}
        found += [
            MetLine(part.value, str(word.value), *map(int, rows[word.value])) for word in WORDS[part] if word in rows
        ]
    return found
