"""Which communities an address speaks of."""

from __future__ import annotations

from collections.abc import Sequence

from console.intake_ports import PlaceHit
from data.pinyin import spelt
from data.reader import Reader

SHORTEST_SPELLING = 2
"""Letters that can stand for a place in an address."""

_COMMUNITIES = (
    "SELECT id, name, code FROM unit WHERE centre_id = :centre AND kind = 'community' AND closed_at IS NULL"
    " ORDER BY sort_no, code"
)


def places_in(reader: Reader, centre: int, text: str, limit: int) -> Sequence[PlaceHit]:
    """Communities whose name occurs in the text, with or without its ending 社区 or 村, or that it spells."""
    found = reader.rows(_COMMUNITIES, centre=centre)
    hits = [PlaceHit(*row) for row in found if _short(row[1]) in text or row[1] in text or _spells(text, row[1])]
    return sorted(hits, key=lambda hit: -len(hit.name))[:limit]


def _spells(text: str, name: str) -> bool:
    """Whether a word of the text is the beginning of a name's pinyin or initials."""
    return any(spelt(name, word) for word in text.split() if len(word) >= SHORTEST_SPELLING and word.isascii())


def _short(name: str) -> str:
    """A community's name as people say it."""
    for ending in ("社区", "村"):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name[: -len(ending)]
    return name
