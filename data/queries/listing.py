"""The list of tickets that commands print: fields with stable names, read by key, light enough for scripts in a loop.

Open tickets come by deadline, all tickets by the time of the report, newest first. Both walk an index from a key, so a
page costs the same on a thousand tickets and on a million.
"""

from __future__ import annotations

import time

from data.errors import BadInput, NotFound
from data.instants import FAR
from data.reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from data.queries.filters import Condition

FIELDS = (
    "code",
    "title",
    "stage",
    "urgency",
    "tier",
    "source",
    "section",
    "matter",
    "unit",
    "unit_name",
    "community",
    "community_name",
    "reported_at",
    "due_at",
    "due_kind",
    "late",
    "supervised",
    "confidential",
    "bounces",
    "revision",
    "cursor",
)
"""Names of the fields of a list, in order. Instants are ISO 8601 in UTC; `cursor` continues the list behind the row."""

LIMIT = 10_000

_SELECT = (
    "SELECT t.code, t.title, t.stage, t.urgency, t.tier, t.source, t.section, t.matter_code, h.code, h.name,"
    " c.code, c.name, t.reported_at, t.due_at, t.due_kind, t.supervised, t.confidential, t.bounces, t.revision, t.id"
    " FROM ticket t"
    " LEFT JOIN unit h ON h.centre_id = t.centre_id AND h.id = t.holder_unit_id"
    " LEFT JOIN unit c ON c.centre_id = t.centre_id AND c.id = t.community_id"
    " WHERE t.centre_id = :centre AND "
)
_OPEN = "t.open = 1 AND (t.due_at, t.id) > (:at, :ticket)"
_ALL = "(t.reported_at, t.id) < (:at, :ticket)"


def centre_id(reader: Reader, code: str | None) -> int:
    """The centre named by code, or the store's only one. Raises NotFound."""
    rows = reader.rows("SELECT id, code FROM centre ORDER BY id", fanout=True)
    chosen = [row for row in rows if code is None or row[1] == code]
    if len(chosen) == 1:
        return int(chosen[0][0])
    if not rows:
        raise NotFound(
            "centre-missing",
            "还没有建立指挥中心，请先运行 zhihui org init。",
            "There is no command centre yet: run zhihui org init.",
        )
    codes = ", ".join(str(row[1]) for row in rows)
    raise NotFound(
        "centre-which" if code is None else "centre-unknown",
        f"请用 --centre 指定中心：{codes}",
        f"Name the centre with --centre: {codes}",
    )


def page(
    reader: Reader,
    centre: int,
    now: int,
    everything: bool = False,
    limit: int = 20,
    after: str = "",
    condition: Condition | None = None,
) -> list[dict[str, Any]]:
    """The rows of a list, each a dict of FIELDS. `everything` includes closed tickets, as a condition that asks does.

    `after` is the cursor of the row before. Raises BadInput for a cursor or a limit that cannot be.
    """
    if not 1 <= limit <= LIMIT:
        raise BadInput("limit", f"--limit 应在 1 到 {LIMIT} 之间。", f"--limit must be between 1 and {LIMIT}.")
    everything = everything or (condition is not None and condition.asks_closed)
    far = 1 << 62
    at, ticket = _key(after) if after else ((far, far) if everything else (-1, -1))
    values: dict[str, Any] = {"at": at, "ticket": ticket, "size": limit}
    rows: list[tuple[Any, ...]] = []
    for way in _ways(reader, centre, condition, not everything):
        sql = _sql(way, everything)
        rows = reader.rows(sql, centre=centre, **values, **(way.values if way is not None else {}))
        if len(rows) == limit:
            break
    return [_record(row, now, everything) for row in rows]


def _ways(reader: Reader, centre: int, condition: Condition | None, only_open: bool) -> Iterable[Condition | None]:
    """The conditions to try in turn; the search is loaded where there are words."""
    if condition is None or not condition.phrases:
        return (condition,)
    from data.queries.searching import ways

    return ways(reader, centre, condition, only_open)


def _sql(condition: Condition | None, everything: bool) -> str:
    """The statement of a page."""
    walk, column, down = (_ALL, "t.reported_at", " DESC") if everything else (_OPEN, "t.due_at", "")
    if condition is None:
        return f"{_SELECT}{walk} ORDER BY {column}{down}, t.id{down} LIMIT :size"
    where, sign = f"{walk} AND ({condition.sql})", ""
    if condition.few:
        # Tickets named by id are looked up and sorted: the plus sign keeps an engine from walking the list's index.
        sign, where = "+", where.replace("t.open = 1 AND", "+t.open = 1 AND", 1)
    if condition.near:
        from data.queries.searching import no_further

        where += f" AND {no_further(column, f'ticket t WHERE t.centre_id = :centre AND {walk}', bool(down))}"
    return f"{_SELECT}{where} ORDER BY {sign}{column}{down}, {sign}t.id{down} LIMIT :size"


def _narrowed(reader: Reader, centre: int, condition: Condition) -> Condition:
    if not condition.phrases:
        return condition
    from data.queries.searching import narrowed

    return narrowed(reader, centre, condition)


def within(condition: Condition, everything: bool = False) -> str:
    """The condition on `ticket t` of a selection: open tickets, unless closed ones are wanted or asked for."""
    return f"({condition.sql})" if everything or condition.asks_closed else f"t.open = 1 AND ({condition.sql})"


def iso(seconds: int | None) -> str | None:
    """Epoch seconds as ISO 8601 in UTC; None where there is no such instant."""
    if seconds is None or seconds >= FAR:
        return None
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _record(row: tuple[Any, ...], now: int, everything: bool) -> dict[str, Any]:
    reported, due = int(row[12]), int(row[13])
    values = (
        *row[:12],
        iso(reported),
        iso(due),
        row[14],
        due <= now,
        bool(row[15]),
        bool(row[16]),
        row[17],
        row[18],
        f"{reported if everything else due}.{row[19]}",
    )
    return dict(zip(FIELDS, values, strict=True))


def _key(cursor: str) -> tuple[int, int]:
    at, dot, ticket = cursor.partition(".")
    if dot and len(cursor) < 60 and at.isascii() and at.isdigit() and ticket.isascii() and ticket.isdigit():
        found = int(at), int(ticket)
        if max(found) < 1 << 62:
            return found
    raise BadInput("cursor", "--after 须为列表中某一行的 cursor。", "--after takes the cursor of a row of the list.")


def codes(reader: Reader, centre: int, condition: Condition, limit: int) -> list[str]:
    """Codes of the tickets that fit a condition, by deadline: what bulk commands act on.

    Open ones, and closed ones where the condition asks for them.
    """
    condition = _narrowed(reader, centre, condition)
    rows = reader.rows(
        f"SELECT t.code FROM ticket t WHERE t.centre_id = :centre AND {within(condition)}"
        " ORDER BY t.due_at, t.id LIMIT :size",
        centre=centre,
        size=limit,
        **condition.values,
    )
    return [str(row[0]) for row in rows]
