"""Which matters a report is about, and where a matter goes, each with its reason. A proposal, never a decision."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from core.catalogue.model import Matchable

MAX_TEXT = 4_000
"""Longer reports are judged by their beginning; the median report has some two hundred characters."""

HEAD = 40
"""The title comes first, and says more than the story after it: words in so many characters count twice."""

NAME_WEIGHT = 2.0

AnyMatter = TypeVar("AnyMatter", bound=Matchable)


@dataclass(frozen=True)
class Match(Generic[AnyMatter]):
    """A proposed matter: why, and which of its conditions (the first where the text names none)."""

    matter: AnyMatter
    score: float
    words: tuple[str, ...]
    limit_no: int
    limit_words: tuple[str, ...]

    def reason(self, language: str) -> str:
        """Why it is proposed, `zh` or `en`."""
        limit: Mapping[str, Any] = self.matter.limits[self.limit_no] if self.matter.limits else {}
        words = "、".join(self.words)
        if language == "en":
            sure = "from " + ", ".join(self.limit_words) if self.limit_words else "assumed, the text names none"
            return f"the text says {words}; condition: {limit.get('when_en') or limit.get('when', '')} ({sure})"
        sure = "依据“" + "、".join(self.limit_words) + "”" if self.limit_words else "文中未提，暂按首项"
        return f"文中有“{words}”；情形：{limit.get('when', '')}（{sure}）"


@dataclass(frozen=True)
class Route:
    """Where a matter goes in one organisation; `lead` is empty when its post is not there."""

    lead: str
    assist: tuple[str, ...]
    missing: tuple[str, ...]
    zh: str
    en: str


def match(
    text: str, matters: Iterable[AnyMatter], synonyms: Sequence[Sequence[str]] = (), top: int = 5
) -> list[Match[AnyMatter]]:
    """The matters whose keywords a report's text holds, best first; rare and long words say more."""
    shown = _plain(text[:MAX_TEXT])
    pool = list(matters)
    spread = Counter(word for matter in pool for word in {_plain(word) for word in matter.keywords})
    found = [hit for matter in pool if (hit := _judge(shown, matter, synonyms, spread, len(pool)))]
    found.sort(key=lambda hit: (-hit.score, hit.matter.code))
    return found[:top]


def choose_limit(
    text: str, limits: Sequence[Mapping[str, Any]], synonyms: Sequence[Sequence[str]] = ()
) -> tuple[int, tuple[str, ...]]:
    """The condition that a text describes, with the words that say so; the first one, without words, if none does."""
    shown = _plain(text[:MAX_TEXT])
    said = {_plain(word) for group in synonyms if any(_plain(word) in shown for word in group) for word in group}
    best, best_words = 0, tuple[str, ...]()
    for number, limit in enumerate(limits):
        words = _condition_words(limit, shown, said)
        if sum(map(len, words)) > sum(map(len, best_words)):
            best, best_words = number, words
    return best, best_words


def route(matter: Matchable, routes: Mapping[str, str], units: Mapping[str, str]) -> Route:
    """The lead and assisting units of a matter in an organisation.

    `routes` maps the catalogue's codes to the organisation's where they differ; `units` maps the codes of its open
    posts and forces to their names. Codes that lead nowhere are left out and named in `missing`.
    """
    lead = routes.get(matter.lead, matter.lead)
    assist = list(dict.fromkeys(routes.get(code, code) for code in matter.assist))
    missing = [code for code in (lead, *assist) if code not in units]
    kept = tuple(code for code in assist if code in units and code != lead)
    if lead not in units:
        return Route(
            "", kept, tuple(missing),
            f"目录指定主办 {matter.lead}，但本中心没有岗位 {lead}，请人工指定。",
            f"The catalogue names {matter.lead} as lead, but this centre has no post {lead}: choose one.",
        )  # fmt: skip
    others_zh = "，协办" + "、".join(units[code] for code in kept) if kept else ""
    others_en = ", assisted by " + ", ".join(kept) if kept else ""
    lost_zh = f"（{'、'.join(missing)} 未设，略去）" if missing else ""
    lost_en = f" (left out, not set up here: {', '.join(missing)})" if missing else ""
    return Route(
        lead, kept, tuple(missing),
        f"事项目录 {matter.code} {matter.name}：主办{units[lead]}{others_zh}{lost_zh}",
        f"Catalogue {matter.code} {matter.name_en or matter.name}: lead {lead}{others_en}{lost_en}",
    )  # fmt: skip


def _judge(
    shown: str, matter: AnyMatter, synonyms: Sequence[Sequence[str]], spread: Mapping[str, int], total: int
) -> Match[AnyMatter] | None:
    words = [word for word in dict.fromkeys(matter.keywords) if _plain(word) and _plain(word) in shown]
    head = shown[:HEAD]
    score = sum(
        len(word) * math.log(1 + total / spread[_plain(word)]) * (2 if _plain(word) in head else 1) for word in words
    )
    for name in (matter.name, matter.name_en):
        if len(name) > 1 and _plain(name) in shown:
            score += NAME_WEIGHT * len(matter.name) * math.log(1 + total)
            words.insert(0, name)
    if not words:
        return None
    limit_no, limit_words = choose_limit(shown, matter.limits, synonyms)
    return Match(matter, score + sum(map(len, limit_words)) / 2, tuple(words), limit_no, limit_words)


def _condition_words(limit: Mapping[str, Any], shown: str, said: set[str]) -> tuple[str, ...]:
    """The words of a condition that the text says itself or by a synonym."""
    condition = _plain(str(limit.get("when", "")))
    pairs = [condition[start : start + 2] for start in range(len(condition) - 1)]
    direct = [pair for pair in pairs if pair in shown and pair.isalpha()]
    meant = [
        word for word in sorted(said) if word in condition or word in _plain(str(limit.get("when_en", ""))).split()
    ]
    return tuple(dict.fromkeys([*direct, *meant]))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
