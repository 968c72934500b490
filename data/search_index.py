"""The index of the search: FTS5 on SQLite, an array with GIN on PostgreSQL; filled a little behind the tickets.

A ticket is known by its tokens and by each pair of neighbours, so that a word of two characters is one list of tickets,
read without a look at any text. What is behind the mark of a centre (`search_mark`) is its tail and is searched
plainly, so that the index may lag as long as it likes.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, text

from data.store import Store, lock_centre
from data.tokens import BREAK, JOINT, OPEN, of_centre, terms

MERGED_PAGES = 200
LEAST_CHANGES = 2
"""Fewer changes than these in a step of a merge mean that it is done (FTS5's own words)."""
PART = 2_000
"""Tickets that one transaction takes into the index."""
_SQLITE = (
    "CREATE VIRTUAL TABLE search_fts USING fts5(terms, content='', contentless_delete=1, detail=none,"
    f""" tokenize="ascii tokenchars ':{JOINT}{OPEN}'")""",
)
_POSTGRES = (
    "CREATE TABLE search_terms (centre_id BIGINT NOT NULL, ticket_id BIGINT NOT NULL,"
    ' terms text[] COLLATE "C" NOT NULL, PRIMARY KEY (centre_id, ticket_id)) WITH (toast_tuple_target = 128)',
    "CREATE INDEX ix_search_terms ON search_terms USING gin (terms)",
)
"""No tsvector: it ends at a megabyte, which the history of a ticket may exceed."""


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
        tickets = [int(ticket) for ticket, _stamp in waiting]
        if store.sqlite:
            _into_sqlite(connection, tickets)
        else:
            _into_postgres(connection, centre_id, tickets)
        connection.execute(text(_MARK), {"centre": centre_id, "stamp": int(waiting[-1][1])})
        return len(waiting)


def forget_deleted(store: Store) -> None:
    """Rewrite the index on SQLite without what was taken out of it, which else stays in its old parts until they merge.

    A few pages in each transaction, so that nobody waits. On PostgreSQL the server's VACUUM does that.
    """
    step = f"-{MERGED_PAGES}"
    while store.sqlite:
        with store.write(bell=False) as connection:
            before = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
            connection.exec_driver_sql(f"INSERT INTO search_fts (search_fts, rank) VALUES ('merge', {step})")  # noqa: S608
            after = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
        if after - before < LEAST_CHANGES and step != f"-{MERGED_PAGES}":
            return
        step = str(MERGED_PAGES)


def entry(centre_id: int, head: str, notes: str, is_open: bool) -> list[str]:
    """What the index holds of a ticket, from its stored tokens."""
    found = terms(f"{head} {BREAK} {notes}".split())
    return [of_centre(centre_id, term) for term in ([*found, OPEN] if is_open else found)]


_WAITING = (
    "SELECT x.ticket_id, x.stamp FROM ticket_text x WHERE x.centre_id = :centre"
    " AND x.stamp > coalesce((SELECT m.stamp FROM search_mark m WHERE m.centre_id = :centre), -1)"
    " ORDER BY x.stamp LIMIT :size"
)
_MARK = (
    "INSERT INTO search_mark (centre_id, stamp) VALUES (:centre, :stamp)"
    " ON CONFLICT (centre_id) DO UPDATE SET stamp = excluded.stamp"
)
_TEXTS = (
    "SELECT x.centre_id, x.ticket_id, x.head, x.notes, t.open FROM ticket_text x"
    " JOIN ticket t ON t.centre_id = x.centre_id AND t.id = x.ticket_id"
    " WHERE x.centre_id IN ({centres}) AND x.ticket_id IN ({tickets})"
)


def _texts(connection: Connection, centres: str, tickets: Collection[int]) -> list[tuple[int, list[str]]]:
    """(ticket, terms) of the tickets with these ids."""
    sql = _TEXTS.format(centres=centres, tickets=", ".join(map(str, tickets)))
    return [(int(row[1]), entry(row[0], row[2], row[3], row[4] == 1)) for row in connection.exec_driver_sql(sql)]


def _into_sqlite(connection: Connection, tickets: Collection[int]) -> None:
    """Ids are unique inside a centre only: where two centres share one, their terms share its place in the index."""
    joined: dict[int, list[str]] = {number: [] for number in tickets}
    for number, found in _texts(connection, "SELECT id FROM centre", tickets):
        joined[number] += found
    marks = ", ".join(map(str, tickets))
    connection.exec_driver_sql(f"DELETE FROM search_fts WHERE rowid IN ({marks})")  # noqa: S608 - numbers
    connection.exec_driver_sql(
        "INSERT INTO search_fts (rowid, terms) VALUES (?, ?)",
        [(number, " ".join(found)) for number, found in joined.items()],
    )


def _into_postgres(connection: Connection, centre_id: int, tickets: Collection[int]) -> None:
    rows = [
        {"centre": centre_id, "ticket": number, "terms": found}
        for number, found in _texts(connection, str(int(centre_id)), tickets)
    ]
    connection.execute(
        text(
            "INSERT INTO search_terms (centre_id, ticket_id, terms) VALUES (:centre, :ticket, CAST(:terms AS text[]))"
            " ON CONFLICT (centre_id, ticket_id) DO UPDATE SET terms = excluded.terms"
        ),
        rows,
    )
