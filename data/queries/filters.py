"""The filter grammar of lists, bulk commands, exports and the console's prompt.

Terms are separated by blanks or commas and must all hold; a leading `-` or `!` turns a term around:

    word                text in code, title, address, body or history: a phrase of tokens (`data.tokens`)
    field:value         also field=value; several values as field:a|b
    field:low..high     also low.. and ..high; times and numbers, both ends included; spans of past times are ages
    field<value         also > <= >=; times as 30m, 2h, 1d from now, or as 2026-11-01
    late soon mine open closed paused supervised confidential

Fields: code stage section unit lead community grid urgency source matter tier affair pending origin title
        due reported completed closed bounces reworks reminders
Fields and flags have Chinese names too (`data.queries.fields`). Values are the stored words, or the Chinese or English
labels. `mine` is what is in the hands of the acting officer or of the officer's units, or climbed to the officer.

A filter that names closed tickets itself (closed, -open, a closed stage, the time of closing) asks for them: lists,
exports and bulk commands then look at closed tickets too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from data.errors import BadInput
from data.queries.fields import FIELD_LABELS, FIELDS, FLAG_LABELS, FLAGS, NUMBERS, PLAIN, TIMES, UNITS, WORDS
from data.reader import expand
from data.terms import CLOSED_STAGES, Stage, Term
from data.tokens import tokens

UnitNames = Callable[[str], Sequence[str]]
"""Codes of the units that a name stands for (pinyin, initials, a part of it)."""


class _Scope(NamedTuple):
    """What every term needs: the time, the centre's zone, who asks, and where bound values go."""

    now: int
    zone: ZoneInfo
    values: dict[str, Any]
    officer: str | None
    units: UnitNames | None


class Condition(NamedTuple):
    """A SQL condition on `ticket t` with its values; `:centre` and `:now` are given by the caller."""

    sql: str
    values: dict[str, Any]
    asks_closed: bool = False
    """Whether the filter itself names closed tickets, so that they belong to its result."""
    phrases: tuple[str, ...] = ()
    """Words that must all be there, as tokens: what `data.queries.searching` asks the search index for."""
    words_only: bool = False
    """Whether the phrases are all that is asked for."""
    besides: str = ""
    """The part of the condition that asks for something else than the phrases."""
    few: bool = False
    """Whether the condition names few tickets by id, so that they are read and sorted, and no list is walked."""
    near: bool = False
    """Whether it is only good for the nearest lines of a list."""
    hits: str = ""
    """A SELECT of the very open tickets that fit, where the search index alone knows them: for counting."""


SPANS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

_TERM = re.compile(r"([a-z_]+)\s*(<=|>=|<|>|[:=])\s*(.+)")
_CHINESE_TERM = re.compile(rf"({'|'.join(FIELD_LABELS)})\s*([<>:=].+)")
_MINE = """
t.holder_unit_id IN (SELECT u.id FROM unit u WHERE u.centre_id = :centre AND (u.id IN ({held}) OR u.parent_id IN
 (SELECT s.id FROM unit s WHERE s.centre_id = :centre AND s.kind = 'section' AND s.id IN ({held}))))
OR t.holder_officer_id IN ({officer})
OR t.id IN (SELECT n.ticket_id FROM notice n WHERE n.centre_id = :centre AND n.officer_id IN ({officer})
 AND n.kind IN ('ladder', 'ask', 'direct', 'needs_lead'))
""".format(
    officer="SELECT o.id FROM officer o WHERE o.centre_id = :centre AND (o.code = :acting OR o.name = :acting)",
    held="SELECT a.unit_id FROM appointment a JOIN officer o ON o.centre_id = a.centre_id AND o.id = a.officer_id"
    " WHERE a.centre_id = :centre AND (o.code = :acting OR o.name = :acting)"
    " AND a.from_at <= :now AND (a.to_at IS NULL OR a.to_at > :now)",
)
_SPAN = re.compile(r"(-?)(\d{1,6})([smhd])", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PUNCTUATION = str.maketrans(
    {"，": ",", "：": ":", "＝": "=", "＜": "<", "＞": ">", "！": "!", "－": "-", "｜": "|", "．": ".", "＿": "_",
     "＂": '"', "“": '"', "”": '"', "\u3000": " "}
)  # fmt: skip
_ALPHABET = str.maketrans({chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code).isalnum()})
_CHINESE_SIGN = re.compile(rf"((?:{'|'.join((*FIELDS, *FIELD_LABELS))})\s*)([《》])(.*)")
"""What the keys of < and > send while an input method writes Chinese punctuation."""


