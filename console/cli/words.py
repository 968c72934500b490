"""The two languages of the commands, without the weight of the screen's message catalogue.

Help shows both languages until one is asked for; results and questions use one, Chinese by default.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

LANGUAGES = ("zh", "en")
VARIABLE = "ZHIHUI_LANG"
_asked = {"language": ""}


def choose(wanted: str) -> None:
    """Speak this language from now on; an empty string leaves it to ZHIHUI_LANG."""
    _asked["language"] = wanted


def chosen() -> str:
    """The language that was asked for by `--lang` or ZHIHUI_LANG: `zh`, `en`, or empty."""
    wanted = (_asked["language"] or os.environ.get(VARIABLE, "")).lower()
    return next((language for language in LANGUAGES if wanted.startswith(language)), "")


def say(zh: str, en: str) -> str:
    """One of the two: English when it was asked for, else Chinese."""
    return en if chosen() == "en" else zh


def explain(zh: str, en: str) -> str:
    """The language that was asked for, or both."""
    return {"zh": zh, "en": en}.get(chosen(), f"{zh} / {en}")


def label(term: object) -> str:
    """The label of a term of the field."""
    return str(getattr(term, "en" if chosen() == "en" else "zh", term))


def named(kind: Iterable[object], value: str | None) -> str:
    """The label of a stored word of this kind; the word itself where the kind does not know it."""
    return next((label(word) for word in kind if word == value), value or "")
