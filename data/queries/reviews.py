"""After-action reviews: those of a ticket with lessons and follow-up tasks, and which major tickets have none yet."""

from __future__ import annotations

from typing import Any, NamedTuple

from data.reader import Reader


class ReviewRow(NamedTuple):
    """A review; people by name, text raw, instants in epoch seconds."""

    no: int
    state: str
    reason: str
    opened_by: str
    opened_at: int
    held_at: int | None
    attendance: str
    minutes: str
    concluded_by: str
    concluded_at: int | None
    conclusion: str


class LessonRow(NamedTuple):
    """A lesson; `corrects` is the number of the one that it corrects, 0 for a new one."""

    no: int
    review: int
    words: str
    corrects: int
    by: str
    at: int


class FollowUpRow(NamedTuple):
    """A follow-up task and how far its ticket is."""

    incident: str
    no: int
    words: str
    owner: str
    owner_name: str
    due_at: int
    by: str
    at: int
    child_id: int
    child: str
    stage: str
    done_at: int | None
    open: bool

    def late(self, now: int) -> bool:
        """Whether it was done after its time, or is not done and its time is over."""
        return (now if self.done_at is None else self.done_at) > self.due_at


class PendingRow(NamedTuple):
    """A ticket that owes a review, or whose review is not concluded. `state` is empty where none was opened."""

    id: int
    code: str
    title: str
    stage: str
    urgency: str
    grade: str
    supervised: bool
    confidential: bool
    reported_at: int
    ended_at: int
    state: str
    opened_at: int | None


_REVIEWS = """
SELECT r.no, r.state, r.reason, coalesce(o.name, ''), r.opened_at, r.held_at, r.attendance, r.minutes,
    coalesce(c.name, ''), r.concluded_at, r.conclusion
FROM review r
LEFT JOIN officer o ON o.centre_id = r.centre_id AND o.id = r.opened_by
LEFT JOIN officer c ON c.centre_id = r.centre_id AND c.id = r.concluded_by
WHERE r.centre_id = :centre AND r.ticket_id = :ticket ORDER BY r.no
"""
_LESSONS = """
SELECT l.no, l.review, l.words, l.corrects, coalesce(o.name, ''), l.written_at FROM lesson l
LEFT JOIN officer o ON o.centre_id = l.centre_id AND o.id = l.written_by
WHERE l.centre_id = :centre AND l.ticket_id = :ticket ORDER BY l.no
"""
_FOLLOW_UPS = """
SELECT t.code, f.no, f.words, f.owner, coalesce(u.name, p.name, ''), f.due_at, coalesce(o.name, ''), f.asked_at,
    f.child_id, c.code, c.stage, coalesce(c.completed_at, c.closed_at), c.open
FROM follow_up f
JOIN ticket t ON t.centre_id = f.centre_id AND t.id = f.ticket_id
JOIN ticket c ON c.centre_id = f.centre_id AND c.id = f.child_id
LEFT JOIN officer o ON o.centre_id = f.centre_id AND o.id = f.asked_by
LEFT JOIN unit u ON u.centre_id = f.centre_id AND u.code = f.owner
LEFT JOIN officer p ON p.centre_id = f.centre_id AND '@' || p.code = f.owner
WHERE f.centre_id = :centre AND {condition}
"""
# The words of the partial index: see `data.tables.ticket.MAJOR`.
_MAJOR = "(t.supervised OR t.urgency = 'emergency' OR t.facts ->> 'grade' IS NOT NULL)"
_PENDING = """
SELECT t.id, t.code, t.title, t.stage, t.urgency, coalesce(t.facts ->> 'grade', ''), t.supervised, t.confidential,
    t.reported_at, coalesce(t.completed_at, t.closed_at), coalesce(t.facts ->> 'review', ''), NULL
FROM ticket t
WHERE t.centre_id = :centre AND {major} AND t.reported_at >= :since
    AND (t.facts ->> 'review' IS NULL)
    AND t.stage IN ('completed', 'checked', 'called_back', 'archived')
ORDER BY t.reported_at DESC, t.id DESC LIMIT :size
"""
_UNFINISHED = """
SELECT t.id, t.code, t.title, t.stage, t.urgency, coalesce(t.facts ->> 'grade', ''), t.supervised, t.confidential,
    t.reported_at, coalesce(t.completed_at, t.closed_at, r.opened_at), r.state, r.opened_at
FROM review r
JOIN ticket t ON t.centre_id = r.centre_id AND t.id = r.ticket_id
WHERE r.centre_id = :centre AND r.state IN ('opened', 'held') ORDER BY r.opened_at DESC, t.id DESC LIMIT :size
"""


def reviews(reader: Reader, centre: int, ticket: int) -> list[ReviewRow]:
    """The reviews of a ticket in order."""
    return [ReviewRow(*row) for row in reader.rows(_REVIEWS, centre=centre, ticket=ticket)]


def lessons(reader: Reader, centre: int, ticket: int) -> list[LessonRow]:
    """The lessons of a ticket in the order in which they were written."""
    return [LessonRow(*row) for row in reader.rows(_LESSONS, centre=centre, ticket=ticket)]


def follow_ups(reader: Reader, centre: int, ticket: int) -> list[FollowUpRow]:
    """The follow-up tasks of a ticket in order."""
    rows = reader.rows(
        _FOLLOW_UPS.format(condition="f.ticket_id = :ticket ORDER BY f.no"), centre=centre, ticket=ticket
    )
    return [_follow_up(row) for row in rows]


def open_follow_ups(reader: Reader, centre: int) -> list[FollowUpRow]:
    """Every follow-up task that is not done, the nearest deadline first."""
    condition = "c.completed_at IS NULL AND c.open = 1 ORDER BY f.due_at, f.ticket_id, f.no"
    return [_follow_up(row) for row in reader.rows(_FOLLOW_UPS.format(condition=condition), centre=centre)]


def pending(reader: Reader, centre: int, since: int = 0, size: int = 500) -> list[PendingRow]:
    """Major tickets that ended and were never reviewed, newest first; before them reviews that are not concluded."""
    rows = [
        *reader.rows(_UNFINISHED, centre=centre, size=size),
        *reader.rows(_PENDING.format(major=_MAJOR), centre=centre, since=since, size=size),
    ]
    return [PendingRow(*(*row[:6], bool(row[6]), bool(row[7]), *row[8:])) for row in rows]


def _follow_up(row: tuple[Any, ...]) -> FollowUpRow:
    return FollowUpRow(*(*row[:-1], bool(row[-1])))
