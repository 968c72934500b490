"""How texts are cut into words for searching: one rule for both databases.

Each Chinese character is a token; Latin words and numbers stay whole; case and full width make no difference. A query
is a phrase: its tokens must stand side by side. So two characters are enough to find a word, wherever it stands.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

LIMIT = 20_000
"""Characters of a text that are looked at."""
BREAK = "zzbreakzz"
"""Stands between texts of one ticket, so that no phrase reaches from one into the next."""

# Characters that are words by themselves: Chinese ideographs, kana, and the rarer ideographs beyond them.
_ALONE = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}]+")
_PLAIN = re.compile(r"[0-9a-z\u3400-\u4dbf\u4e00-\u9fff]+")


def tokens(text: str) -> list[str]:
    """The tokens of a text in order; none for one of punctuation alone."""
    folded = unicodedata.normalize("NFKC", text[:LIMIT]).lower()
    return [_safe(token) for token in _TOKEN.findall(folded)]


def line_of(texts: list[str]) -> str:
    """Texts as one line of tokens with a blank before and behind each, as it is stored."""
    parts = [" ".join(found) for text in texts if (found := tokens(text))]
    return f" {f' {BREAK} '.join(parts)} " if parts else ""


def phrase(words: list[str]) -> str:
    """A phrase as it occurs in a stored line."""
    return f" {' '.join(words)} "


def grams(line: str) -> str:
    """The single tokens and the pairs of neighbours of a stored line, each once: what an index of sets looks up."""
    found = line.split()
    pairs = {f"{one}_{other}" for one, other in pairwise(found)}
    return " ".join(sorted({*found, *pairs}))


def grams_of_phrase(words: list[str]) -> str:
    """What of `grams` every text with the phrase has."""
    if len(words) == 1:
        return words[0]
    return " ".join(f"{one}_{other}" for one, other in pairwise(words))


def holds(line: str, words: list[str]) -> bool:
    """Whether a stored line holds a phrase."""
    return phrase(words) in line


def _safe(token: str) -> str:
    """A token that every database takes as one word: what may be unknown to it is written in hexadecimal."""
    if _PLAIN.fullmatch(token):
        return token
    return "".join(char if _PLAIN.fullmatch(char) and char.isascii() else f"x{ord(char):x}x" for char in token)
