"""Reading local times of other systems, to the second, daylight saving included.

A time that the clocks skip in spring is read with the offset before the change, so it comes out an hour later; one
that comes twice in autumn is read as the first. Both are what PEP 495 calls fold 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

EARLIEST = 0
LATEST = 7_258_118_400
"""1970 to 2200, in epoch seconds: outside of it a time is a mistake."""

ISO = "iso"
EPOCH = "epoch"
EPOCH_MS = "epoch_ms"

_PATTERNS = {
    "%Y": r"([0-9]{4})",
    "%m": r"([0-9]{1,2})",
    "%d": r"([0-9]{1,2})",
    "%H": r"([0-9]{1,2})",
    "%I": r"([0-9]{1,2})",
    "%M": r"([0-9]{2})",
    "%S": r"([0-9]{2})(?:\.[0-9]+)?",
    "%p": r"([AaPp])[Mm]",
    "%z": r"(Z|[+-][0-9]{2}:?[0-9]{2})",
}
DIRECTIVES = (*_PATTERNS, ISO, EPOCH, EPOCH_MS)
"""What a date format of a map may be made of: the directives of strftime, or one of the three words."""

_ISO_FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M", "%Y-%m-%d",
)  # fmt: skip
_DIRECTIVE = re.compile(r"%.")
_NUMBER = re.compile(r"-?[0-9]{1,13}(?:\.[0-9]+)?")

ReadTime = Callable[[str], int | None]
"""Epoch seconds of a text; None where it is not a time."""


def check_format(form: str) -> bool:
    """Whether a date format can be read: it has year, month and day, each directive once."""
    if form in (ISO, EPOCH, EPOCH_MS):
        return True
    used = _DIRECTIVE.findall(form)
    return set(used) <= set(_PATTERNS) and len(used) == len(set(used)) and {"%Y", "%m", "%d"} <= set(used)


def time_reader(formats: tuple[str, ...], zone: ZoneInfo) -> ReadTime:
    """A function that reads times in any of these formats, and in ISO 8601, as a workbook's cells come.

    A time without an offset of its own is in `zone`.
    """
    readers = [_reader(form, zone) for form in formats if form != ISO]
    readers += [_reader(form, zone) for form in _ISO_FORMATS if form not in formats]
    first = readers[0]

    def read(text: str) -> int | None:
        found = first(text)
        if found is None:
            found = next((value for value in (reader(text) for reader in readers[1:]) if value is not None), None)
        return found if found is not None and EARLIEST <= found < LATEST else None

    return read


def _reader(form: str, zone: ZoneInfo) -> ReadTime:
    if form in (EPOCH, EPOCH_MS):
        return _epoch_reader(1000 if form == EPOCH_MS else 1)
    words = _DIRECTIVE.findall(form)
    pieces = _DIRECTIVE.split(form)
    pattern = "".join(
        re.escape(piece) + _PATTERNS.get(word, "") for piece, word in zip(pieces, [*words, ""], strict=True)
    )
    match = re.compile(pattern).fullmatch
    # Where each part stands among the groups; beyond the end stands a zero for what the format does not have.
    place = {word: number for number, word in enumerate(words)}
    none = len(words)
    year, month, day, minute, second = (place.get(word, none) for word in ("%Y", "%m", "%d", "%M", "%S"))
    hour, half, offset = place.get("%H", place.get("%I", none)), place.get("%p"), place.get("%z")
    twelve = "%I" in place and "%H" not in place

    def read(text: str) -> int | None:
        found = match(text)
        if found is None:
            return None
        parts = (*found.groups(), "0")
        hours = int(parts[hour])
        if twelve:
            if not 1 <= hours <= 12:
                return None
            hours = hours % 12 + (12 if half is not None and parts[half] in "Pp" else 0)
        own = zone if offset is None else _offset(parts[offset])
        try:
            moment = datetime(
                int(parts[year]), int(parts[month]), int(parts[day]), hours, int(parts[minute]), int(parts[second]),
                tzinfo=own,
            )  # fmt: skip
            return int(moment.timestamp())
        except (ValueError, OverflowError):
            return None

    return read


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def _epoch_reader(unit: int) -> ReadTime:
    def read(text: str) -> int | None:
        return int(float(text)) // unit if _NUMBER.fullmatch(text) else None

    return read
