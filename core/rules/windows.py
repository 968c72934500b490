"""Windows of a working day: reading, writing and measuring them.

A window is a pair of seconds since the wall clock's midnight. Its end may be 24:00, or lie in the next night
(22:00–06:00): it then belongs whole to the day on which it opens, so a holiday takes the whole shift away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.rules.timeline import DAY, joined
from data.errors import BadInput

Window = tuple[int, int]


def read_windows(pairs: object, where: str) -> tuple[Window, ...]:
    """Windows from pairs of "HH:MM" or "HH:MM:SS", in order. They may overlap: then their union counts.

    `where` names the place for the message. Raises BadInput for anything else than pairs of times, and for a window
    without length.
    """
    if not isinstance(pairs, Sequence) or isinstance(pairs, str):
        raise _refused(where, pairs)
    windows = []
    for pair in pairs:
        if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
            raise _refused(where, pair)
        opens, closes = _time_of_day(pair[0], where), _time_of_day(pair[1], where)
        if opens in (closes, DAY):
            raise _refused(where, list(pair))
        windows.append((opens, closes if closes > opens else closes + DAY))
    return tuple(sorted(windows))


def write_windows(windows: Iterable[Window]) -> list[list[str]]:
    """The form that `read_windows` reads."""
    return [[_clock(opens), _clock(closes if closes <= DAY else closes - DAY)] for opens, closes in windows]


def length(windows: Iterable[Window]) -> int:
    """Seconds that windows of one day last together."""
    return sum(closes - opens for opens, closes in joined(windows))


def _time_of_day(text: object, where: str) -> int:
    parts = text.split(":") if isinstance(text, str) else []
    if len(parts) not in (2, 3) or not all(len(part) == 2 and part.isascii() and part.isdigit() for part in parts):
        raise _refused(where, text)
    hours, minutes, seconds = [int(part) for part in (*parts, "00")[:3]]
    at = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or at > DAY:
        raise _refused(where, text)
    return at


def _clock(at: int) -> str:
    text = f"{at // 3600:02}:{at % 3600 // 60:02}"
    return f"{text}:{at % 60:02}" if at % 60 else text


def _refused(where: str, what: object) -> BadInput:
    return BadInput(
        "calendar.window",
        f"日历的时段有误（{where}）：{what!r}，应如 09:00 到 12:00",
        f"calendar: not a window of the day at {where}: {what!r}; write it like 09:00 to 12:00",
        where=where,
        found=repr(what),
    )
