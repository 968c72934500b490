"""What makes a run repeat itself: the ids that the application makes come from the seed, not from the machine."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import data.ids

STEP_NS = 1_000_000
"""Each id is asked for a millisecond after the one before."""


class _Source:
    """Stands for `time` and `secrets` in `data.ids`."""

    def __init__(self, seed: str) -> None:
        self._dice = random.Random(seed)
        self._ns = (data.ids.EPOCH_2024_MS + 1) * 1_000_000

    def time_ns(self) -> int:
        self._ns += STEP_NS
        return self._ns

    def randbits(self, bits: int) -> int:
        return self._dice.getrandbits(bits)


@contextmanager
def repeatable(seed: str) -> Iterator[None]:
    """Inside, `new_id` gives the same ids for the same seed."""
    before, last = (data.ids.time, data.ids.secrets), data.ids._state["last"]
    source = _Source(seed)
    data.ids.time = data.ids.secrets = source  # type: ignore[assignment]
    data.ids._state["last"] = 0
    try:
        yield
    finally:
        data.ids.time, data.ids.secrets = before
        data.ids._state["last"] = max(last, data.ids._state["last"])
