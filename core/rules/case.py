"""A ticket with everything that hangs on it: the value that rules and operations work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from data.tables import ClockRecord, CustodyRecord, TaskRecord, TicketRecord
from data.terms import CLOSED_STAGES, UPWARD_CLOCKS, ClockKind, ClockState, Stage, TaskRole, TaskState

LIVE_TASKS = frozenset({TaskState.SENT, TaskState.ACKNOWLEDGED, TaskState.ARRIVED})
LIVE_CLOCKS = frozenset({ClockState.RUNNING, ClockState.PAUSED})


@dataclass
class Case:
    """A ticket, its tasks, clocks and custody segments, in the order they came."""

    ticket: TicketRecord
    tasks: list[TaskRecord] = field(default_factory=list)
    clocks: list[ClockRecord] = field(default_factory=list)
    custody: list[CustodyRecord] = field(default_factory=list)
    next_seq: int = 1
    attached: dict[str, dict[int, Any]] = field(default_factory=dict)
    """Rows of `data.tables.projected.OF_TICKET` that were asked for, by kind and number."""
    read_attached: Callable[[str], dict[int, Any]] | None = None
    """Reads those of a kind from where the case came from; a new case has none yet."""
    _known: dict[type[TaskRecord | ClockRecord], dict[int, Any]] = field(default_factory=dict, repr=False)

    def rows(self, kind: str) -> dict[int, Any]:
        """What of a kind hangs on the ticket, by number; read on the first call, because few events need it."""
        if kind not in self.attached:
            self.attached[kind] = self.read_attached(kind) if self.read_attached is not None else {}
        return self.attached[kind]

    def by_id(self, kind: type[TaskRecord | ClockRecord]) -> dict[int, Any]:
        """Tasks or clocks by id. Kept: a ticket may have thousands, and each event looks one up."""
        records: list[Any] = self.tasks if kind is TaskRecord else self.clocks
        known = self._known.setdefault(kind, {})
        if len(known) != len(records):
            known.update((record.id, record) for record in records)
        return known

    @property
    def stage(self) -> Stage:
        """Where the ticket stands."""
        return Stage(self.ticket.stage)

    @property
    def closed(self) -> bool:
        """Whether the ticket's life is over."""
        return self.stage in CLOSED_STAGES

    def lead_task(self) -> TaskRecord | None:
        """The lead task that is under way, if any."""
        for task in reversed(self.tasks):
            if task.role == TaskRole.LEAD and task.state in LIVE_TASKS:
                return task
        return None

    def last_lead_task(self) -> TaskRecord | None:
        """The newest lead task, whatever became of it, unless what made it was undone."""
        for task in reversed(self.tasks):
            if task.role == TaskRole.LEAD and task.state != TaskState.WITHDRAWN:
                return task
        return None

    def open_assists(self) -> list[TaskRecord]:
        """Assisting tasks that are not finished."""
        return [task for task in self.tasks if task.role == TaskRole.ASSIST and task.state in LIVE_TASKS]

    def task_of(self, unit_id: int, officer_id: int | None = None) -> TaskRecord | None:
        """The live task of a unit, or the one that an officer of it was given by name; the lead first."""
        live = [
            task
            for task in self.tasks
            if task.unit_id == unit_id
            and task.state in LIVE_TASKS
            and (task.officer_id if task.addressed else None) == officer_id
        ]
        live.sort(key=lambda task: (task.role != TaskRole.LEAD, task.no))
        return live[0] if live else None

    def named_officer(self, task_id: int | None = None) -> int | None:
        """The officer who was given a task (by default the lead's) by name; None where a unit has it."""
        task = self.lead_task() if task_id is None else self.by_id(TaskRecord).get(task_id)
        return task.officer_id if task is not None and task.addressed else None

    def live_clocks(self, *kinds: ClockKind) -> list[ClockRecord]:
        """Running and paused clocks, of certain kinds if given."""
        return [clock for clock in self.clocks if clock.state in LIVE_CLOCKS and (not kinds or clock.kind in kinds)]

    def work_clocks(self) -> list[ClockRecord]:
        """Running and paused clocks of the work itself, without what is owed upward."""
        return [clock for clock in self.live_clocks() if clock.kind not in UPWARD_CLOCKS]

    def newest_clock(self, kind: ClockKind, unit_id: int | None = None) -> ClockRecord | None:
        """The newest clock of a kind (of a unit if given), whatever its state, unless what started it was undone."""
        for clock in reversed(self.clocks):
            if clock.kind != kind or clock.state == ClockState.WITHDRAWN:
                continue
            if unit_id is None or clock.unit_id == unit_id:
                return clock
        return None
