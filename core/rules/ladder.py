"""The escalation ladder: what happens at pre-warning, at the deadline and after it, as data.

A ladder's steps are counted from its clock's warn and due instants in time as it passes. A step that repeats is done
once and then again `repeat_times` times. While the clock is paused its ladder stands still: what follows the deadline
moves by the length of the pauses after it.

A step done once is named by (step key, repeat number); 0 is the first time. `fired` always means the steps of the
clock's present generation. After `rebase` a new generation begins with what `carry_over` returns.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from core.rules.timeline import RUN_THROUGH, Due, Pause
from data.errors import BadInput
from data.terms import Severity

Action = Literal["remind", "climb", "handup"]
Fired = tuple[str, int]

ACTIONS: tuple[Action, ...] = ("remind", "climb", "handup")
Level = tuple[str, ...]

UNIT_LEVELS: tuple[Level, ...] = (("holder", "post_a", "post_b"), ("section_a", "section_b"))
DESK_LEVELS: tuple[Level, ...] = (("duty_desk", "shift_leader"),)
TOP_LEVELS: tuple[Level, ...] = (("duty_leader",), ("commander",), ("district",))
LEVELS = (*UNIT_LEVELS, *DESK_LEVELS, *TOP_LEVELS)
"""Who can be told, level by level from below; within a level each stands in for the one before.

Above the posts and sections, and above the centre's own desk, stand the leaders: both lines go on to `TOP_LEVELS`.
"""
TARGETS = tuple(target for level in LEVELS for target in level)

WARN = "warn"
MAX_OFFSET_SECONDS = 366 * 86_400
MAX_REPEATS = 500
MIN_REPEAT_SECONDS = 60

_SPAN = re.compile(r"(\d{1,6})([smhd])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_KEYS = frozenset({"key", "at", "to", "do", "severity", "repeat", "times"})


@dataclass(frozen=True)
class Step:
    """One rung: when it is reached, whom it tells, and what it does.

    `offset_seconds` counts from the deadline, and is None for a step at the warn instant. `repeat_every` in seconds.
    """

    key: str
    offset_seconds: int | None
    targets: tuple[str, ...]
    action: Action = "remind"
    severity: Severity = Severity.WARNING
    repeat_every: int = 0
    repeat_times: int = 0

    def to_dict(self) -> dict[str, object]:
        """The form that `Ladder.from_dict` reads."""
        at = WARN if self.offset_seconds is None else f"due+{self.offset_seconds}s" if self.offset_seconds else "due"
        values: dict[str, object] = {"key": self.key, "at": at, "to": list(self.targets), "do": self.action}
        values["severity"] = self.severity.value
        if self.repeat_times:
            values.update(repeat=f"{self.repeat_every}s", times=self.repeat_times)
        return values


class Firing(NamedTuple):
    """A step to be done: the instant it is for, the step, and which repeat of it (0 for the first time)."""

    nominal_at: datetime
    step: Step
    repeat_no: int

    @property
    def name(self) -> Fired:
        """What this doing of the step is called in `fired`."""
        return self.step.key, self.repeat_no


@dataclass(frozen=True)
class Ladder:
    """The steps of a policy in order, with the ladder's name in both languages."""

    code: str
    steps: tuple[Step, ...]
    zh: str = ""
    en: str = ""

    @classmethod
    def from_dict(cls, code: str, values: Mapping[str, object]) -> Ladder:
        """A ladder from {"step": [{at, to, do, severity, repeat, times, key}, …]}; `zh` and `en` name it.

        `at` is "warn", "due" or "due+10m" (s, m, h, d); `key` is `at` where it is not given; `times` is how often the
        step is done again. Raises BadInput, naming the step, for unknown words, targets and keys, for steps out of
        order, for two steps with one key, and where no step is at the deadline.
        """
        rows = values.get("step")
        if (
            not {"step"} <= set(values) <= {"step", "zh", "en"}
            or not isinstance(rows, Sequence)
            or isinstance(rows, str)
            or not rows
        ):
            raise _refused(
                code, "", "只能有步骤列表 step 与名称 zh、en", "has a list named step, zh and en, and nothing else"
            )
        steps = tuple(_read_step(code, number, row) for number, row in enumerate(rows, 1))
        _check_order(code, steps)
        return cls(code, steps, str(values.get("zh", "")), str(values.get("en", "")))

    def to_dict(self) -> dict[str, object]:
        """Plain values that `from_dict` reads back as an equal ladder."""
        return {"zh": self.zh, "en": self.en, "step": [step.to_dict() for step in self.steps]}

    def step(self, key: str) -> Step | None:
        """The step of a key."""
        return next((step for step in self.steps if step.key == key), None)


