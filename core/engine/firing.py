"""One ladder step, done: who is told, the event, the row that proves it, the notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.desk.actor import ENGINE
from core.desk.ledger import Ledger
from core.desk.notices import notice_row
from core.desk.orders import Resume
from core.desk.references import References
from core.desk.timing import Timing, read_step
from core.desk.verbs.moving import decide_resume
from core.desk.work import Message, Work
from core.engine.outages import Outages
from core.engine.shelf import Roster, Shelf
from core.engine.wording import SUMMARY_MIN, Words, nobody_words, step_words, summary_words
from core.rules.case import Case
from core.rules.joining import final_due
from core.rules.ladder import Step
from core.rules.oncall import Resolution
from data.ids import new_id
from data.tables import ClockRecord
from data.terms import ClockKind, Severity, Urgency

EVENT = "engine_step"
"""The kind of the event that a step leaves in the ticket's log."""
CLIMBED = "ladder"
"""The kind of notice for whoever now answers as well."""
REMINDED = "remind"
UNIT_TARGETS = frozenset({"holder", "post_a", "post_b"})
NO_SUCH_STEP = "no_such_step"
"""Reason: the clock asks for a step that its ladder does not have."""
_LOUDNESS = (Severity.INFO, Severity.WARNING, Severity.ALARM)

Doing = tuple[int, str]
"""One doing of a step: the instant it was for, and its stored name "key#repeat"."""
StepKey = tuple[int, str, int]
"""(clock id, stored step name, generation): what may happen once."""


@dataclass
class Line:
    """Something to say to one person about one ticket."""

    case: Case
    event_no: int
    kind: str
    severity: Severity
    words: Words
    steps: int = 1
    """How many doings of the step it stands for."""


@dataclass
class Firing:
    """The steps of one write transaction."""

    ledger: Ledger
    shelf: Shelf
    roster: Roster
    outages: Outages
    done: frozenset[StepKey] = frozenset()
    """Steps that `ladder_step` has already, of the clocks that this transaction may touch."""
    rows: list[dict[str, Any]] = field(default_factory=list)
    fired: int = 0
    late: int = 0
    doubles: int = 0
    _lines: dict[tuple[int, int | None, int | None], list[Line]] = field(default_factory=dict)

    def fire(self, case: Case, clock: ClockRecord, late: bool, fence: int | None = None) -> None:
        """Do the clock's next step; of a series of missed repeats all at once, told once.

        Several repeats are taken together only while nothing else of the ticket lay between them (`fence`, the
        instant of the next step of another clock), so that the order per ticket stands.
        """
        if clock.kind == ClockKind.SUSPENSION:
            self._resume(case, clock)
            return
        policy = self.shelf.policy(self.ledger.connection, case.ticket.policy_version)
        doings, effect = self._doings(case, clock, late, fence)
        ladder = policy.ladder(clock.ladder)
        step = ladder.step(read_step(doings[0][1])[0]) if ladder else None
        lines = self.roster.told(step, case, clock) if step else [_unknown()]
        at = self.ledger.moment(case)
        fresh = [doing for doing in doings if (clock.id, doing[1], clock.generation) not in self.done]
        delay = self.outages.delay(doings[0][0], at)
        effects: dict[str, Any] = {"clocks": [effect]}
        if delay is not None and _is_charged(case, delay[1]):
            effects["engine"] = {"from": delay[0], "to": delay[1]}
        body = {**_facts(clock, step, doings, lines, delay is not None), "effects": effects}
        if not fresh:
            body["double"] = True
            self.doubles += 1
        number = self.ledger.append(case, EVENT, ENGINE, body, at)
        for nominal, name in fresh:
            self.rows.append(_row(case, clock, name, nominal, at, delay is not None, lines))
        self.fired += len(fresh)
        self.late += len(fresh) if delay is not None else 0
        if fresh and step is not None:
            line = Line(case, number, _kind(step), step.severity, step_words(case, clock, step, at, self.roster.zone))
            line.steps = len(fresh)
            self._tell(line, step, lines)

    def _resume(self, case: Case, clock: ClockRecord) -> None:
        """A suspension is at its end: the ticket goes on by the same decision as when an officer resumes it."""
        self.ledger.whole(case)
        nominal, name = int(clock.next_at or self.ledger.now), clock.next_step
        at = self.ledger.moment(case)
        work = Work(case, References(self.ledger.connection, self.ledger.centre_id), at, ENGINE, self.ledger)
        decision = decide_resume(work, Resume(ticket=case.ticket.code))
        if (due := final_due(case, decision.effects.clocks)) is not None:
            decision.effects.set["final_due_at"] = due
        delay = self.outages.delay(nominal, at)
        body = {**decision.facts, "nominal_at": nominal, "effects": decision.effects.as_dict()}
        number = self.ledger.append(case, "resume", ENGINE, body, at)
        self.rows.append(_row(case, clock, name, nominal, at, delay is not None, []))
        self.fired += 1
        self.late += delay is not None
        words = Words(f"{case.ticket.code} 挂账到期，恢复办理", f"{case.ticket.code}: the suspension is over, go on")
        self._say(Line(case, number, CLIMBED, Severity.WARNING, words), None, case.ticket.lead_unit_id)

    def _doings(
        self, case: Case, clock: ClockRecord, late: bool, fence: int | None
    ) -> tuple[list[Doing], Mapping[str, Any]]:
        """What is done now, and the clock after it."""
        ticket = case.ticket
        calendar = self.shelf.calendar(self.ledger.connection, ticket.calendar_version)
        policy = self.shelf.policy(self.ledger.connection, ticket.policy_version)
        timing = Timing(calendar, policy, self.ledger.now, Urgency(ticket.urgency), None)
        first = (int(clock.next_at or self.ledger.now), clock.next_step)
        doings, effect = [first], timing.fire(clock, clock.next_step)
        if not late:
            return doings, effect
        until = self.ledger.now + 1 if fence is None else min(self.ledger.now + 1, fence)
        after = clock.model_copy()
        while _repeats(effect, first[1]) and effect["next_at"] < until:
            doings.append((effect["next_at"], effect["next_step"]))
            after.fired = effect["fired"]
            effect = timing.fire(after, effect["next_step"])
        return doings, effect

    # ------------------------------------------------------------------------------------------------ notices

    def _tell(self, line: Line, step: Step, people: list[Resolution]) -> None:
        ticket = line.case.ticket
        unit_id = ticket.holder_unit_id or ticket.lead_unit_id
        told = [person for person in people if person.is_told]
        for person in told:
            self._say(line, person.officer_id, unit_id if person.target in UNIT_TARGETS else None)
        if step.action == "handup" and self.roster.district_id is not None:
            self._say(line, None, self.roster.district_id)
        elif not told:
            self._say(replace(line, severity=Severity.ALARM, words=nobody_words(line.words)), None, None)

    def _say(self, line: Line, officer_id: int | None, unit_id: int | None) -> None:
        self._lines.setdefault((line.case.ticket.id, officer_id, unit_id), []).append(line)

    def send(self) -> int:
        """Queue what was said: one notice per ticket and person, however many steps came together."""
        count = 0
        for (_, officer_id, unit_id), lines in self._lines.items():
            last = lines[-1]
            steps = sum(line.steps for line in lines)
            words = last.words if steps < SUMMARY_MIN else summary_words(last.words, steps)
            severity = max((line.severity for line in lines), key=_LOUDNESS.index)
            kind = CLIMBED if any(line.kind == CLIMBED for line in lines) else REMINDED
            message = Message(kind, severity, words.zh, words.en, unit_id=unit_id, officer_id=officer_id)
            for channel in self.roster.channels:
                self.ledger.notify(_notice(self.ledger, message, channel, last.case, last.event_no))
                count += 1
        self._lines.clear()
        return count


