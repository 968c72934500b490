"""The access log as people read it: who saw what and came in from where, the newest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from core.accountability.access_log import FIELDS
from core.accountability.lookup import plain
from data.reader import Reader

ALL_FIELDS = ("id", "at", "kind", "actor", "session_id", "how", "address", "fingerprint", "target", "body", "hash")
"""Names of the fields of a record, in order."""


class Wanted(NamedTuple):
    """Which entries; an empty text means all."""

    officer: str = ""
    target: str = ""
    kind: str = ""
    since: int = 0


def access_entries(reader: Reader, centre: int, wanted: Wanted, limit: int) -> Iterator[dict[str, Any]]:
    """The entries, the newest first."""
    conditions = {"officer": "actor = :officer", "target": "target = :target", "kind": "kind = :kind"}
    given = {name: value for name, value in wanted._asdict().items() if value}
    chosen = [conditions[name] for name in given if name in conditions]
    rows = reader.rows(
        f"SELECT {', '.join(FIELDS)} FROM access_event WHERE centre_id = :centre AND at >= :since"  # noqa: S608 - names of our own
        f"{''.join(' AND ' + one for one in chosen)} ORDER BY id DESC LIMIT :size",
        centre=centre,
        size=limit,
        **{**given, "since": wanted.since},
    )
    for row in rows:
        entry = dict(zip(FIELDS, row, strict=True))
        yield {name: plain(entry[name]) if name == "body" else entry[name] for name in ALL_FIELDS}
