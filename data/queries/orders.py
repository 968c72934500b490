"""The orders that a list of open tickets can have, each walked in an index of its own.

An order is a chain of legs: a leg is a part of the list that lies in one piece of an index, and the legs follow each
other. By deadline and by age there is one leg; by urgency one for each urgency, by unit one for each unit that has
something in hand. A key is (instant, id) with one leg, and (number of the leg, instant, id) with several.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from data.errors import BadInput
from data.reader import Reader
from data.terms import Urgency

ORDERS = ("due", "urgency", "age", "unit")
"""Names of the orders; the first is the usual one."""

Key = tuple[int, ...]


class Leg(NamedTuple):
    """A part of a list: a condition on `ticket t`, and the kept counter of what it holds."""

    sql: str
    values: dict[str, Any]
    dimension: str
    item: str


class Order(NamedTuple):
    """An order of open tickets: the column that sorts inside a leg, and the legs."""

    name: str
    column: str
    legs: tuple[Leg, ...]

    def key(self, ticket: int, due: int, reported: int, urgency: str, unit: int | None) -> Key:
        """The key of a ticket from its columns. A ticket of no leg stands behind the last one."""
        at = reported if self.name == "age" else due
        if len(self.legs) == 1 and self.name in ("due", "age"):
            return (at, ticket)
        item = urgency if self.name == "urgency" else str(unit or 0)
        number = next((place for place, leg in enumerate(self.legs) if leg.item == item), len(self.legs))
        return (number, at, ticket)

    def place(self, key: Key) -> tuple[int, Key]:
        """The leg that a key is in, and (instant, id) inside it."""
        return (0, key) if len(key) == 2 else (key[0], key[1:])


BY_DUE = Order("due", "due_at", (Leg("1 = 1", {}, "open", "all"),))
_BY_AGE = Order("age", "reported_at", (Leg("1 = 1", {}, "open", "all"),))
_BY_URGENCY = Order(
    "urgency",
    "due_at",
    tuple(Leg("t.urgency = :leg", {"leg": str(word.value)}, "open_urgency", str(word.value)) for word in Urgency),
)


def order_named(reader: Reader, centre: int, name: str) -> Order:
    """The order of a name. By unit: the centre's own queue first, then the units as the organisation has them.

    Raises BadInput.
    """
    for order in (BY_DUE, _BY_AGE, _BY_URGENCY):
        if order.name == name:
            return order
    if name != "unit":
        raise BadInput("order", f"没有排序“{name}”，可用：{' '.join(ORDERS)}", f"No order {name}: {' '.join(ORDERS)}")
    units = reader.rows("SELECT sort_no, code, id FROM unit WHERE centre_id = :centre", centre=centre)
    nobody = Leg("t.holder_unit_id IS NULL", {}, "open_unit", "0")
    held = [Leg("t.holder_unit_id = :leg", {"leg": int(unit)}, "open_unit", str(unit)) for *_, unit in sorted(units)]
    return Order("unit", "due_at", (nobody, *held))
