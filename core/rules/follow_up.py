"""Follow-up reports do not repeat: what a follow-up may say after the reports before it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from core.rules.why import Why

REPEATED_FROM = 8
"""Letters from which an earlier text inside a new one is a repetition and no chance."""

FIELD_TITLES = {
    "place": ("地点", "place"),
    "cause": ("起因", "cause"),
    "course": ("经过", "course"),
    "measures": ("措施", "measures"),
    "result": ("结果", "result"),
    "effect": ("影响", "effect"),
    "trend": ("趋势", "trend"),
    "told": ("已报告何人何时", "told whom and when"),
    "caller_unit": ("报告单位", "caller's unit"),
    "caller_name": ("报告人", "caller"),
    "caller_title": ("职务", "title"),
    "caller_phone": ("电话", "telephone"),
}
"""The fields of the telephone log, as the form and what is printed call them."""

_DIGITS = "零一二三四五六七八九"


def known_so_far(reports: Iterable[Mapping[str, str]], names: Iterable[str]) -> dict[str, str]:
    """The newest text of each field over a first report and its follow-ups, in order."""
    wanted, known = tuple(names), dict[str, str]()
    for report in reports:
        known.update({name: report[name] for name in wanted if report.get(name)})
    return known


def refusal_of_repetition(given: Mapping[str, str], known: Mapping[str, str]) -> Why | None:
    """Why a follow-up may not be written like this, or None: it says nothing, or repeats what was said."""
    if not given:
        return Why("follow-up-empty", "续报没有新内容", "the follow-up says nothing new")
    for name, text in given.items():
        before, now = _plain(known.get(name, "")), _plain(text)
        zh, en = FIELD_TITLES[name]
        if before and before == now:
            return Why("follow-up-same", f"“{zh}”与前报相同，请留空", f"{en} is as reported before: leave it empty")
        if len(before) >= REPEATED_FROM and before in now:
            return Why(
                "follow-up-repeats", f"“{zh}”重复了前报，只写新情况", f"{en} repeats the report: only what is new"
            )
    return None


def follow_up_title(number: int, language: str) -> str:
    """首报, 续报一, 续报二 …; in English first report, follow-up 1 …"""
    if language == "en":
        return f"follow-up {number}" if number else "first report"
    return f"续报{chinese_number(number)}" if number else "首报"


def chinese_number(number: int) -> str:
    """A number below a hundred in Chinese; digits from there on."""
    tens, ones = divmod(number, 10)
    if number >= 100 or number < 0:
        return str(number)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def _plain(text: str) -> str:
    """A text without what does not change what it says: blanks, punctuation, full width."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] not in "ZPC")
