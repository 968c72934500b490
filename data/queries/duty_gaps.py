"""Gaps of the roster that were told of, for the engine and the screens."""

from __future__ import annotations

import json
from typing import NamedTuple

from data.reader import Reader

_OPEN = """
SELECT id, kind, subject, officers, from_at, to_at, step, zh, en FROM duty_gap
WHERE centre_id = :centre AND state = 'open' ORDER BY from_at, id
"""


class GapRow(NamedTuple):
    """A gap that is not closed, in words of both languages."""

    id: int
    kind: str
    subject: str
    officers: tuple[int, ...]
    from_at: int
    to_at: int
    step: int
    zh: str
    en: str


def open_gaps(reader: Reader, centre: int) -> list[GapRow]:
    """Those that are neither filled nor over, by their begin."""
    rows = reader.rows(_OPEN, centre=centre)
    return [GapRow._make((*row[:3], _officers(row[3]), *row[4:])) for row in rows]


def _officers(value: object) -> tuple[int, ...]:
    plain = json.loads(value) if isinstance(value, str) else value
    return tuple(int(one) for one in plain) if isinstance(plain, list) else ()
