"""What residents answer in a consultation: which answers count, and how they are added up.

A household has one vote, however its number is written; the first one counts. Of opinions a household may hand in
several, but the same one counts once. What comes before the opening or after the end does not count.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from data.meeting_terms import AskKind

VOTE_OPTIONS = ("同意", "反对", "弃权")
"""The answers of a vote for which none are named."""
WORDS_LIMIT = 2_000
FIELD_LIMIT = 60

_BETWEEN = re.compile(r"[栋幢座层#—－–―~]|号楼|单元")
_ENDING = re.compile(r"[室户号房]$")


class Fault(NamedTuple):
    """Why an answer does not count, in both languages."""

    code: str
    zh: str
    en: str


class Asked(Protocol):
    """What a consultation asks for, and when; instants in epoch seconds."""

    kind: str
    options: list[Any]
    opens_at: int
    closes_at: int


@dataclass(frozen=True)
class Answer:
    """An answer as it was handed in; `received_at` in epoch seconds."""

    household: str
    received_at: int
    name: str = ""
    choice: str = ""
    words: str = ""


def household_key(text: str) -> str:
    """One spelling for a household: 8栋2单元301室, 08-2-301 and ８－２－３０１ are the same."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    parts = _ENDING.sub("", _BETWEEN.sub("-", plain)).split("-")
    return "-".join(part.lstrip("0") or "0" for part in parts if part)


def mark_of(kind: str, answer: Answer) -> str:
    """What may be there once: the household in a vote or a notice, the very same opinion otherwise."""
    key = household_key(answer.household)
    said = f"{key}\n{answer.choice}\n{answer.words}" if kind == AskKind.OPINIONS else key
    return hashlib.sha256(said.encode()).hexdigest()


def fault_of(asked: Asked, answer: Answer, now: int) -> Fault | None:
    """Why an answer cannot be taken, whatever was handed in before."""
    if not household_key(answer.household):
        return Fault("household-missing", "没有户号", "the household is missing")
    for name, text, limit in (
        ("household", answer.household, FIELD_LIMIT),
        ("name", answer.name, FIELD_LIMIT),
        ("words", answer.words, WORDS_LIMIT),
    ):
        if len(text) > limit:
            return Fault("too-long", f"{name} 超过 {limit} 字符", f"{name} is longer than {limit} characters")
    if not asked.opens_at <= answer.received_at < asked.closes_at:
        return Fault("outside", "收到时间不在征集期内", "it was received before the opening or after the end")
    if answer.received_at > now:
        return Fault("future", "收到时间还没有到", "it was received in the future")
    options = asked.options
    if answer.choice and options and answer.choice not in options:
        names = "、".join(map(str, options)), ", ".join(map(str, options))
        return Fault("choice-unknown", f"选项只能是：{names[0]}", f"the choice must be one of: {names[1]}")
    if asked.kind == AskKind.VOTE and not answer.choice:
        return Fault("choice-missing", "没有表决意见", "the choice is missing")
    if asked.kind == AskKind.OPINIONS and not (answer.choice or answer.words):
        return Fault("nothing-said", "没有意见内容", "nothing is said")
    return None


def change_in_percent(before: str, after: str) -> Decimal | None:
    """By how many per cent a figure changed, to one place; None without figures or from nothing."""
    if not before or not Decimal(before):
        return None
    return ((Decimal(after) - Decimal(before)) / Decimal(before) * 100).quantize(Decimal("0.1"))


class Count(NamedTuple):
    """Answers added up."""

    opinions: int
    answered: int
    tally: dict[str, int]


def add_up(rows: Iterable[Any]) -> Count:
    """How many answers there are, of how many households, and how many chose each option."""
    listed = list(rows)
    tally = Counter(str(row.choice) for row in listed if row.choice)
    return Count(len(listed), len({household_key(row.household) for row in listed}), dict(sorted(tally.items())))