def parse(
    text: str,
    now: int,
    zone: str = "Asia/Shanghai",
    officer: str | None = None,
    units: UnitNames | None = None,
) -> Condition:
    """The condition for a filter text; `officer` (a code) is meant by `mine`, `units` finds units by pinyin.

    Raises BadInput, naming the term that cannot be understood.
    """
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise BadInput("filter-text", "筛选条件含有无法识别的字符。", "The filter holds characters that are no text.")
    parts: list[str] = []
    besides: list[str] = []
    phrases: list[str] = []
    asks_closed = False
    scope = _Scope(now, ZoneInfo(zone), {}, officer, units)
    for number, raw in enumerate(_split(half_width_signs(text))):
        negated = raw[0] in "-!" and len(raw) > 1
        term = _in_english(half_width(raw[1:] if negated else raw))
        sql = _term(term, f"f{number}", scope)
        asks_closed = asks_closed or _asks_closed(term, negated)
        parts.append(f"NOT coalesce(({sql}), FALSE)" if negated else f"({sql})")
        if sql.startswith("EXISTS") and not negated:
            phrases.append(scope.values[f"f{number}"].strip("% "))
        else:
            besides.append(parts[-1])
    return Condition(
        " AND ".join(parts) or "1 = 1",
        scope.values,
        asks_closed,
        tuple(phrases),
        len(phrases) == len(parts),
        " AND ".join(besides) or "1 = 1",
    )


def half_width_signs(text: str) -> str:
    """A filter text with the signs of the grammar as they are without an input method."""
    return text.translate(_PUNCTUATION)


def half_width(term: str) -> str:
    """A term without what an input method makes of letters, digits, `<`, `>` and `..`; words in a title stay theirs."""
    plain = term.translate(_ALPHABET)
    sign = _CHINESE_SIGN.fullmatch(plain)
    if sign is not None:
        plain = sign[1] + "<>"["《》".index(sign[2])] + sign[3]
    found = _TERM.fullmatch(_in_english(plain))
    if found is None:
        return plain
    return plain.removesuffix(found[3]) + (
        term[-len(found[3]) :] if found[1] == "title" else found[3].replace("。。", "..")
    )


def _in_english(term: str) -> str:
    """A term with a Chinese field name, with the stored one."""
    found = _CHINESE_TERM.fullmatch(term)
    return FIELD_LABELS[found[1]] + found[2] if found else term


def _asks_closed(term: str, negated: bool) -> bool:
    """Whether a term that was understood lets through tickets that are closed by its own words."""
    flag = FLAG_LABELS.get(term, term.lower())
    if flag in FLAGS:
        return flag == ("open" if negated else "closed")
    found = _TERM.fullmatch(term)
    if negated or found is None:
        return False
    if found[1] == "stage":
        return any(_word(Stage, part, "stage") in CLOSED_STAGES for part in found[3].strip().split("|") if part)
    return found[1] == "closed"


def _split(text: str) -> list[str]:
    """Terms at blanks and commas; quotes keep blanks together."""
    found = (match[0].replace('"', "") for match in re.finditer(r'(?:"[^"]*"|[^\s,"])+', text))
    return [term for term in found if term]


def _term(term: str, name: str, scope: _Scope) -> str:
    flag = FLAG_LABELS.get(term, term.lower())
    if flag in FLAGS:
        if ":now" in FLAGS[flag]:
            scope.values["now"] = scope.now
        return FLAGS[flag] or _mine(scope)
    found = _TERM.fullmatch(term)
    if found is None or found[1] not in FIELDS:
        if found is not None:
            raise BadInput(
                "filter-field",
                f"没有字段“{found[1]}”，可用：{' '.join(FIELD_LABELS)}",
                f"There is no field {found[1]}; there are: {' '.join(FIELDS)}",
            )
        return _words(term, name, scope)
    field, operator, value = found[1], found[2], found[3].strip()
    if operator in ("<", ">", "<=", ">="):
        return _comparison(field, operator, value, name, scope)
    if ".." in value and field in (*TIMES, *NUMBERS):
        return _range(field, value, name, scope)
    chosen = [part for part in value.split("|") if part]
    if not chosen:
        raise _bad_value(field, value)
    return " OR ".join(_equals(field, part, f"{name}_{place}", scope) for place, part in enumerate(chosen))


def _mine(scope: _Scope) -> str:
    if not scope.officer:
        raise BadInput(
            "filter-officer",
            "筛选“我的”要先说明是谁在操作（命令用 --as）。",
            "The filter mine needs to know which officer acts (for commands: --as).",
        )
    scope.values.update(now=scope.now, acting=scope.officer)
    return _MINE


def _range(field: str, value: str, name: str, scope: _Scope) -> str:
    """Between two values, both included; one of them may be left open. Spans of past times are ages."""
    low, _, high = (part.strip() for part in value.partition(".."))
    if not (low or high):
        raise _bad_value(field, value)
    if field in TIMES and field != "due" and any(_SPAN.fullmatch(part) for part in (low, high)):
        low, high = high, low
    parts = [_comparison(field, ">=", low, f"{name}_low", scope)] if low else []
    if high:
        whole_day = field in TIMES and _DAY.fullmatch(high)
        parts.append(_comparison(field, "<" if whole_day else "<=", high, f"{name}_high", scope))
        scope.values[f"{name}_high"] += 86_400 if whole_day else 0
    return " AND ".join(parts)


