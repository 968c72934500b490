"""Passwords that everybody tries first: as written, or with a year, a mark or digits for letters put on."""

from __future__ import annotations

from typing import Final

_LETTERS = str.maketrans("0134578@$!", "oieastbasi")

STEMS: Final = frozenset(
    """
    password passw passwd pass admin administrator root user guest login welcome letmein master secret test tester
    testtest default changeme qwerty qwertyuiop qwertyui qwert asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm qazwsx
    qazwsxedc qweasd qweasdzxc qwe asd zxc qaz wsx abc abcd abcdef abcdefg abcdefgh abcabc aabbcc iloveyou loveyou
    love sunshine princess dragon monkey football baseball superman batman shadow michael jordan freedom whatever
    trustno computer internet server database oracle mysql postgres system manager operator support service public
    huawei lenovo xiaomi tencent alibaba baidu cisco zhihui mima woaini woaiwojia woaizhongguo zhongguo beijing
    shanghai guangzhou shenzhen hangzhou wangyi zhanghao guanliyuan jiedao shequ zhihuizhongxin wangge wanggeyuan
    paichusuo gongan police china nihao taobao weixin wechat duty zhiban
    """.split()  # noqa: SIM905
)
NUMBERS: Final = frozenset(
    """
    0123456789 1234567890 12345678910 123456789 12345678 87654321 987654321 9876543210 0987654321 123123123
    1234512345 123412341234 112233445566 1122334455 147258369 147258369147 123456123456 5201314520 1314520520
    5201314 0123456789012 1234567890123 123321123321 789456123 741852963 1029384756
    """.split()  # noqa: SIM905
)


def is_common(password: str) -> bool:
    """Whether a password is one of those, however its letters are written and whatever is put around them."""
    lowered = password.casefold()
    letters = "".join(filter(str.isalpha, lowered))
    bare = lowered.strip("0123456789!@#$%^&*()-_=+.,?~ ")
    spelled = "".join(filter(str.isalpha, lowered.translate(_LETTERS)))
    replaced = "".join(filter(str.isalpha, bare.translate(_LETTERS)))
    digits = "".join(filter(str.isdigit, lowered))
    return bool({letters, bare, spelled, replaced} & STEMS) or (not letters and digits in NUMBERS)
