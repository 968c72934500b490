"""Takes the texts of tickets into the search: at once where somebody writes, later where a whole file comes in.

What is searched: code, title, report, address, and the words of the history. Names and telephone numbers of reporters
are left out. What waits is in `text_due`, and is searched as it is until it is taken in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from data.queries.searching import SAID
from data.search_index import put
from data.store import Store
from data.tables import TextDue, Ticket, TicketEvent, TicketText, table
from data.tokens import grams, line_of

NEW_TEXT = frozenset({"report", "amend"})
"""Events after which the ticket's own texts read differently."""
CHUNK = 500


def has_words(kind: str, body: Mapping[str, Any]) -> bool:
    """Whether an event says something that can be searched."""
    return kind in NEW_TEXT or any(body.get(name) for name in SAID)


def take_in(connection: Connection, centre_id: int, ticket_ids: Iterable[int]) -> int:
    """Bring the tokens of tickets up to date, inside an open write transaction; how many there were."""
    wanted = list(dict.fromkeys(ticket_ids))
    for start in range(0, len(wanted), CHUNK):
        _take_in(connection, centre_id, wanted[start : start + CHUNK])
    return len(wanted)


def put_off(connection: Connection, centre_id: int, ticket_ids: Iterable[int]) -> None:
    """Note that the texts of tickets are to be taken in later."""
    rows = [{"centre_id": centre_id, "ticket_id": ticket_id} for ticket_id in dict.fromkeys(ticket_ids)]
    if rows:
        connection.execute(_insert(connection, TextDue).on_conflict_do_nothing(), rows)


def take_in_waiting(store: Store, centre_id: int, limit: int = CHUNK) -> int:
    """Take in some of what waits, in one short transaction without waking consoles; how many tickets there were."""
    due = table(TextDue)
    waiting = select(due.c.ticket_id).where(due.c.centre_id == centre_id).limit(limit)
    with store.read() as connection:
        if connection.execute(waiting.limit(1)).first() is None:
            return 0
    with store.write(bell=False) as connection:
        return take_in(connection, centre_id, [int(row[0]) for row in connection.execute(waiting)])


def put_off_all(store: Store, centre_id: int) -> int:
    """Have every ticket of a centre taken in anew; how many there are."""
    tickets, due = table(Ticket), table(TextDue)
    with store.write() as connection:
        connection.execute(delete(due).where(due.c.centre_id == centre_id))
        every = select(tickets.c.centre_id, tickets.c.id).where(tickets.c.centre_id == centre_id)
        return connection.execute(insert(due).from_select(["centre_id", "ticket_id"], every)).rowcount


def _take_in(connection: Connection, centre_id: int, ids: Sequence[int]) -> None:
    postgres = connection.dialect.name == "postgresql"
    texts = _texts(connection, centre_id, ids)
    rows = []
    for ticket_id, parts in texts.items():
        line = line_of(parts)
        pairs = grams(line) if postgres else ""
        rows.append({"centre_id": centre_id, "ticket_id": ticket_id, "tokens": line, "grams": pairs})
    if rows:
        statement = _insert(connection, TicketText)
        changed = {name: statement.excluded[name] for name in ("tokens", "grams")}
        known = ["centre_id", "ticket_id"]
        connection.execute(statement.on_conflict_do_update(index_elements=known, set_=changed), rows)
        put(connection, rows)
    due = table(TextDue)
    gone = delete(due).where(due.c.centre_id == bindparam("b_centre"), due.c.ticket_id == bindparam("b_ticket"))
    connection.execute(gone, [{"b_centre": centre_id, "b_ticket": ticket_id} for ticket_id in ids])


def _texts(connection: Connection, centre_id: int, ids: Sequence[int]) -> dict[int, list[str]]:
    """The texts of tickets, in order."""
    tickets, events = table(Ticket).c, table(TicketEvent).c
    found: dict[int, list[str]] = {}
    for row in connection.execute(
        select(tickets.id, tickets.code, tickets.title, tickets.body, tickets.address).where(
            tickets.centre_id == centre_id, tickets.id.in_(ids)
        )
    ):
        found[row.id] = [row.code, row.title, row.address, row.body]
    logged = select(events.ticket_id, events.body).where(events.centre_id == centre_id, events.ticket_id.in_(ids))
    for ticket_id, body in connection.execute(logged.order_by(events.id)):
        facts = json.loads(body) if isinstance(body, str) else body
        found[ticket_id] += [str(facts[name]) for name in SAID if facts.get(name)]
    return found


def _insert(connection: Connection, model: type[TicketText] | type[TextDue]) -> Any:
    """An INSERT that knows what to do with rows that are there."""
    maker = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return maker(table(model))
