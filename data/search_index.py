"""The index of words, which each database makes in its own way: FTS5 on SQLite, GIN on PostgreSQL.

Both find candidates by the tokens of `ticket_text`. Positions of a `tsvector` end at 16,383 and at 256 a word: long
reports would lose phrases, so the PostgreSQL index holds pairs of neighbours instead, and the line of tokens decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

TABLE = "ticket_search"
"""The full-text table on SQLite; the tables that it keeps for itself have names that begin so."""
GRAMS = "ix_ticket_text_grams"
"""The GIN index on PostgreSQL."""

_MAKE = {
    "sqlite": "CREATE VIRTUAL TABLE ticket_search USING fts5(centre, tokens, content='', contentless_delete=1,"
    ' tokenize="unicode61 remove_diacritics 0")',
    "postgresql": "CREATE INDEX ix_ticket_text_grams ON ticket_text USING gin (string_to_array(grams, ' '))",
}
_PUT = "INSERT OR REPLACE INTO ticket_search (rowid, centre, tokens) VALUES (:ticket_id, :centre_id, :tokens)"


def make(connection: Connection) -> None:
    """Make the index; the tables must be there. Inside `Store.change_schema`."""
    connection.execute(text(_MAKE[connection.dialect.name]))


def put(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Take rows of `ticket_text` into the index, in the place of earlier ones. PostgreSQL does that by itself."""
    if connection.dialect.name == "sqlite" and rows:
        connection.execute(text(_PUT), rows)


def is_own(name: str | None) -> bool:
    """Whether a table or index of the database belongs to the index of words."""
    return name is not None and (name == GRAMS or name.startswith(TABLE))
