"""Notices that no event of a ticket brings: to everybody in certain roles."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

from core.desk.desk import channels_of
from core.desk.notices import notice_row
from core.desk.people import people_at
from core.desk.work import Message
from data.tables import CentreSequence, Notice, table
from data.terms import Role


def tell_roles(connection: Connection, centre_id: int, message: Message, roles: Iterable[Role], now: int) -> int:
    """Queue a message for everybody who has one of these roles, on every channel; gives how many people."""
    people = people_at(connection, centre_id, now)
    officers = dict.fromkeys(person.officer_id for role in roles for person in people.in_role(role))
    sequence = table(CentreSequence).c
    number = connection.execute(select(sequence.chain_no).where(sequence.centre_id == centre_id)).scalar_one()
    rows = [
        notice_row(message, officer, channel, centre_id, None, int(number), now)
        for channel in channels_of(connection, centre_id)
        for officer in officers
    ]
    if rows:
        connection.execute(insert(table(Notice)), rows)
    return len(officers)
