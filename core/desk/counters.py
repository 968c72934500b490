"""The kept counters: what a ticket counts under, and counting anew where a store keeps an older set of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text

from data.counting import COUNTERS_SETTING, DIMENSIONS, HOUR, VERSION, recount_sql
from data.store import Store, lock_centre
from data.tables import CentreStatistic, Setting, table

COUNTED = (
    *("stage", "open", "section", "urgency", "holder_unit_id", "source"),
    *("community_id", "grid_id", "reported_at", "closed_at"),
)
"""Columns of a ticket that the kept counters go by."""

_STAT, _SETTING = table(CentreStatistic), table(Setting)


def counter_keys(ticket: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(dimension, item) of every kept counter that a ticket stands in; `data.counting` says the same in SQL."""
    keys = [
        ("all", "all"),
        ("stage", ticket["stage"]),
        ("source", ticket["source"]),
        ("reported_hour", str(ticket["reported_at"] // HOUR)),
    ]
    if ticket["closed_at"] is not None:
        keys.append(("closed_hour", str(ticket["closed_at"] // HOUR)))
    if ticket["open"]:
        keys += [
            ("open", "all"),
            ("open_section", ticket["section"] or "-"),
            ("open_urgency", ticket["urgency"]),
            ("open_source", ticket["source"]),
            ("open_unit", str(ticket["holder_unit_id"] or 0)),
            ("open_community", str(ticket["community_id"] or 0)),
            ("open_grid", str(ticket["grid_id"] or 0)),
        ]
    return keys


def ensure_counted(connection: Connection, centre_id: int) -> bool:
    """Count a centre's tickets anew if its store keeps an older set of counters; whether that was needed.

    Inside a write transaction that holds the centre's lock: nobody else counts meanwhile.
    """
    kept = connection.execute(
        select(_SETTING.c.value).where(_SETTING.c.centre_id == centre_id, _SETTING.c.name == COUNTERS_SETTING)
    ).scalar()
    if kept is not None and kept.get("version") == VERSION:
        return False
    connection.execute(delete(_STAT).where(_STAT.c.centre_id == centre_id))
    for dimension in DIMENSIONS:
        rows = connection.execute(text(recount_sql(dimension)), {"centre": centre_id}).all()
        counted = [
            {"centre_id": centre_id, "dimension": dimension, "item": str(item), "amount": int(amount)}
            for item, amount in rows
        ]
        if counted:
            connection.execute(insert(_STAT), counted)
    connection.execute(delete(_SETTING).where(_SETTING.c.centre_id == centre_id, _SETTING.c.name == COUNTERS_SETTING))
    connection.execute(
        insert(_SETTING), [{"centre_id": centre_id, "name": COUNTERS_SETTING, "value": {"version": VERSION}}]
    )
    return True


def mend_counters(store: Store, centre_id: int) -> bool:
    """The same in a transaction of its own, before anything is read that needs the newer counters."""
    with store.write() as connection:
        lock_centre(connection, centre_id)
        return ensure_counted(connection, centre_id)
