"""Names by pinyin and initials."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.pinyin import SPELLINGS, found_by, spellings, spelt


@pytest.mark.parametrize("typed", ["csgx", "csgxg", "chengshigengxin", "ChengShi gengxin", "chengs"])
def test_a_post_is_meant_by_its_initials_and_by_its_pinyin(typed: str) -> None:
    assert spelt("城市更新岗", typed)


@pytest.mark.parametrize("typed", ["", "gengxin", "zhzf", "城市", "cs%"])
def test_other_letters_do_not_mean_it(typed: str) -> None:
    assert not spelt("城市更新岗", typed)


def test_a_character_with_two_readings_is_found_by_both() -> None:
    assert {"chongqing", "zhongqing", "cq", "zq"} <= set(spellings("重庆"))
    assert spellings("重庆")[0] == "chongqing"


def test_latin_and_digits_stay_as_they_are() -> None:
    assert "di3wangge" in spellings("第3网格")
    assert spellings("Depot 3") == ()
    assert found_by("CSGX", "城市更新岗", "").split()[:2] == ["csgx", "城市更新岗"]


@given(st.text(max_size=60))
def test_any_name_can_be_spelt(name: str) -> None:
    assert len(spellings(name)) <= 2 * SPELLINGS


def test_the_dictionary_is_loaded_by_the_first_name_only(repository: Path) -> None:
    script = (
        "import sys, console.backend.store, data.pinyin as p\n"
        "assert 'pypinyin' not in sys.modules; p.spellings('岗'); assert 'pypinyin' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], cwd=repository, check=True)
