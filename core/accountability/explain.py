"""Why each deadline of a ticket is when it is: whose limit, which pieces counted, which pauses, what the ladder did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from core.accountability.lookup import Lookup
from core.rules.budgets import Budget
from core.rules.clocks import ClockFacts
from core.rules.contingency import times_of
from core.rules.pieces import explain as explain_pieces
from core.rules.policy import FROM_MATTER
from data.errors import NotFound
from data.instants import to_seconds
from data.queries import tickets
from data.reader import Reader
from data.terms import UPWARD_CLOCKS, ClockKind, Urgency

__all__ = ["ClockExplained", "Explanation", "LimitOrigin", "PieceLine", "Recomputed", "StepLine", "explain"]

OriginKind = Literal["matter", "policy", "plan", "upward", "given", "joined"]
FACT_FIELDS = tuple(ClockFacts.__dataclass_fields__)


@dataclass(frozen=True)
class LimitOrigin:
    """A limit as it was written, and who wrote it: a condition, policy, plan, somebody outside, a joined ticket."""

    text: str
    seconds: int
    """Counted seconds of the clock's own unit."""
    kind: OriginKind
    matter: str = ""
    matter_name: str = ""
    condition: str = ""
    condition_en: str = ""
    catalogue_version: int = 0
    policy_version: int = 0
    urgency: str = ""
    joined: str = ""
    plan: str = ""
    """The code of the contingency plan."""
    """Code of the joined ticket that brought it."""
    grade: str = ""
    """Of the incident, where the limit is that of a report upward."""


@dataclass(frozen=True)
class PieceLine:
    """A stretch on the way to the deadline: counted (`work`), paused, or away in other hands."""

    kind: str
    since: int
    until: int | None
    seconds: int
    total: int
    reason: str = ""
    by: str = ""
    """Name of the officer who began a pause or sent it away."""


@dataclass(frozen=True)
class StepLine:
    """A ladder step that was done: the names it reached, and (name or target, reason) of those passed over."""

    step: str
    nominal_at: int
    fired_at: int
    caught_up: bool
    told: list[str]
    skipped: list[tuple[str, str]]


@dataclass(frozen=True)
class ClockExplained:
    """One clock. Instants are epoch seconds."""

    kind: str
    state: str
    unit: str
    """Name of the unit it measures; empty for a deadline of the ticket itself."""
    limit: LimitOrigin
    calendar: str
    """Code of the centre's calendar; empty for a limit that runs through."""
    calendar_version: int
    provisional: bool
    started_at: int
    stopped_at: int | None
    due_at: int | None
    warn_at: int | None
    warn_share: float | None
    generation: int
    pieces: list[PieceLine]
    ladder: str
    fired: list[StepLine]
    next_step: str
    next_at: int | None


@dataclass(frozen=True)
class Recomputed:
    """A deadline that was set anew by an event of the ticket."""

    at: int
    verb: str
    actor: str
    clock: str
    unit: str
    before: int | None
    after: int | None
    limit_before: str
    limit_after: str


@dataclass(frozen=True)
class Explanation:
    """Everything about the deadlines of a ticket."""

    code: str
    zone: str
    clocks: list[ClockExplained]
    recomputed: list[Recomputed]


def explain(reader: Reader, centre: int, code: str) -> Explanation:
    """How the deadlines of a ticket came about. Raises NotFound for an unknown ticket."""
    ticket_id = tickets.ticket_id(reader, centre, code)
    lookup = Lookup(reader, centre)
    events = tickets.events(reader, centre, ticket_id)
    rows = tickets.clocks(reader, centre, ticket_id)
    steps = tickets.ladder_steps(reader, centre, ticket_id)
    history = _History(lookup, events)
    names = lookup.officers([*_officers_of_clocks(rows), *_officers_of_steps(steps)])
    explainer = _Explainer(lookup, history, names, steps, lookup.centre().calendar)
    return Explanation(code, lookup.centre().zone, [explainer.clock(row) for row in rows], _recomputed(lookup, events))


@dataclass
class _Explainer:
    lookup: Lookup
    history: _History
    names: Mapping[int, str]
    steps: Sequence[Mapping[str, Any]]
    calendar: str

    def clock(self, row: Mapping[str, Any]) -> ClockExplained:
        """One stored clock, explained."""
        facts = ClockFacts.from_dict({name: row[name] for name in FACT_FIELDS} | {"provisional": False})
        version = int(row["calendar_version"] or 0)
        by_calendar = facts.unit.value.startswith("work_")
        return ClockExplained(
            kind=row["kind"],
            state=row["state"],
            unit=row["unit_name"] or "",
            limit=self.history.origin(row),
            calendar=self.calendar if by_calendar else "",
            calendar_version=version,
            provisional=bool(row["provisional"]),
            started_at=int(row["started_at"]),
            stopped_at=row["stopped_at"],
            due_at=row["due_at"],
            warn_at=row["warn_at"],
            warn_share=row["warn_share"],
            generation=int(row["generation"]),
            pieces=self._pieces(facts, version),
            ladder=row["ladder"],
            fired=[self._step(step) for step in self.steps if step["clock_id"] == row["id"]],
            next_step=row["next_step"],
            next_at=row["next_at"],
        )

    def _pieces(self, facts: ClockFacts, version: int) -> list[PieceLine]:
        found = explain_pieces(facts, self.lookup.calendar(version))
        return [
            PieceLine(
                piece.kind,
                to_seconds(piece.since),
                None if piece.until is None else to_seconds(piece.until),
                piece.seconds,
                piece.total,
                piece.reason,
                self.names.get(piece.by, "") if piece.by is not None else "",
            )
            for piece in found
        ]

    def _step(self, row: Mapping[str, Any]) -> StepLine:
        people = row["people"]
        return StepLine(
            step=row["step"],
            nominal_at=int(row["nominal_at"]),
            fired_at=int(row["fired_at"]),
            caught_up=bool(row["caught_up"]),
            told=[self._person(line) for line in people if not line.get("skipped")],
            skipped=[(self._person(line), str(line["skipped"])) for line in people if line.get("skipped")],
        )

    def _person(self, line: Mapping[str, Any]) -> str:
        return self.names.get(line.get("officer_id") or 0, "") or str(line.get("target", ""))


