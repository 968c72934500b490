"""What is open when the shift changes, each ticket in the part that matters most about it."""

from __future__ import annotations

from collections.abc import Callable

from console.backend.lists import HolderText, TicketList
from console.plan_ports import Handover, OpenPart
from data.queries import queue
from data.queries.counted import Counted
from data.queries.filters import Condition
from data.reader import Reader

SHOWN = 40
"""Tickets named in a part; the others are counted."""

NEXT_SHIFT = 12 * 3600
"""Seconds that the next shift looks ahead where the roster has none."""


def next_shift_end(reader: Reader, centre: int, now: int) -> int:
    """When the shift after the present one ends; twelve hours from now without a roster."""
    row = reader.one(
        "SELECT min(to_at) FROM duty WHERE centre_id = :centre AND kind = 'shift' AND from_at > :now",
        centre=centre,
        now=now,
    )
    return int(row[0]) if row and row[0] else now + NEXT_SHIFT


def handover(reader: Callable[[], Reader], centre: int, holder: HolderText, now: int) -> Handover:
    """The parts in order, empty ones too."""
    until = next_shift_end(reader(), centre, now)
    parts = []
    taken = "1 = 0"
    for name, sql in (
        ("late", "t.due_at < :now"),
        ("waiting", "t.stage = 'dispatched'"),
        ("due", "t.due_at < :until"),
        ("paused", "t.stage = 'suspended'"),
        ("rest", "1 = 1"),
    ):
        condition = Condition(f"({sql}) AND NOT ({taken})", {"now": now, "until": until})
        rows = TicketList(reader, centre, holder, condition).after(None, SHOWN)
        total = queue.count(reader(), centre, condition) if len(rows) == SHOWN else Counted(len(rows))
        parts.append(OpenPart(name, total, tuple(rows)))
        taken = f"{taken} OR {sql}"
    return Handover(until, tuple(parts))
