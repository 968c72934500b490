"""What is done to the centre as a whole: emergency mode, the running log, the telephone log, and more of that kind.

Each deed is one event of the centre's own log, in the same chain as the tickets'; its rows are the log's projection,
written in the same transaction. The deeds themselves are in `core.desk.deeds`, a file per family.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import Connection

from core.desk.actor import Actor
from core.desk.centre_orders import CentreOrder
from core.desk.deeds import (
    break_glass,
    broadcasts,
    duty_asks,
    emergency,
    grants,
    handover,
    hazards,
    personal,
    phone,
    retention,
    running_log,
)
from core.desk.deeds.deed import CentreReceipt, Deed, DeedKind
from core.desk.desk import Desk
from core.desk.keys import keep_key, used_key
from core.desk.ledger import Ledger
from core.desk.orders import read_order
from core.desk.permissions import require_role

_FAMILIES = (
    *(emergency, running_log, phone, hazards, broadcasts, handover, grants, break_glass, personal),
    *(duty_asks, retention),
)
DEEDS: dict[str, DeedKind] = {kind.order.verb: kind for family in _FAMILIES for kind in family.DEEDS}
"""Every deed by its name."""


class CentreDesk:
    """The operations on a centre itself."""

    def __init__(self, desk: Desk) -> None:
        """Beside the desk for tickets, on its store and clock."""
        self.desk = desk
        self.centre_id = desk.centre_id

    def do(self, order: CentreOrder, actor: Actor, key: str | None = None) -> CentreReceipt:
        """Carry out one order in one write transaction; `key` as for tickets. Raises a Refusal, and nothing changed."""
        return self.desk.store.run(lambda connection: self.do_in(connection, order, actor, key), key is not None)

    def do_in(self, connection: Connection, order: CentreOrder, actor: Actor, key: str | None = None) -> CentreReceipt:
        """`do` inside a write transaction that is already open."""
        kind = DEEDS[order.verb]
        require_role(kind.permission, kind.zh, kind.en, actor)
        ledger = Ledger(connection, self.centre_id, self.desk.now())
        earlier = used_key(connection, self.centre_id, key, order)
        if earlier is not None:
            return CentreReceipt(**{**earlier, "replayed": True})
        receipt: CentreReceipt = kind.do(Deed(self.desk, ledger, actor), order)
        if key:
            keep_key(connection, self.centre_id, key, order, asdict(receipt))
        return receipt


def read_centre_order(verb: str, values: Mapping[str, object]) -> CentreOrder:
    """The order of a deed on the centre from plain values. Raises BadInput that names the field, in both languages."""
    order = read_order(DEEDS[verb].order, dict(values))
    assert isinstance(order, CentreOrder)
    return order
