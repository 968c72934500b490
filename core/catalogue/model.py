"""The catalogue as plain values, the same whether it was read from files or from the store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

LIMIT_KINDS = ("arrive", "make_safe", "final")
"""The limits that a condition may set."""


class Matchable(Protocol):
    """What matching and routing need of a matter, wherever it comes from."""

    @property
    def code(self) -> str:
        """The stable code."""

    @property
    def name(self) -> str:
        """The Chinese name."""

    @property
    def name_en(self) -> str:
        """The English name."""

    @property
    def lead(self) -> str:
        """The catalogue's code of the lead post."""

    @property
    def assist(self) -> Sequence[str]:
        """The catalogue's codes of the assisting posts and forces."""

    @property
    def keywords(self) -> Sequence[str]:
        """Words by which a report's text is recognised."""

    @property
    def limits(self) -> Sequence[Mapping[str, Any]]:
        """Conditions with their limits."""


@dataclass(frozen=True)
class CategoryEntry:
    """A group of matters; a category without parent stands at the top."""

    code: str
    name: str
    name_en: str = ""
    parent: str = ""

    def label(self, language: str) -> str:
        """The name in a language."""
        return self.name_en or self.name if language == "en" else self.name


@dataclass(frozen=True)
class MatterEntry:
    """A kind of event: what to do, what to ask, where it goes, how long it may take under each condition."""

    code: str
    category: str
    name: str
    name_en: str
    work: str
    section: str
    lead: str
    urgency: str
    affair: str
    ask: tuple[str, ...] = ()
    assist: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    ladder: str = ""
    keywords: tuple[str, ...] = ()
    confidential: bool = False
    limits: tuple[Mapping[str, str], ...] = ()
    """{"when", "when_en", "arrive", "make_safe", "final"}; the two last ones only where the field has them."""


@dataclass(frozen=True)
class CatalogueVersion:
    """All matters of one version, in order."""

    version: str
    categories: tuple[CategoryEntry, ...]
    matters: tuple[MatterEntry, ...]
    synonyms: tuple[tuple[str, ...], ...] = ()
    """Groups of words that mean the same to whoever reports."""
    _by_code: dict[str, MatterEntry] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_code.update((matter.code, matter) for matter in self.matters)

    def matter(self, code: str) -> MatterEntry | None:
        """The matter of a code."""
        return self._by_code.get(code)

    def line(self, code: str) -> tuple[str, ...]:
        """The codes of a category and of those above it, from below."""
        return tuple(category.code for category in self._above(code))

    def path(self, code: str, language: str = "zh") -> str:
        """The names of a category from the top down, parted by ` / `."""
        return " / ".join(category.label(language) for category in reversed(self._above(code)))

    def _above(self, code: str) -> list[CategoryEntry]:
        by_code = {category.code: category for category in self.categories}
        found: list[CategoryEntry] = []
        current = by_code.get(code)
        while current is not None and len(found) < 10:
            found.append(current)
            current = by_code.get(current.parent)
        return found

    def digest(self) -> str:
        """A fingerprint of the content: equal content has an equal one, whatever the files looked like."""
        return digest({**self.frame(), "matters": [asdict(entry) for entry in self.matters]})

    def frame(self) -> dict[str, Any]:
        """What belongs to the version besides its matters, as plain values."""
        return {
            "categories": [asdict(entry) for entry in self.categories],
            "synonyms": [list(group) for group in self.synonyms],
        }


def digest(body: Mapping[str, Any]) -> str:
    """SHA-256 of plain values in canonical JSON."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=dict)
    return hashlib.sha256(text.encode()).hexdigest()
