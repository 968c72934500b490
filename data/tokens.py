"""The one tokeniser of the search: what a text is made of, the same on every engine.

Each Chinese character is a token, Latin words and digits are whole ones; all in small letters, full-width signs as
their usual ones. A query is a phrase of tokens, so that two characters are enough.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

BREAK = "\ue000"
"""Stands between two texts, so that no phrase reaches from one into the other."""
JOINT = "+"
"""Between two tokens that follow each other; no token holds it."""
OPEN = "!"
"""Stands in the index for a ticket that is open; no token either."""
NOTES = ("reason", "note", "text", "outcome", "public_reply", "instruction", "result")
"""Fields of an event's body that are words for people."""
_WORD = re.compile(r"[^\W_\u2e80-\U0010ffff]{1,64}|[^\W_]")
"""Letters and digits below the Chinese ones run together; very long runs are cut, which no phrase notices."""


def tokens(text: str) -> list[str]:
    """The tokens of a text, in order."""
    plain = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()
    return _WORD.findall(plain)


def searchable(*texts: str) -> str:
    """Texts as they are stored for the search: their tokens with a blank around each, a break between two texts."""
    found = [" ".join(some) for text in texts if text and (some := tokens(text))]
    return f" {f' {BREAK} '.join(found)} " if found else ""


def terms(words: Iterable[str]) -> list[str]:
    """Each token and each pair of neighbours, once: how the index knows a text."""
    found: dict[str, None] = {}
    before = BREAK
    for word in words:
        if word != BREAK:
            found[word] = None
            if before != BREAK:
                found[f"{before}{JOINT}{word}"] = None
        before = word
    return list(found)


def asked(phrase: str) -> list[str]:
    """The terms that stand for a phrase of tokens: its pairs, or its only token."""
    words = phrase.split()
    return [f"{one}{JOINT}{other}" for one, other in pairwise(words)] or words


def of_centre(centre: int, term: str) -> str:
    """A term as the index holds it: each centre has its own, so that none pays for another's tickets."""
    return f"{centre}:{term}"
