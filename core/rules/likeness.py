"""How alike two reports are, in points with the reasons in words: plain enough for an officer to check by eye.

    likeness = text + place + address + matter + time + caller + sensor

The points of each part stand in the table below; two reports are proposed as one from LIKELY on. Only words and place
can make them alike: time and matter alone never do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.terms import Source
from data.tokens import BREAK, JOINT, terms, tokens

LIKELY = 50
"""From so many points on two reports are proposed as duplicates."""
WINDOW = 72 * 3600
"""Reports further apart in time are not compared."""
TEXT, ADDRESS, SAME_GRID, SAME_COMMUNITY, SAME_MATTER, SAME_SECTION, SAME_CALLER, SENSOR = 40, 25, 15, 10, 15, 5, 10, 10
TIMES = ((30 * 60, 15), (2 * 3600, 10), (24 * 3600, 5))
"""(seconds apart, points)."""
FEWEST = 4
"""Texts of fewer pairs count as if they had so many, so that one common pair is no likeness."""
ALIKE = 0.5
"""From this share of common pairs on, words alone say that it is the same."""


@dataclass(frozen=True)
class Traits:
    """What is compared of a report. `said` are the pairs of neighbours in its words, `at` epoch seconds."""

    said: frozenset[str]
    address: frozenset[str] = frozenset()
    community_id: int | None = None
    grid_id: int | None = None
    matter: str = ""
    section: str = ""
    source: str = ""
    phone: str = ""
    at: int = 0


@dataclass(frozen=True)
class Part:
    """A part of the likeness, with its points."""

    zh: str
    en: str
    points: int


@dataclass(frozen=True)
class Likeness:
    """Points and what they are made of, the weightiest first."""

    points: int
    parts: tuple[Part, ...]

    def reasons(self, language: str) -> str:
        """The parts in one line."""
        words = (f"{part.en if language == 'en' else part.zh} +{part.points}" for part in self.parts)
        return ", ".join(words) if language == "en" else "，".join(words)


def pairs(words: Sequence[str]) -> frozenset[str]:
    """Each pair of neighbours among tokens, as the search index has them."""
    return frozenset(term for term in terms(words) if JOINT in term)


def pairs_of(*texts: str) -> frozenset[str]:
    """The pairs of some texts; none reaches from one into the next."""
    words: list[str] = []
    for text in texts:
        words += [*tokens(text), BREAK]
    return pairs(words)


def likeness(one: Traits, other: Traits) -> Likeness:
    """How alike two reports are; no points at all where neither words nor place agree."""
    said, where = _share(one.said, other.said), _share(one.address, other.address)
    same_grid = one.grid_id is not None and one.grid_id == other.grid_id
    same_community = one.community_id is not None and one.community_id == other.community_id
    apart = abs(one.at - other.at)
    if apart > WINDOW or not (said >= ALIKE or where >= ALIKE or ((same_grid or same_community) and said > 0)):
        return Likeness(0, ())
    same_matter = one.matter != "" and one.matter == other.matter
    same_section = one.section != "" and one.section == other.section
    sensor = (one.source == Source.SENSOR) != (other.source == Source.SENSOR)
    parts = [
        Part("文字相近", "alike in words", round(TEXT * said)),
        Part("地址相近", "alike in address", round(ADDRESS * where)),
        Part("同一网格", "same grid", SAME_GRID if same_grid else 0),
        Part("同一社区", "same community", SAME_COMMUNITY if same_community else 0),
        Part("事项相同", "same matter", SAME_MATTER if same_matter else 0),
        Part("板块相同", "same section", SAME_SECTION if same_section and not same_matter else 0),
        Part(*_apart(apart), next((points for most, points in TIMES if apart <= most), 0)),
        Part("同一电话", "same telephone", SAME_CALLER if one.phone and one.phone == other.phone else 0),
        Part("感知设备与人工上报", "a sensor and a person", SENSOR if sensor and apart <= TIMES[1][0] else 0),
    ]
    found = sorted((part for part in parts if part.points), key=lambda part: -part.points)
    return Likeness(sum(part.points for part in found), tuple(found))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """Which part of the shorter text stands in the longer one."""
    if not one or not other:
        return 0.0
    return len(one & other) / max(FEWEST, min(len(one), len(other)))


def _apart(seconds: int) -> tuple[str, str]:
    minutes = seconds // 60
    if minutes < 120:
        return f"相隔 {minutes} 分钟", f"{minutes} min apart"
    return f"相隔 {minutes // 60} 小时", f"{minutes // 60} h apart"
