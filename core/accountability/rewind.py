"""How a ticket stood at any moment of its life, rebuilt from its log by the function that writes its rows.

Nothing of today's rows is used except names. What a later event corrected is not known yet at an earlier moment: the
state is what everybody saw then.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.accountability.lookup import Lookup
from core.rules.case import LIVE_TASKS, Case
from core.rules.projection import apply, open_case
from data.instants import FAR
from data.queries import tickets
from data.reader import Reader
from data.terms import ClockState

Row = dict[str, Any]


@dataclass(frozen=True)
class StoodThen:
    """A ticket with all that belonged to it then; the rows are as `data.queries.tickets` reads those of today."""

    at: int
    ticket: Row
    events: list[Row]
    custody: list[Row]
    clocks: list[Row]
    tasks: list[Row]


class Step(NamedTuple):
    """An event, the ticket's row after it, and figures of that moment."""

    event: Row
    ticket: Row
    open_hands: int
    """Hands with a part that is not done."""
    people: int
    """Head-count on scene so far."""
    late: int
    """Clocks that ran past their deadline."""


class Rewind:
    """One ticket's log. Reading happens once, in the beginning; every moment after that is arithmetic."""

    def __init__(self, reader: Reader, centre: int, ticket_id: int) -> None:
        """Reads the log and every name that it needs."""
        self.centre, self.ticket_id = centre, ticket_id
        self.events = tickets.events(reader, centre, ticket_id)
        self._times = [event["at"] for event in self.events]
        last = self._case(len(self.events))
        lookup = Lookup(reader, centre)
        self._units = lookup.coded("unit", sorted(_units_of(self._all_cases(last))))
        self._officers = lookup.coded("officer", sorted(_officers_of(self._all_cases(last))))

    @property
    def first_at(self) -> int:
        """When it was reported."""
        return int(self._times[0])

    @property
    def last_at(self) -> int:
        """When the newest event was written."""
        return int(self._times[-1])

    def count_at(self, at: int) -> int:
        """How many events had happened at an instant, those of that second included."""
        return bisect_right(self._times, at)

    def next_event(self, at: int) -> int | None:
        """The instant of the first event after an instant."""
        following = self.count_at(at)
        return int(self._times[following]) if following < len(self._times) else None

    def event_before(self, at: int) -> int | None:
        """The instant of the last event before an instant."""
        earlier = [moment for moment in self._times if moment < at]
        return int(earlier[-1]) if earlier else None

    def at(self, at: int) -> StoodThen | None:
        """How it stood at an instant (epoch seconds); None before it was reported."""
        amount = self.count_at(at)
        return self.after(amount, at) if amount else None

    def after(self, amount: int, at: int | None = None) -> StoodThen:
        """How it stood after so many events, by default at the time of the last of them."""
        case = self._case(amount)
        moment = self.events[amount - 1]["at"] if at is None else at
        tasks = [self._task(vars(task)) for task in case.tasks]
        clocks = [self._named(vars(clock)) for clock in case.clocks]
        return StoodThen(
            moment,
            self._ticket(vars(case.ticket)),
            self.events[:amount],
            [self._named(vars(segment)) for segment in case.custody],
            sorted(clocks, key=lambda row: (row["started_at"], row["id"])),
            tasks,
        )

    def walk(self) -> Iterator[Step]:
        """Every event in order, and how the ticket stood after it."""
        case = open_case(self.centre, self.ticket_id)
        for event in self.events:
            apply(case, event["seq"], event["at"], event["body"].get("effects", {}))
            yield Step(event, self._ticket(vars(case.ticket)), *_figures(case, event["at"]))

    def _case(self, amount: int) -> Case:
        case = open_case(self.centre, self.ticket_id)
        for event in self.events[:amount]:
            apply(case, event["seq"], event["at"], event["body"].get("effects", {}))
        return case

    def _all_cases(self, last: Case) -> list[Row]:
        """Every record that names a unit or an officer at any time: the events say it of the ticket's own holders."""
        sets = [event["body"].get("effects", {}) for event in self.events]
        named = [effects.get(part) or {} for effects in sets for part in ("set", "hold")]
        return [*named, *(vars(record) for record in (*last.tasks, *last.clocks, *last.custody))]

    def _unit(self, number: int | None) -> tuple[str, str]:
        code, name, _english = self._units.get(number or 0, ("", "", ""))
        return code, name

    def _named(self, values: Row) -> Row:
        row = dict(values)
        row["unit_code"], row["unit_name"] = self._unit(row["unit_id"])
        officer = self._officers.get(row.get("officer_id") or 0, ("", "", ""))
        row["officer_code"], row["officer_name"] = officer[0], officer[1]
        return row

    def _task(self, values: Row) -> Row:
        row = self._named(values)
        row["hand"] = f"@{row['officer_code']}" if row["addressed"] else row["unit_code"]
        return row

    def _ticket(self, values: Row) -> Row:
        row = dict(values)
        row["holder_code"], row["holder_name"] = self._unit(row["holder_unit_id"])
        row["lead_code"], row["lead_name"] = self._unit(row["lead_unit_id"])
        row["community_name"] = self._unit(row["community_id"])[1]
        row["grid_name"] = self._unit(row["grid_id"])[1]
        row["holder_officer_name"] = self._officers.get(row["holder_officer_id"] or 0, ("", "", ""))[1]
        return row


def _figures(case: Case, at: int) -> tuple[int, int, int]:
    live = [task for task in case.tasks if task.state in LIVE_TASKS]
    brought = sum(task.people for task in case.tasks if task.arrived_at is not None)
    late = [clock for clock in case.clocks if clock.state == ClockState.RUNNING and (clock.due_at or FAR) < at]
    return len(live), brought, len(late)


_UNITS = ("unit_id", "lead_unit_id", "community_id", "grid_id")
_OFFICERS = ("officer_id",)


def _units_of(records: list[Row]) -> set[int]:
    return {record[name] for record in records for name in _UNITS if record.get(name) is not None}


def _officers_of(records: list[Row]) -> set[int]:
    return {record[name] for record in records for name in _OFFICERS if record.get(name) is not None}