@dataclass
class _History:
    """Where a clock's limit came from: what the ticket was when the limit was set."""

    lookup: Lookup
    events: Sequence[Mapping[str, Any]]
    _then: dict[int, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._brought: dict[int, str] = {}
        self._task: dict[int, int] = {}
        state: dict[str, Any] = {"urgency": Urgency.NORMAL.value}
        budgets: dict[int, str] = {}
        for event in self.events:
            effects = event["body"].get("effects", {})
            state.update(effects.get("set", {}))
            for clock in effects.get("clocks", ()):
                self._task.setdefault(clock["id"], clock.get("task_id") or 0)
                if event["kind"] == "join" and clock["id"] not in budgets:
                    self._brought[clock["id"]] = str(event["body"].get("joined", ""))
                if "budget" in clock and budgets.get(clock["id"]) != clock["budget"]:
                    budgets[clock["id"]] = clock["budget"]
                    self._then[clock["id"]] = dict(state)

    def origin(self, row: Mapping[str, Any]) -> LimitOrigin:
        """Who wrote a clock's limit."""
        then, kind, text = self._then.get(row["id"], {}), ClockKind(row["kind"]), str(row["budget"])
        seconds, urgency = int(row["seconds"]), str(then.get("urgency", ""))
        if row["id"] in self._brought:
            return LimitOrigin(text, seconds, "joined", urgency=urgency, joined=self._brought[row["id"]])
        found = self._from_matter(then, kind, text)
        if found is not None:
            name, name_en, condition = found
            return LimitOrigin(
                text,
                seconds,
                "matter",
                matter=str(then["matter_code"]),
                matter_name=name or name_en,
                condition=str(condition.get("when", "")),
                condition_en=str(condition.get("when_en", "")),
                catalogue_version=int(then["matter_version"]),
                urgency=urgency,
            )
        version = int(row["policy_version"] or 0)
        if kind in UPWARD_CLOCKS:
            grade = str(then.get("facts", {}).get("grade", ""))
            return LimitOrigin(text, seconds, "upward", policy_version=version, urgency=urgency, grade=grade)
        if plan := self._from_plan(then, int(row["id"]), text):
            return LimitOrigin(text, seconds, "plan", urgency=urgency, plan=plan)
        if self._from_policy(version, kind, urgency, text):
            return LimitOrigin(text, seconds, "policy", policy_version=version, urgency=urgency)
        return LimitOrigin(text, seconds, "given", urgency=urgency)

    def _from_plan(self, then: Mapping[str, Any], clock: int, text: str) -> str:
        """The code of the plan that gives a clock's task this time; empty where none does."""
        given = times_of(then.get("facts", {}), self._task.get(clock, 0))
        return next((code for code, limit in given if _same(limit, text)), "")

    def _from_matter(
        self, then: Mapping[str, Any], kind: ClockKind, text: str
    ) -> tuple[str, str, Mapping[str, Any]] | None:
        if kind not in FROM_MATTER or not then.get("matter_code"):
            return None
        matter = self.lookup.matter(str(then["matter_code"]), int(then.get("matter_version", 0)))
        number = int(then.get("limit_no", 0))
        if matter is None or not matter.limits:
            return None
        condition = matter.limits[number if 0 <= number < len(matter.limits) else 0]
        written = str(condition.get(FROM_MATTER[kind], ""))
        return (matter.name, matter.name_en, condition) if written and _same(written, text) else None

    def _from_policy(self, version: int, kind: ClockKind, urgency: str, text: str) -> bool:
        if kind == ClockKind.OFFICIAL or not urgency:
            return False
        try:
            policy = self.lookup.policy(version)
        except NotFound:
            return False
        wanted = ClockKind.FINAL if kind == ClockKind.HANDLE else kind
        written = policy.limit(wanted, Urgency(urgency))
        return bool(written) and _same(written, text)


def _recomputed(lookup: Lookup, events: Sequence[Mapping[str, Any]]) -> list[Recomputed]:
    moved = [(event, line) for event in events for line in event["body"].get("moved", ())]
    units = lookup.units(line.get("unit") for _, line in moved)
    return [
        Recomputed(
            at=int(event["at"]),
            verb=event["kind"],
            actor=event["actor_name"] or event["actor"],
            clock=line["clock"],
            unit=units.get(line.get("unit") or 0, ""),
            before=line["before"],
            after=line["after"],
            limit_before=line.get("limit_before", ""),
            limit_after=line.get("limit_after", ""),
        )
        for event, line in moved
    ]


def _officers_of_clocks(rows: Sequence[Mapping[str, Any]]) -> Iterator[int | None]:
    return (segment[4] for row in rows for segment in row["segments"])


def _officers_of_steps(steps: Sequence[Mapping[str, Any]]) -> Iterator[int | None]:
    return (line.get("officer_id") for step in steps for line in step["people"])


def _same(first: str, second: str) -> bool:
    return Budget.parse(first, zero=True) == Budget.parse(second, zero=True)
