"""Whether what a report is asked for exists: a name nobody bears must not look like a unit that held nothing."""

from __future__ import annotations

from core.accountability.custody import CustodyFilter
from data.errors import NotFound
from data.reader import Reader

LONGEST = 60
"""Characters of a name that are repeated in a refusal."""

_UNIT = "SELECT 1 FROM unit WHERE centre_id = :centre AND (code = :asked OR name = :asked)"
_ROWS = {
    "unit": ("unit-unknown", "单位", "unit", _UNIT),
    "section": ("section-unknown", "板块", "section", f"{_UNIT} AND kind = 'section'"),
    "community": ("community-unknown", "村社区", "community", f"{_UNIT} AND kind = 'community'"),
    "officer": (
        "officer-unknown",
        "人员",
        "officer",
        "SELECT 1 FROM officer WHERE centre_id = :centre AND (code = :asked OR name = :asked)",
    ),
}


def check_filter(reader: Reader, centre: int, chosen: CustodyFilter) -> None:
    """Raises NotFound for a unit, section, community or officer that the centre never had, by code or name."""
    for name, (code, zh, en, sql) in _ROWS.items():
        asked = getattr(chosen, name)
        if asked and reader.one(f"{sql} LIMIT 1", centre=centre, asked=asked) is None:
            shown = asked[:LONGEST]
            raise NotFound(code, f"没有{zh} {shown}。", f"There is no {en} {shown}.")
