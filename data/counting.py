"""The kept counters of `centre_stat`: what each of them counts, as SQL, so that they can be counted anew."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from data.reader import Reader

HOUR = 3600
"""Seconds of the buckets that reports and closings are counted in: hours since the epoch, as text."""

COUNTERS_SETTING = "counters"
"""Setting of a centre that says which set of counters its store keeps."""

VERSION = 2
"""Grows with a new dimension: a store that keeps an older set is counted anew by its next writer."""


class Dimension(NamedTuple):
    """One way of counting tickets: the SQL of the item a ticket counts under, and which tickets count."""

    item: str
    where: str = ""


_OPEN = "open = 1"

DIMENSIONS = {
    "all": Dimension("'all'"),
    "stage": Dimension("stage"),
    "source": Dimension("source"),
    "reported_hour": Dimension(f"CAST(reported_at / {HOUR} AS TEXT)"),
    "closed_hour": Dimension(f"CAST(closed_at / {HOUR} AS TEXT)", "closed_at IS NOT NULL"),
    "open": Dimension("'all'", _OPEN),
    "open_section": Dimension("CASE WHEN section = '' THEN '-' ELSE section END", _OPEN),
    "open_urgency": Dimension("urgency", _OPEN),
    "open_source": Dimension("source", _OPEN),
    "open_unit": Dimension("CAST(coalesce(holder_unit_id, 0) AS TEXT)", _OPEN),
    "open_community": Dimension("CAST(coalesce(community_id, 0) AS TEXT)", _OPEN),
    "open_grid": Dimension("CAST(coalesce(grid_id, 0) AS TEXT)", _OPEN),
}


def recount_sql(dimension: str) -> str:
    """Rows (item, amount) of one dimension, counted over the tickets of `:centre`.

    A scan: for checks, and for a store that does not keep the dimension yet.
    """
    item, where = DIMENSIONS[dimension]
    condition = f" AND {where}" if where else ""
    return f"SELECT {item}, count(*) FROM ticket WHERE centre_id = :centre{condition} GROUP BY 1"  # noqa: S608 - own words


def keeps_all(reader: Reader, centre: int) -> bool:
    """Whether a centre's store keeps every dimension; the next writer of an older store counts them."""
    row = reader.one(
        "SELECT value FROM setting WHERE centre_id = :centre AND name = :name", centre=centre, name=COUNTERS_SETTING
    )
    value: Any = json.loads(row[0]) if row is not None and isinstance(row[0], str) else row[0] if row else None
    return isinstance(value, dict) and value.get("version") == VERSION


def kept_dimensions(reader: Reader, centre: int) -> list[str]:
    """The dimensions that a centre's store keeps: all, or in an older store those that have counters."""
    if keeps_all(reader, centre):
        return list(DIMENSIONS)
    found = reader.rows("SELECT DISTINCT dimension FROM centre_stat WHERE centre_id = :centre", centre=centre)
    return [dimension for (dimension,) in found if dimension in DIMENSIONS]
