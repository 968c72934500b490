"""Text from outside becomes harmless, stays readable, and cleaning it twice changes nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.clean import BIDI_MARK, ELLIPSIS, MARKS_KEPT, NEWLINE_MARK, UNSHOWABLE, clean

any_text = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x00\x07\x08\x1b\r\n\t\x7f\x85\x9b\u200b\u202e\u2066\u0301\u0323\ufeff\ufffd\ud800中文a "),
    ),
    max_size=80,
)

CASES = [
    ("井盖破损，请处理", "井盖破损，请处理"),
    ("\x1b]0;pwned\x07title", "\u241b]0;pwned\u2407title"),
    ("\x1b[2J", "\u241b[2J"),
    ("\x9b2J", UNSHOWABLE + "2J"),
    ("a\x00b\x7fc", "a\u2400b\u2421c"),
    ("a\tb", "a b"),
    ("one\r\ntwo\rthree\u2028four", NEWLINE_MARK.join(["one", "two", "three", "four"])),
    ("admin\u202egpj.exe", f"admin{BIDI_MARK}gpj.exe"),
    ("pass\u200bword\ufeff", "password"),
    ("e\u0301", "é"),
    ("\u0301lonely", "lonely"),
    ("\ud800", UNSHOWABLE),
    ("\ue000", UNSHOWABLE),
    ("\ufffd", UNSHOWABLE),
    ("👨\u200d👩\u200d👧", "👨👩👧"),
    ("🇨🇳", "CN"),
    ("👍🏽", "👍"),
    ("a\u00a0b\u2003c", "a b c"),
    ("[@click=app.quit]点我[/]", "[@click=app.quit]点我[/]"),
]


@pytest.mark.parametrize(("given_text", "wanted"), CASES)
def test_known_cases(given_text: str, wanted: str) -> None:
    assert clean(given_text) == wanted


def test_lines_stay_lines_when_asked() -> None:
    assert clean("一\r\n二\x0b三\x1b", lines=True) == "一\n二\n三\u241b"


def test_marks_are_capped() -> None:
    towering = "a" + "\u0336" * 50 + "b"
    assert clean(towering) == "a" + "\u0336" * MARKS_KEPT + "b"


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 10])
def test_limit_counts_the_dots(limit: int) -> None:
    assert len(clean("群众反映" * 20, limit)) == limit
    assert clean("群众", 2) == "群众"
    assert clean("群众反映", 3) == "群" + ELLIPSIS


def test_a_huge_text_is_cut_before_it_is_worked_on() -> None:
    assert len(clean("\x1b" * 5_000_000, 100)) == 100


@given(any_text)
def test_nothing_dangerous_is_left(text: str) -> None:
    for char in clean(text):
        category = unicodedata.category(char)
        assert category not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Me"), f"{char!r} is {category}"
    for line in clean(text, lines=True).split("\n"):
        assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs") for char in line)


@given(any_text, st.one_of(st.none(), st.integers(0, 60)), st.booleans())
def test_cleaning_twice_changes_nothing(text: str, limit: int | None, lines: bool) -> None:
    once = clean(text, limit, lines)
    assert clean(once, limit, lines) == once
    assert limit is None or len(once) <= limit


@given(any_text)
def test_marks_never_pile_up(text: str) -> None:
    run = 0
    for char in clean(text):
        run = run + 1 if unicodedata.category(char)[0] == "M" else 0
        assert run <= MARKS_KEPT


@given(any_text)
def test_cleaned_text_can_be_written_as_utf8(text: str) -> None:
    clean(text).encode("utf-8")


def test_the_fast_path_only_lets_clean_text_through() -> None:
    """Each character that is passed unseen must come out the same on the slow path."""
    from data.clean import _PLAIN, _clean_line

    for code in range(0x110000):
        char = chr(code)
        if _PLAIN(char):
            assert _clean_line("\x01" + char)[1:] == char, hex(code)
