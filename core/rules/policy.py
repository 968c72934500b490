"""The policy: limits by urgency, pre-warning, ladders and the bounce rule, as one versioned value.

Shape (TOML, or the JSON body of a catalogue row):
    bounce_limit = 3
    [urgency.emergency]     ladder, pre_warning, silent_minutes, accept, assess, acknowledge, final, check, call_back;
                            arrive, make_safe and part (an assisting task) where the urgency has them
    [request.return]        limit = how long the decision may take; needed = true: a return is asked for, not done
    [clock.accept]          ladder = "accept"            ladders of clocks that measure the centre itself
    [[ladder.emergency.step]] …                          see core.rules.ladder
    [mode.2]                pace = 0.5                   while the centre is in an emergency of this grade
    [cover]                 back = "asked" or "present"; whether a ticket that B took over waits for A's word, or goes
                            back by itself as soon as A is on duty again
    [upward.2]              phone, written, follow_up, counts_from; what an incident of this grade owes upward
    [duty]                  rest_hours, ahead_days, post_hours: what is wrong with a roster; shifts: its codes;
                            leave_hours, exchange_approved: what is asked for
    [console]               lock_minutes = minutes without a key until a console locks; 0: never by itself
    [personal]              show_seconds, looks_an_hour, read_minutes; what is seen of personal data
    [handover]              shift_leader, duty_leader, commander = minutes after which an unsigned handover climbs

A pace is the part of its usual times after which a ladder's steps come: pre-warning, offsets and repeats. Deadlines
are what was asked of people, and stay. A ladder at a pace has the grade in its code ("urgent@2"), so that a clock
itself says how it is pressed, whoever asks and whenever.

`silent_minutes`: how long the A holder may leave a dispatch unanswered before the B holder is asked as well. It is kept
as ladder data: an acknowledge clock warns when that time is used up (in the clock's own unit), and its ladder is the
ordinary one with that warning, to holder and B post, in place of the ordinary pre-warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_UP, Decimal
from math import ceil
from typing import Any

from core.rules.budgets import Budget
from core.rules.duty_watch import LIMITS, Limits, read_limits
from core.rules.handover import MINUTES, read_minutes
from core.rules.ladder import MIN_REPEAT_SECONDS, Ladder, Step
from core.rules.personal import PERSONAL, Personal, read_personal
from data.errors import BadInput
from data.terms import UPWARD_CLOCKS, ClockKind, Grade, RequestKind, Severity, Urgency

REQUIRED = (
    ClockKind.ACCEPT,
    ClockKind.ASSESS,
    ClockKind.ACKNOWLEDGE,
    ClockKind.FINAL,
    ClockKind.CHECK,
    ClockKind.CALL_BACK,
)
"""Clocks for which a policy must give a limit at every urgency."""
OPTIONAL = (ClockKind.ARRIVE, ClockKind.MAKE_SAFE, ClockKind.PART)
FROM_MATTER = {
    ClockKind.FINAL: "final",
    ClockKind.HANDLE: "final",
    ClockKind.MAKE_SAFE: "make_safe",
    ClockKind.ARRIVE: "arrive",
}
"""Clocks whose limit a condition of the catalogue may set, and under which name."""
SILENT = "+silent"
"""Ends the code of a ladder whose pre-warning asks the B holder."""
SILENT_STEP = "silent"
"""The step at which the B holder is asked, and takes over."""
AT_GRADE = "@"
"""Stands between the code of a ladder and the grade whose pace it has."""
UPWARD_FORMS = {"phone": ClockKind.UP_PHONE, "written": ClockKind.UP_WRITTEN, "follow_up": ClockKind.UP_FOLLOW}
"""What a policy calls the reports upward, and the clocks that measure them."""
COUNTS_FROM = ("report", "grade")
"""From when reports upward are counted: since the incident became known, or since it was graded."""
UPWARD_LADDER = "upward"
"""The ladder of reports upward, where the policy names no other."""
LOCK_MINUTES = 10
"""After how many minutes without a key a console locks, where the policy says nothing (GB/T 22239-2019, 8.1.4)."""
LONGEST_QUIET = 600
RESUME = "+resume"
"""The ladder of a suspension: at its end the ticket goes on."""
DECIDE = "+decide"
"""The ladder of a request that nobody decides, where the policy has none for it."""
BUILT_IN = {
    RESUME: Ladder(RESUME, (Step("resume", 0, (), "remind", Severity.INFO),), "挂账到期", "end of a suspension"),
    DECIDE: Ladder(
        DECIDE,
        (
            Step("warn", None, ("duty_desk", "shift_leader", "duty_leader"), "remind", Severity.WARNING),
            Step("due", 0, ("duty_leader",), "climb", Severity.WARNING),
            Step("commander", 3600, ("commander",), "climb", Severity.ALARM, 3600, 3),
        ),
        "申请未决",
        "request not decided",
    ),
}


@dataclass(frozen=True)
class Pressing:
    """What one urgency asks for."""

    limits: Mapping[str, str]
    ladder: str
    pre_warning: float
    silent_minutes: int


@dataclass(frozen=True)
class Owed:
    """What an incident of one grade owes upward."""

    limits: Mapping[ClockKind, str]
    counts_from: str = "report"


@dataclass(frozen=True)
class Policy:
    """One version of the limits and ladders."""

    urgencies: Mapping[str, Pressing]
    ladders: Mapping[str, Ladder]
    clock_ladder: Mapping[str, str]
    bounce_limit: int = 3
    version: str = ""
    paces: Mapping[str, Decimal] = field(default_factory=dict)
    """Pace of the ladders in an emergency, by grade."""
    upward: Mapping[str, Owed] = field(default_factory=dict)
    """What is owed upward, by grade."""
    gives_back: bool = False
    """Whether what the B holder took over goes back by itself when A is on duty again."""
    grade: str = ""
    """The grade of the emergency that holds now; empty in normal times."""
    request_limits: Mapping[str, str] = field(default_factory=dict)
    """How long the decision of a kind of request may take, where it is not the rule's own."""
    return_by_request: bool = False
    """A unit may not send back by itself: it asks, and a senior officer decides."""
    handover_minutes: tuple[int, ...] = MINUTES
    """After how many minutes an unsigned handover climbs, step by step; 0 leaves a step out."""
    duty: Limits = LIMITS
    """Rest between shifts, and how far the roster is looked at ahead."""
    lock_minutes: int = LOCK_MINUTES
    """Minutes without a key until a console locks; 0: never by itself."""
    personal: Personal = PERSONAL
    """How long and how often personal data is seen."""

    @classmethod
    def from_dict(cls, body: Mapping[str, Any], version: str = "") -> Policy:
        """A policy from its plain form. Raises BadInput naming what is missing or wrong."""
        ladders = {code: Ladder.from_dict(code, steps) for code, steps in body.get("ladder", {}).items()}
        urgencies = {word.value: _read_urgency(body, word, ladders) for word in Urgency}
        clock_ladder = {kind: str(values.get("ladder", "")) for kind, values in body.get("clock", {}).items()}
        for kind, code in clock_ladder.items():
            _demand_ladder(ladders, code, f"clock.{kind}.ladder")
        bounce_limit = body.get("bounce_limit", 3)
        if not isinstance(bounce_limit, int) or not 1 <= bounce_limit <= 100:
            raise BadInput("policy-bounce", "bounce_limit 须为 1 到 100", "bounce_limit must be 1 to 100")
        limits, asked = _read_requests(body)
        return cls(
            urgencies,
            ladders,
            clock_ladder,
            bounce_limit,
            version or str(body.get("version", "")),
            _read_paces(body),
            _read_upward(body, ladders, clock_ladder),
            _read_cover(body),
            request_limits=limits,
            return_by_request=asked,
            handover_minutes=read_minutes(body),
            duty=read_limits(body),
            lock_minutes=read_lock_minutes(body),
            personal=read_personal(body),
        )

    def under(self, grade: str) -> Policy:
        """The policy in an emergency of a grade, or with an empty grade in normal times."""
        wanted = grade if grade in self.paces else ""
        return self if wanted == self.grade else replace(self, grade=wanted)

    def limit(self, kind: ClockKind, urgency: Urgency) -> str:
        """The limit of a clock at an urgency, as written; empty where the urgency has none."""
        return self.urgencies[urgency.value].limits.get(kind.value, "")

    def silent_minutes(self, urgency: Urgency, ladder: str) -> int:
        """How long a dispatch may stay unanswered before the B holder takes over, at the pace of a clock's ladder.

        0 where the ladder does not wait for silence.
        """
        if not ladder.endswith(SILENT):
            return 0
        return ceil(self.urgencies[urgency.value].silent_minutes * self.paces.get(grade_of(ladder), Decimal(1)))

    def share(self, urgency: Urgency) -> float:
        """The share of a budget at which the pre-warning falls."""
        return self.urgencies[urgency.value].pre_warning

    def ladder_code(self, urgency: Urgency, wanted: str = "") -> str:
        """The ladder that a matter asks for, or the one of its urgency."""
        return wanted if wanted in self.ladders else self.urgencies[urgency.value].ladder

    def warning(self, kind: ClockKind, urgency: Urgency, ladder: str, seconds: int) -> tuple[float | None, str]:
        """The share of a clock's budget (in seconds) at which it warns, and the code of the ladder it climbs.

        No share for a clock without a ladder. An acknowledge clock warns when the holder has been silent too long.
        """
        if not ladder:
            return None, ""
        paced = bool(self.grade) and kind not in UPWARD_CLOCKS
        pace = self.paces[self.grade] if paced else Decimal(1)
        code = f"{ladder}{AT_GRADE}{self.grade}" if paced else ladder
        silent = self.urgencies[urgency.value].silent_minutes * 60 * pace
        if kind != ClockKind.ACKNOWLEDGE or not 0 < silent < seconds:
            return float(Decimal(str(self.share(urgency))) * pace), code
        return _share(silent / Decimal(seconds)), code + SILENT

    def at_pace(self, share: float | None, code: str, kind: str) -> tuple[float | None, str]:
        """A clock's pre-warning and ladder at the pace that holds now, from the pace that it has: back exactly."""
        before = grade_of(code)
        if not code or before == self.grade or kind in UPWARD_CLOCKS:
            return share, code
        change = self.paces.get(self.grade, Decimal(1)) / self.paces.get(before, Decimal(1))
        ending = SILENT if code.endswith(SILENT) else ""
        at_grade = f"{AT_GRADE}{self.grade}" if self.grade else ""
        paced = None if share is None else min(_share(Decimal(str(share)) * change), 1.0)
        return paced, plain_code(code) + at_grade + ending

    def ladder(self, code: str) -> Ladder | None:
        """A ladder by code; None for a clock without one."""
        found = BUILT_IN.get(plain_code(code)) or self.ladders.get(plain_code(code))
        pace = self.paces.get(grade_of(code))
        if found is None or (pace is None and not code.endswith(SILENT)):
            return found
        steps = found.steps if pace is None else tuple(_paced(step, pace) for step in found.steps)
        if code.endswith(SILENT):
            asked = Step(SILENT_STEP, None, ("holder", "post_b"), "remind", Severity.WARNING)
            steps = (asked, *(step for step in steps if step.offset_seconds is not None))
        return Ladder(code, steps, found.zh, found.en)


