"""Shifts by their codes, as rosters are written: what 白 and 夜 mean in this centre, which cells say off or away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from data.errors import BadInput

USUAL = {"白": "08:00-20:00", "夜": "20:00-08:00", "全": "08:00-08:00"}
"""What the codes mean where neither the policy nor a rotation of the desk says otherwise."""
BY_COUNT = {1: ("全",), 2: ("白", "夜"), 3: ("早", "中", "夜")}
"""What the shifts of a desk are called, by how many a day has."""
CODE_LENGTH = 8
MOST_CODES = 20
LEAVE, ON_DUTY, NOBODY = "假", "值班", "无"
"""Away; on duty from one instant to another, whatever the codes; nobody serves."""
OFF_WORDS = frozenset(("休", "休息", "轮休", "补休", "调休", "公休", "off", "/", "-", "--", "—", "——", NOBODY))
LEAVE_WORDS = frozenset(
    (LEAVE, "请假", "leave", "年假", "年休", "年休假", "事假", "病假", "婚假", "产假", "陪产假", "护理假", "丧假")
)
PLAIN_LEAVE = frozenset((LEAVE, "请假", "leave"))
"""Of these, the ones that do not say why."""
_SYNONYMS = {
    "白": ("白班", "白天", "日", "日班", "day", "d"),
    "夜": ("夜班", "晚", "晚班", "night", "n"),
    "全": ("全天", "全班", "全日", "24", "24h", "24小时"),
    "早": ("早班", "morning"),
    "中": ("中班", "afternoon"),
    LEAVE: (),
    ON_DUTY: ("当班", "on"),
}
_SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d) *[-~至–—] *(次日)?([01]?\d|2[0-3]|24):([0-5]\d)", re.ASCII)


class Shift(NamedTuple):
    """A turn of a day: begin and end by the wall clock; an end at or before its begin is on the next day."""

    begin: time
    end: time

    def on(self, day: date, zone: ZoneInfo) -> tuple[int, int]:
        """[begin, end) of the turn that begins on a day, in epoch seconds."""
        last = day if self.end > self.begin else day + timedelta(days=1)
        begin, end = datetime.combine(day, self.begin, zone), datetime.combine(last, self.end, zone)
        return int(begin.timestamp()), int(end.timestamp())

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"


class ShiftCodes:
    """The codes of one centre."""

    def __init__(self, spans: Mapping[str, str]) -> None:
        """`spans`: code → HH:MM-HH:MM."""
        self.shifts = {code: _read_span(span) for code, span in spans.items()}
        self._known = {plain(word): code for code, words in _SYNONYMS.items() for word in words if code in self.shifts}
        self._known |= {plain(code): code for code in self.shifts}

    def read(self, text: str) -> list[Shift] | None:
        """The shifts of a cell: codes or spans HH:MM-HH:MM, one or several (白/夜, 白夜); None for what is none."""
        word = plain(text)
        if (one := self._one(word)) is not None:
            return [one]
        parts = [part for part in re.split(r"[/、,+ ]+", word) if part]
        parts = list(word) if len(parts) == 1 and 1 < len(word) <= 3 else parts
        found = [shift for part in parts if (shift := self._one(part)) is not None]
        return found if 1 < len(found) == len(parts) == len(set(found)) else None

    def _one(self, word: str) -> Shift | None:
        if (code := self._known.get(word)) is not None:
            return self.shifts[code]
        return _read_span(word) if _SPAN.fullmatch(word) else None

    def name(self, begin: time, end: time) -> str:
        """The code of a turn, else the turn itself."""
        shift = Shift(begin, end)
        return next((code for code, known in self.shifts.items() if known == shift), str(shift))

    def legend(self) -> list[tuple[str, str]]:
        """(code, HH:MM-HH:MM)."""
        return [(code, str(shift)) for code, shift in self.shifts.items()]


def read_shift_codes(values: Mapping[str, Any]) -> dict[str, str]:
    """The table [duty.shifts] of a policy, code → span. Raises BadInput."""
    found = values.get("shifts", {})
    sound = isinstance(found, Mapping) and len(found) <= MOST_CODES
    for code, span in found.items() if sound else ():
        known = isinstance(code, str) and 0 < len(code) <= CODE_LENGTH and code.isprintable() and code == plain(code)
        taken = code in OFF_WORDS or code in LEAVE_WORDS or code == ON_DUTY or bool(_SPAN.fullmatch(str(code)))
        if not known or taken or not isinstance(span, str) or not _SPAN.fullmatch(span):
            sound = False
    if not sound:
        raise BadInput(
            "policy-duty",
            f"duty.shifts 须为 代码 = “HH:MM-HH:MM”，至多 {MOST_CODES} 个，代码至多 {CODE_LENGTH} 字、不是休假等词",
            f"duty.shifts: code = HH:MM-HH:MM, at most {MOST_CODES}; a code has at most {CODE_LENGTH} characters, "
            "and is no word for off or away",
        )
    return {str(code): str(span) for code, span in found.items()}


def usual_codes(turns: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Codes by the turns of the desk (begin and end as HH:MM), for a policy that names none."""
    names = BY_COUNT.get(len(turns))
    if names is None:
        return dict(USUAL)
    found = {name: f"{begin}-{end}" for name, (begin, end) in zip(names, turns, strict=True)}
    return {**found, "全": f"{turns[0][0]}-{turns[0][0]}"}


def plain(text: str) -> str:
    """A word of a cell: full-width forms count, capitals and blanks around it do not."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def _read_span(text: str) -> Shift:
    found = _SPAN.fullmatch(text)
    assert found is not None, text
    hour, minute, _, last_hour, last_minute = found.groups()
    # 24:00 is how people write the midnight that ends a day.
    return Shift(time(int(hour), int(minute)), time(int(last_hour) % 24, int(last_minute)))
