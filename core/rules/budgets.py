"""Budgets: how much time a limit gives, and in which of the four units it runs.

A budget is an amount and a unit, as policies and standards write it ("2 urgent_hour", "2紧急工作时", "5 work_day").
Minutes and seconds are fractions of the hours they belong to: "5 minute" runs through like an urgent hour,
"30 work_minute" uses the calendar. Seconds are asked for with a calendar, because one working day is as long as the
calendar's usual day.

What published tables leave out is read as they mean it: plain 小时 and 天 are working hours and working days;
紧急工作日, like 紧急工作时, runs through.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from core.rules.timeline import MAX_BUDGET_SECONDS, RUN_THROUGH, Timeline
from core.rules.worktime import WorkCalendar
from data.errors import BadInput
from data.instants import to_seconds
from data.terms import TimeUnit

_WORDS: dict[str, tuple[TimeUnit, Fraction]] = {
    **{unit.value: (unit, Fraction(1)) for unit in TimeUnit},
    **{unit.zh: (unit, Fraction(1)) for unit in TimeUnit},
    **{unit.en.replace(" ", "_"): (unit, Fraction(1)) for unit in TimeUnit},
    "minute": (TimeUnit.URGENT_HOUR, Fraction(1, 60)),
    "second": (TimeUnit.URGENT_HOUR, Fraction(1, 3600)),
    "work_minute": (TimeUnit.WORK_HOUR, Fraction(1, 60)),
    "work_second": (TimeUnit.WORK_HOUR, Fraction(1, 3600)),
    "分钟": (TimeUnit.URGENT_HOUR, Fraction(1, 60)),
    "秒": (TimeUnit.URGENT_HOUR, Fraction(1, 3600)),
    "工作分钟": (TimeUnit.WORK_HOUR, Fraction(1, 60)),
    "工作秒": (TimeUnit.WORK_HOUR, Fraction(1, 3600)),
    "紧急工作日": (TimeUnit.NATURAL_DAY, Fraction(1)),
    "小时": (TimeUnit.WORK_HOUR, Fraction(1)),
    "工作小时": (TimeUnit.WORK_HOUR, Fraction(1)),
    "天": (TimeUnit.WORK_DAY, Fraction(1)),
    "日": (TimeUnit.WORK_DAY, Fraction(1)),
}
_TEXT = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)[\s_]*(?:个)?\s*([^\d\s].*)", re.ASCII)
_HOURS = {TimeUnit.URGENT_HOUR: "", TimeUnit.WORK_HOUR: "work_"}


@dataclass(frozen=True)
class Budget:
    """An amount of time and the unit that says how it runs: not negative, whole seconds, at most a hundred years."""

    amount: Fraction
    unit: TimeUnit

    def __post_init__(self) -> None:
        longest = MAX_BUDGET_SECONDS // (3600 if self.unit in _HOURS else 86_400)
        if not 0 <= self.amount <= longest:
            raise BadInput("budget.size", "时限为负或过长", "the limit is negative or too long", unit=self.unit.value)
        if self.unit in _HOURS and (self.amount * 3600).denominator != 1:
            raise BadInput("budget.fraction", "时限须为整秒", "the limit must be whole seconds", unit=self.unit.value)

    @classmethod
    def of(cls, amount: int | Decimal, unit: TimeUnit) -> Budget:
        """A budget of so many of a unit."""
        return cls(Fraction(amount), unit)

    @classmethod
    def parse(cls, text: str, *, zero: bool = False) -> Budget:
        """A budget from its text, in either language. Raises BadInput where it is none, or nothing (unless `zero`)."""
        found = _TEXT.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
        word = re.sub(r"[\s_-]+", "_", found[2]) if found else ""
        known = _WORDS.get(word) or _WORDS.get(word.removesuffix("s"))
        if found is None or known is None or not (zero or Fraction(found[1])):
            raise BadInput(
                "budget.text",
                f"看不懂的时限：{text[:40]!r}，应如 2紧急工作时、4小时、5工作日、5分钟",
                f"not a time limit: {text[:40]!r}; write it like 2 urgent_hour, 4 work_hour, 5 work_day, 5 minute",
                text=text[:40],
            )
        unit, part = known
        return cls(Fraction(found[1]) * part, unit)

    @classmethod
    def between(cls, start: datetime, due: datetime) -> Budget:
        """The budget, running through, that ends at a deadline somebody else has set; nothing where that is past."""
        return cls(Fraction(max(0, to_seconds(due) - to_seconds(start)), 3600), TimeUnit.URGENT_HOUR)

    def seconds(self, calendar: WorkCalendar) -> int:
        """Seconds to be counted; parts of a second are rounded."""
        return round(self.amount * unit_seconds(self.unit, calendar))

    def times(self, number: int, of: int = 1) -> Budget:
        """So many of this budget one after the other; with `of`, where this one is so many already."""
        return Budget(self.amount * number / of, self.unit)

    def format(self) -> str:
        """The text that is stored, and that `parse` reads back as an equal budget."""
        if self.unit not in _HOURS or self.amount.denominator == 1:
            return f"{_decimal(self.amount)} {self.unit.value}"
        seconds = int(self.amount * 3600)
        amount, word = (seconds, "second") if seconds % 60 else (seconds // 60, "minute")
        return f"{amount} {_HOURS[self.unit]}{word}"

    def label(self, language: str) -> str:
        """The text for people, `zh` or `en`."""
        amount, word = self.format().split(" ", 1)
        if language == "en":
            return f"{amount} {word.replace('_', ' ')}{'' if amount == '1' else 's'}"
        units = {"minute": "分钟", "second": "秒", "work_minute": "工作分钟", "work_second": "工作秒"}
        return f"{amount}{units.get(word) or self.unit.zh}"


def unit_seconds(unit: TimeUnit, calendar: WorkCalendar) -> int:
    """Seconds that one of a unit stands for; a working day is as long as the calendar's usual day."""
    if unit is TimeUnit.WORK_DAY:
        return calendar.day_seconds
    return 86_400 if unit is TimeUnit.NATURAL_DAY else 3600


def timeline(unit: TimeUnit, calendar: WorkCalendar) -> Timeline:
    """The line of time that a unit is counted on: urgent hours and natural days run through."""
    return calendar if unit in (TimeUnit.WORK_HOUR, TimeUnit.WORK_DAY) else RUN_THROUGH


def _decimal(amount: Fraction) -> str:
    """A plain decimal number, without exponent or trailing zeros."""
    text = f"{Decimal(amount.numerator) / Decimal(amount.denominator):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
