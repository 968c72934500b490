"""What a filter text can go on with: fields, values, units and flags, found by name, label, pinyin or its initials.

Only the term that is being typed is looked at; all in memory, no clock, no store.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from console.intake_ports import FilterWord
from data.queries.filters import half_width, half_width_signs

OFFERED = 6
"""Offers shown at once."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to go on: the whole text with it, and how it is shown."""

    text: str
    title: str
    detail: str = ""


def offers(text: str, words: Sequence[FilterWord]) -> list[Offer]:
    """What the last term of a text may become, best first; nothing while no term is being typed."""
    start = re.search(r"[^\s,，]*$", text)
    assert start is not None  # the pattern also matches nothing
    head, term = text[: start.start()], start[0]
    sign = term[:1] if term[:1] in ("-", "!", "－", "！") else ""
    term = half_width(half_width_signs(term[len(sign) :])).replace("=", ":").lower()
    if not term or '"' in term:
        return []
    field, colon, value = term.partition(":")
    earlier, bar, value = value.rpartition("|")
    found: list[tuple[int, int, Offer]] = []
    for number, word in enumerate(words):
        rank = _rank(word, field, value) if colon else _rank_bare(word, term)
        if rank is None:
            continue
        own = word.text.partition(":")[2]
        if bar and own.lower() in earlier.split("|"):
            continue
        kept = word.text
        if colon and word.fields:
            kept = f"{field}:{earlier}{bar}{own}"
        end = "" if word.text[-1] in ":<" else " "
        found.append((rank, number, Offer(f"{head}{sign}{kept}{end}", word.title, word.detail)))
    return [offer for _rank_, _number, offer in sorted(found, key=lambda entry: entry[:2])][:OFFERED]


def spoken(text: str, words: Sequence[FilterWord]) -> str:
    """A filter as the user would write it: fields, values and flags in their language, what is unknown as it is."""
    return " ".join(_spoken(term, words) for term in text.split())


def _spoken(term: str, words: Sequence[FilterWord]) -> str:
    sign = term[:1] if term[:1] in "-!" else ""
    field, colon, values = term[len(sign) :].partition(":")
    if not colon:
        flag = next((word for word in words if not word.field and field.lower() in word.names), None)
        return sign + (flag.text if flag is not None else field)
    of_field = [word for word in words if field.lower() in word.fields]
    if not of_field:
        return term
    known = {name: word.text.partition(":")[2] for word in reversed(of_field) for name in word.names}
    own = "|".join(known.get(value.lower(), value) for value in values.split("|"))
    return f"{sign}{of_field[0].text.partition(':')[0]}:{own}"


def _rank(word: FilterWord, field: str, value: str) -> int | None:
    """How well a value of a field fits; None when it does not."""
    if not word.field or field not in word.fields:
        return None
    return _fit(word, value) if value else 1


def _rank_bare(word: FilterWord, term: str) -> int | None:
    """How well anything fits a term without a field: flags and fields before values."""
    rank = _fit(word, term)
    return None if rank is None else rank * 2 + bool(word.field)


def _fit(word: FilterWord, typed: str) -> int | None:
    if any(name.startswith(typed) for name in word.names):
        return 0
    return 1 if any(typed in name for name in word.names if not typed.isascii()) else None