# ------------------------------------------------------------------------------------------------- what happens when


def schedule(
    ladder: Ladder,
    warn_at: datetime | None,
    due_at: datetime | None,
    until: datetime,
    pauses: Iterable[Pause] = (),
) -> list[Firing]:
    """Every doing of every step up to and including an instant, in the order in which they happen.

    Steps whose instant is None are left out: no pre-warning, or a deadline that a pause holds open. `pauses` are
    those of the clock.
    """
    found = list[tuple[datetime, int, Firing]]()
    for place, step in enumerate(ladder.steps):
        for firing in _doings(step, warn_at, due_at, tuple(pauses)):
            if firing.nominal_at > until:
                break
            found.append((firing.nominal_at, place, firing))
    return [firing for _, _, firing in sorted(found, key=lambda row: (row[0], row[1], row[2].repeat_no))]


def next_step(
    ladder: Ladder,
    warn_at: datetime | None,
    due_at: datetime | None,
    fired: Collection[Fired],
    pauses: Iterable[Pause] = (),
) -> Firing | None:
    """The earliest doing of a step that has not been done; None where nothing is left, or a pause holds the rest."""
    held, done, best = tuple(pauses), frozenset(fired), None
    for step in ladder.steps:
        first = next((firing for firing in _doings(step, warn_at, due_at, held) if firing.name not in done), None)
        # On a tie the step that stands first goes first.
        if first and (best is None or first.nominal_at < best.nominal_at):
            best = first
    return best


def catch_up(
    ladder: Ladder,
    warn_at: datetime | None,
    due_at: datetime | None,
    now: datetime,
    fired: Collection[Fired],
    pauses: Iterable[Pause] = (),
) -> list[Firing]:
    """What should have been done by now and was not, in order: to be booked one by one and told as one summary."""
    done = frozenset(fired)
    return [firing for firing in schedule(ladder, warn_at, due_at, now, pauses) if firing.name not in done]


def carry_over(
    ladder: Ladder,
    warn_at: datetime | None,
    due_at: datetime | None,
    at: datetime,
    fired: Collection[Fired],
    pauses: Iterable[Pause] = (),
) -> frozenset[Fired]:
    """What counts as done in the generation that begins at `at` with these instants.

    A step that was done and would be past under the new deadline as well is not done again; one that now lies ahead is.
    """
    past = {firing.name for firing in schedule(ladder, warn_at, due_at, at, pauses)}
    return frozenset(fired) & past


def _doings(
    step: Step, warn_at: datetime | None, due_at: datetime | None, pauses: tuple[Pause, ...]
) -> Iterator[Firing]:
    """A step's first time and its repeats, in order."""
    base = warn_at if step.offset_seconds is None else due_at
    if base is None:
        return
    for repeat_no in range(step.repeat_times + 1):
        after = (step.offset_seconds or 0) + repeat_no * step.repeat_every
        due = RUN_THROUGH.due(base, after, pauses) if pauses else Due(base + timedelta(seconds=after), False)
        # A pre-warning is not said again once the deadline itself speaks.
        if due is None or (step.offset_seconds is None and repeat_no and due_at is not None and due.at >= due_at):
            return
        yield Firing(due.at, step, repeat_no)


# ------------------------------------------------------------------------------------------------- reading


