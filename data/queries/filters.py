"""The filter grammar of lists, bulk commands, exports and the console's prompt.

Terms are separated by blanks or commas and must all hold; a leading `-` or `!` turns a term around:

    word                text in code, title, address or body
    field:value         also field=value; several values as field:a|b
    field<value         also > <= >=; times as 30m, 2h, 1d from now, or as 2026-11-01
    late soon open closed paused supervised confidential

Fields: code stage section unit lead community grid urgency source matter tier affair pending origin title
        due reported completed closed bounces reworks reminders
Values are the stored words, or the Chinese or English labels.

A filter that names closed tickets itself (closed, -open, a closed stage, the time of closing) asks for them: lists,
exports and bulk commands then look at closed tickets too.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from data.errors import BadInput
from data.terms import CLOSED_STAGES, AffairKind, Source, Stage, Term, Tier, Urgency


class _Scope(NamedTuple):
    """What every term needs: the time, the centre's zone, and where bound values go."""

    now: int
    zone: ZoneInfo
    values: dict[str, Any]


class Condition(NamedTuple):
    """A SQL condition on `ticket t` with its values; `:centre` and `:now` are given by the caller."""

    sql: str
    values: dict[str, Any]
    asks_closed: bool = False
    """Whether the filter itself names closed tickets, so that they belong to its result."""


FLAGS = {
    "late": "t.open = 1 AND t.due_at <= :now",
    "soon": "t.open = 1 AND t.due_at > :now AND t.warn_at <= :now",
    "open": "t.open = 1",
    "closed": "t.open = 0",
    "paused": "t.stage = 'suspended'",
    "supervised": "t.supervised",
    "confidential": "t.confidential",
}
FLAG_LABELS = {"超期": "late", "临期": "soon", "未结": "open", "已结": "closed", "挂账": "paused", "督办": "supervised"}
WORDS: dict[str, type[Term]] = {
    "stage": Stage,
    "urgency": Urgency,
    "source": Source,
    "tier": Tier,
    "affair": AffairKind,
}
PLAIN = {"code": "t.code", "matter": "t.matter_code", "pending": "t.pending", "origin": "t.origin"}
UNITS = {
    "unit": "t.holder_unit_id",
    "lead": "t.lead_unit_id",
    "community": "t.community_id",
    "grid": "t.grid_id",
}
TIMES = {"due": "t.due_at", "reported": "t.reported_at", "completed": "t.completed_at", "closed": "t.closed_at"}
NUMBERS = {"bounces": "t.bounces", "reworks": "t.reworks", "reminders": "t.reminders"}
FIELDS = ("section", "title", *PLAIN, *WORDS, *UNITS, *TIMES, *NUMBERS)
SPANS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

_TERM = re.compile(r"([a-z_]+)\s*(<=|>=|<|>|[:=：＝])\s*(.+)")
_PUNCTUATION = str.maketrans(
    {"，": ",", "：": ":", "＝": "=", "＜": "<", "＞": ">", "！": "!", "－": "-", "\u3000": " "}
)


def parse(text: str, now: int, zone: str = "Asia/Shanghai") -> Condition:
    """The condition for a filter text. Raises BadInput, naming the term that cannot be understood."""
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise BadInput("filter-text", "筛选条件含有无法识别的字符。", "The filter holds characters that are no text.")
    parts: list[str] = []
    asks_closed = False
    scope = _Scope(now, ZoneInfo(zone), {})
    for number, raw in enumerate(_split(text.translate(_PUNCTUATION))):
        negated = raw[0] in "-!" and len(raw) > 1
        term = raw[1:] if negated else raw
        sql = _term(term, f"f{number}", scope)
        asks_closed = asks_closed or _asks_closed(term, negated)
        parts.append(f"NOT coalesce(({sql}), FALSE)" if negated else f"({sql})")
    return Condition(" AND ".join(parts) or "1 = 1", scope.values, asks_closed)


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
        return FLAGS[flag]
    found = _TERM.fullmatch(term)
    if found is None or found[1] not in FIELDS:
        if found is not None:
            raise BadInput(
                "filter-field",
                f"没有字段“{found[1]}”，可用：{' '.join(FIELDS)}",
                f"There is no field {found[1]}; there are: {' '.join(FIELDS)}",
            )
        return _words(term, name, scope)
    field, operator, value = found[1], found[2], found[3].strip()
    if operator in ("<", ">", "<=", ">="):
        return _comparison(field, operator, value, name, scope)
    chosen = [part for part in value.split("|") if part]
    if not chosen:
        raise _bad_value(field, value)
    return " OR ".join(_equals(field, part, f"{name}_{place}", scope) for place, part in enumerate(chosen))


def _words(term: str, name: str, scope: _Scope) -> str:
    scope.values[name] = f"%{_escaped(term)}%"
    columns = ("t.code", "t.title", "t.address", "t.body")
    return " OR ".join(_like(column, name) for column in columns)


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
        scope.values[name] = value
        return (
            f"{UNITS[field]} IN (SELECT id FROM unit WHERE centre_id = :centre AND (code = :{name} OR name = :{name}))"
        )
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


def _word(kind: type[Term], value: str, field: str) -> str:
    for word in kind:
        if value.lower() in (word.value, word.zh, word.en.lower()):
            return str(word.value)
    known = " ".join(f"{word.value}({word.zh})" for word in kind)
    raise BadInput(
        "filter-value",
        f"{field} 没有“{value}”，可用：{known}",
        f"{field} has no value {value}; there are: {known}",
    )


def _comparison(field: str, operator: str, value: str, name: str, scope: _Scope) -> str:
    if field in NUMBERS:
        if not re.fullmatch(r"[0-9]{1,9}", value):
            raise _bad_value(field, value)
        scope.values[name] = int(value)
        return f"{NUMBERS[field]} {operator} :{name}"
    if field not in TIMES:
        raise BadInput(
            "filter-order", f"{field} 不能比大小，请用 {field}:值", f"{field} has no order: write {field}:value"
        )
    scope.values[name] = _instant(field, value, scope)
    return f"{TIMES[field]} {operator} :{name}"


def _instant(field: str, value: str, scope: _Scope) -> int:
    """A span from now (30m, -2h, ages count backwards for past times), or a date."""
    span = re.fullmatch(r"(-?)(\d{1,6})([smhd])", value)
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
    return BadInput(
        "filter-value",
        f"{field} 的值“{value}”无法理解，时间写如 30m、2h、1d 或 2026-11-01。",
        f"The value {value} of {field} cannot be understood; write times as 30m, 2h, 1d or 2026-11-01.",
    )
