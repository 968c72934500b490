"""Identifiers made by the application: 63-bit, time-ordered, unique inside a centre.

42 bits of milliseconds since 2024 and 21 random bits; the primary key catches the rare clash and the caller retries.
No database sequence is needed, so the same schema runs on SQLite, PostgreSQL and a distributed PostgreSQL.
"""

from __future__ import annotations

import secrets
import time

EPOCH_2024_MS = 1_704_067_200_000
RANDOM_BITS = 21
_state = {"last": 0}


def new_salt(bits: int) -> str:
    """A random number of so many bits, in hex."""
    return f"{secrets.randbits(bits):0{bits // 4}x}"


def new_id() -> int:
    """A new id, greater than every earlier one of this process.

    The time in it only spreads ids; no rule reads it, so it does not come from the injected clock.
    """
    milliseconds = time.time_ns() // 1_000_000 - EPOCH_2024_MS
    candidate = (milliseconds << RANDOM_BITS) | secrets.randbits(RANDOM_BITS)
    if candidate <= _state["last"]:
        candidate = _state["last"] + 1 + secrets.randbits(8)
    _state["last"] = candidate
    return candidate
