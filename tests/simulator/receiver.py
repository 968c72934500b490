"""The only double: whoever takes the notices outside. Sometimes down, sometimes slow, and its answers get lost."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

from core.engine.webhook import Answer, Webhook

WEATHER = (("up", 90), ("down", 4), ("deaf", 4), ("busy", 2))
"""down: nothing arrives. deaf: it arrives and the answer is lost. busy: come back later."""


class Receiver:
    """What has arrived, by idempotency key."""

    def __init__(self, seed: str) -> None:
        self._dice = random.Random(f"{seed}:receiver")
        self.arrived: dict[str, str] = {}
        self.said: Counter[str] = Counter()
        self.changed: list[str] = []
        """Keys under which something else came the second time."""

    def post(self, _webhook: Webhook, key: str, payload: Mapping[str, Any], _now: int) -> Answer:
        """One request, answered by chance."""
        how = self._dice.choices([name for name, _ in WEATHER], [weight for _, weight in WEATHER])[0]
        self.said[how] += 1
        if how == "down":
            return Answer(unreachable=True, error="no route")
        if how == "busy":
            return Answer(wait=30, error="503")
        said = repr(sorted(payload.items()))
        if self.arrived.setdefault(key, said) != said:
            self.changed.append(key)
        return Answer(unreachable=True, error="timeout") if how == "deaf" else Answer(arrived=True)
