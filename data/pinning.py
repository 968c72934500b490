"""Statements are pinned to a centre: the check on plain SQL text, cheap enough to run on every statement.

On a database distributed by centre, a statement that is not pinned runs on every machine, and some forms do not run at
all. Whoever means all centres says so (`fanout`).
"""

from __future__ import annotations

import re
from functools import lru_cache

TENANT_TABLES = frozenset(
    (
        *("appointment", "calendar_day", "catalogue", "centre_seq", "centre_stat", "clock", "clock_due", "custody"),
        *(
            "daily_number",
            "device",
            "device_alert",
            "device_signal",
            "device_state",
            "duty",
            "duty_ask",
            "duty_gap",
            "duty_swap",
            "emergency",
            "engine_outage",
            "ladder_step",
            "lease",
            "matter",
            "notice",
            "officer",
        ),
        *("organisation_event", "phone_record", "request", "search_mark", "setting", "task", "ticket", "ticket_event"),
        *("signal_refused", "ticket_text", "unit", "unit_span", "unit_succession"),
        *("broadcast", "broadcast_receipt", "hazard", "hazard_entry"),
        *("follow_up", "lesson", "review"),
        *("handover", "handover_note"),
        *("role_grant", "break_glass"),
        *("erasure", "legal_hold"),
        *("ssh_key",),
        *("access_event", "access_head"),
        "ticket_reader",
        *("account", "officer_session", "sign_in_failure"),
        *("attendee", "consultation", "mediation", "meeting", "opinion", "publication", "resolution"),
    )
)
"""Tables with a centre_id, repeated here so that reading needs no table classes; a test holds them against those."""

_LITERAL = re.compile(r"'(?:[^']|'')*'")
_SOURCE = re.compile(r"\b(?:from|join|into|update)\s+\"?([a-z_]+)\"?", re.IGNORECASE)
_PIN = re.compile(r"\bcentre_id\b", re.IGNORECASE)


@lru_cache(maxsize=512)
def unpinned(sql: str) -> str:
    """The tenant table that a statement's text leaves unpinned, or an empty text.

    Each tenant table that is read or written must bring its own mention of centre_id: as a parameter, in a join, or
    among the columns of an INSERT.
    """
    plain = _LITERAL.sub("''", sql)
    sources = [name.lower() for name in _SOURCE.findall(plain)]
    tenants = [name for name in sources if name in TENANT_TABLES]
    return tenants[-1] if len(tenants) > len(_PIN.findall(plain)) else ""
