"""Commands and console speak the same language, whatever the machine's locale is."""

from __future__ import annotations

import pytest

from console import i18n
from console.cli import words


@pytest.mark.parametrize(
    ("asked", "variable", "spoken"),
    [("", "", "zh"), ("", "en", "en"), ("", "EN_US", "en"), ("zh", "en", "zh"), ("en", "", "en"), ("", "fr", "zh")],
)
def test_chinese_unless_english_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, asked: str, variable: str, spoken: str
) -> None:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.setenv(name, "en_US.UTF-8")
    monkeypatch.setenv("ZHIHUI_LANG", variable)
    monkeypatch.setitem(words._asked, "language", asked)
    monkeypatch.setitem(i18n._spoken, "language", "")
    assert words.say("zh", "en") == spoken
    if not asked:
        assert i18n.language() == spoken, "the console, where nobody chose at its door"
    assert (words.chosen() or "zh") == spoken, "what the door of the program tells the console"
