"""Who was mobilised for a ticket: each hand with its times, head-count and clock, and what it comes to in all.

Domain rows 1-9 to 1-12: minutes from the report to the end, people brought, and whether sections, communities and
grids worked together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from data.errors import NotFound
from data.queries import tickets
from data.reader import Reader
from data.terms import ClockState, Role, TaskRole, TaskState, UnitKind

GRIDS = (UnitKind.GRID, UnitKind.EXCLUSIVE_GRID)
LIVE = frozenset({TaskState.SENT, TaskState.ACKNOWLEDGED, TaskState.ARRIVED})
CAME = frozenset({*LIVE, TaskState.DONE})

_PLACES = """
SELECT DISTINCT u.id, u.kind, u.code, u.name, p.kind, p.code, p.name, g.kind, g.code, g.name,
    s.code, s.name
FROM task k
JOIN unit u ON u.centre_id = k.centre_id AND u.id = k.unit_id
LEFT JOIN unit p ON p.centre_id = u.centre_id AND p.id = u.parent_id
LEFT JOIN unit g ON g.centre_id = p.centre_id AND g.id = p.parent_id
LEFT JOIN unit s ON s.centre_id = u.centre_id AND s.kind = 'section' AND s.code = u.section AND s.closed_at IS NULL
WHERE k.centre_id = :centre AND k.ticket_id = :ticket
"""


@dataclass(frozen=True)
class HandLine:
    """A task as its hand sees it; instants in epoch seconds. `hand` is as orders name it."""

    no: int
    role: str
    hand: str
    unit: str
    officer: str
    """Name of who was asked by name, or who acknowledged."""
    addressed: str
    state: str
    instruction: str
    sent_at: int
    acknowledged_at: int | None
    arrived_at: int | None
    done_at: int | None
    people: int
    result: str
    reason: str
    due_kind: str = ""
    """The clock of this hand that runs out next; empty where none runs."""
    due_at: int | None = None

    @property
    def live(self) -> bool:
        """Whether the hand is still at it."""
        return self.state in LIVE


@dataclass(frozen=True)
class Mobilisation:
    """What a ticket mobilised; `minutes` run from the report to completion, or until now while it is open."""

    ticket: str
    reported_at: int
    dispatched_at: int | None
    first_arrived_at: int | None
    completed_at: int | None
    until_at: int
    people: int
    tasked: int
    """Hands with a part, the lead included."""
    informed: int
    units: tuple[str, ...]
    sections: tuple[str, ...]
    communities: tuple[str, ...]
    grids: tuple[str, ...]
    hands: tuple[HandLine, ...]

    @property
    def minutes(self) -> int:
        """Whole minutes from the report to completion, or until now."""
        return (self.until_at - self.reported_at) // 60

    @property
    def minutes_to_arrival(self) -> int | None:
        """Whole minutes from the report until the first came."""
        return None if self.first_arrived_at is None else (self.first_arrived_at - self.reported_at) // 60

    @property
    def cross_section(self) -> bool:
        """Whether several sections worked on it."""
        return len(self.sections) > 1

    @property
    def cross_community(self) -> bool:
        """Whether several communities worked on it."""
        return len(self.communities) > 1

    @property
    def cross_grid(self) -> bool:
        """Whether several grids worked on it."""
        return len(self.grids) > 1


@dataclass(frozen=True)
class Place:
    """Where a unit belongs, by code and name; empty where it does not."""

    unit: tuple[str, str]
    section: tuple[str, str]
    community: tuple[str, str]
    grid: tuple[str, str]


def mobilisation(reader: Reader, centre: int, ticket_id: int, now: int) -> Mobilisation:
    """The hands of a ticket as they stand at `now` (epoch seconds). Raises NotFound."""
    ticket = tickets.ticket(reader, centre, ticket_id)
    if ticket is None:
        raise NotFound("ticket-unknown", "没有这件事件。", "There is no such ticket.")
    return mobilised(
        ticket,
        tickets.tasks(reader, centre, ticket_id),
        tickets.clocks(reader, centre, ticket_id),
        places_of(reader, centre, ticket_id),
        now,
    )


def places_of(reader: Reader, centre: int, ticket_id: int) -> dict[int, Place]:
    """Where the units that ever had a part in a ticket belong, by their id."""
    return {row[0]: _place(row) for row in reader.rows(_PLACES, centre=centre, ticket=ticket_id)}


def mobilised(
    ticket: dict[str, Any],
    task_rows: list[dict[str, Any]],
    clock_rows: list[dict[str, Any]],
    places: dict[int, Place],
    now: int,
) -> Mobilisation:
    """The same from rows as `data.queries.tickets` reads them: of today, or of an earlier moment."""
    tasks = [row for row in task_rows if row["state"] != TaskState.WITHDRAWN]
    due = _due(clock_rows)
    working = [row for row in tasks if row["role"] != TaskRole.INFORM and _came(row)]
    at = [places[row["unit_id"]] for row in working if row["unit_id"] in places]
    arrivals = [row["arrived_at"] for row in working if row["arrived_at"] is not None]
    ended = ticket["completed_at"] or ticket["closed_at"]
    return Mobilisation(
        ticket=ticket["code"],
        reported_at=ticket["reported_at"],
        dispatched_at=ticket["dispatched_at"],
        first_arrived_at=min(arrivals, default=None),
        completed_at=ticket["completed_at"],
        until_at=max(ended or now, ticket["reported_at"]),
        people=_people(working),
        tasked=len({row["hand"] for row in working}),
        informed=len({row["hand"] for row in tasks if row["role"] == TaskRole.INFORM}),
        units=_names(place.unit for place in at),
        sections=_names(place.section for place in at),
        communities=_names(place.community for place in at),
        grids=_names(place.grid for place in at),
        hands=tuple(_line(row, due.get(row["id"])) for row in tasks),
    )


def _came(task: dict[str, Any]) -> bool:
    """Whether a hand is at work or was; one that was called off before it came was not mobilised."""
    return task["state"] in CAME or task["arrived_at"] is not None


def _people(tasks: list[dict[str, Any]]) -> int:
    """The people that were brought; a hand that had several turns is counted by its largest."""
    brought: dict[str, int] = {}
    for task in tasks:
        brought[task["hand"]] = max(brought.get(task["hand"], 0), task["people"])
    return sum(brought.values())


def _names(found: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Names, each place once, in the order in which they were sent."""
    return tuple({code: name for code, name in found if code}.values())


