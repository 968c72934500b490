"""Idempotency keys: the same key with the same order does nothing again and gives the first receipt."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import Connection, insert, select

from core.desk.orders import Order
from data.errors import BadInput, Conflict
from data.tables import Request, table

KEY_LIMIT = 120


def used_key(connection: Connection, centre_id: int, key: str | None, order: Order) -> dict[str, Any] | None:
    """The receipt that a key was used for; None for a new one and for none.

    Raises BadInput for what is no key, Conflict for one that was used for another order.
    """
    if not key:
        return None
    if len(key) > KEY_LIMIT or not key.isprintable():
        raise BadInput(
            "bad-key",
            f"幂等键须为不超过 {KEY_LIMIT} 个可见字符。",
            f"An idempotency key has at most {KEY_LIMIT} printable characters.",
        )
    requests = table(Request)
    row = connection.execute(
        select(requests.c.fingerprint, requests.c.receipt).where(
            requests.c.centre_id == centre_id, requests.c.key == key
        )
    ).first()
    if row is None:
        return None
    if row.fingerprint != fingerprint(order):
        raise Conflict(
            "key-reused",
            f"幂等键 {key!a} 已用于另一操作。",
            f"The idempotency key {key!a} was used for another order.",
        )
    found: dict[str, Any] = row.receipt
    return found


def keep_key(connection: Connection, centre_id: int, key: str, order: Order, receipt: dict[str, Any]) -> None:
    """Keep what a key was used for; the receipt has `ticket_id` (or None) and `at`."""
    connection.execute(
        insert(table(Request)),
        {
            "centre_id": centre_id,
            "key": key,
            "fingerprint": fingerprint(order),
            "ticket_id": receipt["ticket_id"],
            "receipt": receipt,
            "at": receipt["at"],
        },
    )


def fingerprint(order: Order) -> str:
    """What an order says, as a hash: to tell a repeated request from another one with the same key."""
    plain = json.dumps({"verb": order.verb, **order.model_dump(mode="json")}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()
