"""Personal data that must not come out: planted in every text of a ticket, looked for in whatever is printed."""

from __future__ import annotations

import re
import unicodedata

NAME = "欧阳娜珍"
MOBILE = "13987651234"
NUMBERS = {
    "mobile": MOBILE,
    "mobile, spaces": "139 8765 1234",
    "mobile, dashes": "139-8765-1234",
    "mobile, full width": "１３９８７６５１２３４",
    "mobile, numerals": "一三九八七六五一二三四",
    "mobile, prefix": "+86 13987651234",
    "land line": "023-68769432",
    "land line, no prefix": "68769432",
    "identity": "50010119900307123X",
    "identity, lower": "50010119900307123x",
    "identity, old": "500101900307123",
    "identity, spaced": "500101 19900307 1232",
}
PLATES = ("渝A8765F", "渝A·D87659", "渝Ａ 8765F")
MAIL = "ouyangnz@example.org"
TEXT = f"联系人{NAME}，" + "；".join((*NUMBERS.values(), *PLATES, MAIL))
"""A text with all of them."""
LINE = f"联系人{NAME}，{MOBILE}；023-68769432；50010119900307123X；500101900307123；{PLATES[1]}；{MAIL}"
"""The same, short enough for a line."""
SHORT = f"联系人{NAME}，{MOBILE}"
ADDRESS = f"渝北路8765号{MOBILE}"

_NUMERALS = str.maketrans("〇零一二三四五六七八九幺", "001234567891")
_SECRET = {
    "name": NAME,
    "name's middle": "阳娜",
    "mobile": "39876512",
    "land line": "6876943",
    "identity": "101199003071",
    "identity, old": "1019003071",
    "plate": "A8765F",
    "new plate": "D87659",
    "mail": "ouyangnz",
}


def leaks(text: str) -> list[str]:
    """What of it a text gives away, however it is written."""
    plain = unicodedata.normalize("NFKC", text).translate(_NUMERALS)
    plain = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), plain)
    packed = re.sub(r"[\s\-–—_.·,，]", "", plain)
    return [what for what, secret in _SECRET.items() if secret.lower() in packed.lower()]
