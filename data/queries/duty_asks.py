"""Leave and exchanges that officers ask for, for commands and the screen."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from data.duty_terms import WAITING_ASKS, DutyAsk, DutyAskState
from data.errors import NotFound
from data.reader import Reader

SIZE = 200
_ASKS = """
SELECT d.id, d.kind, d.state, d.officer_id, o.code, o.name, d.other_id, coalesce(t.code, ''), coalesce(t.name, ''),
    d.from_at, d.to_at, d.turns, d.reason, d.asked_at, coalesce(a.name, ''), d.agreed_at, coalesce(g.name, ''),
    d.decided_at, coalesce(c.name, ''), d.words
FROM duty_ask d
JOIN officer o ON o.centre_id = d.centre_id AND o.id = d.officer_id
LEFT JOIN officer t ON t.centre_id = d.centre_id AND t.id = d.other_id
LEFT JOIN officer a ON a.centre_id = d.centre_id AND a.id = d.asked_by
LEFT JOIN officer g ON g.centre_id = d.centre_id AND g.id = d.agreed_by
LEFT JOIN officer c ON c.centre_id = d.centre_id AND c.id = d.decided_by
WHERE d.centre_id = :centre AND {condition} ORDER BY d.id DESC LIMIT :size
"""


class AskLine(NamedTuple):
    """A request; people by code and name. `turns` as in `data.tables.duty_asks`."""

    id: int
    kind: str
    state: str
    officer_id: int
    officer: str
    name: str
    other_id: int | None
    other: str
    other_name: str
    from_at: int
    to_at: int
    turns: list[dict[str, Any]]
    reason: str
    asked_at: int
    asked_by: str
    agreed_at: int | None
    agreed_by: str
    decided_at: int | None
    decided_by: str
    words: str


def asks(reader: Reader, centre: int, now: int, waiting: bool = False) -> list[AskLine]:
    """The newest first; an exchange whose shift has begun undecided is shown as lapsed, and waits for nobody."""
    condition = f"d.state IN ('{WAITING_ASKS[0]}', '{WAITING_ASKS[1]}')" if waiting else "1 = 1"
    found = reader.rows(_ASKS.format(condition=condition), centre=centre, size=SIZE)
    lines = [_line(row, now) for row in found]
    return [line for line in lines if not waiting or line.state != DutyAskState.LAPSED]


def ask(reader: Reader, centre: int, now: int, number: int) -> AskLine:
    """One of them by its number. Raises NotFound."""
    row = reader.one(_ASKS.format(condition="d.id = :number"), centre=centre, size=1, number=number)
    if row is None:
        raise NotFound("ask-unknown", f"没有第 {number} 号申请。", f"There is no request {number}.")
    return _line(row, now)


def _line(row: tuple[Any, ...], now: int) -> AskLine:
    turns = json.loads(row[11]) if isinstance(row[11], str) else row[11]
    line = AskLine._make((*row[:11], turns, *row[12:]))
    over = line.from_at if line.kind == DutyAsk.EXCHANGE else line.to_at
    return line._replace(state=DutyAskState.LAPSED.value) if line.state in WAITING_ASKS and over <= now else line