def read_lock_minutes(body: Mapping[str, Any]) -> int:
    """Minutes without a key until a console locks, of a policy's [console]. Raises BadInput."""
    given = body.get("console", {}).get("lock_minutes", LOCK_MINUTES)
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= LONGEST_QUIET:
        raise BadInput(
            "policy-lock",
            f"console.lock_minutes 须为 0 到 {LONGEST_QUIET} 的整数分钟",
            f"console.lock_minutes takes whole minutes, 0 to {LONGEST_QUIET}",
        )
    return given


def _share(share: Decimal) -> float:
    """A share, rounded up so that whole seconds come out of it again."""
    return float(share.quantize(Decimal("1e-12"), ROUND_UP))


def plain_code(code: str) -> str:
    """The code of a ladder without what a clock adds to it."""
    return code.removesuffix(SILENT).partition(AT_GRADE)[0]


def grade_of(code: str) -> str:
    """The grade whose pace a clock's ladder has; empty for the usual one."""
    return code.removesuffix(SILENT).partition(AT_GRADE)[2]


def _paced(step: Step, pace: Decimal) -> Step:
    """A step at a pace, in whole seconds; a repeat never comes closer than ladders allow."""
    every = max(ceil(step.repeat_every * pace), MIN_REPEAT_SECONDS) if step.repeat_times else step.repeat_every
    offset = None if step.offset_seconds is None else ceil(step.offset_seconds * pace)
    return replace(step, offset_seconds=offset, repeat_every=every)


