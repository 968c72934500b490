"""Hides personal data: names, telephone and identity numbers, number plates, house numbers, alone or in free text.

Forms follow what government systems show: 张*三, 138****8000, 352*************26 (a city's published screens).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

STAR = "*"
ERASED = "（已删除）"
"""Stands where a text was erased when its time was up."""
DEVICE = "设备 "
"""What a sensing device's name as a reporter begins with: it is no person."""

_HONORIFICS = (
    *("先生", "女士", "小姐", "同志", "老师", "师傅", "医生", "书记", "主任"),
    *("婆婆", "爷爷", "奶奶", "大爷", "大妈", "阿姨"),
)
_NUMERAL_SIGNS = "〇零一二三四五六七八九幺"
_NUMERALS = str.maketrans(_NUMERAL_SIGNS, "0012345678" + "91")
_GAP = r"[ \u3000\-–—_.·,，]?"
_CUES = (
    *("姓名", "联系人", "当事人", "报告人", "来电人", "反映人", "投诉人", "户主", "业主"),
    *("我叫", "我是", "本人叫", "name"),
)
_CHINESE_NAME = r"[\u3400-\u9fff](?:[\u3400-\u9fff]{0,3}|[\u3400-\u9fff]{0,5}[·•][\u3400-\u9fff]{1,8})"
_SHORTEST_NUMBER = 7
_PROVINCES = frozenset("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼")
_AFTER_PLATE = "挂学警港澳领"
_WIDE = {wide: wide - 0xFEE0 for wide in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
"""Full-width letters."""

_SOURCES = {
    "number": rf"(?<!\d)\d(?:{_GAP}\d){{{_SHORTEST_NUMBER - 1},}}(?:{_GAP}[Xx](?![A-Za-z]))?",
    "date": (
        r"(?:19|20)\d\d(?P<gap>[-.]?)(?:0[1-9]|1[0-2])(?P=gap)(?:0[1-9]|[12]\d|3[01])"
        r"(?: (?:[01]\d|2[0-3])(?:[0-5]\d){0,2})?"
    ),
    "code": r"20[2-9]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-\d{4,6}",
    "plate": (
        rf"([{''.join(sorted(_PROVINCES))}]{_GAP}[A-Za-z])({_GAP}(?=[A-Za-z]{{0,6}}\d)(?:[0-9A-Za-z]{_GAP}){{2,4}})"
        rf"([0-9A-Za-z]{_GAP}(?:[0-9A-Za-z]|[{_AFTER_PLATE}]))(?![0-9A-Za-z])"
    ),
    "mail": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
    "named": rf"((?i:{'|'.join(_CUES)})[ \u3000]*[:：为是]?[ \u3000]*)({_CHINESE_NAME})(?![\u3400-\u9fff*])",
    "titled": rf"(?<![\u3400-\u9fff])([\u3400-\u9fff]{{2,3}})({'|'.join(_HONORIFICS)})",
    "house": (
        r"[0-9A-Za-z一二三四五六七八九十百零〇]+(?:[-－—#][0-9A-Za-z]+)*(?=号|栋|幢|座|单元|室|户|房|楼|层|弄)"
        r"|(?<=[号栋幢座元路街巷])[0-9]+(?:[-－—#][0-9]+)*"
    ),
}
_compiled: dict[str, re.Pattern[str]] = {}


def _pattern(name: str) -> re.Pattern[str]:
    """A pattern, compiled when it is first needed: most texts need none, and scripts list tickets in loops."""
    if name not in _compiled:
        import re

        _compiled[name] = re.compile(_SOURCES[name])
    return _compiled[name]


def mask_name(name: str) -> str:
    """A person's name with only its ends left: 张*, 张*三, 欧**明; a title such as 先生 stays.

    A name that consists of a family name and a title is left as it is: there is nothing more to hide; so is a device,
    and what was erased.
    """
    name = name.strip()
    if name.startswith(DEVICE) or name == ERASED:
        return name
    for title in _HONORIFICS:
        if name.endswith(title) and len(name) > len(title):
            given = name[: -len(title)]
            return (given if len(given) == 1 else mask_name(given)) + title
    if not name:
        return ""
    if any(char.isascii() and char.isalpha() for char in name):
        return " ".join(part[0] + STAR * 3 for part in name.split())
    if len(name) <= 2:
        return name[0] + STAR if len(name) == 2 else STAR
    return name[0] + STAR * (len(name) - 2) + name[-1]


def mask_phone(phone: str) -> str:
    """A telephone number with its middle hidden: 138****8000; a short one keeps its last four digits, or nothing."""
    digits = "".join(char for char in _plain_digits(phone) if char.isdigit())
    if digits.startswith("86") and len(digits) == 13:
        digits = digits[2:]
    if digits.startswith("0086") and len(digits) == 15:
        digits = digits[4:]
    return _mask_digits(digits)


def mask_id(number: str) -> str:
    """An identity number with its first three and last two characters left."""
    number = number.strip()
    return STAR * len(number) if len(number) < 8 else number[:3] + STAR * (len(number) - 5) + number[-2:]


def mask_address(address: str) -> str:
    """An address without its house, building, unit and room numbers; street and compound stay."""
    return _pattern("house").sub(STAR * 2, address)


def mask_text(text: str) -> str:
    """Free text without telephone, identity and card numbers, plates, e-mail addresses and introduced names.

    Digits count however they are written: full width, spaced out, or as Chinese numerals. A calendar date and a
    ticket's code (20261120-0003) are left.
    """
    if _is_plain(text):
        return text
    masked = _pattern("mail").sub(_mask_mail, text)
    masked = _mask_numbers(_mask_plates(masked))
    masked = _pattern("named").sub(lambda found: found[1] + mask_name(found[2]), masked)
    return _pattern("titled").sub(lambda found: mask_name(found[1] + found[2]), masked)


def _is_plain(text: str) -> bool:
    """Whether a text holds nothing that any of the patterns could begin with."""
    if "@" in text or any(sign in text for sign in _HONORIFICS):
        return False
    lowered = text.lower()
    if any(sign in lowered for sign in _CUES) or _may_hold_plate(text):
        return False
    return sum(char.isdigit() or char in _NUMERAL_SIGNS for char in text) < _SHORTEST_NUMBER


def _may_hold_plate(text: str) -> bool:
    return not _PROVINCES.isdisjoint(text) and any(char.isascii() and char.isalpha() for char in text.translate(_WIDE))


def _mask_plates(text: str) -> str:
    """Hide the middle of each number plate (GA 36): 渝A***59; the last two signs tell two vehicles apart."""
    if not _may_hold_plate(text):
        return text
    plain = _plain_digits(text)
    pieces: list[str] = []
    at = 0
    for found in _pattern("plate").finditer(plain):
        signs = sum(char.isalnum() for char in found[2])
        pieces += [text[at : found.end(1)], STAR * signs, text[found.start(3) : found.end()]]
        at = found.end()
    return "".join(pieces) + text[at:]


def _mask_numbers(text: str) -> str:
    """Hide each long number; the text around it keeps its own characters."""
    plain = _plain_digits(text)
    pieces: list[str] = []
    at = 0
    for found in _pattern("number").finditer(plain):
        hidden = _hidden(found[0])
        if hidden is not None:
            pieces += [text[at : found.start()], hidden]
            at = found.end()
    return "".join(pieces) + text[at:]


def _plain_digits(text: str) -> str:
    """The same text, character for character, with every way to write a digit turned into 0-9, wide letters narrow."""
    if text.isascii():
        return text
    return "".join(_digit(char) for char in text.translate(_NUMERALS).translate(_WIDE))


def _digit(char: str) -> str:
    """The plain digit that a character stands for, or the character itself."""
    if char.isascii():
        return char
    import unicodedata

    value = unicodedata.digit(char, None)
    return char if value is None else str(value)


def _hidden(number: str) -> str | None:
    """What is shown for a long number; None when it is a date or a ticket's code and may stay."""
    if _pattern("date").fullmatch(number) or _pattern("code").fullmatch(number):
        return None
    bare = "".join(char for char in number if char.isdigit() or char in "Xx")
    if len(bare) in (15, 18):
        return mask_id(bare)
    return _mask_digits(bare)


def _mask_digits(digits: str) -> str:
    """Hide the middle of a bare number: mobile 3+4, longer land line or card the last four, short ones all."""
    if len(digits) == 11 and digits[0] == "1":
        return digits[:3] + STAR * 4 + digits[-4:]
    if len(digits) >= 7:
        return STAR * (len(digits) - 4) + digits[-4:]
    return STAR * len(digits)


def _mask_mail(found: re.Match[str]) -> str:
    """Hide the person's part of an e-mail address."""
    person, _, host = found[0].partition("@")
    return f"{person[0]}{STAR * 3}@{host}"
