"""Weaving a big store: the rows of a few real tickets, written again and again with new ids, codes and times.

Everything fits together as if the desk had written it: ids inside event bodies, one gap-free chain with right hashes,
kept counters, due clocks. Rows are made by SQLite itself (INSERT … SELECT over a series of numbers); only the events
pass through Python, for their hashes.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from data.counting import DIMENSIONS, recount_sql
from data.row_sums import seal_tables, texts_as_bytes
from data.search_index import entry
from data.tokens import BREAK, searchable
from tests.bench.wording import PLACE, place, place_sql

DAY = 86_400
FIRST_AGE, AGES = 3 * DAY, 90 * DAY
"""Reports are between three and ninety-three days old."""
HASHING = 2_654_435_761
"""Spreads neighbouring copies over ages and deadlines (Knuth's multiplicative constant)."""
CALM = DAY // 2
"""Seconds from the present in which no ladder step is left to do: what is late has been told, as beside a running
engine. So a console that is measured has no engine at work behind it."""
APART = 1_234_577
"""Seconds between the deadlines of the tickets of one copy, so that neighbours in the queue are of different kinds."""
LARGEST_SMALL = 10**15
"""Greater integers are ids made by data.ids; instants lie between the two limits below."""
INSTANTS = (1_600_000_000, 2_200_000_000)
TABLES = ("ticket", "task", "clock", "custody", "notice")
TEXTS_AT_ONCE = 20_000
"""Tickets whose texts are indexed in one statement."""
_TOKEN = re.compile(r"(?<![\w.])\d{10,19}(?![\w.])")
Value = Callable[[int, int, int], int | str]
"""What a hole of an event's text is filled with, for (copy, age, stretch)."""


@dataclass(frozen=True)
class Span:
    """Where the deadlines of the copies lie: from `first` seconds after the present, over `length` seconds."""

    first: int = -2 * DAY
    length: int = 100 * DAY


class Weave:
    """The pattern's ids and instants, and what becomes of them in copy number n."""

    def __init__(self, pattern: sqlite3.Connection, copies: int, now: int, span: Span) -> None:
        self.copies, self.now, self.span = copies, now, span
        rows = pattern.execute("SELECT id, code, reported_at FROM ticket ORDER BY id").fetchall()
        self.start = rows[0][2]
        self.base = (now - 200 * DAY - 1_704_067_200) * 1000 << 21
        self.codes = {code: number for number, (_, code, _) in enumerate(rows)}
        self.tickets = {ticket: number for number, (ticket, _, _) in enumerate(rows)}
        self.case = 0
        """Number of the pattern's ticket whose rows are being written."""
        self.slots: dict[int, int] = {}
        for table, column in (("ticket", "id"), ("task", "id"), ("clock", "id"), ("notice", "id")):
            for (found,) in pattern.execute(f"SELECT {column} FROM {table} ORDER BY {column}"):
                self.slots[found] = len(self.slots)

    def age(self, copy: int) -> int:
        """How long ago the report of a copy came in."""
        return FIRST_AGE + copy * HASHING % AGES

    def stretch(self, copy: int) -> int:
        """How far the deadlines of a copy are moved; those of its tickets differ."""
        return self.span.first + (copy * HASHING + self.case * APART) % self.span.length

    def series(self) -> str:
        """The copies as a SQL table n(n, age, stretch)."""
        return (
            f"WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n + 1 < {self.copies}),"
            f" n(n, age, stretch) AS (SELECT n, {FIRST_AGE} + n * {HASHING} % {AGES},"
            f" {self.span.first} + (n * {HASHING} + {self.case * APART}) % {self.span.length} FROM s)"
        )

    def number(self, value: int) -> str | None:
        """The SQL for an id or an instant of the pattern; None for any other number."""
        if value > LARGEST_SMALL:
            return f"({self.base + self.slots[value] * self.copies} + n.n)"
        if INSTANTS[0] < value <= self.start:
            return f"({value - self.start + self.now} - n.age)"
        if self.start < value < INSTANTS[1]:
            return f"({value - self.start + self.now} + n.stretch)"
        return None

    def filled(self, value: int) -> Value | None:
        """The same as `number`, for Python."""
        if value > LARGEST_SMALL:
            first = self.base + self.slots[value] * self.copies
            return lambda copy, age, stretch: first + copy
        shifted = value - self.start + self.now
        if INSTANTS[0] < value <= self.start:
            return lambda copy, age, stretch: shifted - age
        if self.start < value < INSTANTS[1]:
            return lambda copy, age, stretch: shifted + stretch
        return None

    def code(self, pattern_code: str, copy: int) -> str:
        """The code of a ticket's copy."""
        number = self.codes[pattern_code] * self.copies + copy
        return f"20{number // 10_000:06d}-{number % 10_000:04d}"

    def code_sql(self, pattern_code: str) -> str:
        """The same as `code`, in SQL."""
        number = f"({self.codes[pattern_code] * self.copies} + n.n)"
        return f"printf('20%06d-%04d', {number} / 10000, {number} % 10000)"

    def holes(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where a text names ids, instants or codes of the pattern: (from, to, what)."""
        words = "|".join(map(re.escape, (PLACE, *self.codes)))
        for match in re.finditer(rf"(?:{words})|{_TOKEN.pattern}", text):
            found = match[0]
            if found == PLACE or found in self.codes or self.number(int(found)) is not None:
                yield match.start(), match.end(), found

    def hole_sql(self, found: str) -> str:
        """What fills a hole, in SQL."""
        if found == PLACE:
            return place_sql("n.n")
        return self.code_sql(found) if found in self.codes else str(self.number(int(found)))

    def hole(self, found: str) -> Value:
        """What fills a hole, in Python."""
        if found == PLACE:
            return lambda copy, age, stretch: place(copy)
        if found in self.codes:
            return lambda copy, age, stretch: self.code(found, copy)
        return _required(self.filled(int(found)))


def weave(target: sqlite3.Connection, copies: int, now: int, span: Span) -> None:
    """Turn a store that holds the pattern into one with `copies` copies of it instead."""
    woven = Weave(target, copies, now, span)
    pattern = {name: _rows(target, name) for name in TABLES}
    events = _rows(target, "ticket_event")
    indexes = target.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    for name, _ in indexes:
        target.execute(f'DROP INDEX "{name}"')
    for name in ("ticket_text", "search_mark", *TABLES, "ticket_event", "clock_due"):
        target.execute(f"DELETE FROM {name}")
    for name, rows in pattern.items():
        for row in rows:
            _copy_rows(target, woven, name, row)
    last, head = _copy_events(target, woven, events)
    target.execute("UPDATE clock SET next_at = NULL, next_step = '' WHERE next_at <= ?", (now + CALM,))
    target.execute(
        "INSERT INTO clock_due (centre_id, next_at, clock_id, ticket_id) SELECT centre_id, next_at, id, ticket_id"
        " FROM clock WHERE state = 'running' AND next_at IS NOT NULL ORDER BY next_at, id"
    )
    target.execute("DELETE FROM centre_stat")
    for (centre,) in target.execute("SELECT id FROM centre").fetchall():
        for dimension in DIMENSIONS:
            target.execute(
                "INSERT INTO centre_stat (centre_id, dimension, item, amount)"
                f" SELECT :centre, :dimension, * FROM ({recount_sql(dimension)})",
                {"centre": centre, "dimension": dimension},
            )
    target.execute("UPDATE centre_seq SET chain_no = ?, chain_hash = ?, change_no = ?", (last, head, last))
    _index_texts(target)
    for _, sql in indexes:
        target.execute(sql)
    with texts_as_bytes(target):
        seal_tables(target, lambda _table: True)


def _index_texts(target: sqlite3.Connection) -> None:
    """The tokens of all tickets, and the search index over them, as the desk and the engine leave them."""
    target.execute("INSERT INTO search_fts (search_fts) VALUES ('delete-all')")
    target.execute("CREATE TEMP TABLE last_event AS SELECT ticket_id, max(id) AS id FROM ticket_event GROUP BY 1")
    target.execute("CREATE UNIQUE INDEX temp.one_last ON last_event (ticket_id)")
    rows = target.execute(
        "SELECT t.centre_id, t.id, t.open, l.id, t.code, t.title, t.body, t.address, t.outcome, t.public_reply,"
        " t.reason FROM ticket t JOIN last_event l ON l.ticket_id = t.id"
    )
    while part := rows.fetchmany(TEXTS_AT_ONCE):
        made, entries = [], []
        for centre, ticket, is_open, stamp, code, *texts in part:
            head = f"{searchable(code)}{BREAK}{_known(tuple(texts[:3]))}"
            words = _known(tuple(texts[3:]))
            made.append((centre, ticket, stamp, head, words))
            entries.append((ticket, " ".join(entry(centre, head, words, is_open == 1))))
        target.executemany(
            "INSERT INTO ticket_text (centre_id, ticket_id, stamp, head, notes) VALUES (?, ?, ?, ?, ?)", made
        )
        target.executemany("INSERT INTO search_fts (rowid, terms) VALUES (?, ?)", entries)
    target.execute(
        "INSERT INTO search_mark (centre_id, stamp) SELECT centre_id, max(stamp) FROM ticket_text GROUP BY 1"
    )


@lru_cache(maxsize=100_000)
def _known(texts: tuple[str, ...]) -> str:
    """The tokens of texts of which there are few kinds."""
    return searchable(*texts)


def _rows(store: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    cursor = store.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3")
    names = [item[0] for item in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _copy_rows(target: sqlite3.Connection, woven: Weave, table: str, row: dict[str, Any]) -> None:
    woven.case = woven.tickets[row["id" if table == "ticket" else "ticket_id"]]
    values = ", ".join(_expression(woven, value) for value in row.values())
    target.execute(f"INSERT INTO {table} ({', '.join(row)}) {woven.series()} SELECT {values} FROM n")


def _expression(woven: Weave, value: Any) -> str:
    """A column's value in a copy, as SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return woven.number(value) or str(value)
    if isinstance(value, float):
        return repr(value)
    if value in woven.codes:
        return woven.code_sql(value)
    parts, at = [], 0
    arguments: list[str] = []
    for first, last, found in woven.holes(value):
        parts.append(value[at:first].replace("%", "%%"))
        parts.append("%s")
        arguments.append(woven.hole_sql(found))
        at = last
    if not arguments:
        return _quoted(value)
    text = "".join(parts) + value[at:].replace("%", "%%")
    return f"printf({_quoted(text)}, {', '.join(arguments)})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class Pattern:
    """An event of the pattern as a text with holes."""

    def __init__(self, woven: Weave, event: dict[str, Any]) -> None:
        body = json.dumps(json.loads(event["body"]), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        self.fillers: list[Value] = []
        self.body = self._cut(woven, body)
        self.case = woven.tickets[event["ticket_id"]]
        apart = ("hash", "salt", "erased", "body", "id", "ticket_id", "at")
        head = {name: value for name, value in event.items() if name not in apart}
        marks = {"body": 1, "id": 2, "ticket_id": 3, "at": 4}
        plain = json.dumps({**head, **marks}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        plain = plain.replace("%", "%%")
        for name in marks:
            plain = re.sub(rf'"{name}":\d', f'"{name}":%({name})s', plain)
        self.canonical = plain
        self.ticket = _required(woven.filled(event["ticket_id"]))
        self.at = _required(woven.filled(event["at"]))
        self.row = event

    def _cut(self, woven: Weave, text: str) -> str:
        parts, at = [], 0
        for first, last, found in woven.holes(text):
            parts += [text[at:first].replace("%", "%%"), "%s"]
            self.fillers.append(woven.hole(found))
            at = last
        return "".join(parts) + text[at:].replace("%", "%%")


def _required(value: Value | None) -> Value:
    if value is None:
        raise ValueError("an event's id or instant is out of range")
    return value


def _copy_events(target: sqlite3.Connection, woven: Weave, events: Sequence[dict[str, Any]]) -> tuple[int, str]:
    """Write the events of all copies as one chain; returns its last number and hash."""
    patterns = [Pattern(woven, event) for event in sorted(events, key=lambda event: event["id"])]
    head = ["", 0]

    def rows() -> Iterator[tuple[Any, ...]]:
        previous, number = "", 0
        for copy in range(woven.copies):
            age = woven.age(copy)
            for pattern in patterns:
                woven.case = pattern.case
                stretch = woven.stretch(copy)
                number += 1
                body = pattern.body % tuple([fill(copy, age, stretch) for fill in pattern.fillers])
                ticket, at = pattern.ticket(copy, age, stretch), pattern.at(copy, age, stretch)
                plain = pattern.canonical % {"body": body, "id": number, "ticket_id": ticket, "at": at}
                previous = hashlib.sha256(f"{previous}\n{plain}".encode()).hexdigest()
                row = pattern.row
                yield (
                    number, ticket, at, body, previous, row["seq"], row["kind"], row["actor_id"], row["actor"],
                    row["behalf_id"], row["seen_revision"], row["centre_id"],
                )  # fmt: skip
        head[:] = [previous, number]

    target.executemany(
        "INSERT INTO ticket_event (id, ticket_id, at, body, hash, seq, kind, actor_id, actor, behalf_id,"
        " seen_revision, centre_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows(),
    )
    return int(head[1]), str(head[0])
