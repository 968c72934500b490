"""What a policy says about personal data: how long and how often it is seen in full, when a read is on record again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from data.errors import BadInput


@dataclass(frozen=True)
class Personal:
    """The figures of a policy's [personal]."""

    show_seconds: int = 30
    """A field that was asked for stands on the screen so long."""
    looks_an_hour: int = 20
    """So often an officer may see a field in full, or search by a number, within an hour."""
    read_minutes: int = 10
    """A console puts the read of one ticket on record again after so many minutes."""
    keep_days: int = 1_096
    """Personal data of a ticket is due to be erased so many days after its end."""
    keep_access_days: int = 1_096
    """Entries of the access log are kept so many days (PIPL art. 56: three years)."""
    erase_daily: int = 0
    """So many tickets that are due the engine erases by itself each day; 0: it only says how many are due."""


PERSONAL = Personal()
"""184 days are six calendar months at their longest: the least for logs (Cybersecurity Law)."""
BOUNDS: Mapping[str, tuple[int, int]] = {
    "show_seconds": (5, 600),
    "looks_an_hour": (1, 1_000),
    "read_minutes": (1, 600),
    "keep_days": (184, 36_600),
    "keep_access_days": (184, 36_600),
    "erase_daily": (0, 10_000),
}


def read_personal(body: Mapping[str, Any]) -> Personal:
    """The figures of a policy's plain form. Raises BadInput that names what is unknown or out of bounds."""
    given = body.get("personal", {})
    names = ", ".join(BOUNDS)
    if not isinstance(given, Mapping) or not given.keys() <= BOUNDS.keys():
        raise BadInput("policy-personal", f"[personal] 只能有：{names}", f"[personal] may have: {names}")
    for name, value in given.items():
        least, most = BOUNDS[name]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise BadInput(
                "policy-personal",
                f"personal.{name} 须为 {least} 到 {most} 的整数",
                f"personal.{name} takes a whole number, {least} to {most}",
            )
    return Personal(**{**asdict(PERSONAL), **given})
