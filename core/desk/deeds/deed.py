"""One deed on the centre inside its transaction: it appends to the centre's own log, and the rows follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import insert, select, update

from core.desk.actor import Actor
from core.desk.centre_orders import CentreOrder
from core.desk.desk import Desk, Receipt, channels_of
from core.desk.in_sight import require_seen
from core.desk.ledger import Ledger
from core.desk.notices import notice_rows
from core.desk.orders import Order
from core.desk.people import people_at
from core.desk.references import References
from core.desk.work import Message
from core.rules.centre_log import CentreState, facts_of
from data.errors import BadInput, NotFound, unknown_ticket
from data.tables import CENTRE_LOG, OF_CENTRE, Officer, Ticket, TicketEvent, table


@dataclass(frozen=True)
class CentreReceipt:
    """What came of an order on the centre: `number` is the entry of its log, `item` the row that it is about."""

    verb: str
    number: int
    item: int
    at: int
    ticket_id: int | None = None
    replayed: bool = False


class Deed:
    """The surroundings of one deed."""

    def __init__(self, desk: Desk, ledger: Ledger, actor: Actor) -> None:
        """Inside a write transaction, by an actor who may do it."""
        self.desk, self.ledger, self.actor = desk, ledger, actor
        self.connection, self.centre_id = ledger.connection, ledger.centre_id
        self.at = max(ledger.now, self.newest_at())

    def append(self, verb: str, body: dict[str, Any], behalf: int | None = None) -> int:
        """Append the event; its effects become rows. Returns its number in the centre's log."""
        kept = {name: value for name, value in body.items() if value not in ("", None)}
        effects = body.get("effects", {})
        state = self._state(effects)
        present = {kind: set(rows) for kind, rows in state.rows.items()}
        number = self.ledger.append_to_centre(state, verb, self.actor, kept, self.at, behalf)
        for kind, rows in state.rows.items():
            self._save(kind, rows, present[kind])
        return number

    def _state(self, effects: Mapping[str, Any]) -> CentreState:
        """The rows that effects are about, as they are."""
        state = CentreState(self.centre_id)
        for kind, part in effects.items():
            source, record = OF_CENTRE[kind].table, OF_CENTRE[kind].record
            ids = [facts["id"] for facts in facts_of(part)]
            rows = self.connection.execute(
                select(source).where(source.c.centre_id == self.centre_id, source.c.id.in_(ids))
            ).mappings()
            state.rows[kind] = {row["id"]: record.model_construct(**row) for row in rows}
        return state

    def _save(self, kind: str, rows: Mapping[int, Any], present: set[int]) -> None:
        target = OF_CENTRE[kind].table
        new = [record.model_dump() for number, record in rows.items() if number not in present]
        for number in present:
            self.connection.execute(
                update(target)
                .where(target.c.centre_id == self.centre_id, target.c.id == number)
                .values(rows[number].model_dump())
            )
        if new:
            self.connection.execute(insert(target), new)

    def on_ticket(self, order: Order) -> Receipt:
        """Carry out an order on a ticket as a part of this deed, before the deed itself is written down."""
        receipt = self.desk.do_in(self.connection, order, self.actor)
        # The chain has grown: what comes next is tied to its new head.
        self.ledger = Ledger(self.connection, self.centre_id, self.desk.now())
        return receipt

    def tell(self, message: Message, ticket_id: int | None = None) -> None:
        """Queue a notice for the next event: to an officer, a unit, or whoever is on duty in a role."""
        people = people_at(self.connection, self.centre_id, self.at) if message.role else None
        number = self.ledger.chain_no + 1
        for row in notice_rows(message, people, self.centre_id, ticket_id, number, self.at, self._channels):
            self.ledger.notify(row)

    @cached_property
    def _channels(self) -> list[str]:
        return channels_of(self.connection, self.centre_id)

    def newest(self, kind: str) -> int:
        """The greatest number of a kind of row; 0 where there is none."""
        column = OF_CENTRE[kind].table.c
        found = self.connection.execute(
            select(column.id).where(column.centre_id == self.centre_id).order_by(column.id.desc()).limit(1)
        ).scalar()
        return int(found or 0)

    def officer(self, which: str | int) -> Any:
        """An active officer (id, code, name) by code, name or id. Raises NotFound, BadInput for a name of several."""
        columns = table(Officer).c
        by_id = columns.id == which if isinstance(which, int) else (columns.code == which) | (columns.name == which)
        found = self.connection.execute(
            select(columns.id, columns.code, columns.name)
            .where(columns.centre_id == self.centre_id, columns.active, by_id)
            .limit(3)
        ).all()
        exact = [row for row in found if row.code == which] or found
        shown = which if str(which).isprintable() else ascii(which)
        if not exact:
            raise NotFound("officer-unknown", f"没有人员“{shown}”。", f"There is no officer {shown}.")
        if len(exact) > 1:
            raise BadInput(
                "officer-ambiguous", f"有多名人员叫 {shown}，请用编号。", f"Several are called {shown}: use a code."
            )
        return exact[0]

    def ticket(self, code: str) -> tuple[int, dict[str, Any]] | None:
        """Id and loose facts of a ticket named by its code; None where none is named.

        Raises NotFound where there is none, or where the actor does not see it.
        """
        found = self.any_ticket(code)
        if found is not None:
            require_seen(self.ledger, References(self.connection, self.centre_id), code, self.actor)
        return found

    def any_ticket(self, code: str) -> tuple[int, dict[str, Any]] | None:
        """`ticket` for deeds of an administrator, who sees none of them."""
        if not code:
            return None
        tickets = table(Ticket).c
        row = self.connection.execute(
            select(tickets.id, tickets.facts).where(tickets.centre_id == self.centre_id, tickets.code == code)
        ).first()
        if row is None:
            raise unknown_ticket(code)
        return int(row.id), row.facts or {}

    def code_of(self, ticket_id: int | None) -> str:
        """The code of a ticket; empty where there is none."""
        if ticket_id is None:
            return ""
        tickets = table(Ticket).c
        found = self.connection.execute(
            select(tickets.code).where(tickets.centre_id == self.centre_id, tickets.id == ticket_id)
        ).scalar()
        return str(found or "")

    def _newest_event(self, column: Any) -> int:
        events = table(TicketEvent).c
        found = self.connection.execute(
            select(column)
            .where(events.centre_id == self.centre_id, events.ticket_id == CENTRE_LOG)
            .order_by(events.seq.desc())
            .limit(1)
        ).scalar()
        return int(found or 0)

    def newest_at(self) -> int:
        """When the centre's log was last written, in epoch seconds."""
        return self._newest_event(table(TicketEvent).c.at)

    def newest_seq(self) -> int:
        """The newest entry of the centre's log."""
        return self._newest_event(table(TicketEvent).c.seq)


@dataclass(frozen=True)
class DeedKind:
    """A kind of deed: its order, the row of CENTRE_ROLES that it is under, what it is called, and how it is done."""

    order: type[CentreOrder]
    permission: str
    zh: str
    en: str
    do: Callable[[Deed, Any], CentreReceipt]
