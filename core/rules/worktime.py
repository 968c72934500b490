"""Working time: windows of the week, statutory holidays, make-up workdays; exact over daylight saving.

An instant is working time when the zone's wall clock then shows a time inside a window of that day. Years are turned
into sorted stretches with running sums once, when first asked for; after that a deadline is a binary search.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from core.rules.timeline import DAY, Edge, Timeline, joined
from core.rules.windows import Window, length, read_windows, write_windows
from data.errors import BadInput

HORIZON_YEARS = 200
"""A deadline further away than this has a mistake in its calendar or its budget."""

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_FIRST_YEAR, _LAST_YEAR = 1900, 9000
_KEYS = frozenset({"tz", "week", "holidays", "date_overrides", "official_until", "version"})


class _Year(NamedTuple):
    """The working stretches of one UTC year, and the seconds worked before the start and by the end of each."""

    starts: list[int]
    ends: list[int]
    before: list[int]
    after: list[int]

    @property
    def total(self) -> int:
        return self.after[-1] if self.after else 0

    def worked_by(self, at: int) -> int:
        """Seconds worked from the year's beginning to an instant in it."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return 0
        return self.before[index] + min(at, self.ends[index]) - self.starts[index]


@dataclass(frozen=True)
class WorkCalendar(Timeline):
    """The working time of a centre.

    `week` holds the windows of Monday to Sunday; `date_overrides` those of single days and stands over `holidays`,
    which stands over the week. `official_until` is the last day for which official holidays are known: deadlines
    after it are provisional (never, where it is None).
    """

    tz: ZoneInfo
    week: tuple[tuple[Window, ...], ...]
    holidays: frozenset[date] = frozenset()
    date_overrides: Mapping[date, tuple[Window, ...]] = field(default_factory=dict, hash=False)
    official_until: date | None = None
    version: str = ""

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not any(self.week):
            raise BadInput("calendar.week", "日历没有任何工作时段", "the calendar's week has no working time at all")
        object.__setattr__(self, "date_overrides", dict(self.date_overrides))

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> WorkCalendar:
        """A calendar from plain values: `tz`, `week` {"0": [["09:00", "12:00"]]} (0 = Monday), and, where any,
        `holidays`, `date_overrides` {date: windows}, `official_until`, `version`.

        Raises BadInput for unknown keys, zones and days, for bad windows and for a week without working time.
        """
        unknown = sorted(set(values) - _KEYS)
        if unknown:
            raise _refused("calendar.key", f"未知的项 {unknown}", f"unknown keys {unknown}")
        week = _mapping(values.get("week"), "week")
        if not set(map(str, week)) <= set("0123456"):
            raise _refused("calendar.week", "星期须为 0 到 6", "weekdays go from 0 to 6")
        windows = {str(day): read_windows(pairs, f"week.{day}") for day, pairs in week.items()}
        holidays = values.get("holidays", ())
        if not isinstance(holidays, list | tuple | set | frozenset):
            raise _refused("calendar.holidays", "holidays 须为日期列表", "holidays must be a list of dates")
        overrides = _mapping(values.get("date_overrides", {}), "date_overrides")
        until = values.get("official_until")
        return cls(
            tz=_zone(values.get("tz")),
            week=tuple(windows.get(str(day), ()) for day in range(7)),
            holidays=frozenset(_date(day) for day in holidays),
            date_overrides={_date(day): read_windows(pairs, str(day)) for day, pairs in overrides.items()},
            official_until=None if until is None else _date(until),
            version=str(values.get("version", "")),
        )

    def to_dict(self) -> dict[str, object]:
        """Plain values that `from_dict` reads back as an equal calendar."""
        return {
            "tz": self.tz.key,
            "week": {str(day): write_windows(windows) for day, windows in enumerate(self.week) if windows},
            "holidays": [day.isoformat() for day in sorted(self.holidays)],
            "date_overrides": {
                day.isoformat(): write_windows(windows) for day, windows in sorted(self.date_overrides.items())
            },
            "official_until": self.official_until and self.official_until.isoformat(),
            "version": self.version,
        }

    def with_official(
        self, days: Mapping[date, Literal["holiday", "workday"]], until: date, version: str | None = None
    ) -> WorkCalendar:
        """The calendar with an official one laid over its week: days off, and make-up workdays with the usual windows.

        What the calendar itself says about a day stands over the official word.
        """
        own = self.holidays | set(self.date_overrides)
        worked = {day: self.usual_windows for day, kind in days.items() if kind == "workday" and day not in own}
        return replace(
            self,
            holidays=self.holidays | {day for day, kind in days.items() if kind == "holiday" and day not in own},
            date_overrides={**self.date_overrides, **worked},
            official_until=max(until, self.official_until or until),
            version=self.version if version is None else version,
        )

    @cached_property
    def usual_windows(self) -> tuple[Window, ...]:
        """The windows of a standard working day: the commonest length of the week, the longer one on a tie."""
        lengths = Counter(length(windows) for windows in self.week if windows)
        usual = max(lengths, key=lambda seconds: (lengths[seconds], seconds))
        return next(windows for windows in self.week if length(windows) == usual)

    @cached_property
    def day_seconds(self) -> int:
        """Seconds of a standard working day: what one working day of a limit stands for."""
        return length(self.usual_windows)

    def windows_of(self, day: date) -> tuple[Window, ...]:
        """The windows that open on a day of the zone, as seconds since midnight."""
        return self._windows(day.toordinal())

    def is_workday(self, day: date) -> bool:
        """Whether any window opens on a day of the zone."""
        return bool(self.windows_of(day))

    @cached_property
    def _special(self) -> dict[int, tuple[Window, ...]]:
        days: dict[int, tuple[Window, ...]] = {day.toordinal(): () for day in self.holidays}
        days.update((day.toordinal(), windows) for day, windows in self.date_overrides.items())
        return days

    @cached_property
    def _years(self) -> dict[int, _Year]:
        return {}

    def _windows(self, ordinal: int) -> tuple[Window, ...]:
        windows = self._special.get(ordinal)
        return self.week[(ordinal + 6) % 7] if windows is None else windows

    def _year(self, year: int) -> _Year:
        block = self._years.get(year)
        if block is None:
            block = self._years[year] = self._build(year)
        return block

    def _build(self, year: int) -> _Year:
        """The stretches of a UTC year: each wall-clock window, cut where the zone's offset changes."""
        stretches: list[tuple[int, int]] = []
        for begin, end, offset in _constant_offsets(self.tz, _year_start(year), _year_start(year + 1)):
            first, last = begin + offset, end + offset
            # A window may reach into the next night, so the day before counts as well.
            for day in range(first // DAY - 1, (last - 1) // DAY + 1):
                for opens, closes in self._windows(day + _EPOCH_DAY):
                    opened, closed = max(day * DAY + opens, first), min(day * DAY + closes, last)
                    if opened < closed:
                        stretches.append((opened - offset, closed - offset))
        block = _Year([], [], [], [])
        worked = 0
        for begin, end in joined(stretches):
            block.starts.append(begin)
            block.ends.append(end)
            block.before.append(worked)
            worked += end - begin
            block.after.append(worked)
        return block

    def _counted(self, begin: int, end: int) -> int:
        first, last = _years_between(begin, end)
        if first == last:
            block = self._year(first)
            return block.worked_by(end) - block.worked_by(begin)
        head = self._year(first)
        middle = sum(self._year(year).total for year in range(first + 1, last))
        return head.total - head.worked_by(begin) + middle + self._year(last).worked_by(end)

    def _reach(self, begin: int, seconds: int, edge: Edge) -> int:
        if seconds == 0 and edge == "eod":
            return begin
        first = _year_of(begin)
        target = seconds + self._year(first).worked_by(begin)
        for year in range(first, min(first + HORIZON_YEARS, _LAST_YEAR) + 1):
            block = self._year(year)
            if target < block.total or (target == block.total and edge == "eod"):
                # The stretch in which the target is reached; at a closing, `next` goes on to the stretch after it.
                index = (bisect_left if edge == "eod" else bisect_right)(block.after, target)
                return block.starts[index] + target - block.before[index]
            target -= block.total
        raise BadInput(
            "budget.horizon",
            f"按此日历 {HORIZON_YEARS} 年内也到不了期限",
            f"with this calendar the deadline would be more than {HORIZON_YEARS} years away",
            seconds=seconds,
        )

    def _pieces(self, begin: int, end: int) -> list[tuple[int, int]]:
        first, last = _years_between(begin, end)
        found: list[tuple[int, int]] = []
        for year in range(first, last + 1):
            block = self._year(year)
            for index in range(bisect_right(block.ends, begin), bisect_left(block.starts, end)):
                found.append((max(block.starts[index], begin), min(block.ends[index], end)))
        return joined(found)

    def _is_provisional(self, at: int) -> bool:
        return self.official_until is not None and datetime.fromtimestamp(at, self.tz).date() > self.official_until


def _constant_offsets(tz: ZoneInfo, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The stretches of [begin, end) in which the zone's offset from UTC, in seconds, stays the same."""
    since, offset = begin, _offset(tz, begin)
    for midnight in range(begin + DAY, end + 1, DAY):
        if _offset(tz, midnight) != offset:
            low, high = midnight - DAY, midnight
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(tz, middle) == offset else (low, middle)
            yield since, high, offset
            since, offset = high, _offset(tz, high)
    if since < end:
        yield since, end, offset


def _offset(tz: ZoneInfo, at: int) -> int:
    shift = datetime.fromtimestamp(at, tz).utcoffset()
    return 0 if shift is None else shift.days * DAY + shift.seconds


def _year_start(year: int) -> int:
    return (date(year, 1, 1).toordinal() - _EPOCH_DAY) * DAY


def _year_of(at: int) -> int:
    year = datetime.fromtimestamp(at, UTC).year
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise _refused("calendar.year", f"超出日历范围：{year} 年", f"the year {year} is out of range")
    return year


def _years_between(begin: int, end: int) -> tuple[int, int]:
    first, last = _year_of(begin), _year_of(end)
    if last - first > HORIZON_YEARS:
        raise _refused("calendar.span", f"跨度超过 {HORIZON_YEARS} 年", f"a span of more than {HORIZON_YEARS} years")
    return first, last


def _zone(name: object) -> ZoneInfo:
    try:
        if isinstance(name, str):
            return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        pass  # said below, in both languages
    raise _refused("calendar.zone", f"未知时区 {name!r}", f"unknown time zone {name!r}")


def _date(value: object) -> date:
    # TOML hands over dates, JSON their text.
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise _refused("calendar.date", f"不是日期：{value!r}", f"not a date: {value!r}") from None


def _mapping(value: object, name: str) -> Mapping[object, object]:
    if not isinstance(value, Mapping):
        raise _refused("calendar.shape", f"{name} 须为键值表", f"{name} must be a table")
    return value


def _refused(code: str, zh: str, en: str) -> BadInput:
    return BadInput(code, f"日历有误：{zh}", f"calendar: {en}")