def levels_above(level: Level) -> tuple[Level, ...]:
    """The levels that are asked, in order, when nobody on a level can be told."""
    line = (*UNIT_LEVELS, *TOP_LEVELS) if level in UNIT_LEVELS else LEVELS
    return line[line.index(level) + 1 :]


def _read_step(code: str, number: int, row: object) -> Step:
    if not isinstance(row, Mapping):
        raise _refused(code, str(number), "须为键值表", "must be a table")
    key = str(row.get("key", row.get("at", number)))
    if unknown := sorted(set(map(str, row)) - _KEYS):
        raise _refused(code, key, f"未知的项 {unknown}", f"unknown keys {unknown}")
    targets = row.get("to")
    if not isinstance(targets, list | tuple) or not targets:
        raise _refused(code, key, "未写通知谁（to）", "says nobody to tell (to)")
    if strangers := [target for target in targets if target not in TARGETS]:
        raise _refused(code, key, f"未知对象 {strangers}", f"unknown targets {strangers}; known: {', '.join(TARGETS)}")
    action = next((action for action in ACTIONS if action == row.get("do", "remind")), None)
    if action is None:
        raise _refused(
            code, key, f"未知动作 {row['do']!r}", f"unknown action {row['do']!r}; known: {', '.join(ACTIONS)}"
        )
    severity = next((word for word in Severity if word.value == row.get("severity", "warning")), None)
    if severity is None:
        raise _refused(code, key, f"未知等级 {row['severity']!r}", f"unknown severity {row['severity']!r}")
    every, times = _repeats(code, key, row.get("repeat"), row.get("times"))
    offset = _offset(code, key, row.get("at"))
    return Step(key, offset, tuple(dict.fromkeys(map(str, targets))), action, severity, every, times)


def _offset(code: str, key: str, text: object) -> int | None:
    if text == WARN:
        return None
    if text == "due":
        return 0
    seconds = _seconds(str(text).removeprefix("due+")) if str(text).startswith("due+") else None
    if seconds is None or seconds > MAX_OFFSET_SECONDS:
        raise _refused(code, key, f"时刻 at 有误：{text!r}", f"at must be warn, due or like due+10m, not {text!r}")
    return seconds


def _repeats(code: str, key: str, every: object, times: object) -> tuple[int, int]:
    if every is None and times is None:
        return 0, 0
    seconds = _seconds(str(every))
    if seconds is None or not MIN_REPEAT_SECONDS <= seconds <= MAX_OFFSET_SECONDS:
        raise _refused(
            code, key, f"间隔 repeat 有误：{every!r}", f"repeat must be like 30m, at least 1m, not {every!r}"
        )
    if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= MAX_REPEATS:
        raise _refused(code, key, f"次数 times 有误：{times!r}", f"times must be 1 to {MAX_REPEATS}, not {times!r}")
    return seconds, times


def _seconds(text: str) -> int | None:
    found = _SPAN.fullmatch(text)
    return int(found[1]) * _SECONDS[found[2]] if found else None


def _check_order(code: str, steps: Sequence[Step]) -> None:
    keys: set[str] = set()
    latest = timedelta(seconds=-1)
    for step in steps:
        if step.key in keys:
            raise _refused(code, step.key, "键重复，请用 key 区分", "two steps with one key: give them a key each")
        keys.add(step.key)
        # The pre-warning comes before everything at the deadline.
        moment = timedelta(seconds=-1 if step.offset_seconds is None else step.offset_seconds)
        if moment < latest:
            raise _refused(code, step.key, "早于它前面的步骤", "is earlier than the step before it")
        latest = moment
    if not any(step.offset_seconds == 0 for step in steps):
        raise _refused(code, "due", "缺少到期时的步骤", "no step is at the deadline")


def _refused(code: str, key: str, zh: str, en: str) -> BadInput:
    return BadInput(
        "ladder.step",
        f"升级链“{code}”步骤“{key}”：{zh}",
        f"ladder {code!r}, step {key!r}: {en}",
        ladder=code,
        step=key,
    )
