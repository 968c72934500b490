"""The past of units: what each was called and where it belonged, in half-open spans that follow each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data.errors import BadInput
from data.ids import new_id
from data.tables import Appointment, Unit, UnitSpan, table

APPOINTMENT, UNIT, SPAN = table(Appointment), table(Unit), table(UnitSpan)

CHUNK = 500


def open_span(
    connection: Connection, centre_id: int, units: Iterable[Mapping[str, Any]], at: int, actor: str, reason: str = ""
) -> None:
    """Begin a span for each unit, with its present name and parent."""
    rows = [
        UnitSpan(
            centre_id=centre_id,
            id=new_id(),
            unit_id=unit["id"],
            name=unit["name"],
            parent_id=unit["parent_id"],
            from_at=at,
            reason=reason,
            actor=actor,
        ).model_dump()
        for unit in units
    ]
    if rows:
        connection.execute(insert(SPAN), rows)


def close_span(connection: Connection, centre_id: int, unit_id: int, at: int) -> None:
    """End a unit's open span. Raises BadInput when that span began after `at`: history is not rewritten."""
    span = _open_span_of(connection, centre_id, unit_id, at)
    if span is not None:
        connection.execute(update(SPAN).where(SPAN.c.centre_id == centre_id, SPAN.c.id == span.id).values(to_at=at))


def shift_span(
    connection: Connection, centre_id: int, unit: Mapping[str, Any], at: int, actor: str, reason: str
) -> None:
    """End a unit's open span and begin the next one with its new name and parent; twice at one instant is one span."""
    span = _open_span_of(connection, centre_id, int(unit["id"]), at)
    if span is not None and span.from_at == at:
        values = {"name": unit["name"], "parent_id": unit["parent_id"], "reason": reason, "actor": actor}
        connection.execute(update(SPAN).where(SPAN.c.centre_id == centre_id, SPAN.c.id == span.id).values(**values))
        return
    close_span(connection, centre_id, int(unit["id"]), at)
    open_span(connection, centre_id, [unit], at, actor, reason)


def close_unit(connection: Connection, centre_id: int, unit_id: int, at: int, actor: str, reason: str) -> None:
    """Close a unit: its span and its appointments end; its row stays, for the tickets that had it."""
    close_span(connection, centre_id, unit_id, at)
    connection.execute(update(UNIT).where(UNIT.c.centre_id == centre_id, UNIT.c.id == unit_id).values(closed_at=at))
    held = connection.execute(
        select(APPOINTMENT.c.id).where(
            APPOINTMENT.c.centre_id == centre_id, APPOINTMENT.c.unit_id == unit_id, APPOINTMENT.c.to_at.is_(None)
        )
    )
    end_appointments(connection, centre_id, [int(row[0]) for row in held], at)


def end_appointments(connection: Connection, centre_id: int, ids: Sequence[int], at: int) -> None:
    """End appointments at `at`."""
    for start in range(0, len(ids), CHUNK):
        connection.execute(
            update(APPOINTMENT)
            .where(APPOINTMENT.c.centre_id == centre_id, APPOINTMENT.c.id.in_(ids[start : start + CHUNK]))
            .values(to_at=at)
        )


def _open_span_of(connection: Connection, centre_id: int, unit_id: int, at: int) -> Any:
    span = connection.execute(
        select(SPAN).where(SPAN.c.centre_id == centre_id, SPAN.c.unit_id == unit_id, SPAN.c.to_at.is_(None))
    ).first()
    if span is not None and span.from_at > at:
        raise BadInput(
            "span-order",
            f"“{span.name}”在此日期之后还有变更，不能倒改。",
            f"{span.name} changed after that date: an earlier change cannot be put in.",
        )
    return span
