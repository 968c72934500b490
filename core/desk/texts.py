"""The texts of tickets for the search, written in the transaction that changes them; the index follows later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, text

from data.tables import TicketText, table
from data.tokens import BREAK, NOTES, searchable

HEAD = ("code", "title", "body", "address")
"""Fields of a ticket that are searched. Names and telephone numbers of people are not."""
Row = dict[str, Any]


class Texts:
    """What one write transaction changes in the searched texts of a centre."""

    def __init__(self, centre_id: int) -> None:
        """Nothing has changed yet."""
        self._centre_id = centre_id
        self._new: dict[int, Mapping[str, Any]] = {}
        self._changed: dict[int, Mapping[str, Any]] = {}
        self._turned: set[int] = set()
        """Tickets that were closed or opened: the index knows which are open."""

    def collect(self, ticket: Mapping[str, Any], old: Mapping[str, Any] | None) -> None:
        """Compare a ticket with what was loaded."""
        if old is None:
            self._new[ticket["id"]] = ticket
            return
        if any(ticket[name] != old[name] for name in HEAD):
            self._changed[ticket["id"]] = ticket
        if ticket["open"] != old["open"]:
            self._turned.add(ticket["id"])

    def write(self, connection: Connection, events: Sequence[Mapping[str, Any]]) -> None:
        """Write what changed, with the words of the transaction's events, under the number of its last one."""
        if not events:
            return
        stamps = {event["ticket_id"]: event["id"] for event in events}
        bodies: dict[int, list[Mapping[str, Any]]] = {}
        for event in events:
            if any(event["body"].get(name) for name in NOTES):
                bodies.setdefault(event["ticket_id"], []).append(event["body"])
        fresh = [text_row(ticket, bodies.get(number, []), stamps[number]) for number, ticket in self._new.items()]
        if fresh:
            connection.execute(insert(table(TicketText)), fresh)
        heads = [
            {"centre": self._centre_id, "ticket": number, "stamp": stamps[number], "words": _head(ticket)}
            for number, ticket in self._changed.items()
            if number in stamps
        ]
        if heads:
            connection.execute(text(_UPDATE.format("head = :words")), heads)
        notes = [
            {"centre": self._centre_id, "ticket": number, "stamp": stamps[number], "words": words}
            for number, found in bodies.items()
            if number not in self._new and (words := _notes(found))
        ]
        if notes:
            connection.execute(text(_UPDATE.format(f"notes = notes || '{BREAK}' || :words")), notes)
        told = {row["ticket"] for row in (*heads, *notes)}
        turned = [
            {"centre": self._centre_id, "ticket": number, "stamp": stamps[number]}
            for number in self._turned - told
            if number in stamps
        ]
        if turned:
            connection.execute(text(_UPDATE.format("notes = notes")), turned)


_UPDATE = "UPDATE ticket_text SET {}, stamp = :stamp WHERE centre_id = :centre AND ticket_id = :ticket"


def text_row(ticket: Mapping[str, Any], bodies: Iterable[Mapping[str, Any]], stamp: int) -> Row:
    """The row of a new ticket's texts, with the bodies of its events."""
    key = {"centre_id": ticket["centre_id"], "ticket_id": ticket["id"], "stamp": stamp}
    return {**key, "head": _head(ticket), "notes": _notes(bodies)}


def _head(ticket: Mapping[str, Any]) -> str:
    return searchable(*(ticket[name] for name in HEAD))


def _notes(bodies: Iterable[Mapping[str, Any]]) -> str:
    return searchable(*(str(body[name]) for body in bodies for name in NOTES if body.get(name)))
