"""One play of a scenario on a street of its own: calls and reports come in, units act on their tasks, all by the desk.

`step` does what is due by the street's clock and may be called as often as one likes: what was done is not done again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.clock import ScaledClock
from core.desk.actor import IMPORT, Actor, find_actor
from core.desk.desk import Desk
from core.desk.orders import Report, read_order
from core.desk.verbs.table import VERBS
from core.training.scenario import Answer, Arrival, Scenario
from core.training.score import Played, Score, score
from data.errors import Refusal
from data.instants import from_seconds
from data.queries import tickets
from data.terms import ReturnReason, Role, Source, Stage, TaskRole, TaskState

FIELD_ROLES = (
    *(Role.POST_MEMBER, Role.FORCE_CONTACT, Role.DISTRICT_OFFICER, Role.COMMUNITY_SECRETARY),
    *(Role.GRID_HEAD, Role.GRID_WORKER, Role.MICRO_GRID_HEAD),
)
"""Who acts for a unit, in this order."""
DONE = "已处置完毕，现场恢复正常。"
LIVE = frozenset({TaskState.SENT, TaskState.ACKNOWLEDGED, TaskState.ARRIVED})


@dataclass(frozen=True)
class Due:
    """Something that a unit is going to do to a ticket."""

    at: int
    ticket: str
    verb: str
    hand: str
    unit_id: int
    officer: str
    """Code of the officer who was asked by name; empty for a unit."""
    values: dict[str, Any]

    @property
    def key(self) -> str:
        """What keeps it from being done twice."""
        return f"training-{self.ticket}-{self.hand}-{self.verb}-{self.at}"


class Play:
    """A scenario under way."""

    def __init__(self, scenario: Scenario, desk: Desk, trainee: str) -> None:
        """On the desk of a fresh street whose clock stands at the scenario's start; `trainee` is an officer's code."""
        self.scenario = scenario
        self.desk = desk
        self.trainee = trainee
        self.began = desk.now()
        self._come: dict[str, int] = {}
        """Arrivals that have come in, and when."""
        self._codes: dict[str, str] = {}
        """The tickets of the scenario's keys."""
        self._stuck: set[str] = set()

    # ------------------------------------------------------------------------------------------------ what happens

    @property
    def ends_at(self) -> int:
        """When the play is over, in epoch seconds."""
        return self.began + self.scenario.minutes * 60

    def step(self) -> Sequence[Arrival]:
        """Do what is due now; gives the calls that just came in, for the trainee to take down."""
        now = self.desk.now()
        calls = []
        for arrival in self.scenario.arrival:
            if arrival.key not in self._come and self.began + arrival.at <= now:
                self._come[arrival.key] = self.began + arrival.at
                if arrival.kind == "call":
                    calls.append(arrival)
                else:
                    self._codes[arrival.key] = self._report(arrival)
        self._find_reports()
        for due in list(self._dues()):
            if due.at <= now:
                self._act(due)
        return calls

    def next_at(self) -> int | None:
        """When something happens by itself next; None when nothing will."""
        times = [self.began + item.at for item in self.scenario.arrival if item.key not in self._come]
        times += [due.at for due in self._dues() if due.at > self.desk.now()]
        return min(times, default=None)

    def _report(self, arrival: Arrival) -> str:
        order = Report(
            title=arrival.title,
            body=arrival.words,
            source=arrival.source,
            address=arrival.address,
            community=arrival.community,
        )
        worker = self._somebody_of(arrival.community) if arrival.source == Source.GRID else None
        return self.desk.do(order, worker or IMPORT, key=f"training-{arrival.key}").ticket

    def _find_reports(self) -> None:
        """Know the trainee's reports by the words of the calls; the one left over is the one call that waits."""
        waiting = [
            item
            for item in self.scenario.arrival
            if item.kind == "call" and item.key in self._come and item.key not in self._codes
        ]
        if not waiting:
            return
        known, strange = set(self._codes.values()), []
        with self.desk.store.reader() as reader:
            rows = reader.rows(
                "SELECT code, title, address, body FROM ticket WHERE centre_id = :centre AND reported_at >= :began"
                " ORDER BY code",
                centre=self.desk.centre_id,
                began=self.began,
            )
        for code, *texts in rows:
            if code in known:
                continue
            text = " ".join(str(part) for part in texts)
            hit = next((item for item in waiting if any(word in text for word in item.known_by)), None)
            if hit is not None:
                self._codes[hit.key] = str(code)
                waiting.remove(hit)
            else:
                strange.append(str(code))
        if len(waiting) == 1 and strange:
            self._codes[waiting[0].key] = strange[0]  # told in other words, but it can be no other call

    # ------------------------------------------------------------------------------------------------ units

    def _dues(self) -> Iterator[Due]:
        """What the units are going to do to the tickets as they stand."""
        for code in self._codes.values():
            row, tasks = self._ticket(code)
            if row["stage"] in (Stage.COMPLETED, Stage.SUSPENDED) or not row["open"]:
                continue
            returned = any(task["state"] == TaskState.RETURNED for task in tasks)
            for task in tasks:
                if task["state"] in LIVE and task["role"] != TaskRole.INFORM:
                    due = _next_deed(code, task, self.scenario.answer_of(task["unit_code"]), returned, tasks)
                    if due is not None and due.key not in self._stuck:
                        yield due

    def _act(self, due: Due) -> None:
        """Let a unit do something; what the rules refuse it does not try again."""
        actor = self.desk.actor(due.officer) if due.officer else self._actor_of(due.unit_id)
        try:
            order = read_order(VERBS[due.verb].order, {"ticket": due.ticket, **due.values})
            self.desk.do(order, actor or self.desk.actor(self.trainee), key=due.key)
        except Refusal:
            self._stuck.add(due.key)

    def _ticket(self, code: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        with self.desk.store.reader() as reader:
            number = tickets.ticket_id(reader, self.desk.centre_id, code)
            row = tickets.ticket(reader, self.desk.centre_id, number)
            assert row is not None
            return row, tickets.tasks(reader, self.desk.centre_id, number)

    def _somebody_of(self, unit: str) -> Actor | None:
        """Somebody who works for a unit or below it."""
        with self.desk.store.reader() as reader:
            rows = reader.rows(
                "SELECT u.id FROM unit u LEFT JOIN unit p ON p.centre_id = u.centre_id AND p.id = u.parent_id"
                " WHERE u.centre_id = :centre AND u.kind IN ('grid', 'community')"
                " AND (p.code = :unit OR u.code = :unit) ORDER BY u.kind DESC, u.code",
                centre=self.desk.centre_id,
                unit=unit,
            )
        return next((actor for (unit_id,) in rows if (actor := self._actor_of(int(unit_id))) is not None), None)

    def _actor_of(self, unit_id: int) -> Actor | None:
        """Who acts for a unit: somebody with a field role in it."""
        with self.desk.store.reader() as reader:
            rows = reader.rows(
                "SELECT a.role, o.code FROM appointment a"
                " JOIN officer o ON o.centre_id = a.centre_id AND o.id = a.officer_id"
                " WHERE a.centre_id = :centre AND a.unit_id = :unit AND a.from_at <= :now"
                " AND (a.to_at IS NULL OR a.to_at > :now) ORDER BY a.rank, o.code",
                centre=self.desk.centre_id,
                unit=unit_id,
                now=self.desk.now(),
            )
        people = [(FIELD_ROLES.index(role), code) for role, code in rows if role in FIELD_ROLES]
        if not people:
            return None
        with self.desk.store.read() as connection:
            return find_actor(connection, self.desk.centre_id, min(people)[1], self.desk.now())

    # ------------------------------------------------------------------------------------------------ the score

    def over(self) -> bool:
        """Whether time is up or every goal is met."""
        return self.desk.now() >= self.ends_at or all(mark.met for mark in self.score().marks)

    def score(self) -> Score:
        """The score as things stand."""
        return score(self.scenario, {key: self._played(key, code) for key, code in self._codes.items()})

    def _played(self, key: str, code: str) -> Played:
        row, tasks = self._ticket(code)
        with self.desk.store.reader() as reader:
            events = tickets.events(reader, self.desk.centre_id, row["id"])
        return Played(
            arrived_at=self._come[key],
            done=tuple((event["kind"], event["at"]) for event in events),
            tasked=tuple((task["hand"], task["role"], task["sent_at"]) for task in tasks),
            urgency=row["urgency"],
            matter=row["matter_code"],
        )

    def skip(self) -> bool:
        """Move the clock to the next thing that happens by itself; whether there is one."""
        following = self.next_at()
        if following is None or not isinstance(self.desk.clock, ScaledClock):
            return False
        self.desk.clock.skip_to(from_seconds(following))
        return True


def _next_deed(
    ticket: str, task: dict[str, Any], answer: Answer, returned: bool, tasks: Sequence[dict[str, Any]]
) -> Due | None:
    """What a unit does next with a task, and when; None when it waits for others."""
    lead = task["role"] == TaskRole.LEAD
    unit = {} if lead else {"unit": task["hand"]}
    sent = int(task["sent_at"])

    def due(after: int, verb: str, values: dict[str, Any]) -> Due:
        asked = task["officer_code"] if task["addressed"] else ""
        return Due(sent + after, ticket, verb, task["hand"], task["unit_id"], asked, {**unit, **values})

    if lead and answer.returns and not returned:
        return due(answer.acknowledge, "return", {"code": ReturnReason.NOT_OURS.value, "reason": answer.returns})
    if task["state"] == TaskState.SENT:
        return due(answer.acknowledge, "acknowledge", {})
    if task["state"] == TaskState.ACKNOWLEDGED and answer.arrive is not None:
        return due(answer.arrive, "arrive", {"people": answer.people})
    if answer.finish is None or (task["state"] == TaskState.ACKNOWLEDGED and answer.arrive is not None):
        return None
    if not lead:
        return due(answer.finish, "finish_task", {"result": answer.result or DONE, "people": answer.people})
    if any(other["role"] == TaskRole.ASSIST and other["state"] in LIVE for other in tasks):
        return None  # the lead waits for the assisting units
    values = {"outcome": answer.result or DONE, "public_reply": answer.result or DONE, "people": answer.people}
    return due(answer.finish, "complete", values)
