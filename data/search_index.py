"""The index of the search: FTS5 on SQLite, tsvector and GIN on PostgreSQL; filled a little behind the tickets.

What is behind the mark of a centre (`search_mark`) is its tail and is searched plainly, so that the index may lag as
long as it likes. The index only proposes: `data.queries.searching` holds every ticket against its own tokens, and so
both engines find the same tickets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from data.store import Store, lock_centre
from data.tokens import BREAK, terms

PART = 2_000
"""Tickets that one transaction takes into the index."""
_SQLITE = ("CREATE VIRTUAL TABLE search_fts USING fts5(words, content='', contentless_delete=1, tokenize='ascii')",)
_POSTGRES = (
    "CREATE TABLE search_terms (centre_id BIGINT NOT NULL, ticket_id BIGINT NOT NULL, terms tsvector NOT NULL,"
    " PRIMARY KEY (centre_id, ticket_id))",
    "CREATE INDEX ix_search_terms ON search_terms USING gin (terms)",
)


def create_index(connection: Connection) -> None:
    """Make the empty index of the connection's engine."""
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES:
        connection.exec_driver_sql(statement)


def empty_index(connection: Connection) -> None:
    """Forget everything that was indexed, in all centres; the tail is then the whole store."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO search_fts (search_fts) VALUES ('delete-all')")
    else:
        connection.exec_driver_sql("TRUNCATE search_terms")
    connection.execute(text("DELETE FROM search_mark").execution_options(fanout=True))


def fill(store: Store, centre_id: int, most: int = PART) -> int:
    """Take up to `most` waiting tickets into the index, in one transaction. Returns how many there were.

    No console is woken for it: what is found does not change. Raises StoreTrouble.
    """
    values: dict[str, Any] = {"centre": centre_id, "size": most}
    with store.write(bell=False) as connection:
        lock_centre(connection, centre_id)
        waiting = connection.execute(text(_WAITING), values).fetchall()
        if not waiting:
            return 0
        texts = {int(ticket): f"{head} {BREAK} {notes}" for ticket, _stamp, head, notes in waiting}
        if store.sqlite:
            _into_sqlite(connection, texts)
        else:
            _into_postgres(connection, centre_id, texts)
        connection.execute(text(_MARK), {"centre": centre_id, "stamp": int(waiting[-1][1])})
        return len(waiting)


_WAITING = (
    "SELECT x.ticket_id, x.stamp, x.head, x.notes FROM ticket_text x WHERE x.centre_id = :centre"
    " AND x.stamp > coalesce((SELECT m.stamp FROM search_mark m WHERE m.centre_id = :centre), -1)"
    " ORDER BY x.stamp LIMIT :size"
)
_MARK = (
    "INSERT INTO search_mark (centre_id, stamp) VALUES (:centre, :stamp)"
    " ON CONFLICT (centre_id) DO UPDATE SET stamp = excluded.stamp"
)


def _into_sqlite(connection: Connection, texts: Mapping[int, str]) -> None:
    """Ids are unique inside a centre only: where two centres share one, their texts share its place in the index."""
    marks = ", ".join(str(number) for number in texts)
    others = connection.exec_driver_sql(
        "SELECT ticket_id, head, notes FROM ticket_text"  # noqa: S608 - numbers
        f" WHERE centre_id IN (SELECT id FROM centre) AND ticket_id IN ({marks})"
    )
    joined: dict[int, list[str]] = {number: [] for number in texts}
    for number, head, notes in others:
        joined[number] += [head, BREAK, notes, BREAK]
    connection.exec_driver_sql(f"DELETE FROM search_fts WHERE rowid IN ({marks})")  # noqa: S608 - numbers
    connection.exec_driver_sql(
        "INSERT INTO search_fts (rowid, words) VALUES (?, ?)",
        [(number, " ".join(parts)) for number, parts in joined.items()],
    )


def _into_postgres(connection: Connection, centre_id: int, texts: Mapping[int, str]) -> None:
    rows = [{"centre": centre_id, "ticket": number, "terms": terms(words.split())} for number, words in texts.items()]
    connection.execute(
        text(
            "INSERT INTO search_terms (centre_id, ticket_id, terms)"
            " VALUES (:centre, :ticket, array_to_tsvector(CAST(:terms AS text[])))"
            " ON CONFLICT (centre_id, ticket_id) DO UPDATE SET terms = excluded.terms"
        ),
        rows,
    )
