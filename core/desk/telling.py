"""Notices to everybody in certain roles, with an event of the centre's log that brings them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection

from core.desk.actor import Actor
from core.desk.deeds.deed import Deed
from core.desk.desk import Desk
from core.desk.ledger import Ledger
from core.desk.people import people_at
from core.desk.work import Message
from data.terms import Role


def tell_roles(connection: Connection, desk: Desk, actor: Actor, message: Message, roles: Iterable[Role]) -> int:
    """Queue a message for everybody who has one of these roles, on every channel; gives how many people.

    The event is of the message's kind, by whoever is the cause. Nobody in these roles: nothing is written.
    """
    deed = Deed(desk, Ledger(connection, desk.centre_id, desk.now()), actor)
    people = people_at(connection, desk.centre_id, desk.now())
    officers = list(dict.fromkeys(person.officer_id for role in roles for person in people.in_role(role)))
    for officer in officers:
        deed.tell(replace(message, officer_id=officer))
    if officers:
        deed.append(message.kind, {"officers": len(officers), "effects": {}})
        deed.ledger.flush()
    return len(officers)
