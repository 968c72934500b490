"""The screen speaks both languages completely; `python -m tests.console.locale_files` brings the files up to date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from console import i18n
from tests.console import locale_files


def test_every_message_has_chinese_and_none_is_stale() -> None:
    used, known = locale_files.used_messages(), locale_files.translations()
    assert not used - {message for message, text in known.items() if text}
    assert not set(known) - used


def test_the_compiled_catalogue_is_the_written_one() -> None:
    known = locale_files.translations()
    assert locale_files.PO.read_text(encoding="utf-8") == locale_files.catalogue_text(known)
    assert locale_files.MO.read_bytes() == locale_files.compiled(known)


def test_translations_fill_in_the_same_names() -> None:
    for message, text in locale_files.translations().items():
        assert locale_files.placeholders(message) == locale_files.placeholders(text), message


def test_chinese_is_the_default_and_english_by_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(i18n._spoken, "language", "")
    assert (i18n.language(), i18n._("Queue")) == ("zh", "队列")
    monkeypatch.setitem(i18n._spoken, "language", "")
    monkeypatch.setenv("ZHIHUI_LANG", "en_GB.UTF-8")
    assert (i18n.language(), i18n._("Queue")) == ("en", "Queue")
    monkeypatch.delenv("ZHIHUI_LANG")
    i18n.set_language("zh")
    assert i18n._("Queue") == "队列"
    with pytest.raises(ValueError, match="language"):
        i18n.set_language("fr")


def test_speaking_costs_nothing_heavy(repository: Path) -> None:
    heavy = "('textual', 'rich', 'babel')"
    code = f"import sys, console.i18n as i; i._('Queue'); print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
