"""Whether who acts sees the ticket that an order names: what they do not see is not there for them."""

from __future__ import annotations

from sqlalchemy import select

from core.desk.actor import SYSTEM_CODES, Actor
from core.desk.ledger import Ledger
from core.desk.permissions import require_role, takes_part
from core.desk.references import References
from core.desk.sight import units_below
from core.desk.verbs.naming import ROW
from core.rules.case import Case
from core.rules.roles import DESK_ROLES
from core.rules.visibility import BRANCHES, Given, Held, Seen, Sight, scope_of, sight
from data.errors import unknown_ticket
from data.inside import InsideReader
from data.scope import Scope
from data.tables import TicketEvent, table
from data.terms import ADMIN_ROLES


def case_for(ledger: Ledger, refs: References, code: str, actor: Actor, verb: tuple[str, str, str]) -> Case:
    """The ticket that an order (its verb, and the verb's names) is about.

    Raises NotFound in the same words whether there is no such ticket or the actor does not see it; for either,
    NotAllowed where their role has no such verb at all.
    """
    case = ledger.find_case(code)
    if case is not None and sees(ledger, refs, case, actor):
        return case
    require_role(*verb, actor)
    raise unknown_ticket(code)


def seen_case(ledger: Ledger, refs: References, code: str, actor: Actor) -> Case:
    """A ticket that something else is to be tied to. Raises NotFound where there is none, or the actor sees none."""
    case = ledger.find_case(code)
    if case is None or not sees(ledger, refs, case, actor):
        raise unknown_ticket(code)
    return case


def require_seen(ledger: Ledger, refs: References, code: str, actor: Actor) -> None:
    """`seen_case` for those who need only its code: whoever sees everything has nothing loaded."""
    if not sees_everything(actor):
        seen_case(ledger, refs, code, actor)


def sees_everything(actor: Actor) -> bool:
    """Whether no ticket of the centre is hidden from this actor: the desk, the engine, imports and devices."""
    if not actor.roles.isdisjoint(ADMIN_ROLES):
        return False
    return bool(actor.roles & DESK_ROLES or actor.roles & SYSTEM_CODES)


def sees(ledger: Ledger, refs: References, case: Case, actor: Actor) -> bool:
    """Whether the actor sees a ticket, be it only its line, or has a part in it."""
    if sees_everything(actor):
        return True
    if not actor.roles.isdisjoint(ADMIN_ROLES):
        return False
    if sight_of(ledger, refs, case, actor) > Sight.NOTHING:
        return True
    # A unit answers for those right under it too, whatever its role sees of them.
    return bool(case.ticket.open) and not case.ticket.confidential and takes_part(actor, case, refs, False)


def sight_of(ledger: Ledger, refs: References, case: Case, actor: Actor) -> Sight:
    """How much of a ticket the actor sees, by the rule."""
    return sight(_scope(refs, actor), _seen(ledger, case))


def _scope(refs: References, actor: Actor) -> Scope:
    views = [view for view in map(refs.unit, sorted(actor.units)) if view is not None]
    held = [Held(role, view.id, view.kind, view.code) for view in views for role in sorted(actor.roles)]
    held += [Held(role, 0, "", "") for role in actor.roles if not views]
    reader = InsideReader(refs.connection)
    branches = {one.unit_id for one in held if (one.role, one.kind) in BRANCHES}
    below = {unit: units_below(reader, refs.centre_id, unit) for unit in branches}
    return scope_of(actor.id or 0, held, below)


def _seen(ledger: Ledger, case: Case) -> Seen:
    ticket = case.ticket
    return Seen(
        section=ticket.section,
        community_id=ticket.community_id,
        grid_id=ticket.grid_id,
        holder_unit_id=ticket.holder_unit_id,
        urgency=ticket.urgency,
        open=bool(ticket.open),
        confidential=ticket.confidential,
        taken_by=_taken_by(ledger, case) if ticket.confidential else None,
        readers=frozenset(row.officer_id for row in case.rows(ROW).values() if row.until_at is None),
        tasks=[Given(task.unit_id, task.officer_id, task.state, bool(task.addressed)) for task in case.tasks],
    )


def _taken_by(ledger: Ledger, case: Case) -> int | None:
    events = table(TicketEvent).c
    found = ledger.connection.execute(
        select(events.actor_id).where(
            events.centre_id == ledger.centre_id, events.ticket_id == case.ticket.id, events.seq == 1
        )
    ).scalar()
    return None if found is None else int(found)


