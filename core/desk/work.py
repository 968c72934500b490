"""What a verb works with: the case, the references, the time, the actor — and the decision it comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from core.desk.actor import Actor
from core.desk.hands import Finder, Found, Hand, Person
from core.desk.ledger import Ledger
from core.desk.references import MatterView, References, UnitView
from core.desk.timing import Timing
from core.rules.case import LIVE_TASKS, Case
from core.rules.policy import Policy
from core.rules.roles import DESK_ROLES
from data.errors import BadInput, NotAllowed
from data.ids import new_id
from data.tables import ClockRecord, TaskRecord
from data.terms import Holder, Role, Severity, Stage, TaskRole, TaskState, Tier, Urgency


@dataclass
class Effects:
    """Collects what an event changes."""

    set: dict[str, Any] = field(default_factory=dict)
    hold: dict[str, Any] | None = field(default_factory=dict)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    clocks: list[dict[str, Any]] = field(default_factory=list)
    attached: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The plain JSON form that is stored."""
        plain: dict[str, Any] = {"set": self.set, "hold": self.hold, "tasks": self.tasks, "clocks": self.clocks}
        return {**plain, "attached": self.attached} if self.attached else plain

    def attach(self, kind: str, no: int, /, **fields: Any) -> None:
        """A new or changed row of a kind that hangs on the ticket (`data.tables.projected.OF_TICKET`)."""
        self.attached.setdefault(kind, []).append({"no": no, **fields})


@dataclass(frozen=True)
class Message:
    """A notice to be queued: to an officer or to everybody of a unit."""

    kind: str
    severity: Severity
    zh: str
    en: str
    unit_id: int | None = None
    officer_id: int | None = None
    role: str = ""
    """To whoever is on duty in this role."""


@dataclass
class Decision:
    """What a verb decided: the effects, the facts to keep, whom to tell."""

    effects: Effects
    facts: dict[str, Any] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    also: list[Companion] = field(default_factory=list)
    """Events of other tickets that belong to the same deed."""


@dataclass
class Companion:
    """An event of another ticket in the same transaction."""

    verb: str
    work: Work
    decision: Decision


