"""The weights of the field: how much comes in at which hour, and how often people turn aside from the ordinary way."""

from __future__ import annotations

from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT, DAY, STORM = 0.4, 1.0, 6.0
"""Busyness of an hour: events come so many times as fast."""
USUAL_GAP = 360
"""Seconds between two things that happen on a usual day."""
STORM_SHARE = 0.02
"""How often an hour of weather begins in which everybody reports at once."""

MOVES = {
    "report": 14, "report_again": 4, "sense": 7, "sense_again": 2, "go_on": 44, "turn_aside": 16, "decide": 6,
    "lead": 3, "roster": 1, "hand_over": 1, "sweep_up": 1, "anything": 3, "publish_calendar": 0.3,
}  # fmt: skip
"""What happens next, by weight."""

ASIDE = {
    "return": 6, "request": 8, "pause": 4, "hand_up": 3, "hand_down": 3, "redispatch": 3, "add_task": 5, "join": 4,
    "separate": 3, "link": 1, "activate_plan": 2, "tick": 2, "grade": 1, "report_up": 2, "supervise": 2, "remind": 4,
    "note": 10, "ask": 2, "undo": 4, "void": 0.5, "amend": 2, "assess": 3, "take_back": 3, "recompute": 2, "cordon": 1,
    "finish_task": 5, "finding": 2, "refuse": 0.5, "withdraw": 1,
}  # fmt: skip
"""Verbs off the ordinary way, by weight; what is not here is drawn now and then by `anything`."""


class Weather:
    """Day, night and storms."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._storm_until = 0
        self.storms = 0

    def gap(self, now: datetime) -> int:
        """Seconds until something happens again."""
        at = int(now.timestamp())
        hour = now.astimezone(ZONE).hour
        if at >= self._storm_until and self._dice.random() < STORM_SHARE:
            self._storm_until = at + self._dice.randrange(900, 5400)
            self.storms += 1
        busy = STORM if at < self._storm_until else DAY if 7 <= hour < 22 else NIGHT
        return int(self._dice.expovariate(busy / USUAL_GAP))

    def is_storm(self, now: datetime) -> bool:
        """Whether everybody reports at once."""
        return int(now.timestamp()) < self._storm_until


def drawn(dice: Random, weights: dict[str, float]) -> str:
    """One of several by weight."""
    return dice.choices(list(weights), list(weights.values()))[0]
