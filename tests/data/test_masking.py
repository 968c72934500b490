"""Personal data does not survive masking, in whatever way it is written. All people and numbers are made up."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.masking import mask_address, mask_id, mask_name, mask_phone, mask_text

digits = st.text("0123456789", min_size=9, max_size=9)
mobiles = st.builds(lambda second, rest: f"1{second}{rest}", st.sampled_from("3456789"), digits)
identities = st.builds(
    lambda body, last: f"5{body}{last}", st.text("0123456789", min_size=16, max_size=16), st.sampled_from("0123456789X")
)
words = st.text(st.sampled_from("小区反映电话请尽快处理，。 abc：（）\n"), max_size=20)
writings = st.sampled_from(["plain", "full", "spaced", "dashed", "chinese", "dotted"])

FULL = str.maketrans("0123456789", "０１２３４５６７８９")
CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")


def written(number: str, way: str) -> str:
    """A number as people write it."""
    return {
        "plain": number,
        "full": number.translate(FULL),
        "spaced": " ".join(re.findall("..?.?.?", number)),
        "dashed": "-".join([number[:3], number[3:7], number[7:]]),
        "chinese": number.translate(CHINESE),
        "dotted": ".".join(number),
    }[way]


def bare(text: str) -> str:
    """Only the digits of a text, stars kept as breaks."""
    from data.masking import _plain_digits

    return re.sub(r"[^0-9Xx*]", "", _plain_digits(text))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("张伟", "张*"),
        ("张小三", "张*三"),
        ("欧阳小明", "欧**明"),
        ("王女士", "王女士"),
        ("李国强先生", "李*强先生"),
        ("张", "*"),
        ("", ""),
        ("John Smith", "J*** S***"),
    ],
)
def test_names(name: str, wanted: str) -> None:
    assert mask_name(name) == wanted


@pytest.mark.parametrize(
    ("phone", "wanted"),
    [
        ("13800138000", "138****8000"),
        ("+86 138-0013-8000", "138****8000"),
        ("0086 13800138000", "138****8000"),
        ("１３８００１３８０００", "138****8000"),
        ("023-68901234", "*******1234"),
        ("68901234", "****1234"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_phones(phone: str, wanted: str) -> None:
    assert mask_phone(phone) == wanted


def test_identity_numbers() -> None:
    assert mask_id("500104199001011234") == "500*************34"
    assert mask_id("1234") == "****"


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("春晖路88号3栋2单元5-1室", "春晖路**号**栋**单元**室"),
        ("松青路十二号B座", "松青路**号**座"),
        ("柏华社区文化广场", "柏华社区文化广场"),
        ("锦霞街9-3-501", "锦霞街**"),
    ],
)
def test_addresses(address: str, wanted: str) -> None:
    assert mask_address(address) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("联系人：赵大海，电话13900001111。", "联系人：赵*海，电话139****1111。"),
        ("我叫钱小花,住在河边", "我叫钱*花,住在河边"),
        ("孙志强先生来电", "孙*强先生来电"),
        ("邮箱 someone@example.org", "邮箱 s***@example.org"),
        ("卡号6222020200112233445", "卡号***************3445"),
        ("2026-07-20 井盖破损 3处", "2026-07-20 井盖破损 3处"),
        ("20260720 报修", "20260720 报修"),
        ("20260720-0003 报修，回 68901234-0003", "20260720-0003 报修，回 ********0003"),
        ("座机023-68901234转8", "座机*******1234转8"),
        ("井盖破损", "井盖破损"),
        ("", ""),
    ],
)
def test_free_text(text: str, wanted: str) -> None:
    assert mask_text(text) == wanted


@given(words, mobiles, writings, words)
def test_a_mobile_number_never_shows(before: str, mobile: str, way: str, after: str) -> None:
    masked = mask_text(before + written(mobile, way) + after)
    assert mobile not in bare(masked)
    assert mobile[:7] not in bare(masked)
    assert mobile[3:] not in bare(masked)


@given(words, identities, writings, words)
def test_an_identity_number_never_shows(before: str, number: str, way: str, after: str) -> None:
    masked = mask_text(before + written(number, way) + after)
    assert number[6:14] not in bare(masked)


@given(mobiles, writings)
def test_mask_phone_never_shows_the_middle(mobile: str, way: str) -> None:
    assert mask_phone(written(mobile, way)) == f"{mobile[:3]}****{mobile[-4:]}"


@given(st.text(max_size=60))
def test_any_text_is_survived_and_masking_twice_changes_nothing(text: str) -> None:
    once = mask_text(text)
    assert mask_text(once) == once


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("渝A8765F占道", "渝A***5F占道"),
        ("渝A·D87659", "渝A****59"),
        ("渝Ａ　８７６５９", "渝Ａ***５９"),
        ("渝 A 8 7 6 5 9 停在门口", "渝 A***5 9 停在门口"),
        ("粤Z1234港", "粤Z***4港"),
        ("云计算A100平台、川A口、新A区12345号", "云计算A100平台、川A口、新A区12345号"),
    ],
)
def test_a_number_plate_keeps_its_place_and_its_last_two_signs(text: str, wanted: str) -> None:
    assert mask_text(text) == wanted
    assert mask_text(wanted) == wanted
