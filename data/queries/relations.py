"""The tickets that one is tied to: joined into it or it into them, see also, parent and children."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from data.reader import Reader

SHOWN = 200
"""So many children are listed; the counts are of all."""


class Tied(NamedTuple):
    """A ticket in another one's list. Text is raw."""

    id: int
    code: str
    title: str
    stage: str
    urgency: str
    source: str
    reporter_name: str
    reporter_phone: str
    satisfaction: str
    confidential: bool
    reported_at: int
    due_at: int
    revision: int
    open: bool


class Relations(NamedTuple):
    """Everything that a ticket is tied to."""

    main: Tied | None
    joined: list[Tied]
    links: list[Tied]
    parent: Tied | None
    children: list[Tied]
    children_open: int
    children_all: int

    @property
    def any(self) -> bool:
        """Whether there is one at all."""
        return bool(self.main or self.joined or self.links or self.parent or self.children)


def relations(reader: Reader, centre: int, row: Mapping[str, Any]) -> Relations:
    """What a ticket's row (with its facts as a value) is tied to."""
    facts: Mapping[str, Any] = row["facts"] or {}
    main, parent = facts.get("joined", {}).get("into"), row["parent_id"]
    joined = [int(number) for number in facts.get("brought", {})]
    links = [int(number) for number in facts.get("links", ())]
    known = {line.id: line for line in _by_id(reader, centre, {*joined, *links, *(n for n in (main, parent) if n)})}
    children = _tied(
        reader,
        f"{_SELECT} WHERE t.centre_id = :centre AND t.parent_id = :ticket ORDER BY t.id LIMIT {SHOWN}",
        centre,
        {"ticket": row["id"]},
    )
    counts = reader.one(
        "SELECT count(*), coalesce(sum(CASE WHEN t.stage IN ('archived', 'refused', 'void', 'merged') THEN 0 ELSE 1"
        " END), 0) FROM ticket t WHERE t.centre_id = :centre AND t.parent_id = :ticket",
        centre=centre,
        ticket=row["id"],
    )
    total, still_open = (int(counts[0]), int(counts[1])) if counts else (0, 0)
    return Relations(
        known.get(main) if main else None,
        [known[number] for number in joined if number in known],
        [known[number] for number in links if number in known],
        known.get(parent) if parent else None,
        children,
        still_open,
        total,
    )


_SELECT = (
    "SELECT t.id, t.code, t.title, t.stage, t.urgency, t.source, t.reporter_name, t.reporter_phone, t.satisfaction,"
    " t.confidential, t.reported_at, t.due_at, t.revision, t.open FROM ticket t"
)


def _by_id(reader: Reader, centre: int, ids: Iterable[int]) -> list[Tied]:
    listed = ", ".join(str(int(number)) for number in ids)
    if not listed:
        return []
    return _tied(reader, f"{_SELECT} WHERE t.centre_id = :centre AND t.id IN ({listed})", centre, {})


def _tied(reader: Reader, sql: str, centre: int, values: Mapping[str, Any]) -> list[Tied]:
    found = [Tied(*row) for row in reader.rows(sql, centre=centre, **values)]
    return [line._replace(confidential=bool(line.confidential), open=bool(line.open)) for line in found]