def notice_of(
    ledger: Ledger,
    case: Case,
    event_no: int,
    kind: str,
    severity: Severity,
    words: Words,
    officer_id: int,
    channel: str,
) -> dict[str, Any]:
    """What the engine says to one officer about a ticket, as a row of the outbox."""
    return _notice(ledger, Message(kind, severity, words.zh, words.en, officer_id=officer_id), channel, case, event_no)


def _notice(ledger: Ledger, message: Message, channel: str, case: Case, event_no: int) -> dict[str, Any]:
    return notice_row(message, message.officer_id, channel, ledger.centre_id, case.ticket.id, event_no, ledger.now)


def _kind(step: Step) -> str:
    return REMINDED if step.action == "remind" else CLIMBED


def _repeats(effect: Mapping[str, Any], first: str) -> bool:
    """Whether the next step is the same one again."""
    name: str = effect["next_step"]
    return effect["next_at"] is not None and read_step(name)[0] == read_step(first)[0]


def _is_charged(case: Case, until: int) -> bool:
    """Whether an outage up to `until` takes time away from whoever has the ticket now."""
    current = case.custody[-1] if case.custody else None
    return current is not None and current.to_at is None and current.from_at < until


def _facts(
    clock: ClockRecord, step: Step | None, doings: list[Doing], lines: list[Resolution], caught_up: bool
) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "clock": clock.id,
        "clock_kind": clock.kind,
        "step": doings[0][1],
        "generation": clock.generation,
        "nominal_at": doings[0][0],
        "action": step.action if step else "",
        "severity": step.severity.value if step else "",
        "people": [_person(line) for line in lines],
    }
    if step is not None and step.action == "climb":
        facts["answerable"] = [line.officer_id for line in lines if line.is_told]
    if caught_up:
        facts["caught_up"] = True
    if len(doings) > 1:
        facts["folded"] = [[name, nominal] for nominal, name in doings[1:]]
    return facts


def _row(
    case: Case, clock: ClockRecord, name: str, nominal: int, at: int, caught_up: bool, lines: list[Resolution]
) -> dict[str, Any]:
    return {
        "centre_id": case.ticket.centre_id,
        "id": new_id(),
        "ticket_id": case.ticket.id,
        "clock_id": clock.id,
        "step": name,
        "generation": clock.generation,
        "nominal_at": nominal,
        "fired_at": at,
        "caught_up": caught_up,
        "people": [_person(line) for line in lines],
    }


def _person(line: Resolution) -> dict[str, Any]:
    """A line of the roll as it is stored."""
    person: dict[str, Any] = {"target": line.target, "officer_id": line.officer_id}
    if line.skipped_reason is not None:
        person["skipped"] = line.skipped_reason
    if line.stands_in_for is not None:
        person["for"] = line.stands_in_for
    return person


def _unknown() -> Resolution:
    return Resolution("holder", None, NO_SUCH_STEP)
