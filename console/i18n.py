"""The words on the screen: Chinese by default, English with ZHIHUI_LANG=en or --lang en.

Message ids are English; the Chinese catalogue is `console/locale/zh_CN/LC_MESSAGES/zhihui.po`, compiled beside it.
"""

from __future__ import annotations

import gettext
import os
from pathlib import Path

DOMAIN = "zhihui"
LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("zh", "en")

_state: dict[str, gettext.NullTranslations] = {}
_spoken = {"language": ""}


def set_language(wanted: str) -> None:
    """Speak `zh` or `en` from now on. Raises ValueError for another language."""
    if wanted not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}")
    _spoken["language"] = wanted


def language() -> str:
    """The language in use: `zh` or `en`."""
    if not _spoken["language"]:
        asked = os.environ.get("ZHIHUI_LANG", "").lower()
        _spoken["language"] = "en" if asked.startswith("en") else "zh"
    return _spoken["language"]


def _(message: str) -> str:
    """The message in the language in use."""
    if language() == "en" or not message:
        return message
    return _chinese().gettext(message)


def mark(message: str) -> str:
    """Mark a message for translation where it stands; it is translated where it is shown."""
    return message


def _chinese() -> gettext.NullTranslations:
    """The Chinese catalogue, read once."""
    if "zh" not in _state:
        _state["zh"] = gettext.translation(DOMAIN, LOCALE, ["zh_CN"], fallback=True)
    return _state["zh"]