def _place(row: tuple[Any, ...]) -> Place:
    """From the unit, the one above, and the one above that."""
    kinds = [(row[at], str(row[at + 1]), str(row[at + 2])) for at in (1, 4, 7) if row[at]]

    def first(*wanted: str) -> tuple[str, str]:
        return next(((code, name) for kind, code, name in kinds if kind in wanted), ("", ""))

    section = (str(row[10]), str(row[11])) if row[10] else first(UnitKind.SECTION)
    return Place((kinds[0][1], kinds[0][2]), section, first(UnitKind.COMMUNITY), first(*GRIDS))


def _due(clocks: list[dict[str, Any]]) -> dict[int, tuple[str, int]]:
    """The clock of each task that runs out next."""
    found: dict[int, tuple[str, int]] = {}
    for clock in clocks:
        task, due = clock["task_id"], clock["due_at"]
        if task is None or due is None or clock["state"] != ClockState.RUNNING:
            continue
        if task not in found or due < found[task][1]:
            found[task] = (clock["kind"], due)
    return found


def _line(task: dict[str, Any], due: tuple[str, int] | None) -> HandLine:
    return HandLine(
        no=task["no"],
        role=task["role"],
        hand=task["hand"] or "",
        unit=task["unit_name"] or "",
        officer=task["officer_name"] or "",
        addressed=task["addressed"],
        state=task["state"],
        instruction=task["instruction"] or "",
        sent_at=task["sent_at"],
        acknowledged_at=task["acknowledged_at"],
        arrived_at=task["arrived_at"],
        done_at=task["done_at"],
        people=task["people"],
        result=task["result"] or "",
        reason=task["reason"] or "",
        due_kind=due[0] if due else "",
        due_at=due[1] if due else None,
    )


# ------------------------------------------------------------------------------------------------ in words


def hand_name(line: HandLine, language: str) -> str:
    """Whose task it is: the unit, or the officer with the unit or the role in which they were asked."""
    if not line.addressed:
        return line.unit or line.hand
    role = next((role for role in Role if role.value == line.addressed), None)
    return f"{line.officer or line.hand} ({role.label(language) if role else line.unit})"


def sentences(found: Mobilisation, language: str) -> list[str]:
    """What was mobilised, in Chinese or English."""
    english = language == "en"
    if not found.hands:
        return ["Nobody has been given a part yet." if english else "还没有派给任何人。"]
    lines = [_took(found, english)]
    if english:
        lines.append(f"Mobilised: {found.people} people, {found.tasked} hands; {found.informed} more informed")
    else:
        lines.append(f"调动 {found.people} 人，{found.tasked} 个承办对象，另告知 {found.informed} 个")
    for names, zh, en in (
        (found.sections, "板块", "sections"),
        (found.communities, "社区", "communities"),
        (found.grids, "网格", "grids"),
    ):
        if names and english:
            lines.append(
                (f"Across {en} ({len(names)}): " if len(names) > 1 else f"{en.capitalize()}: ") + ", ".join(names)
            )
        elif names:
            lines.append((f"跨{zh}（{len(names)} 个）" if len(names) > 1 else zh) + "：" + "、".join(names))
    return lines


def _took(found: Mobilisation, english: bool) -> str:
    first, done = found.minutes_to_arrival, found.completed_at is not None
    if english:
        said = f"From the report {'to completion' if done else 'until now'}: {found.minutes} minutes"
        return said + (f"; the first came after {first}" if first is not None else "")
    said = f"从上报到{'办结' if done else '现在'}：{found.minutes} 分钟"
    return said + (f"；首批到场 {first} 分钟" if first is not None else "")