def _read_paces(body: Mapping[str, Any]) -> dict[str, Decimal]:
    found = {}
    for grade, values in _by_grade(body, "mode"):
        pace = values.get("pace")
        if isinstance(pace, bool) or not isinstance(pace, int | float) or not 0.05 <= pace <= 1:
            place = f"mode.{grade}.pace"
            raise BadInput("policy-pace", f"{place} 须在 0.05 与 1 之间", f"{place} must lie between 0.05 and 1")
        found[grade] = Decimal(str(pace))
    return found


def _read_cover(body: Mapping[str, Any]) -> bool:
    back = body.get("cover", {}).get("back", "asked")
    if back not in ("asked", "present"):
        raise BadInput("policy-cover", "cover.back 只能是：asked、present", "cover.back must be one of: asked, present")
    return bool(back == "present")


def _read_upward(
    body: Mapping[str, Any], ladders: Mapping[str, Ladder], clock_ladder: Mapping[str, str]
) -> dict[str, Owed]:
    found = {}
    for grade, values in _by_grade(body, "upward"):
        limits = {}
        for name, text in values.items():
            if name == "counts_from":
                continue
            place = f"upward.{grade}.{name}"
            if name not in UPWARD_FORMS or not isinstance(text, str):
                known = ", ".join([*UPWARD_FORMS, "counts_from"])
                raise BadInput("policy-upward", f"看不懂 {place}，可用：{known}", f"{place} is none of: {known}")
            Budget.parse(text)
            kind = UPWARD_FORMS[name]
            _demand_ladder(ladders, clock_ladder.get(kind.value, UPWARD_LADDER), place)
            limits[kind] = text
        counts_from = values.get("counts_from", "report")
        if counts_from not in COUNTS_FROM:
            place, known = f"upward.{grade}.counts_from", ", ".join(COUNTS_FROM)
            raise BadInput("policy-upward", f"{place} 只能是：{known}", f"{place} must be one of: {known}")
        found[grade] = Owed(limits, counts_from)
    return found


