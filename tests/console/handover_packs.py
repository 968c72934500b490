"""A pack of a handover made of the rows of a made street, in the shape of `core.accountability.handover_pack`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from console.ports import QueueRow
from data.handover_terms import HandoverPart

LISTED = 5


def made_pack(tickets: Sequence[QueueRow], now: int) -> dict[str, Any]:
    """Late ones and all of them."""
    parts = {HandoverPart.LATE: [row for row in tickets if row.due < now], HandoverPart.OPEN: list(tickets)}
    return {
        "centre": {"code": "demo", "name": "示范街道", "zone": "Asia/Shanghai"},
        "at": now,
        "shift": {"from": now - 28_800, "to": now, "officers": ["张明"]},
        "next": {"from": now, "to": now + 28_800, "officers": ["高远"]},
        "counts": {part.value: len(parts.get(part, ())) for part in HandoverPart},
        "lists": {part.value: [_line(row) for row in rows[:LISTED]] for part, rows in parts.items() if rows},
        "emergency": None,
        "engine": {
            "running": True,
            "beat_at": now,
            "overdue": 0,
            "oldest_due_at": None,
            "notices_waiting": 0,
            "notices_failed": 0,
        },
        "backup": "2026-07-20",
        "head": {"number": 7, "hash": "a" * 64},
    }


def _line(row: QueueRow) -> dict[str, Any]:
    return {
        "ticket": row.code,
        "title": row.title,
        "stage": row.stage,
        "urgency": row.urgency,
        "kind": "",
        "holder": "unit",
        "who": row.holder,
        "at": row.due,
        "until": None,
    }
