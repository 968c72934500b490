"""The pack of a handover: how the centre stood at one moment, in plain values that are kept as they are.

Counts are counted and not estimated; of each list the first lines are in the pack, the rest is told by the log
(`core.accountability.handover_list`). So a pack has the same size over a hundred and over a hundred thousand tickets.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from core.accountability.anchor import LOGS, heads_now
from core.accountability.head import head
from core.accountability.lookup import Lookup
from core.rules.handover import Change
from data.handover_terms import TICKET_PARTS, HandoverPart
from data.masking import mask_text
from data.queries import emergency as emergencies
from data.queries import engine as engines
from data.queries import handovers as queries
from data.reader import Reader
from data.terms import Stage

Pack = dict[str, Any]
VERSION = 1
LISTED = 40
"""Lines of each list that are in the pack."""
HOLDERS = 40
NEXT_SHIFT = 12 * 3_600
"""Seconds that a pack looks ahead, and back, where the roster tells of no shift."""


def make_pack(reader: Reader, centre: int, at: int, change: Change | None, backup: str | None) -> Pack:
    """The pack at an instant (epoch seconds), read in one view of the store.

    `backup` is the day of the newest daily copy, empty for none, None where a server's administrator makes copies.
    """
    span = span_of(change, at)
    lookup, found, heads = Lookup(reader, centre), head(reader, centre), heads_now(reader, centre, at)
    stages = queries.stages(reader, centre, span)
    counts = {HandoverPart.OPEN: sum(amount for _stage, amount, _late, _due in stages)}
    counts[HandoverPart.LATE] = sum(late for _stage, _amount, late, _due in stages)
    counts[HandoverPart.DUE] = sum(due for _stage, _amount, _late, due in stages)
    by_stage = {stage: amount for stage, amount, _late, _due in stages}
    counts[HandoverPart.WAITING] = by_stage.get(Stage.DISPATCHED.value, 0)
    counts[HandoverPart.SUSPENDED] = by_stage.get(Stage.SUSPENDED.value, 0)
    counts[HandoverPart.CALL_BACKS] = by_stage.get(Stage.CHECKED.value, 0)
    others = [part for part in HandoverPart if part not in TICKET_PARTS]
    counts |= {part: queries.count(reader, centre, part, span) for part in others}
    listed = {part.value: queries.lines(reader, centre, part, span, LISTED) for part in HandoverPart if counts[part]}
    return {
        "version": VERSION,
        "centre": {"code": found.centre, "name": found.name, "zone": found.zone},
        **span._asdict(),
        "shift": _shift(lookup, change, leaving=True),
        "next": _shift(lookup, change, leaving=False),
        "counts": {part.value: counts[part] for part in HandoverPart},
        "stages": by_stage,
        "holders": queries.holders(reader, centre, span, HOLDERS),
        "lists": listed,
        "emergency": _emergency(reader, centre),
        "engine": _engine(reader, centre, at),
        "backup": backup,
        "head": {"number": found.number, "hash": found.hash},
        "heads": {log: getattr(heads, log) for log in LOGS if log != "log"},
    }


def span_of(change: Change | None, at: int) -> queries.Span:
    """The times that a pack looks at: back to the start of the leaving shift, ahead to the end of the incoming one."""
    coming = change.incoming if change is not None else None
    since = change.leaving.from_at if change is not None else at - NEXT_SHIFT
    until = coming.to_at if coming is not None else (change.at if change is not None else at) + NEXT_SHIFT
    return queries.Span(at, min(since, at), max(until, at))


def pack_hash(pack: Pack) -> str:
    """SHA-256 over the pack's canonical JSON, in hex."""
    canonical = json.dumps(pack, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _shift(lookup: Lookup, change: Change | None, leaving: bool) -> dict[str, Any]:
    shift = None if change is None else change.leaving if leaving else change.incoming
    if shift is None:
        return {"from": None, "to": None, "officers": []}
    names = lookup.officers(shift.officers)
    return {"from": shift.from_at, "to": shift.to_at, "officers": [names[one] for one in sorted(names)]}


def _emergency(reader: Reader, centre: int) -> dict[str, Any] | None:
    mode = emergencies.mode(reader, centre)
    if mode is None:
        return None
    return {
        "grade": mode.grade,
        "since": mode.since,
        "by": mode.by,
        "behalf": mode.behalf,
        "reason": mask_text(mode.reason),
        "ticket": mode.ticket,
    }


def _engine(reader: Reader, centre: int, at: int) -> dict[str, Any]:
    beat = engines.beat(reader, centre)
    overdue, oldest = engines.overdue(reader, centre, at)
    waiting = engines.waiting_notices(reader, centre, at)
    return {
        "running": beat is not None and bool(beat.holder),
        "beat_at": None if beat is None else beat.beat_at,
        "overdue": overdue.number,
        "oldest_due_at": oldest,
        "notices_waiting": waiting.pending + waiting.sending,
        "notices_failed": waiting.failed,
    }