def _by_grade(body: Mapping[str, Any], part: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The tables of a part by grade. Raises BadInput for what is no grade."""
    tables = body.get(part, {})
    for grade, values in tables.items():
        if grade not in set(Grade) or not isinstance(values, Mapping):
            raise BadInput(
                "policy-grade", f"[{part}.{grade}]：等级只能是 1 至 4", f"[{part}.{grade}]: a grade is 1 to 4"
            )
    return list(tables.items())


def _read_urgency(body: Mapping[str, Any], urgency: Urgency, ladders: Mapping[str, Ladder]) -> Pressing:
    given = body.get("urgency", {}).get(urgency.value, {})
    limits: dict[str, str] = {}
    for kind in (*REQUIRED, *OPTIONAL):
        text = given.get(kind.value)
        if text is None and kind in OPTIONAL:
            continue
        if not isinstance(text, str):
            place = f"urgency.{urgency.value}.{kind.value}"
            raise BadInput("policy-limit", f"政策缺少时限：{place}", f"the policy has no limit {place}")
        Budget.parse(text)
        limits[kind.value] = text
    ladder = str(given.get("ladder", urgency.value))
    _demand_ladder(ladders, ladder, f"urgency.{urgency.value}.ladder")
    share = given.get("pre_warning", 0.75)
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
        raise BadInput("policy-share", "pre_warning 须在 0 与 1 之间", "pre_warning must lie between 0 and 1")
    silent = given.get("silent_minutes", 0)
    if isinstance(silent, bool) or not isinstance(silent, int) or not 0 <= silent <= 525_600:
        raise BadInput(
            "policy-silent", "silent_minutes 须为不小于 0 的整数分钟", "silent_minutes must be whole minutes, 0 or more"
        )
    return Pressing(limits, ladder, float(share), silent)


def _read_requests(body: Mapping[str, Any]) -> tuple[dict[str, str], bool]:
    """Limits of decisions, and whether a return needs one."""
    limits: dict[str, str] = {}
    found = body.get("request", {})
    for word, values in found.items():
        if word not in set(RequestKind):
            raise BadInput("policy-request", f"没有申请类别“{word}”", f"there is no kind of request {word!r}")
        if "limit" in values:
            Budget.parse(str(values["limit"]))
            limits[word] = str(values["limit"])
    return limits, bool(found.get(RequestKind.RETURN.value, {}).get("needed", False))


def _demand_ladder(ladders: Mapping[str, Ladder], code: str, place: str) -> None:
    if code not in ladders:
        raise BadInput("policy-ladder", f"{place}：没有升级链“{code}”", f"{place}: there is no ladder {code!r}")
