"""What is seen of personal data: written down first, read afterwards; too much of it raises the alarm."""

from __future__ import annotations

from sqlalchemy import Connection, func, or_, select

from core.accountability.access_log import note_access
from core.desk.actor import Actor
from core.desk.centre_desk import CentreDesk
from core.desk.centre_orders import CentreOrder
from core.desk.deeds.personal import HOUR, LIMIT
from core.desk.desk import Desk
from core.desk.personal_orders import FindNumber, ShowField
from core.desk.telling import tell_roles
from core.desk.work import Message
from data.access_terms import AccessKind
from data.errors import NotAllowed
from data.store import lock_centre
from data.tables import AccessEvent, Ticket, table
from data.terms import Role, Severity

TOLD = (Role.COMMANDER, Role.AUDIT_ADMIN)
FOUND_AT_MOST = 50
_TICKET = table(Ticket).c


def reveal_field(desk: Desk, order: ShowField, actor: Actor) -> str:
    """One field of one ticket as it stands in the store. Raises a Refusal, and then nothing was seen."""
    receipt = _recorded(desk, order, actor)
    with desk.store.read() as connection:
        found = connection.execute(
            select(table(Ticket).c[order.field.column]).where(
                _TICKET.centre_id == desk.centre_id, _TICKET.id == receipt
            )
        ).scalar()
    return str(found or "")


def find_number(desk: Desk, order: FindNumber, actor: Actor) -> list[str]:
    """Codes of tickets with a number in their telephone or text, the newest first. Raises a Refusal."""
    _recorded(desk, order, actor)
    phone = func.replace(func.replace(_TICKET.reporter_phone, " ", ""), "-", "")
    if len(order.digits) > 4:
        fits = or_(
            phone.endswith(order.digits), _TICKET.title.contains(order.digits), _TICKET.body.contains(order.digits)
        )
    else:
        fits = phone.endswith(order.digits)
    with desk.store.read() as connection:
        codes = connection.execute(
            select(_TICKET.code)
            .where(_TICKET.centre_id == desk.centre_id, ~_TICKET.confidential, fits)
            .order_by(_TICKET.reported_at.desc(), _TICKET.id.desc())
            .limit(FOUND_AT_MOST)
        ).scalars()
        return list(codes)


def note_look(desk: Desk, actor: Actor, kind: AccessKind, target: str = "", **facts: object) -> None:
    """Write down what somebody is about to see. Raises StoreTrouble, and then it must not be shown.

    No console is woken for it: nothing that they show changes.
    """
    with desk.store.write(bell=False) as connection:
        note_access(connection, desk.centre_id, desk.now(), actor, kind, target, facts)


def _recorded(desk: Desk, order: CentreOrder, actor: Actor) -> int | None:
    """Carry the order out; gives the id of the ticket that it is about."""
    try:
        return CentreDesk(desk).do(order, actor).ticket_id
    except NotAllowed as refused:
        if refused.code == LIMIT:
            desk.store.run(lambda connection: _alarm(connection, desk, actor))
        raise


def _alarm(connection: Connection, desk: Desk, actor: Actor) -> None:
    """The refusal on record; the first of an hour is told to the heads."""
    lock_centre(connection, desk.centre_id)
    now, entries = desk.now(), table(AccessEvent).c
    told = connection.execute(
        select(entries.id)
        .where(
            entries.centre_id == desk.centre_id,
            entries.actor == actor.code,
            entries.kind == AccessKind.REVEAL_REFUSED.value,
            entries.at > now - HOUR,
        )
        .limit(1)
    ).first()
    note_access(connection, desk.centre_id, now, actor, AccessKind.REVEAL_REFUSED)
    if told is not None:
        return
    message = Message(
        "reveal_limit",
        Severity.ALARM,
        f"{actor.name}一小时内查看个人信息过多，已被拒绝",
        f"{actor.code} looked at too much personal data within an hour and was refused",
    )
    tell_roles(connection, desk, actor, message, TOLD)
