"""How the log holds notices: an event names those that it brought, each by its id and a seal.

The seal is a digest over what never changes of the row, so that one taken out, put in or edited shows
(`core.accountability.told`). A notice of the console has arrived with its row. What happens to one afterwards (it is
seen, it goes out, it is given up) stands in the access log, under `target_of` it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

CONSOLE = "console"
NOTICES = "notices"
"""The part of an event's body that names its notices: [id, seal] each, and the ticket where it is another one."""
SEALED = (
    *("id", "ticket_id", "event_no", "channel", "kind", "severity", "officer_id", "unit_id", "title", "title_en"),
    *("body", "created_at"),
)
"""What never changes of a notice."""
ARRIVED = ("state", "sent_at")
"""What never changes either where it is shown from its row."""
SEAL_LENGTH = 32
"""Hex digits: 128 bits."""


def seal(salt: str, row: Mapping[str, Any]) -> str:
    """A digest over what never changes of a notice, with the salt of its event: without it no text can be tried."""
    names = SEALED + (ARRIVED if row["channel"] == CONSOLE else ())
    canonical = json.dumps([row[name] for name in names], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{salt}\n{canonical}".encode("utf-8", "surrogatepass")).hexdigest()[:SEAL_LENGTH]


def named(event: Mapping[str, Any], row: Mapping[str, Any]) -> list[Any]:
    """How an event names one of its notices."""
    other = [] if row["ticket_id"] in (None, event["ticket_id"]) else [row["ticket_id"]]
    return [row["id"], seal(event["salt"], row), *other]


def target_of(notice_id: int) -> str:
    """What entries of the access log about a notice are under."""
    return f"notice:{notice_id}"
