"""An after-action review's facts: the bars of every hand, custody, the ladder, what went upward, calls, emergencies.

Everything is read off the log's projection, so a review says what the log says; nobody fills in a figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.accountability.lateness import Late, lateness
from core.accountability.mobilisation import HandLine, Mobilisation, mobilised, places_of
from data.errors import NotFound
from data.queries import reviews as review_rows
from data.queries import tickets
from data.queries.emergency import Call, Mode, calls_of, emergencies
from data.reader import Reader
from data.terms import UPWARD_CLOCKS, ClockKind, ClockState, Holder, TaskRole, TaskState

Row = Mapping[str, Any]
OF_A_TASK = (ClockKind.ACKNOWLEDGE, ClockKind.ARRIVE, ClockKind.PART)


class Deadline(NamedTuple):
    """A deadline on a bar; `until` is when it was met or missed, None while it runs."""

    kind: str
    due_at: int
    until: int | None

    def late_until(self, now: int) -> int | None:
        """How long the bar is late: from `due_at` to here; None where it is not."""
        end = now if self.until is None else self.until
        return end if end > self.due_at else None


class Mark(NamedTuple):
    """Something that happened at an instant: sent, acknowledged, arrived, finished, off, a step, a call, a report."""

    kind: str
    at: int


@dataclass(frozen=True)
class Bar:
    """A row of the chart. `group` is ticket, hand, custody, ladder, upward, call or emergency."""

    group: str
    name: str
    """The hand or unit; empty where the group says it all."""
    word: str
    """A stored word that goes with it: the task's role, the holder's kind, the clock's kind, the grade."""
    spans: tuple[tuple[int, int | None], ...]
    """Where it is drawn; None as an end means that it lasts."""
    marks: tuple[Mark, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    people: int = 0

    def late_seconds(self, now: int) -> int:
        """By how much the worst of its deadlines was missed."""
        return max(
            (end - line.due_at for line in self.deadlines if (end := line.late_until(now)) is not None), default=0
        )


@dataclass(frozen=True)
class ReviewView:
    """All that a review is made of; text is raw."""

    ticket: Row
    begin: int
    end: int
    """The stretch of the chart: from the report until the last hand was done, or until now."""
    now: int
    mobilised: Mobilisation
    bars: tuple[Bar, ...]
    late: tuple[Late, ...]
    held: tuple[tuple[str, str, int], ...]
    """(kind of hands, name, seconds) by holder, the longest first."""
    calls: tuple[Call, ...]
    reviews: tuple[review_rows.ReviewRow, ...]
    lessons: tuple[review_rows.LessonRow, ...]
    follow_ups: tuple[review_rows.FollowUpRow, ...]


def review_of(reader: Reader, centre: int, ticket_id: int, now: int) -> ReviewView:
    """The review of a ticket as the log has it at `now` (epoch seconds). Raises NotFound."""
    ticket = tickets.ticket(reader, centre, ticket_id)
    if ticket is None:
        raise NotFound("ticket-unknown", "没有这件事件。", "There is no such ticket.")
    tasks, clocks = tickets.tasks(reader, centre, ticket_id), tickets.clocks(reader, centre, ticket_id)
    custody, events = tickets.custody(reader, centre, ticket_id), tickets.events(reader, centre, ticket_id)
    found = mobilised(ticket, tasks, clocks, places_of(reader, centre, ticket_id), now)
    calls, begin = calls_of(reader, centre, ticket_id), int(ticket["reported_at"])
    end = _end(ticket, tasks, clocks, now)
    bars = [
        _life(ticket, clocks),
        *_hands(found.hands, tasks, clocks),
        *_custody(custody, end),
        *_ladder(events, end),
        *_upward(clocks, events),
        *_calls(calls),
        *_emergencies(emergencies(reader, centre, 50), begin, end),
    ]
    names = {row["id"]: _name(row) for row in tasks}
    return ReviewView(
        ticket,
        begin,
        end,
        now,
        found,
        tuple(bars),
        tuple(lateness(ticket, clocks, custody, names, now)),
        tuple(_totals(custody, now)),
        tuple(calls),
        tuple(review_rows.reviews(reader, centre, ticket_id)),
        tuple(review_rows.lessons(reader, centre, ticket_id)),
        tuple(review_rows.follow_ups(reader, centre, ticket_id)),
    )


def _end(ticket: Row, tasks: Sequence[Row], clocks: Sequence[Row], now: int) -> int:
    """Where the action ended: check, call-back and filing come after it."""
    if ticket["completed_at"] is None and ticket["closed_at"] is None:
        return max(now, int(ticket["reported_at"]) + 1)
    done = [row["done_at"] for row in tasks if row["done_at"] is not None and row["role"] != TaskRole.INFORM]
    upward = [row["stopped_at"] for row in clocks if row["kind"] in UPWARD_CLOCKS and row["stopped_at"] is not None]
    ended = [ticket["completed_at"] or ticket["closed_at"], *(at for at in (*done, *upward) if at <= now)]
    return int(max(*ended, ticket["reported_at"] + 1))


def _name(task: Row) -> str:
    return str((task["officer_name"] if task["addressed"] else task["unit_name"]) or task["hand"] or "")


# ------------------------------------------------------------------------------------------------ bars


def _life(ticket: Row, clocks: Sequence[Row]) -> Bar:
    """The ticket itself with its own deadlines."""
    own = (
        ClockKind.ACCEPT,
        ClockKind.ASSESS,
        ClockKind.MAKE_SAFE,
        ClockKind.FINAL,
        ClockKind.OFFICIAL,
        ClockKind.JOINED,
    )
    steps = (("accepted", "accepted_at"), ("sent", "dispatched_at"), ("finished", "completed_at"))
    marks = tuple(Mark(kind, ticket[name]) for kind, name in steps if ticket[name] is not None)
    span = (ticket["reported_at"], ticket["completed_at"] or ticket["closed_at"])
    return Bar("ticket", "", "", (span,), marks, _deadlines(clocks, own))


def _hands(lines: Sequence[HandLine], tasks: Sequence[Row], clocks: Sequence[Row]) -> Iterable[Bar]:
    """One bar for each hand; who was only informed has a mark and no bar."""
    ids = {row["no"]: row["id"] for row in tasks}
    for line in lines:
        informed = line.role == TaskRole.INFORM
        steps = (
            ("sent", line.sent_at),
            ("acknowledged", line.acknowledged_at),
            ("arrived", line.arrived_at),
            ("finished" if line.state == TaskState.DONE else "off", None if informed else line.done_at),
        )
        own = [clock for clock in clocks if clock["task_id"] == ids[line.no]]
        name = line.officer if line.addressed else line.unit
        yield Bar(
            "hand",
            name or line.hand,
            line.role,
            ((line.sent_at, line.sent_at if informed else line.done_at),),
            tuple(Mark(kind, at) for kind, at in steps if at is not None),
            _deadlines(own, OF_A_TASK),
            line.people,
        )


def _custody(custody: Sequence[Row], end: int) -> Iterable[Bar]:
    """One bar for each holder, with all its turns before the end of the action."""
    turns: dict[tuple[str, str], list[tuple[int, int | None]]] = {}
    for segment in custody:
        if segment["from_at"] < end:
            key = segment["holder"], "" if segment["holder"] == Holder.QUEUE else segment["unit_name"] or ""
            spans = turns.setdefault(key, [])
            if spans and spans[-1][1] == segment["from_at"]:
                spans[-1] = (spans[-1][0], segment["to_at"])
            else:
                spans.append((segment["from_at"], segment["to_at"]))
    for (holder, name), spans in turns.items():
        yield Bar("custody", name, holder, tuple(spans))


def _ladder(events: Sequence[Row], end: int) -> Iterable[Bar]:
    """Steps of the ladder during the action, by the clock that they belong to."""
    steps: dict[str, list[Mark]] = {}
    for event in events:
        if event["kind"] == "engine_step" and event["at"] <= end:
            steps.setdefault(str(event["body"].get("clock_kind", "")), []).append(Mark("step", event["at"]))
    for kind, marks in steps.items():
        yield Bar("ladder", "", kind, (), tuple(marks))


def _upward(clocks: Sequence[Row], events: Sequence[Row]) -> Iterable[Bar]:
    """What was owed upward, one bar for each kind of report, and when each was made."""
    forms = {"phone": ClockKind.UP_PHONE, "written": ClockKind.UP_WRITTEN}
    made: dict[str, list[Mark]] = {}
    for event in events:
        if event["kind"] == "report_up":
            kind = forms.get(str(event["body"].get("form", "")), ClockKind.UP_FOLLOW)
            made.setdefault(kind.value, []).append(Mark("report", event["at"]))
    for kind in (ClockKind.UP_PHONE, ClockKind.UP_WRITTEN, ClockKind.UP_FOLLOW):
        own = [clock for clock in clocks if clock["kind"] == kind and clock["state"] != ClockState.WITHDRAWN]
        marks = tuple(made.get(kind.value, ()))
        if own or marks:
            spans = tuple((clock["started_at"], clock["stopped_at"]) for clock in own)
            yield Bar("upward", "", kind.value, spans, marks, _deadlines(own, (kind,)))


def _calls(calls: Sequence[Call]) -> Iterable[Bar]:
    if calls:
        yield Bar("call", "", "", (), tuple(Mark("call", call.at) for call in calls))


def _emergencies(modes: Sequence[Mode], begin: int, end: int) -> Iterable[Bar]:
    """The centre's emergencies that lasted while the action did."""
    for mode in reversed(modes):
        if mode.since < end and (mode.lifted_at is None or mode.lifted_at > begin):
            yield Bar("emergency", "", mode.grade, ((mode.since, mode.lifted_at),))


def _deadlines(clocks: Iterable[Row], kinds: Sequence[str]) -> tuple[Deadline, ...]:
    return tuple(
        Deadline(clock["kind"], clock["due_at"], clock["stopped_at"])
        for clock in clocks
        if clock["kind"] in kinds and clock["due_at"] is not None and clock["state"] != ClockState.WITHDRAWN
    )


def _totals(custody: Sequence[Row], now: int) -> list[tuple[str, str, int]]:
    """How long each holder had it, the longest first; together the ticket's life."""
    sums: dict[tuple[str, str], int] = {}
    for segment in custody:
        key = segment["holder"], "" if segment["holder"] == Holder.QUEUE else segment["unit_name"] or ""
        until = now if segment["to_at"] is None else segment["to_at"]
        sums[key] = sums.get(key, 0) + max(0, until - segment["from_at"])
    return sorted(((*key, seconds) for key, seconds in sums.items()), key=lambda line: (-line[2], line[0], line[1]))