def _words(term: str, name: str, scope: _Scope) -> str:
    """A phrase in the texts of a ticket. Signs alone are in none."""
    phrase = " ".join(tokens(term))
    if not phrase:
        return "1 = 0"
    scope.values[name] = f"% {phrase} %"
    return (
        "EXISTS (SELECT 1 FROM ticket_text x WHERE x.centre_id = :centre AND x.ticket_id = t.id"
        f" AND (x.head LIKE :{name} OR x.notes LIKE :{name}))"
    )


def _like(column: str, name: str) -> str:
    """Upper and lower case alike, on both engines."""
    return f"lower({column}) LIKE lower(:{name}) ESCAPE '\\'"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _equals(field: str, value: str, name: str, scope: _Scope) -> str:
    if field in WORDS:
        scope.values[name] = _word(WORDS[field], value, field)
        return f"t.{field} = :{name}"
    if field in UNITS:
        return _unit(field, value, name, scope)
    if field in TIMES:
        return _on_day(TIMES[field], value, name, scope)
    if field in NUMBERS:
        return _comparison(field, "=", value, name, scope)
    if field == "title":
        scope.values[name] = f"%{_escaped(value)}%"
        return _like("t.title", name)
    scope.values[name] = value
    if field == "section":
        return (
            f"t.section = :{name} OR t.section IN (SELECT code FROM unit WHERE centre_id = :centre"
            f" AND kind = 'section' AND name = :{name})"
        )
    return f"{PLAIN[field]} = :{name}"


def _unit(field: str, value: str, name: str, scope: _Scope) -> str:
    """A unit by its code or name, or else by what the caller knows it by."""
    known = scope.units(value) if scope.units is not None else ()
    names, found = expand(f"{name}_u", known)
    scope.values.update(found)
    scope.values[name] = value
    wider = f" OR code IN ({names})" if known else ""
    same = f"code = :{name} OR name = :{name}{wider}"
    return f"{UNITS[field]} IN (SELECT id FROM unit WHERE centre_id = :centre AND ({same}))"


def _word(kind: type[Term], value: str, field: str) -> str:
    for word in kind:
        if value.lower() in (word.value, word.zh, word.en.lower()):
            return str(word.value)
    chinese, english = " ".join(word.zh for word in kind), " ".join(str(word.value) for word in kind)
    raise BadInput(
        "filter-value",
        f"{_in_chinese(field)}没有“{value}”，可用：{chinese}",
        f"{field} has no value {value}; there are: {english}",
    )


def _comparison(field: str, operator: str, value: str, name: str, scope: _Scope) -> str:
    if field in NUMBERS:
        if not re.fullmatch(r"[0-9]{1,9}", value):
            raise _bad_value(field, value)
        scope.values[name] = int(value)
        return f"{NUMBERS[field]} {operator} :{name}"
    if field not in TIMES:
        zh = _in_chinese(field)
        raise BadInput("filter-order", f"{zh}不能比大小，请用 {zh}:值", f"{field} has no order: write {field}:value")
    scope.values[name] = _instant(field, value, scope)
    return f"{TIMES[field]} {operator} :{name}"


def _instant(field: str, value: str, scope: _Scope) -> int:
    """A span from now (30m, -2h, ages count backwards for past times), or a date."""
    span = _SPAN.fullmatch(value)
    if span:
        seconds = int(span[2]) * SPANS[span[3]] * (-1 if span[1] else 1)
        return scope.now + seconds if field == "due" else scope.now - seconds
    return _day(field, value, scope)


def _on_day(column: str, value: str, name: str, scope: _Scope) -> str:
    start = _day(column, value, scope)
    scope.values[name], scope.values[f"{name}_end"] = start, start + 86_400
    return f"{column} >= :{name} AND {column} < :{name}_end"


def _day(field: str, value: str, scope: _Scope) -> int:
    for form in ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"):
        try:
            return int(datetime.strptime(value, form).replace(tzinfo=scope.zone).timestamp())
        except ValueError:
            continue
    raise _bad_value(field, value)


def _bad_value(field: str, value: str) -> BadInput:
    hint = ("次数写如 2", "write a number as 2")
    if field not in NUMBERS:
        hint = ("时间写如 30m、2h、1d 或 2026-11-01", "write times as 30m, 2h, 1d or 2026-11-01")
    return BadInput(
        "filter-value",
        f"{_in_chinese(field)}的值“{value}”无法理解，{hint[0]}。",
        f"The value {value} of {field} cannot be understood; {hint[1]}.",
    )


def _in_chinese(field: str) -> str:
    """The Chinese name of a field that is to be shown."""
    return next((zh for zh, name in FIELD_LABELS.items() if name == field), field)
