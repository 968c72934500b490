"""Cutting and padding by cells never splits a wide character and always gives the asked width."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.width import cells, cut, pad, wrap
from data.clean import clean

texts = st.text(st.sampled_from("中文井盖，。abc 12！é\u0301👍"), max_size=40).map(clean)


def test_a_wide_character_is_not_split() -> None:
    assert cut("井盖破损", 5) == "井.."
    assert cut("井盖破损", 5, dots=False) == "井盖"
    assert pad("井盖", 5) == "井盖 "
    assert pad("12", 5, right=True) == "   12"


@given(texts, st.integers(0, 30))
def test_widths_hold(text: str, width: int) -> None:
    assert cells(cut(text, width)) <= width
    assert cells(pad(text, width)) == width


@given(texts, st.integers(2, 30))
def test_wrapping_loses_only_spaces(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