@dataclass
class Work:
    """The surroundings of one operation on one ticket."""

    case: Case
    refs: References
    at: int
    actor: Actor
    ledger: Ledger

    def __post_init__(self) -> None:
        self.effects = Effects()
        self.also: list[Companion] = []
        self.messages: list[Message] = []
        self.moved: list[dict[str, Any]] = []
        self.task: TaskRecord | None = None
        """The task that the actor does something to."""
        ticket = self.case.ticket
        self.policy: Policy = self.refs.policy(ticket.policy_version or None)
        self.calendar = self.refs.calendar(ticket.calendar_version or None)

    def decision(self, **facts: Any) -> Decision:
        """The decision so far, with the facts of the verb (empty ones are left out)."""
        kept = {name: value for name, value in facts.items() if value not in ("", None, [], False)}
        if self.moved:
            kept["moved"] = self.moved
        return Decision(self.effects, kept, self.messages, self.also)

    def other(self, case: Case) -> Work:
        """The surroundings of another ticket that this deed changes too; `and_of` puts it on that one's record."""
        return Work(case, self.refs, self.ledger.moment(case), self.actor, self.ledger)

    def and_of(self, verb: str, work: Work, /, **facts: Any) -> None:
        """Record an event of another ticket together with this one."""
        self.also.append(Companion(verb, work, work.decision(**facts)))

    def matter(self) -> MatterView | None:
        """The ticket's matter, in the catalogue version that it was assessed with."""
        ticket = self.case.ticket
        code = self.effects.set.get("matter_code", ticket.matter_code)
        version = self.effects.set.get("matter_version", ticket.matter_version)
        return self.refs.matter(code, version) if code else None

    @property
    def timing(self) -> Timing:
        """The clocks' rules at this instant, for the urgency decided so far."""
        return Timing(self.calendar, self.policy, self.at, self.urgency(), self.actor.id, self.refs.calendar)

    def urgency(self) -> Urgency:
        """The ticket's urgency after what was decided so far."""
        return Urgency(self.effects.set.get("urgency", self.case.ticket.urgency))

    def subject(self, language: str) -> str:
        """What a notice says the ticket is about; a confidential one is not told around."""
        if self.effects.set.get("confidential", self.case.ticket.confidential):
            return "confidential" if language == "en" else "保密事件"
        return str(self.effects.set.get("title", self.case.ticket.title))

    def note_moved(self, clock: ClockRecord, after: dict[str, Any]) -> None:
        """Keep before and after of a deadline that was set anew, for the event."""
        if clock.due_at != after["due_at"] or clock.budget != after["budget"]:
            self.moved.append(
                {
                    "clock": clock.kind,
                    "unit": clock.unit_id,
                    "before": clock.due_at,
                    "after": after["due_at"],
                    "limit_before": clock.budget,
                    "limit_after": after["budget"],
                }
            )

    def limit_no(self) -> int:
        """The condition chosen for the matter."""
        return int(self.effects.set.get("limit_no", self.case.ticket.limit_no))

    def ladder(self) -> str:
        """The code of the ladder that the matter or its urgency asks for."""
        matter = self.matter()
        return self.policy.ladder_code(self.urgency(), matter.ladder if matter else "")

    def hold_queue(self) -> None:
        """Into the centre's queue."""
        self.effects.hold = {
            "holder": Holder.QUEUE.value,
            "unit_id": None,
            "officer_id": None,
            "tier": Tier.CENTRE.value,
        }

    def hold_unit(self, unit: UnitView, officer_id: int | None = None) -> None:
        """Into a unit's hands; `officer_id` is who has answered for it by name."""
        self.effects.hold = {
            "holder": Holder.DISTRICT.value if unit.kind in ("district", "department") else Holder.UNIT.value,
            "unit_id": unit.id,
            "officer_id": officer_id,
            "tier": tier_of(unit.kind).value,
        }

    @cached_property
    def finder(self) -> Finder:
        """Finds units and people as they are at this instant."""
        return Finder(self.refs, self.at)

    def send(
        self,
        unit: UnitView,
        role: TaskRole,
        instruction: str,
        state: TaskState = TaskState.SENT,
        person: Person | None = None,
    ) -> int:
        """A task for a unit, or for one of its officers by name; returns its id."""
        task_id = new_id()
        named = {} if person is None else {"officer_id": person.id, "addressed": person.addressed}
        self.effects.tasks.append(
            {
                "id": task_id,
                "role": role.value,
                "unit_id": unit.id,
                "state": state.value,
                "instruction": instruction,
                "sent_at": self.at,
                **named,
            }
        )
        return task_id

    def change_task(self, task: TaskRecord, **fields: Any) -> None:
        """Change a task."""
        self.effects.tasks.append({"id": task.id, **fields})

    def tell_unit(self, unit_id: int | None, kind: str, zh: str, en: str, severity: Severity = Severity.INFO) -> None:
        """Queue a notice to a unit."""
        if unit_id is not None:
            self.messages.append(Message(kind, severity, zh, en, unit_id=unit_id))

    def tell_person(self, officer_id: int, kind: str, zh: str, en: str, severity: Severity = Severity.INFO) -> None:
        """Queue a notice to an officer."""
        self.messages.append(Message(kind, severity, zh, en, officer_id=officer_id))

    def tell_hand(self, hand: Found, kind: str, zh: str, en: str, severity: Severity = Severity.INFO) -> None:
        """Queue a notice to a hand: the officer, or everybody of the unit."""
        if hand.person is not None:
            self.tell_person(hand.person.id, kind, zh, en, severity)
        else:
            self.tell_unit(hand.unit.id, kind, zh, en, severity)

    def tell_role(self, role: Role, kind: str, zh: str, en: str, severity: Severity = Severity.ALARM) -> None:
        """Queue a notice to whoever is on duty in a role."""
        self.messages.append(Message(kind, severity, zh, en, role=role.value))

    def stage(self, stage: Stage) -> None:
        """Move to a stage."""
        self.effects.set["stage"] = stage.value

    def lead_or_refuse(self) -> TaskRecord:
        """The lead task under way. Raises NotAllowed when nobody has the ticket."""
        task = self.case.lead_task()
        if task is None:
            raise NotAllowed(
                "no-lead", f"{self.case.ticket.code} 没有主办任务。", f"{self.case.ticket.code} has no lead task."
            )
        return task

    def is_desk(self) -> bool:
        """Whether the actor serves at the centre's desk and so may act for every unit."""
        return bool(self.actor.roles & DESK_ROLES)

    def own_officer(self, unit_id: int) -> int | None:
        """The actor's id where the actor answers for the unit; None for the desk acting for somebody else."""
        unit = self.refs.unit(unit_id)
        return self.actor.id if unit is not None and self.actor.answers_for(unit.id, unit.parent_id) else None

    def is_own(self, task: TaskRecord) -> bool:
        """Whether a task is the actor's own: given to them by name, or to a unit that they answer for."""
        if task.addressed:
            return task.officer_id == self.actor.id
        return self.own_officer(task.unit_id) is not None

    def officer_of(self, task: TaskRecord) -> int | None:
        """Who answers for a task by name; None where the desk writes down what a unit said."""
        return task.officer_id if task.addressed else self.own_officer(task.unit_id)

    def task_for(self, named: str) -> TaskRecord:
        """The live task of a named hand; else the lead's, or for an assisting unit's officer their own.

        Raises BadInput when there is none, NotAllowed when it is somebody else's.
        """
        self.task = self._task_of(named) if named else self._usual_task()
        return self.task

    def _usual_task(self) -> TaskRecord:
        lead = self.case.lead_task()
        if self.is_desk() or (lead is not None and self.is_own(lead)):
            return self.lead_or_refuse()
        live = [task for task in self.case.tasks if task.state in LIVE_TASKS]
        return next((task for task in live if self.is_own(task)), self.lead_or_refuse())

    def _task_of(self, named: str) -> TaskRecord:
        hand = Hand.read(named, TaskRole.ASSIST)
        live = [task for task in self.case.tasks if task.state in LIVE_TASKS]
        if hand.duty is not None:
            zh, en = hand.duty.zh, hand.duty.en
            task = next((task for task in live if task.addressed == hand.duty), None)
        elif hand.officer:
            person = self.finder.person(hand.officer)
            zh, en = person.name, person.code
            task = next((task for task in live if task.addressed and task.officer_id == person.id), None)
        else:
            view = self.refs.unit_by_code(hand.unit)
            zh, en = view.name, view.name_en or view.code
            task = self.case.task_of(view.id)
        code = self.case.ticket.code
        if task is None:
            raise BadInput("no-task", f"{zh} 在 {code} 中没有未完成的任务。", f"{en} has no open task in {code}.")
        if not self.is_desk() and not self.is_own(task):
            raise NotAllowed(
                "not-own-unit", f"{self.actor.name} 不能代 {zh} 操作。", f"{self.actor.code} may not act for {en}."
            )
        return task


def tier_of(kind: str) -> Tier:
    """The tier at which a unit of this kind holds a ticket."""
    return {
        "community": Tier.COMMUNITY,
        "grid": Tier.GRID,
        "exclusive_grid": Tier.GRID,
        "micro_grid": Tier.MICRO_GRID,
        "district": Tier.DISTRICT,
        "department": Tier.DISTRICT,
    }.get(kind, Tier.CENTRE)
