"""Cutting and padding by cells never splits a wide character and always gives the asked width."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from console.terminal.width import NEVER_FIRST, NEVER_LAST, cells, cut, pad, wrap
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


def test_lines_break_by_the_rules_of_chinese_setting() -> None:
    assert wrap("请到现场（路口）处理", 10) == ["请到现场", "（路口）处", "理"]
    assert wrap("温度达到摄氏38℃，请注意", 14) == ["温度达到摄氏", "38℃，请注意"]
    assert wrap("共发放补贴1200元", 14) == ["共发放补贴", "1200元"]
    assert wrap("请联系 WLAN-2024 管理员", 14) == ["请联系", "WLAN-2024 管理", "员"]
    assert wrap("他说：“马上到。”", 7) == ["他说：", "“马上", "到。”"]


running = st.text(st.sampled_from("中文井盖路灯，。、（）“”《》！％℃…「」"), max_size=60).map(clean)


@given(running, st.integers(12, 40))
def test_no_line_begins_or_ends_against_the_rules(text: str, width: int) -> None:
    """Where a line has a place to break at all in its second half."""
    lines = wrap(text, width)
    for line, following in pairwise(lines):
        whole = line + following
        places = [at for at in range(len(line) // 2 + 1, len(line) + 1) if allowed(whole, at)]
        if places:
            assert following[0] not in NEVER_FIRST
            assert line[-1] not in NEVER_LAST


def allowed(text: str, at: int) -> bool:
    return at < len(text) and text[at] not in NEVER_FIRST and text[at - 1] not in NEVER_LAST


@given(st.text(max_size=60).map(clean), st.integers(2, 40))
def test_nothing_is_cut_inside_a_character(text: str, width: int) -> None:
    """Marks stay with their letter, and no line exceeds the width; any text of Unicode."""
    for line in [*wrap(text, width), cut(text, width), pad(text, width)]:
        assert cells(line) <= width
    for line in wrap(text, width)[1:]:
        assert not line or cells(line[0]) > 0 or text.startswith(line[0])


@given(texts, st.integers(2, 30))
def test_wrapping_loses_only_spaces(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
