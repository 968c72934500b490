"""Names as people type them without an input method: whole pinyin and its initials.

A character with several readings gives a spelling for each: 重庆 is found by chongqing and by zhongqing. The dictionary
is large: it is loaded by the first name, never at start, and each name is worked out once.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice, product

READINGS = 3
"""Readings of one character that are taken, its reading in this word first."""
SPELLINGS = 24
"""Spellings of one name that are kept."""
LONGEST = 40
"""Characters of a name that are spelt; longer ones are found by their beginning."""


@lru_cache(maxsize=20_000)
def spellings(name: str) -> tuple[str, ...]:
    """The pinyin of a name and its initials, small letters, without blanks; nothing for a name without Chinese."""
    if name.isascii():
        return ()
    from pypinyin import Style, lazy_pinyin, pinyin

    kept = "".join(name[:LONGEST].split())
    parts: list[list[str]] = []
    usuals = lazy_pinyin(kept, errors=_one_by_one)  # type: ignore[arg-type]  # a list keeps the places
    for char, usual in zip(kept, usuals, strict=True):
        readings = pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")
        others = readings[0] if readings else []
        parts.append(list(dict.fromkeys([usual.lower(), *others]))[:READINGS])
    whole = ["".join(one) for one in islice(product(*parts), SPELLINGS)]
    firsts = [list(dict.fromkeys(reading[:1] for reading in part)) for part in parts]
    initials = ["".join(one) for one in islice(product(*firsts), SPELLINGS)]
    return tuple(dict.fromkeys([*whole, *initials]))


def _one_by_one(text: str) -> list[str]:
    """What is no Chinese keeps a place of its own for each sign."""
    return list(text)


def found_by(*names: str) -> str:
    """What a search for any of these names may look into, as one text of words in small letters."""
    words = [word for name in names if name for word in (name.lower(), *spellings(name))]
    return " ".join(dict.fromkeys(words))


def spelt(name: str, typed: str) -> bool:
    """Whether letters typed without an input method mean a name: its pinyin or initials, or the beginning of them."""
    letters = "".join(typed.lower().split())
    return letters.isascii() and letters.isalnum() and any(one.startswith(letters) for one in spellings(name))
